"""What happens elsewhere, in the same transaction, when a published decision is withdrawn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Effect = Callable[[Any], None]
_withdrawn: list[Effect] = []


def register_withdrawn(effect: Effect) -> None:
    """Let a higher floor take its effects of a withdrawal (the record); from AppConfig.ready()."""
    if effect not in _withdrawn:
        _withdrawn.append(effect)


def withdrawn(record: Any) -> None:
    """Take every registered effect inside the act under way; one that fails undoes the whole act."""
    for effect in _withdrawn:
        effect(record)
