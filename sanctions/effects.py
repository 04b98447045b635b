"""What happens elsewhere, in the same transaction, when a listing is revoked, comes back after a revoked repair, or is
acted upon after silence has paused it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from core.actors import Actor
from sanctions.models import Listing

Effect = Callable[[Actor, Listing, date, str], None]
_revoked: list[Effect] = []
_restored: list[Effect] = []
_spoken: list[Callable[[Listing, date], None]] = []


def register_revoked(effect: Effect) -> None:
    """Let a higher floor take its effects of a revocation (actor, listing, day, reason); from AppConfig.ready()."""
    if effect not in _revoked:
        _revoked.append(effect)


def revoked(actor: Actor, listing: Listing, on: date, reason: str) -> None:
    """Take every registered effect inside the act under way; one that fails undoes the whole act."""
    for effect in _revoked:
        effect(actor, listing, on, reason)


def register_restored(effect: Effect) -> None:
    """Let a higher floor take its effects of a restoration: what is still open about the listing holds it again."""
    if effect not in _restored:
        _restored.append(effect)


def restored(actor: Actor, listing: Listing, on: date, reason: str) -> None:
    """Take every registered effect inside the act under way; one that fails undoes the whole act."""
    for effect in _restored:
        effect(actor, listing, on, reason)


def register_spoken(effect: Callable[[Listing, date], None]) -> None:
    """Let a higher floor record what silence about a listing has already done (listing, day of the act under way)."""
    if effect not in _spoken:
        _spoken.append(effect)


def spoken(listing: Listing, on: date) -> None:
    """Record what silence did before `on`, ahead of the act under way: acts follow one another by their days."""
    for effect in _spoken:
        effect(listing, on)
