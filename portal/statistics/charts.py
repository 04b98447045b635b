"""Pictures of figures as SVG that any width can draw: places across in percent, heights in pixels, so text keeps its size.

A picture knows its title, its description in words and its parts; the template writes them, and puts the figures beside
it as a table. No style is set inline, colours are classes: a class says which series, never what is good or bad.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

TOP, PLOT = 28.0, 272.0  # room above the highest part, and the height of the plot
BASE = TOP + PLOT
HEIGHT = BASE + 46  # two lines of labels below
ROW, THICK, WIDEST = 50.0, 14.0, 82.0  # horizontal bars: one label and one bar per row; the rest is for the number
STEPS = (1, 2, 5)


@dataclass(frozen=True, slots=True)
class Part:
    """A rectangle: its place in percent across and in pixels down, its series, and what it says."""

    x: float
    y: float
    width: float
    height: float
    series: int
    words: str


@dataclass(frozen=True, slots=True)
class Label:
    """Words at a place; `second` stands below them."""

    x: float
    y: float
    words: str
    second: str = ""


@dataclass(frozen=True, slots=True)
class Stroke:
    """A straight piece of a line between two points."""

    x1: float
    y1: float
    x2: float
    y2: float


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything that a template needs to write one SVG."""

    kind: str
    height: float
    parts: Sequence[Part] = ()
    points: Sequence[Label] = ()
    strokes: Sequence[Stroke] = ()
    labels: Sequence[Label] = ()
    grid: Sequence[Label] = ()
    values: Sequence[Label] = ()


def ceiling(highest: float) -> float:
    """Return the round number at or above the highest that a scale ends at; 1 where there is nothing to draw."""
    size = 1
    while True:
        for step in STEPS:
            if step * size >= highest:
                return float(step * size)
        size *= 10


def _down(value: float, top: float) -> float:
    return round(BASE - PLOT * value / top, 1)


def _tall(value: float, top: float) -> float:
    """Return the height of a column; what is there is seen, however little it is."""
    return max(1.0, round(PLOT * value / top, 1))


def _grid(top: float, unit: str) -> list[Label]:
    """Return the lines across, with their numbers: none, half where it is whole, and all."""
    marks = [0.0, top / 2, top] if top % 2 == 0 else [0.0, top]
    return [Label(0, _down(mark, top), f"{mark:,.0f}{unit}" if mark else "") for mark in marks]


def _months(names: Sequence[tuple[str, str]], slot: float) -> list[Label]:
    return [
        Label(round(slot * (place + 0.5), 2), BASE + 18, name, second) for place, (name, second) in enumerate(names)
    ]


def columns(names: Sequence[tuple[str, str]], series: Sequence[tuple[str, Sequence[int]]], unit: str) -> Picture:
    """Return columns side by side over each name (its word, and a second one below it)."""
    slot = 100 / max(1, len(names))
    width = slot * 0.72 / max(1, len(series))
    top = ceiling(max((value for _, values in series for value in values), default=0))
    parts = [
        Part(
            round(slot * place + slot * 0.14 + width * number, 2),
            round(BASE - _tall(value, top), 1),
            round(width * 0.9, 2),
            _tall(value, top),
            number + 1,
            f"{second}{name}，{label} {value:,} {unit}",
        )
        for number, (label, values) in enumerate(series)
        for place, ((name, second), value) in enumerate(zip(names, values, strict=True))
        if value
    ]
    return Picture("columns", HEIGHT, parts=parts, labels=_months(names, slot), grid=_grid(top, ""))


def line(names: Sequence[tuple[str, str]], values: Sequence[float | None]) -> Picture:
    """Return a line of shares (0 to 1) over the names; broken where there was nothing to share."""
    slot = 100 / max(1, len(names))
    places = [
        (round(slot * (place + 0.5), 2), _down(value * 100, 100), value) if value is not None else None
        for place, value in enumerate(values)
    ]
    strokes = [
        Stroke(before[0], before[1], after[0], after[1])
        for before, after in pairwise(places)
        if before is not None and after is not None
    ]
    held = [place for place in places if place is not None]
    return Picture(
        "line",
        HEIGHT,
        strokes=strokes,
        points=[Label(x, y, percent(value)) for x, y, value in held],
        values=[Label(x, y - 12 if y > TOP + 14 else y + 24, percent(value)) for x, y, value in held],
        labels=_months(names, slot),
        grid=_grid(100.0, "%"),
    )


def bars(rows: Sequence[tuple[str, Sequence[int]]], series: Sequence[str], unit: str) -> Picture:
    """Return one bar per row, its series end to end, with the sum behind it; long names have a line of their own."""
    highest = max((sum(values) for _, values in rows), default=0)
    parts, labels, sums = [], [], []
    for place, (name, values) in enumerate(rows):
        y, x = round(place * ROW + 22, 1), 0.0
        for number, (label, value) in enumerate(zip(series, values, strict=True)):
            width = round(WIDEST * value / max(1, highest), 2)
            if value:
                parts.append(
                    Part(round(x, 2), y, max(0.4, width), THICK, number + 1, f"{name}，{label} {value:,} {unit}")
                )
            x += width
        labels.append(Label(0, round(place * ROW + 14, 1), name))
        sums.append(Label(round(x, 2), round(y + THICK - 2, 1), f"{sum(values):,}"))
    return Picture("bars", max(ROW, len(rows) * ROW), parts=parts, labels=labels, values=sums)


def percent(share: float) -> str:
    """Return a share in words, rounded down: only all is 100%."""
    return f"{int(share * 1000) / 10:g}%"


def month_names(months: Sequence[str]) -> list[tuple[str, str]]:
    """Return months as (3月, 2026年), the year only with January and with the first one, unless January follows it."""
    found = []
    for place, month in enumerate(months):
        year, number = month[:4], int(month[5:7])
        dated = number == 1 or (place == 0 and number != 12)
        found.append((f"{number}月", f"{year}年" if dated else ""))
    return found
