"""Ten thousand random timelines: the clock, its SQL twin, and an oracle that lives every one of them day by day.

The oracle shares no thought with `core.periods`: no union, no end that moves. It spends the length of the period one
day at a time, on days on which nothing stands in the way, and writes down what each day was.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest
from django.db import connection

from core.periods import Clock, Pause

TIMELINES = 10_000
SEED = 20260302
EPOCH = date(2026, 1, 1)
STARTS = 40  # day number of the first day in force; days before it are pending


@dataclass
class Timeline:
    """A timeline in day numbers since EPOCH; spans half-open, None where a pause is still open."""

    length: int | None
    pauses: list[tuple[int, int | None]] = field(default_factory=list)
    lapses: list[tuple[int, int]] = field(default_factory=list)
    over: int | None = None
    revoked: int | None = None

    def horizon(self) -> int:
        """A day by which everything that will ever end has ended."""
        known = [n for span in (*self.pauses, *self.lapses) for n in span if n is not None]
        return STARTS + (self.length or 0) + max([0, *known, self.over or 0, self.revoked or 0]) + 2

    def clock(self) -> Clock:
        def day(number: int | None) -> date | None:
            return None if number is None else EPOCH + timedelta(days=number)

        return Clock(
            EPOCH + timedelta(days=STARTS),
            day(None if self.length is None else STARTS + self.length - 1),
            [Pause(EPOCH + timedelta(days=a), day(b)) for a, b in self.pauses],
            [Pause(EPOCH + timedelta(days=a), day(b)) for a, b in self.lapses],
            day(self.over),
            day(self.revoked),
        )


def lived(timeline: Timeline) -> tuple[list[str], int | None]:
    """Return what every day until the horizon was, and the last day that was not over for good."""
    horizon = timeline.horizon()
    still, lapsed = [False] * (horizon + 1), [False] * (horizon + 1)
    for marks, spans in ((still, timeline.pauses), (lapsed, timeline.lapses)):
        for begins, ends in spans:
            for day in range(max(begins, 0), horizon + 1 if ends is None else min(ends, horizon + 1)):
                marks[day] = True
    left, states, last = timeline.length, [], -1
    for day in range(horizon + 1):
        if timeline.revoked is not None and day >= timeline.revoked:
            states.append("revoked")
            continue
        if timeline.over is not None and day >= timeline.over:
            states.append("ended")
            continue
        if day >= STARTS and left == 0:
            states.append("ended")
            continue
        last = day
        if day < STARTS:
            states.append("pending")
        elif lapsed[day]:
            states.append("ended")
        elif still[day]:
            states.append("paused")
        else:
            states.append("in_force")
            left = None if left is None else left - 1
    return states, None if last == horizon else last


def somewhere(dice: random.Random) -> int:
    return dice.randrange(0, 160)


def span(dice: random.Random, near: list[int]) -> tuple[int, int]:
    """A span anywhere, or touching, nested in, or overlapping what is there, or on the first or the last day."""
    begins = dice.choice(near) if near and dice.random() < 0.5 else somewhere(dice)
    begins = max(0, begins + dice.choice([0, 0, 0, -1, 1]))
    return begins, begins + dice.choice([0, 1, 1, 2, 5, 23, 40, 60])


def random_timeline(dice: random.Random) -> Timeline:
    made = Timeline(dice.choice([None, 1, 1, 2, 30, 60, 90, 90, 90, dice.randrange(1, 120)]))
    near = [STARTS - 1, STARTS, STARTS + (made.length or 50) - 1, STARTS + (made.length or 50)]
    for _ in range(dice.choice([0, 0, 1, 1, 2, 3, 4, 6])):
        made.pauses.append(span(dice, near))
        near += [n for n in made.pauses[-1] if n is not None]
    for _ in range(dice.choice([0, 0, 0, 0, 1, 1, 2])):
        made.lapses.append(span(dice, near))
        near += made.lapses[-1]
    if dice.random() < 0.2:
        made.pauses.append((max(0, dice.choice(near)), None))
    if dice.random() < 0.3:
        made.over = max(0, dice.choice([*near, somewhere(dice)]))
    if dice.random() < 0.2:
        made.revoked = max(0, dice.choice([*near, somewhere(dice)]))
    dice.shuffle(made.pauses)
    return made


def timelines() -> list[Timeline]:
    dice = random.Random(SEED)
    return [random_timeline(dice) for _ in range(TIMELINES)]


def test_the_random_timelines_are_of_every_kind() -> None:
    kinds: Counter[str] = Counter()
    for made in timelines():
        whole = [pause for pause in made.pauses if pause[1] is not None]
        kinds["several"] += len(made.pauses) > 2
        kinds["touching"] += any(a[1] == b[0] for a in whole for b in whole if a is not b)
        kinds["nested"] += any(a[0] < b[0] and (b[1] or 0) < (a[1] or 0) for a in whole for b in whole)
        kinds["open"] += len(whole) < len(made.pauses)
        kinds["before the start"] += any(a < STARTS for a, _ in whole)
        kinds["on the last day"] += made.length is not None and any(a == STARTS + made.length - 1 for a, _ in whole)
        kinds["no end"] += made.length is None
        kinds["lapse"] += bool(made.lapses)
        kinds["lapse and pause"] += bool(made.lapses and made.pauses)
        kinds["cut"] += made.over is not None
        kinds["revoked"] += made.revoked is not None
        kinds["cut and revoked"] += made.over is not None and made.revoked is not None
    assert min(kinds.values()) > 150, kinds


def test_the_clock_says_of_every_day_what_the_oracle_lived() -> None:
    for made in timelines():
        states, last = lived(made)
        clock = made.clock()
        assert clock.projected_ends_on() == (None if last is None else EPOCH + timedelta(days=last)), made
        boundaries = {n for pair in (*made.pauses, *made.lapses) for n in pair if n is not None}
        boundaries |= {n for n in (made.over, made.revoked, last, STARTS) if n is not None}
        asked = {day + step for day in boundaries for step in (-1, 0, 1)} | set(range(0, len(states), 17))
        for day in asked:
            if 0 <= day < len(states):
                assert str(clock.state_on(EPOCH + timedelta(days=day))) == states[day], (made, day)


def test_every_day_of_a_thousand_timelines() -> None:
    for made in timelines()[:1000]:
        clock, (states, _) = made.clock(), lived(made)
        assert [str(clock.state_on(EPOCH + timedelta(days=day))) for day in range(len(states))] == states, made


def multirange(spans: list[Pause]) -> str | None:
    """Return the spans as range_agg would hold them; PostgreSQL joins them itself."""
    kept = [span for span in spans if span.to_on is None or span.to_on > span.from_on]
    if not spans:
        return None
    return "{" + ",".join(f"[{span.from_on},{span.to_on or ''})" for span in kept) + "}"


TWIN_SQL = """
SELECT core_period_ends_on(starts, original_end, pauses::datemultirange, lapses::datemultirange, over, revoked),
       (SELECT array_agg(core_period_state(day, starts, original_end, pauses::datemultirange, lapses::datemultirange,
                                           over, revoked) ORDER BY place)
          FROM unnest(asked::date[]) WITH ORDINALITY AS days (day, place))
  FROM unnest(%s::date[], %s::date[], %s::text[], %s::text[], %s::date[], %s::date[], %s::text[])
       WITH ORDINALITY AS lines (starts, original_end, pauses, lapses, over, revoked, asked, line)
 ORDER BY line
