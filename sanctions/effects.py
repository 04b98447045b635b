"""What happens elsewhere, in the same transaction, when a listing is revoked: open remedies about it become moot."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from core.actors import Actor
from sanctions.models import Listing

Effect = Callable[[Actor, Listing, date, str], None]
_revoked: list[Effect] = []


def register_revoked(effect: Effect) -> None:
    """Let a higher floor take its effects of a revocation (actor, listing, day, reason); from AppConfig.ready()."""
    if effect not in _revoked:
        _revoked.append(effect)


def revoked(actor: Actor, listing: Listing, on: date, reason: str) -> None:
    """Take every registered effect inside the act under way; one that fails undoes the whole act."""
    for effect in _revoked:
        effect(actor, listing, on, reason)
