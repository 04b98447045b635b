"""The measure clock: when a period begins, stands still and ends. Dates are computed here, never counted.

Design §4: `starts_on` and `ends_on` are both in force; N days end on day N; months and years end the day before the
corresponding day, or on the month's last day where there is no such day; never moved for holidays.
`ends_on = original_ends_on + |union(pauses ∪ lapses) ∩ [starts_on, ∞)|`, spans half-open `[from, to)`.
The SQL twin is `core_period_state` / `core_period_ends_on` (core/migrations), tested equal.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

DAY = timedelta(days=1)


class PeriodState(StrEnum):
    """What a period is on one day; computed, never stored."""

    PENDING = "pending"
    IN_FORCE = "in_force"
    PAUSED = "paused"
    ENDED = "ended"
    REVOKED = "revoked"


STATE_LABELS = {
    PeriodState.PENDING: "未开始",
    PeriodState.IN_FORCE: "实施中",
    PeriodState.PAUSED: "暂停",
    PeriodState.ENDED: "已到期",
    PeriodState.REVOKED: "已撤销",
}


@dataclass(frozen=True, slots=True)
class Period:
    """A length of time as a decision words it: years, months and days, or permanent, or until performed."""

    years: int = 0
    months: int = 0
    days: int = 0
    permanent: bool = False
    until_performed: bool = False

    def __post_init__(self) -> None:
        measured = self.years or self.months or self.days
        if min(self.years, self.months, self.days) < 0:
            raise ValueError("a period has no negative part")
        if sum((bool(measured), self.permanent, self.until_performed)) != 1:
            raise ValueError("a period is a length, permanent, or until performed: exactly one of them")

    @property
    def is_open(self) -> bool:
        return self.permanent or self.until_performed

    @property
    def total_months(self) -> int:
        """Years and months as months; days are not counted in."""
        return self.years * 12 + self.months

    def label(self) -> str:
        """Return the length in words; twelve months and more read as years: 36 months are 3年."""
        if self.permanent:
            return "长期"
        if self.until_performed:
            return "至履行完毕"
        years, months = divmod(self.total_months, 12)
        parts = ((years, "年"), (months, "个月"), (self.days, "日"))
        return "".join(f"{count}{unit}" for count, unit in parts if count)

    def as_dict(self) -> dict[str, Any]:
        fields = ("years", "months", "days", "permanent", "until_performed")
        return {name: value for name in fields if (value := getattr(self, name))}


def _add_months(day: date, months: int) -> tuple[date, bool]:
    """Return the corresponding day `months` later and whether it exists in that month."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last)), day.day <= last


def ends_on(starts_on: date, period: Period) -> date | None:
    """Return the last day in force (inclusive), or None for an open period.

    2026-03-02 + 1 year → 2027-03-01; 2026-08-31 + 6 months → 2027-02-28; N days end on day N.
    """
    if period.is_open:
        return None
    last = starts_on - DAY
    if period.total_months:
        corresponding, exists = _add_months(starts_on, period.total_months)
        last = corresponding - DAY if exists else corresponding
    return last + timedelta(days=period.days)


@dataclass(frozen=True, slots=True)
class Pause:
    """A half-open interval `[from_on, to_on)` in which the clock stands; `to_on` None while still open."""

    from_on: date
    to_on: date | None = None


def union(pauses: Iterable[Pause]) -> list[Pause]:
    """Return disjoint pauses in order: touching, nested and overlapping ones joined, empty ones dropped."""
    joined: list[Pause] = []
    for pause in sorted(pauses, key=lambda p: p.from_on):
        if pause.to_on is not None and pause.to_on <= pause.from_on:
            continue
        if joined and (joined[-1].to_on is None or pause.from_on <= joined[-1].to_on):
            last = joined[-1]
            if last.to_on is not None and (pause.to_on is None or pause.to_on > last.to_on):
                joined[-1] = Pause(last.from_on, pause.to_on)
            continue
        joined.append(pause)
    return joined


def without(spans: Iterable[Pause], taken: Iterable[Pause]) -> list[Pause]:
    """Return the spans, joined, less the closed ones taken out of them: no day stands in both."""
    left = union(spans)
    for gap in union(taken):
        assert gap.to_on is not None
        parts = []
        for span in left:
            if gap.from_on > span.from_on:
                parts.append(Pause(span.from_on, min(span.to_on or gap.from_on, gap.from_on)))
            if span.to_on is None or gap.to_on < span.to_on:
                parts.append(Pause(max(span.from_on, gap.to_on), span.to_on))
        left = union(parts)
    return left


def covered(spans: Iterable[Pause], day: date) -> bool:
    """Return whether the day lies in one of the half-open spans."""
    return any(span.from_on <= day and (span.to_on is None or day < span.to_on) for span in spans)


