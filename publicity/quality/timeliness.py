"""报送及时 and 公示及时: how many working days after a decision it was received and first visible, counted by set.

QLT-01 a decision counts once, on its day, for the unit that first reported it; what was taken back does not count.
QLT-02 received: the first version's day; visible: the first day on which the public could see any version.
QLT-03 the day of the decision is not counted (rule PUB-T01); on time is on or before the due day of that rule. What
came on a day off is counted on the working day after it, so that the first seven columns are just what is on time.
QLT-04 what is lawfully not shown is in no share of 公示; what is not shown yet but not due either is only waiting.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db import connection

from core.calendar import WorkingCalendar
from core.rulebook import RuleBook
from publicity.enums import RecordKind

RULE = "PUB-T01"
LAST = 7  # working days that have a column of their own; what took longer stands in one more
BUCKETS = LAST + 2  # the day itself, 1 to 7, beyond
LABELS = ("当日", *(str(number) for number in range(1, LAST + 1)), f"超过{LAST}")
REACH = timedelta(days=40)  # more than any seven working days take
TABLES = {RecordKind.LICENCE.value: "publicity_licence", RecordKind.PENALTY.value: "publicity_penalty"}

COUNT_SQL = """
WITH worked AS (SELECT * FROM unnest(%(days)s::date[], %(worked)s::int[], %(reached)s::int[]) AS t (day, number, reached)),
     due AS (SELECT * FROM unnest(%(decided)s::date[], %(due)s::date[]) AS t (day, due_on)),
     decision AS (
        SELECT decided_on, (array_agg(unit_id ORDER BY version))[1] AS unit_id,
               (array_agg(scope ORDER BY version DESC))[1] AS scope,
               min(first_reported_on) AS received_on,
               min(first_visible_on) FILTER (WHERE first_visible_on <= %(today)s::date) AS visible_on
          FROM {table}
         WHERE decided_on BETWEEN %(first)s AND %(last)s AND reported_on <= %(today)s AND state <> 'recalled'
         GROUP BY authority_code, document_number, subject_id, decided_on),
     timed AS (
        SELECT decision.unit_id, date_trunc('month', decision.decided_on)::date AS month,
               CASE WHEN received_on = decided_on THEN 0
                    ELSE least(coalesce(received.reached - began.number, {beyond}), {beyond}) END AS received,
               CASE WHEN visible_on = decided_on THEN 0 WHEN visible_on IS NOT NULL
                    THEN least(coalesce(shown.reached - began.number, {beyond}), {beyond}) END AS visible,
               received_on <= due.due_on AS in_time,
               CASE WHEN visible_on <= due.due_on THEN 'in_time'
                    WHEN visible_on IS NOT NULL THEN 'late'
                    WHEN scope <> 'open' THEN 'closed'
                    WHEN due.due_on >= %(today)s THEN 'waiting'
                    ELSE 'overdue' END AS shown
          FROM decision
          JOIN due ON due.day = decision.decided_on
          JOIN worked began ON began.day = decision.decided_on
          LEFT JOIN worked received ON received.day = decision.received_on
          LEFT JOIN worked shown ON shown.day = decision.visible_on)
SELECT unit_id, month, received, visible, in_time, shown, count(*) FROM timed GROUP BY 1, 2, 3, 4, 5, 6
"""


@dataclass(slots=True)
class Times:
    """What became of a number of decisions; two may be added."""

    decisions: int = 0
    received: list[int] = field(default_factory=lambda: [0] * BUCKETS)
    received_in_time: int = 0
    visible: list[int] = field(default_factory=lambda: [0] * BUCKETS)
    shown_in_time: int = 0
    shown_late: int = 0
    waiting: int = 0
    overdue: int = 0
    closed: int = 0

    def __add__(self, other: Times) -> Times:
        return Times(
            self.decisions + other.decisions,
            [a + b for a, b in zip(self.received, other.received, strict=True)],
            self.received_in_time + other.received_in_time,
            [a + b for a, b in zip(self.visible, other.visible, strict=True)],
            *(
                getattr(self, name) + getattr(other, name)
                for name in ("shown_in_time", "shown_late", "waiting", "overdue", "closed")
            ),
        )

    @property
    def shown_due(self) -> int:
        """Return how many are shown or should be by now."""
        return self.shown_in_time + self.shown_late + self.overdue

    def take(self, received: int, visible: int | None, in_time: bool, shown: str, number: int) -> None:
        """Count decisions of one kind of fate."""
        self.decisions += number
        self.received[received] += number
        self.received_in_time += number if in_time else 0
        if visible is not None:
            self.visible[visible] += number
        name = {"in_time": "shown_in_time", "late": "shown_late"}.get(shown, shown)
        setattr(self, name, getattr(self, name) + number)


def times(first: date, last: date, *, today: date, kinds: Iterable[str] = TABLES) -> dict[tuple[int, date], Times]:
    """Return the times of decisions of `[first, last]` per unit (its key) and month; one query per kind.

    A day without a rule in force has no due day and is left out.
    """
    last = min(last, today)
    found: dict[tuple[int, date], Times] = {}
    if last < first:
        return found
    parameters = _parameters(first, last, today)
    with connection.cursor() as cursor:
        for kind in kinds:
            cursor.execute(COUNT_SQL.format(table=TABLES[kind], beyond=LAST + 1), parameters)
            for unit, month, received, visible, in_time, shown, number in cursor.fetchall():
                found.setdefault((unit, month), Times()).take(received, visible, in_time, shown, number)
    return found


def _parameters(first: date, last: date, today: date) -> dict[str, Any]:
    """Return the calendar as columns: when each day is due; how many working days came up to it, or to the next one."""
    rules = RuleBook.load()
    decided = [first + timedelta(days=step) for step in range((last - first).days + 1)]
    due = {day: found.due_on for day in decided if (found := rules.find(RULE, day)) is not None}
    days, worked, reached = _counted(rules.calendar, first, last + REACH)
    return {
        "first": first,
        "last": last,
        "today": today,
        "decided": list(due),
        "due": list(due.values()),
        "days": days,
        "worked": worked,
        "reached": reached,
    }


def _counted(calendar: WorkingCalendar, first: date, last: date) -> tuple[list[date], list[int], list[int]]:
    days = [first + timedelta(days=step) for step in range((last - first).days + 1)]
    worked, reached, number = [], [], 0
    for day in days:
        works = calendar.is_working(day)
        number += works
        worked.append(number)
        reached.append(number if works else number + 1)
    return days, worked, reached
