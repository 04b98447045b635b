"""The names of the benchmark cities; a small city is the beginning of a large one."""

from __future__ import annotations

from functools import lru_cache

from subjects.synthesis import benchmark_names

SEED = 2026
FORMER_EVERY = 33
LARGEST = 1_000_000


def all_names(size: int) -> list[str]:
    """Return the first names of the one list of a million, so that a small city is part of a large one."""
    return _names()[:size]


def former_names(size: int) -> list[str]:
    return benchmark_names(LARGEST // FORMER_EVERY + 1, SEED + 1)[: size // FORMER_EVERY]


@lru_cache(maxsize=1)
def _names() -> list[str]:
    return benchmark_names(LARGEST, SEED)
