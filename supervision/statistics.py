"""What the public statistics say of the last twelve months: counted by set, no subject and no person in it.

STA-01 disclosures count by month of the decision, once it was public; persons' decisions are in the sums.
STA-02 timely: visible within the working days that rule PUB-T01 allows, out of what was due; what waits is in no share.
STA-03 listings: what stands on the public lists today, by field of the catalogue; legal entities only.
STA-04 repairs: published ones; the median is in calendar days from receipt to publication.
STA-05 objections: upheld and partly upheld out of those answered in the month; what is open is in no share.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from objections.enums import Outcome
from objections.selectors import answered_by_month, received_by_month
from organizations.models import Organization
from publicity.enums import RecordKind
from publicity.quality.board import months_back, next_month
from publicity.quality.timeliness import Times, times
from repair import selectors as repair
from sanctions.enums import Polarity
from sanctions.selectors import listed_by_field, listed_by_month

MONTHS = 12
Figures = dict[str, Any]  # JSON values only: the day's figures are kept as they were published


def figures(day: date) -> Figures:
    """Return every figure as of the day; a fixed number of queries, whatever the number of records."""
    months = _months(day)
    found: Figures = {"on": day.isoformat(), "months": [month.isoformat() for month in months]}
    return found | {
        **_disclosures(months, day),
        **_listings(months, day),
        **_repairs(months, day),
        **_objections(months, day),
    }


def _months(day: date) -> list[date]:
    """Return the first days of the last twelve months, this one included."""
    months = [months_back(day.replace(day=1), MONTHS - 1)]
    while len(months) < MONTHS:
        months.append(next_month(months[-1]))
    return months


def _disclosures(months: list[date], day: date) -> Figures:
    """STA-01, STA-02: by month and kind, and by unit."""
    by_month = {month: {kind: Times() for kind in RecordKind.values} for month in months}
    by_unit: dict[int, dict[str, int]] = {}
    for kind in RecordKind.values:
        for (unit, month), counted in times(months[0], day, today=day, kinds=[kind]).items():
            by_month[month][kind] += counted
            held = by_unit.setdefault(unit, dict.fromkeys(RecordKind.values, 0))
            held[kind] += _public(counted)
    names = dict(Organization.objects.filter(pk__in=by_unit).values_list("pk", "name"))
    units = [{"unit": names[key], **held} for key, held in by_unit.items() if any(held.values())]
    rows = []
    for month, kinds in by_month.items():
        every = sum(kinds.values(), Times())
        rows.append(
            {
                "month": month.isoformat(),
                **{kind: _public(counted) for kind, counted in kinds.items()},
                "due": every.shown_due,
                "in_time": every.shown_in_time,
            }
        )
    return {
        "disclosures": rows,
        "units": sorted(units, key=lambda row: (-sum(row[kind] for kind in RecordKind.values), row["unit"])),
    }


def _public(counted: Times) -> int:
    return counted.shown_in_time + counted.shown_late


def _listings(months: list[date], day: date) -> Figures:
    """STA-03: what stands today by field, and what began in each month."""
    today = listed_by_field(day)
    fields = {domain for domain, _ in today}
    begun = listed_by_month(months[0], day)
    rows = [{"field": field, **{kind: today.get((field, kind), 0) for kind in Polarity.values}} for field in fields]
    return {
        "fields": sorted(rows, key=lambda row: (-sum(row[kind] for kind in Polarity.values), row["field"])),
        "begun": [
            {"month": month.isoformat(), **{kind: begun.get((month, kind), 0) for kind in Polarity.values}}
            for month in months
        ],
    }


def _repairs(months: list[date], day: date) -> Figures:
    """STA-04: received and published by month, and their median days."""
    durations = repair.durations(months[0], day)
    received = repair.received_by_month(months[0], day)
    nothing: tuple[int, float | None] = (0, None)
    rows = []
    for month in months:
        number, median = durations.get(month, nothing)
        rows.append(
            {
                "month": month.isoformat(),
                "received": received.get(month, 0),
                "published": number,
                "median_days": median,
            }
        )
    number, median = durations.get(None, nothing)
    return {"repairs": rows, "repairs_total": {"published": number, "median_days": median}}


def _objections(months: list[date], day: date) -> Figures:
    """STA-05: received by month, answered by outcome."""
    answered = answered_by_month(months[0], day)
    received = received_by_month(months[0], day)
    outcomes = (Outcome.UPHELD.value, Outcome.PARTLY_UPHELD.value, Outcome.REJECTED.value)
    return {
        "objections": [
            {
                "month": month.isoformat(),
                "received": received.get(month, 0),
                **{outcome: answered.get((month, outcome), 0) for outcome in outcomes},
            }
            for month in months
        ]
    }
