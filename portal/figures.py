"""The numbers of the first page: counted by a job every few minutes, read back from its record in one row.

Counting millions of rows for a visitor would be waste, and Redis may vanish: what a page shows is the last count that
the job wrote down, and the page says from when it is. Only a site whose job never ran counts for itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.db.models import Count, QuerySet

from core import clock
from core.models import JobRun
from portal import selectors
from publicity.enums import RecordKind
from publicity.selectors import publicly_visible
from repair.selectors import published_repairs
from subjects.enums import SubjectKind

JOB = "portal.count_figures"
DAYS = 7
KEPT_SECONDS = 60
STALE_AFTER = timedelta(hours=26)
KEY = "portal:figures"
TRENDS = ("licence", "penalty", "incentive", "discipline", "repair")


@dataclass(frozen=True, slots=True)
class Bar:
    """One day of a trend, as it is drawn in a box 76 wide and 26 high."""

    on: date
    number: int
    x: int
    y: int
    height: int


@dataclass(frozen=True, slots=True)
class Trend:
    """What was added on each of the last seven days, the last one today."""

    bars: tuple[Bar, ...]

    @property
    def total(self) -> int:
        return sum(bar.number for bar in self.bars)

    @property
    def words(self) -> str:
        """The same in words, for who cannot see the drawing."""
        return "，".join(f"{bar.on.month}月{bar.on.day}日 {bar.number}" for bar in self.bars)


@dataclass(frozen=True, slots=True)
class Figures:
    """What stands in the database, and since when the numbers are known."""

    counted_at: datetime
    counts: Mapping[str, int]
    today: date

    @property
    def licence(self) -> int:
        return self.counts.get("licence", 0)

    @property
    def penalty(self) -> int:
        return self.counts.get("penalty", 0)

    @property
    def repair(self) -> int:
        return self.counts.get("repair", 0)

    @property
    def incentive(self) -> int:
        return self._listed("incentive")

    @property
    def discipline(self) -> int:
        return self._listed("discipline")

    @property
    def incentive_paused(self) -> int:
        return self.counts.get("incentive:paused", 0)

    @property
    def discipline_paused(self) -> int:
        return self.counts.get("discipline:paused", 0)

    def _listed(self, polarity: str) -> int:
        return self.counts.get(f"{polarity}:in_force", 0) + self.counts.get(f"{polarity}:paused", 0)

    @property
    def subjects(self) -> int:
        return sum(number for _, number in self.subjects_by_kind)

    @property
    def subjects_by_kind(self) -> list[tuple[str, int]]:
        rows = [(str(kind.label), self.counts.get(f"subject:{kind.value}", 0)) for kind in SubjectKind]
        return [row for row in rows if row[1]]

    @property
    def trends(self) -> dict[str, Trend]:
        return {name: self._trend(name) for name in TRENDS}

    def _trend(self, name: str) -> Trend:
        days = [self.today - timedelta(days=back) for back in range(DAYS - 1, -1, -1)]
        numbers = [self.counts.get(f"{name}:{day.isoformat()}", 0) for day in days]
        most = max(*numbers, 1)
        bars = []
        for place, (day, number) in enumerate(zip(days, numbers, strict=True)):
            height = max(3, round(24 * number / most)) if number else 2
            bars.append(Bar(day, number, place * 11, 26 - height, height))
        return Trend(tuple(bars))


def figures(today: date) -> Figures:
    """Return the last count; one row from the database at most once a minute, counted anew only where there is none."""
    kept = cache.get(KEY)
    if kept is None or kept[2] != today:
        kept = (*_last_count(today), today)
        cache.set(KEY, kept, KEPT_SECONDS)
    counted_at, counts, _ = kept
    return Figures(counted_at, counts, today)


def _last_count(today: date) -> tuple[datetime, dict[str, int]]:
    now = clock.now()
    row = JobRun.objects.filter(name=JOB, error="", finished_at__gt=now - STALE_AFTER).order_by("-pk").first()
    if row is not None and row.finished_at is not None and row.finished_at <= now:
        return row.finished_at, dict(row.counts)
    return now, count(today)


def count(today: date) -> dict[str, int]:
    """Count everything that the first page tells, by name; a constant number of statements, each by set."""
    since = today - timedelta(days=DAYS - 1)
    found: dict[str, int] = {}
    for kind, number in _grouped(selectors.counted_subjects(), "kind"):
        found[f"subject:{kind}"] = number
    for record in RecordKind.values:
        rows = publicly_visible(today, record).select_related(None)
        found[record] = rows.order_by().count()
        _by_day(found, record, rows.filter(visible_from__gte=since), "visible_from")
    listed = selectors.listings_on(today).prefetch_related(None).select_related(None)
    for (polarity, state), number in _pairs(listed):
        found[f"{polarity}:{state}"] = number
    for polarity in ("incentive", "discipline"):
        _by_day(found, polarity, listed.filter(polarity=polarity, starts_on__gte=since), "starts_on")
    repairs = published_repairs(today.replace(day=1), today).select_related(None)
    found["repair"] = repairs.count()
    _by_day(found, "repair", published_repairs(since, today).select_related(None), "published_on")
    return {name: number for name, number in found.items() if number}


def _grouped(rows: QuerySet[Any], by: str) -> list[tuple[str, int]]:
    return list(rows.order_by().values_list(by).annotate(number=Count("pk")))


def _pairs(rows: QuerySet[Any]) -> list[tuple[tuple[str, str], int]]:
    counted = rows.order_by().values_list("polarity", "state_on").annotate(number=Count("pk"))
    return [((polarity, state), number) for polarity, state, number in counted]


def _by_day(found: dict[str, int], name: str, rows: QuerySet[Any], column: str) -> None:
    for day, number in rows.order_by().values_list(column).annotate(number=Count("pk")):
        found[f"{name}:{day.isoformat()}"] = number
