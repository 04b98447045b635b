"""What happens elsewhere, in the same transaction, when a subject's existence ends."""

from __future__ import annotations

from collections.abc import Callable

from subjects.models import LifeEvent

Effect = Callable[[LifeEvent], None]
_effects: list[Effect] = []


def register(effect: Effect) -> None:
    """Let a higher floor take its effects of deregistration and death; called from AppConfig.ready()."""
    if effect not in _effects:
        _effects.append(effect)


def run(event: LifeEvent) -> None:
    """Take every registered effect of `event` inside the act under way; one that fails undoes the whole act."""
    for effect in _effects:
        effect(event)