"""


@pytest.mark.django_db
def test_the_sql_twin_says_the_same_of_all_of_them_in_one_query() -> None:
    clocks = [made.clock() for made in timelines()]
    asked = []
    for number, clock in enumerate(clocks):
        bounds = [day for gap in (*clock.pauses, *clock.lapses) for day in (gap.from_on, gap.to_on) if day]
        bounds += [day for day in (clock.starts_on, clock.over_from, clock.revoked_from) if day]
        end = clock.projected_ends_on()
        bounds += [end, end + timedelta(days=1)] if end else []
        asked.append(sorted({*bounds, EPOCH + timedelta(days=number % 250)}))
    columns = [
        [clock.starts_on for clock in clocks],
        [clock.original_ends_on for clock in clocks],
        [multirange(list(clock.pauses)) for clock in clocks],
        [multirange(list(clock.lapses)) for clock in clocks],
        [clock.over_from for clock in clocks],
        [clock.revoked_from for clock in clocks],
        ["{" + ",".join(day.isoformat() for day in days) + "}" for days in asked],
    ]
    with connection.cursor() as cursor:
        cursor.execute(TWIN_SQL, columns)
        found = cursor.fetchall()
    assert len(found) == TIMELINES
    for clock, days, (end, states) in zip(clocks, asked, found, strict=True):
        assert end == clock.projected_ends_on(), clock
        assert states == [str(clock.state_on(day)) for day in days], clock
