"""Sealing kept files under the current key, in batches, and counting which keys still seal some."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from core.attachments.storing import storage
from core.problems import Problem


@dataclass(frozen=True, slots=True)
class Resealed:
    """One batch of a rotation: files looked at, files sealed anew, and the names of those that do not open."""

    seen: int
    resealed: int
    damaged: tuple[str, ...]


def reseal(batch_size: int = 1_000) -> Iterator[Resealed]:
    """Go once through all kept files, a batch at a time, and seal each under the current key.

    Safe to stop, repeat and run twice at once: a file is replaced whole. One that does not open is named and left.
    """
    names = storage().names()
    while batch := list(islice(names, batch_size)):
        resealed, damaged = 0, []
        for name in batch:
            try:
                resealed += storage().reseal(name)
            except Problem:
                damaged.append(name)
        yield Resealed(len(batch), resealed, tuple(damaged))


def files_by_key() -> Counter[str]:
    """Return how many kept files each key id seals; a file without a readable header counts under no key."""
    counted: Counter[str] = Counter()
    for name in storage().names():
        try:
            counted[storage().key_of(name)] += 1
        except Problem:
            continue
    return counted
