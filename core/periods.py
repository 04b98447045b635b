"""The measure clock: when a period begins, stands still and ends. Dates are computed here, never counted.

Design §4: `starts_on` and `ends_on` are both in force; N days end on day N; months and years end the day before the
corresponding day, or on the month's last day where there is no such day; never moved for holidays.
`ends_on = original_ends_on + |union(pauses) ∩ [starts_on, ∞)|`, pauses half-open `[from, to)`.
The SQL twin is `core_period_state` / `core_period_ends_on` (core/migrations), tested equal.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Clock:
    """Everything that decides a period: start, length, pauses, and the day it was cut, if any.

    over_from: first day no longer in force because it was revoked or repaired; revoked tells which of the two.
    """

    starts_on: date
    original_ends_on: date | None
    pauses: Sequence[Pause] = ()
    over_from: date | None = None
    revoked: bool = False

    def projected_ends_on(self) -> date | None:
        """Return the last day the period is not over; None while a pause is open or where there is no end.

        A cut that comes after the natural end changes nothing.
        """
        if self.over_from is not None:
            natural = self._uncut().projected_ends_on()
            return self.over_from - DAY if natural is None else min(self.over_from - DAY, natural)
        if self.original_ends_on is None:
            return None
        end = self.original_ends_on
        for pause in union(self.pauses):
            begins = max(pause.from_on, self.starts_on)
            if begins > end:
                break
            if pause.to_on is None:
                return None
            end += timedelta(days=max(0, (pause.to_on - begins).days))
        return end

    def earliest_ends_on(self, on: date) -> date | None:
        """Return the earliest possible last day as known on `on`: an open pause counts up to that day."""
        closed = [Pause(p.from_on, p.to_on or max(on, p.from_on)) for p in self.pauses]
        return Clock(self.starts_on, self.original_ends_on, closed, self.over_from, self.revoked).projected_ends_on()

    def state_on(self, day: date) -> PeriodState:
        """Return the state on `day`. Precedence: revoked / cut → pending → ended → paused → in force."""
        if self.over_from is not None and day >= self.over_from:
            return PeriodState.REVOKED if self.revoked else PeriodState.ENDED
        if day < self.starts_on:
            return PeriodState.PENDING
        end = self.projected_ends_on() if self.over_from is None else self._uncut().projected_ends_on()
        if end is not None and day > end:
            return PeriodState.ENDED
        if any(p.from_on <= day and (p.to_on is None or day < p.to_on) for p in self.pauses):
            return PeriodState.PAUSED
        return PeriodState.IN_FORCE

    def _uncut(self) -> Clock:
        return Clock(self.starts_on, self.original_ends_on, self.pauses)

    def explain(self) -> dict[str, Any]:
        """Return the reasons behind `ends_on`: start, original end, each pause with its days, and the cut."""
        paused = [
            {
                "from": p.from_on.isoformat(),
                "to": p.to_on.isoformat() if p.to_on else None,
                "days": (p.to_on - max(p.from_on, self.starts_on)).days if p.to_on else None,
            }
            for p in union(self.pauses)
        ]
        end = self.projected_ends_on()
        return {
            "starts_on": self.starts_on.isoformat(),
            "original_ends_on": self.original_ends_on.isoformat() if self.original_ends_on else None,
            "pauses": paused,
            "over_from": self.over_from.isoformat() if self.over_from else None,
            "ends_on": end.isoformat() if end else None,
        }


PERIOD_SQL = """
CREATE OR REPLACE FUNCTION core_period_ends_on(starts date, original_end date, pauses datemultirange, over_from date)
RETURNS date LANGUAGE plpgsql IMMUTABLE AS $body$
DECLARE
    last_day date := original_end;
    span daterange;
    begins date;
BEGIN
    IF over_from IS NOT NULL THEN  -- least() passes over an end not known yet
        RETURN least(over_from - 1, core_period_ends_on(starts, original_end, pauses, NULL));
    END IF;
    IF original_end IS NULL THEN RETURN NULL; END IF;
    FOR span IN SELECT unnest(coalesce(pauses, '{}'::datemultirange)) LOOP
        begins := greatest(lower(span), starts);
        EXIT WHEN begins > last_day;
        IF upper_inf(span) THEN RETURN NULL; END IF;
        last_day := last_day + greatest(0, upper(span) - begins);
    END LOOP;
    RETURN last_day;
END $body$;

CREATE OR REPLACE FUNCTION core_period_state(
    asked date, starts date, original_end date, pauses datemultirange, over_from date, is_revoked boolean)
RETURNS text LANGUAGE sql IMMUTABLE AS $body$
SELECT CASE
    WHEN over_from IS NOT NULL AND asked >= over_from THEN CASE WHEN is_revoked THEN 'revoked' ELSE 'ended' END
    WHEN asked < starts THEN 'pending'
    WHEN asked > core_period_ends_on(starts, original_end, pauses, NULL) THEN 'ended'
    WHEN pauses @> asked THEN 'paused'
    ELSE 'in_force'
END
$body$;
"""
DROP_PERIOD_SQL = (
    "DROP FUNCTION core_period_state(date, date, date, datemultirange, date, boolean);"
    " DROP FUNCTION core_period_ends_on(date, date, datemultirange, date);"
)