@dataclass(frozen=True, slots=True)
class Clock:
    """Everything that decides a period: start, length, what it stood still for, and the day it was cut, if any.

    lapses: closed spans in which the period was over because it had been repaired, given back by revoking the repair;
    over then, and the end moves by them as by a pause. over_from: first day no longer in force by a cut that is no
    revocation (performed, repaired, shortened …). revoked_from: first day revoked; before it, the days stay as lived.
    """

    starts_on: date
    original_ends_on: date | None
    pauses: Sequence[Pause] = ()
    lapses: Sequence[Pause] = ()
    over_from: date | None = None
    revoked_from: date | None = None

    def natural_ends_on(self) -> date | None:
        """Return the last day as start, length, pauses and lapses give it, before any cut; None where there is none."""
        if self.original_ends_on is None:
            return None
        end = self.original_ends_on
        for span in union([*self.pauses, *self.lapses]):
            begins = max(span.from_on, self.starts_on)
            if begins > end:
                break
            if span.to_on is None:
                return None
            end += timedelta(days=max(0, (span.to_on - begins).days))
        return end

    def projected_ends_on(self) -> date | None:
        """Return the last day the period is not over; None while a pause is open or where there is no end.

        A cut that comes after the natural end changes nothing.
        """
        cuts = [cut - DAY for cut in (self.over_from, self.revoked_from) if cut is not None]
        return min([day for day in (*cuts, self.natural_ends_on()) if day is not None], default=None)

    def earliest_ends_on(self, on: date) -> date | None:
        """Return the earliest possible last day as known on `on`: an open pause counts up to that day."""
        closed = [Pause(p.from_on, p.to_on or max(on, p.from_on)) for p in self.pauses]
        return replace(self, pauses=closed).projected_ends_on()

    def state_on(self, day: date) -> PeriodState:
        """Return the state on `day`. Precedence: revoked → cut → pending → ended → lapse → paused → in force."""
        if self.revoked_from is not None and day >= self.revoked_from:
            return PeriodState.REVOKED
        if self.over_from is not None and day >= self.over_from:
            return PeriodState.ENDED
        if day < self.starts_on:
            return PeriodState.PENDING
        end = self.natural_ends_on()
        if (end is not None and day > end) or covered(self.lapses, day):
            return PeriodState.ENDED
        return PeriodState.PAUSED if covered(self.pauses, day) else PeriodState.IN_FORCE

    def paused_spans(self) -> list[Pause]:
        """Return what it stood still for, joined; a day on which it was over by a lapse is no day of a pause."""
        return without(self.pauses, self.lapses)

    def explain(self) -> dict[str, Any]:
        """Return the reasons behind `ends_on`: start, original end, each pause and lapse with its days, and the cut.

        The days of pauses and lapses add up to what the end has moved: none is told twice.
        """
        end = self.projected_ends_on()
        return {
            "starts_on": self.starts_on.isoformat(),
            "original_ends_on": self.original_ends_on.isoformat() if self.original_ends_on else None,
            "pauses": [self._spelled(span) for span in self.paused_spans()],
            "lapses": [self._spelled(span) for span in union(self.lapses)],
            "over_from": self.over_from.isoformat() if self.over_from else None,
            "revoked_from": self.revoked_from.isoformat() if self.revoked_from else None,
            "ends_on": end.isoformat() if end else None,
        }

    def _spelled(self, span: Pause) -> dict[str, Any]:
        days = max(0, (span.to_on - max(span.from_on, self.starts_on)).days) if span.to_on else None
        return {
            "from": span.from_on.isoformat(),
            "to": span.to_on.isoformat() if span.to_on else None,
            "days": days,
        }


PERIOD_SQL = """
CREATE OR REPLACE FUNCTION core_period_ends_on(
    starts date, original_end date, pauses datemultirange, lapses datemultirange, over_from date, revoked_from date)
RETURNS date LANGUAGE plpgsql IMMUTABLE AS $body$
DECLARE
    last_day date := original_end;
    span daterange;
    begins date;
BEGIN
    IF last_day IS NOT NULL AND (pauses IS NOT NULL OR lapses IS NOT NULL) THEN
        FOR span IN SELECT unnest(coalesce(pauses, '{}') + coalesce(lapses, '{}')) LOOP
            begins := greatest(lower(span), starts);
            EXIT WHEN begins > last_day;
            IF upper_inf(span) THEN
                last_day := NULL;
                EXIT;
            END IF;
            last_day := last_day + greatest(0, upper(span) - begins);
        END LOOP;
    END IF;
    RETURN least(last_day, over_from - 1, revoked_from - 1);  -- least() passes over what is not known
END $body$;

CREATE OR REPLACE FUNCTION core_period_state(
    asked date, starts date, original_end date, pauses datemultirange, lapses datemultirange,
    over_from date, revoked_from date)
RETURNS text LANGUAGE sql IMMUTABLE AS $body$
SELECT CASE
    WHEN asked >= revoked_from THEN 'revoked'
    WHEN asked >= over_from THEN 'ended'
    WHEN asked < starts THEN 'pending'
    WHEN asked > core_period_ends_on(starts, original_end, pauses, lapses, NULL, NULL) THEN 'ended'
    WHEN lapses @> asked THEN 'ended'
    WHEN pauses @> asked THEN 'paused'
    ELSE 'in_force'
END
$body$;
"""
DROP_PERIOD_SQL = (
    "DROP FUNCTION IF EXISTS core_period_state(date, date, date, datemultirange, datemultirange, date, date);"
    " DROP FUNCTION IF EXISTS core_period_ends_on(date, date, datemultirange, datemultirange, date, date);"
)
# Without lapses, and with a flag where the day of the revocation stands now.
DROP_EARLIER_PERIOD_SQL = (
    "DROP FUNCTION IF EXISTS core_period_state(date, date, date, datemultirange, date, boolean);"
    " DROP FUNCTION IF EXISTS core_period_ends_on(date, date, datemultirange, date);"
)
