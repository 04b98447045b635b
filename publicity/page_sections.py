"""Parts of a decision's page that higher floors fill, such as the objections to it; from AppConfig.ready()."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from core.actors import Actor
from organizations.acts.pages import Section

Provider = Callable[[Actor, Any], Section | None]
_providers: list[Provider] = []


def register(provider: Provider) -> None:
    """Let a higher floor add a part to a decision's page, None where it has nothing to say."""
    if provider not in _providers:
        _providers.append(provider)


def sections_for(actor: Actor, record: Any) -> list[Section]:
    """Return the parts of a decision's page for an officer who may see the decision, in the order of the floors."""
    return [section for provider in _providers if (section := provider(actor, record)) is not None]
