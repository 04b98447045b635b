"""What happens elsewhere, in the same transaction, when a subject's existence ends."""

from __future__ import annotations

from collections.abc import Callable

from subjects.models import LifeEvent, Subject

Effect = Callable[[LifeEvent], None]
Concern = Callable[[Subject], bool]
_effects: list[Effect] = []
_concerns: list[Concern] = []


def register_concern(concern: Concern) -> None:
    """Let a higher floor say that a subject's end would change something it holds; from AppConfig.ready()."""
    if concern not in _concerns:
        _concerns.append(concern)


def concerned(subject: Subject) -> bool:
    """Return whether any mechanism holds something that the subject's end would change."""
    return any(concern(subject) for concern in _concerns)


def register(effect: Effect) -> None:
    """Let a higher floor take its effects of deregistration and death; called from AppConfig.ready()."""
    if effect not in _effects:
        _effects.append(effect)


def run(event: LifeEvent) -> None:
    """Take every registered effect of `event` inside the act under way; one that fails undoes the whole act."""
    for effect in _effects:
        effect(event)
