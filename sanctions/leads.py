"""What suggests a case: a higher floor may fill in the form that drafts one, nothing more; a person drafts and signs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from core.actors import Actor


@dataclass(frozen=True, slots=True)
class Lead:
    """What the form is filled with; the day of the act stays open, no decision tells it."""

    entry_code: str
    recognized_on: date
    document_number: str
    facts: str
    subject_code: str


Provider = Callable[[Actor, str], Lead | None]
_providers: dict[str, Provider] = {}


def register(name: str, provider: Provider) -> None:
    """Let a higher floor answer for leads named `?name=public-id`, None for those out of the actor's scope."""
    _providers[name] = provider


def lead_of(actor: Actor, asked: Mapping[str, str]) -> Lead | None:
    """Return the lead that the address of the form names."""
    for name, provider in _providers.items():
        if asked.get(name):
            return provider(actor, asked[name])
    return None
