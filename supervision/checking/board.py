"""逢报必查率 for one actor: in all, per unit, matter, district and month; every number leads to its decisions."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date

from core import clock
from core.actors import Actor
from core.permissions import require
from organizations.models import Organization
from publicity.quality.board import CITY, next_month
from publicity.quality.shares import Share
from supervision.checking.decisions import Asked, Count, counts
from supervision.permissions import SEE
from supervision.scope import units_seen


@dataclass(slots=True)
class Figures:
    """What became of some decisions; two may be added."""

    decisions: int = 0
    checked: int = 0
    despite: int = 0
    needing: int = 0
    answered: int = 0
    silent: int = 0

    def add(self, row: Count) -> None:
        self.decisions += row.decisions
        self.checked += row.checked
        self.despite += row.despite
        self.needing += row.needing
        self.answered += row.answered
        self.silent += row.silent

    @property
    def unchecked(self) -> int:
        return self.decisions - self.checked

    @property
    def rate(self) -> Share:
        """逢报必查率."""
        return Share(self.checked, self.decisions)

    @property
    def feedback(self) -> Share:
        """反馈率: of the checks that named a measure and are due, or answered before that."""
        return Share(self.answered, self.answered + self.silent)


@dataclass(slots=True)
class Line:
    """The figures of one unit, matter, district or month, and what leads to their decisions."""

    name: str
    figures: Figures = field(default_factory=Figures)
    place: str = ""
    key: str = ""


@dataclass(slots=True)
class Board:
    """What the page and the workbook show."""

    asked: Asked
    total: Figures
    units: list[Line]
    matters: list[Line]
    districts: list[Line]
    months: list[Line]

    @property
    def is_empty(self) -> bool:
        return self.total.decisions == 0


def board(actor: Actor, asked: Asked, *, today: date | None = None) -> Board:
    """Return the figures of the units that the actor may see; a fixed number of queries, whatever is disclosed."""
    require(actor, SEE)
    units = {unit.pk: unit for unit in units_seen(actor, asked).select_related("district")}
    rows = list(counts(asked, list(units), today or clock.today()))
    total = Figures()
    for row in rows:
        total.add(row)

    def grouped(key: Callable[[Count], str], line: Callable[[Count], Line]) -> list[Line]:
        return _grouped(rows, key, line)

    def place(row: Count) -> str:
        district = units[row.unit].district
        return district.name if district else CITY

    months = [Line(f"{month.year}年{month.month}月", key=f"{month:%Y-%m}") for month in _months(asked)]
    by_month = {line.key: line for line in months}
    for row in rows:
        by_month[f"{row.month:%Y-%m}"].figures.add(row)
    by_unit = grouped(
        lambda row: units[row.unit].code,
        lambda row: Line(units[row.unit].name, place=place(row), key=units[row.unit].code),
    )
    return Board(
        asked,
        total,
        sorted(by_unit, key=_worst_first),
        sorted(grouped(lambda row: row.matter, lambda row: Line(row.matter, key=row.matter)), key=_worst_first),
        sorted(grouped(place, lambda row: Line(place(row), key=_district(units[row.unit]))), key=_worst_first),
        months,
    )


def _district(unit: Organization) -> str:
    return unit.district.code if unit.district else ""


def _grouped(rows: Iterable[Count], key: Callable[[Count], str], line: Callable[[Count], Line]) -> list[Line]:
    found: dict[str, Line] = {}
    for row in rows:
        found.setdefault(key(row), line(row)).figures.add(row)
    return list(found.values())


def _worst_first(line: Line) -> tuple[float, int, str]:
    return (line.figures.rate.value or 0.0, -line.figures.decisions, line.name)


def _months(asked: Asked) -> list[date]:
    found, month = [], asked.first
    while month <= asked.last:
        found.append(month)
        month = next_month(month)
    return found
