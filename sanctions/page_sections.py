"""Parts of a listing's page that higher floors fill: each a titled template with what it shows to this officer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from core.actors import Actor
from sanctions.models import Listing


@dataclass(frozen=True, slots=True)
class PageSection:
    """One part of the page: `shown` is what its template reads as `part`."""

    title: str
    template: str
    shown: Any


Provider = Callable[[Actor, Listing, date], PageSection | None]
_providers: list[Provider] = []


def register(provider: Provider) -> None:
    """Let a higher floor add a part to a listing's page, None where it has nothing to say; from AppConfig.ready()."""
    if provider not in _providers:
        _providers.append(provider)


def sections_for(actor: Actor, listing: Listing, day: date) -> list[PageSection]:
    """Return the parts of a listing's page for an officer who may see the listing, in the order of the floors."""
    found = (provider(actor, listing, day) for provider in _providers)
    return [section for section in found if section is not None]
