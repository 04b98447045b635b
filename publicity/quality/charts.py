"""The bars of the page of timeliness and quality, as percentages that any width can draw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from publicity.quality.shares import Share
from publicity.quality.timeliness import LABELS, LAST, Times

ROOM = 88.0  # percent of the height that the highest column takes; the rest is for its number
GOOD, FAIR = 0.95, 0.8  # ≥ 95 % has full marks in the assessment


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a chart: its number and how high it stands, in percent from the top."""

    number: int
    top: float
    height: float
    late: bool = False


@dataclass(frozen=True, slots=True)
class Pair:
    """What stands over one label: received beside visible."""

    label: str
    received: Column
    visible: Column


def pairs(times: Times) -> list[Pair]:
    """Return the columns by working day, the two series on one scale."""
    highest = max(*times.received, *times.visible, 1)

    def column(number: int, day: int) -> Column:
        height = round(number / highest * ROOM, 2)
        return Column(number, round(100 - height, 2), height, late=day > LAST)

    return [
        Pair(label, column(times.received[day], day), column(times.visible[day], day))
        for day, label in enumerate(LABELS)
    ]


def percent(share: Share) -> str:
    """Return a share in words; a dash where there is nothing to share. Rounded down: only all is 100 %."""
    return "—" if share.value is None else f"{int(share.part * 1000 / share.whole) / 10:.1f}%"


def tone(share: Share) -> str:
    """Return the word for how good a share is."""
    if share.value is None:
        return "none"
    return "good" if share.value >= GOOD else "fair" if share.value >= FAIR else "poor"


def width(share: Share) -> float:
    return round((share.value or 0) * 100, 1)


def shares(rows: Sequence[tuple[str, Share]]) -> list[dict[str, object]]:
    """Return shares as what a template draws."""
    return [
        {"label": label, "words": percent(share), "tone": tone(share), "width": width(share), "share": share}
        for label, share in rows
    ]
