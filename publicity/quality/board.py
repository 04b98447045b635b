"""The whole of timeliness and quality for one actor: per unit, per district, per month; one rank for all who compete.

QLT-09 units under their own authority's rule (垂直管理) are told apart and stand in no ranking and no sum of 7 days.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from core import clock
from core.actors import Actor
from core.permissions import require
from organizations.models import Organization
from publicity.enums import RecordKind
from publicity.models.quality import SEE, of_units
from publicity.quality import shares
from publicity.quality.shares import Share
from publicity.quality.timeliness import Times, times

CITY = "市本级"
NOTHING = Share()


@dataclass(frozen=True, slots=True)
class Asked:
    """Which decisions: the first and the last month, one kind or both, one district or all."""

    first: date
    last: date
    kind: str = ""
    district: str = ""

    @property
    def kinds(self) -> tuple[str, ...]:
        return (self.kind,) if self.kind else tuple(RecordKind.values)

    @property
    def months(self) -> list[date]:
        found, month = [], self.first
        while month <= self.last:
            found.append(month)
            month = next_month(month)
        return found


def next_month(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def months_back(month: date, count: int) -> date:
    number = month.year * 12 + month.month - 1 - count
    return date(number // 12, number % 12 + 1, 1)


@dataclass(slots=True)
class Figures:
    """Every measure of one unit, district, month or of all; two may be added."""

    times: Times = field(default_factory=Times)
    reporting: Share = NOTHING
    passing: Share = NOTHING
    stored: Share = NOTHING
    accuracy: Share = NOTHING

    def __add__(self, other: Figures) -> Figures:
        return Figures(
            self.times + other.times,
            self.reporting + other.reporting,
            self.passing + other.passing,
            self.stored + other.stored,
            self.accuracy + other.accuracy,
        )

    @property
    def received(self) -> Share:
        """报送及时率."""
        return Share(self.times.received_in_time, self.times.decisions)

    @property
    def shown(self) -> Share:
        """公示及时率."""
        return Share(self.times.shown_in_time, self.times.shown_due)


MEASURES: tuple[tuple[str, str, str, Callable[[Figures], Share]], ...] = (
    ("received", "报送及时率", "7个工作日内收到／已报送", lambda f: f.received),
    ("shown", "公示及时率", "7个工作日内可见／已公示或者已到期", lambda f: f.shown),
    ("reporting", "上报率", "台账中已报送／台账", lambda f: f.reporting),
    ("passing", "合规率", "无错误的行／报送的行", lambda f: f.passing),
    ("stored", "入库率", "入库的行／报送的行", lambda f: f.stored),
    ("accuracy", "准确率", "与文书一致／抽查比对", lambda f: f.accuracy),
)


@dataclass(slots=True)
class UnitLine:
    """One unit's figures; no rank where its own authority's rule applies or nothing was due yet."""

    unit: Organization
    figures: Figures
    rank: int | None = None

    @property
    def district(self) -> str:
        return self.unit.district.name if self.unit.district else CITY


@dataclass(slots=True)
class Board:
    """What the page and the workbook show."""

    asked: Asked
    total: Figures
    lines: list[UnitLine]
    vertical: list[UnitLine]
    districts: list[tuple[str, Figures]]
    months: list[tuple[date, Figures]]
    ranked: int  # how many compete, seen or not

    @property
    def is_empty(self) -> bool:
        return not (self.lines or self.vertical)


def board(actor: Actor, asked: Asked, *, today: date | None = None) -> Board:
    """Return the figures of the units that the actor may see; ranks are those among all units that compete."""
    require(actor, SEE)
    by_month = _figures(asked, today or clock.today())
    units = Organization.objects.select_related("district").in_bulk({unit for unit, _ in by_month})
    every: dict[int, Figures] = {}
    for (unit, _), figures in by_month.items():
        every[unit] = every.get(unit, Figures()) + figures
    competing = [UnitLine(units[key], figures) for key, figures in every.items() if not units[key].vertical]
    _rank(competing)
    ranked = sum(line.rank is not None for line in competing)
    seen = set(Organization.objects.filter(of_units(actor)).values_list("pk", flat=True))
    if asked.district:
        seen &= {key for key, unit in units.items() if (unit.district.code if unit.district else "") == asked.district}
    lines = sorted((line for line in competing if line.unit.pk in seen), key=_order)
    vertical = [UnitLine(unit, every[key]) for key, unit in units.items() if unit.vertical and key in seen]
    districts: dict[str, Figures] = {}
    months = {month: Figures() for month in asked.months}
    for line in lines:
        districts[line.district] = districts.get(line.district, Figures()) + line.figures
    for (unit, month), figures in by_month.items():
        if unit in seen and not units[unit].vertical and month in months:
            months[month] += figures
    total = sum((line.figures for line in lines), Figures())
    by_name = sorted(districts.items(), key=lambda row: (row[0] != CITY, row[0]))
    return Board(
        asked, total, lines, sorted(vertical, key=lambda row: row.unit.code), by_name, list(months.items()), ranked
    )


def _figures(asked: Asked, today: date) -> dict[tuple[int, date], Figures]:
    """Return every unit's figures by month; a fixed number of queries."""
    first, end = asked.first, next_month(asked.last) - date.resolution
    found: dict[tuple[int, date], Figures] = {}
    reported: dict[tuple[int, date, str], int] = {}
    for kind in asked.kinds:
        for (unit, month), counted in times(first, end, today=today, kinds=[kind]).items():
            reported[unit, month, kind] = counted.decisions
            held = found.setdefault((unit, month), Figures())
            held.times += counted
    passing, stored = shares.intake(first, end, asked.kinds)
    given: Any
    for name, rows in (
        ("reporting", shares.reporting(first, end, reported, asked.kinds)),
        ("passing", passing),
        ("stored", stored),
        ("accuracy", shares.accuracy(first, end, asked.kinds)),
    ):
        for key, share in rows.items():
            given = {name: share}
            found[key] = replace(found.get(key, Figures()), **given)
    return found


def _rank(lines: Iterable[UnitLine]) -> None:
    """Give equal shares an equal rank; a unit with nothing due has none."""
    rated = sorted(
        (line for line in lines if line.figures.shown.value is not None), key=lambda line: -_value(line.figures.shown)
    )
    for place, line in enumerate(rated, 1):
        before = rated[place - 2] if place > 1 else None
        tied = before is not None and before.figures.shown.value == line.figures.shown.value
        line.rank = before.rank if before is not None and tied else place


def _value(share: Share) -> float:
    return share.value or 0.0


def _order(line: UnitLine) -> tuple[bool, int, int, str]:
    return (line.rank is None, line.rank or 0, line.unit.sort, line.unit.code)
