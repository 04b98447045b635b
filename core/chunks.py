"""Work done by the chunk: each one transaction, so that a killed run leaves nothing half-done and the next goes on."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

Place = TypeVar("Place")


def walked(step: Callable[[Place], tuple[int, Place | None]], start: Place) -> int:
    """Take every step from `start` on, each once; returns the sum of what they did.

    step: does one chunk after the given place; returns how much it did, and the place to go on from, None at the end.
    """
    total, place = 0, start
    while True:
        done, after = step(place)
        total += done
        if after is None:
            return total
        place = after


def repeated(step: Callable[[], int], chunk: int) -> int:
    """Take one step after the other until one finds less than a chunk of work; returns the sum of what they did."""
    total = 0
    while True:
        done = step()
        total += done
        if done < chunk:
            return total
