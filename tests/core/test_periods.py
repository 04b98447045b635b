"""The measure clock: boundary dates of design §4, and its SQL twin."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.periods import Clock, Pause, Period, ends_on, union

START = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("starts", "period", "expected"),
    [
        (date(2026, 3, 2), Period(years=1), date(2027, 3, 1)),
        (date(2026, 8, 31), Period(months=6), date(2027, 2, 28)),
        (date(2027, 8, 31), Period(months=6), date(2028, 2, 29)),
        (date(2024, 2, 29), Period(years=1), date(2025, 2, 28)),
        (date(2024, 2, 29), Period(years=4), date(2028, 2, 28)),
        (date(2026, 1, 31), Period(months=1), date(2026, 2, 28)),
        (date(2026, 1, 1), Period(days=90), date(2026, 3, 31)),
        (date(2026, 5, 1), Period(days=1), date(2026, 5, 1)),
        (date(2026, 10, 1), Period(years=3), date(2029, 9, 30)),
    ],
)
def test_a_period_ends_the_day_before_the_corresponding_day(starts: date, period: Period, expected: date) -> None:
    assert ends_on(starts, period) == expected


@pytest.mark.parametrize("period", [Period(permanent=True), Period(until_performed=True)])
def test_an_open_period_has_no_end(period: Period) -> None:
    assert ends_on(START, period) is None
    assert Clock(START, None).state_on(date(2099, 1, 1)) == "in_force"


def test_a_period_is_exactly_one_kind() -> None:
    for wrong in ({}, {"permanent": True, "months": 1}, {"permanent": True, "until_performed": True}):
        with pytest.raises(ValueError, match="exactly one"):
            Period(**wrong)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="negative"):
        Period(months=-1)


def test_objection_on_day_10_of_90_rejected_23_days_later_moves_the_end_by_23() -> None:
    start = date(2026, 1, 1)
    original = ends_on(start, Period(days=90))
    opened = start + timedelta(days=9)
    clock = Clock(start, original, [Pause(opened, opened + timedelta(days=23))])
    assert clock.projected_ends_on() == start + timedelta(days=89 + 23)
    assert clock.state_on(opened) == "paused"
    assert clock.state_on(opened + timedelta(days=23)) == "in_force"


def test_the_last_day_and_the_day_after() -> None:
    clock = Clock(START, date(2027, 3, 1))
    assert [clock.state_on(day) for day in (START - timedelta(1), START, date(2027, 3, 1), date(2027, 3, 2))] == [
        "pending",
        "in_force",
        "in_force",
        "ended",
    ]


def test_an_open_pause_leaves_no_end_but_an_earliest_one() -> None:
    clock = Clock(START, date(2026, 3, 31), [Pause(date(2026, 3, 31))])
    assert clock.projected_ends_on() is None
    assert clock.state_on(date(2026, 5, 1)) == "paused"
    assert clock.earliest_ends_on(date(2026, 4, 10)) == date(2026, 4, 10)


def test_a_pause_after_the_end_changes_nothing() -> None:
    clock = Clock(START, date(2026, 3, 31), [Pause(date(2026, 4, 1), date(2026, 4, 20))])
    assert clock.projected_ends_on() == date(2026, 3, 31)


def test_a_cut_after_the_natural_end_changes_nothing() -> None:
    clock = Clock(date(2026, 1, 1), date(2026, 3, 31), over_from=date(2026, 6, 1))
    assert clock.projected_ends_on() == date(2026, 3, 31)
    assert clock.state_on(date(2026, 4, 1)) == "ended"
    paused = Clock(date(2026, 1, 1), date(2026, 3, 31), [Pause(date(2026, 2, 1))], over_from=date(2026, 6, 1))
    assert paused.projected_ends_on() == date(2026, 5, 31)


def test_revoked_and_repaired_are_over_from_their_day() -> None:
    revoked = Clock(START, date(2027, 3, 1), revoked_from=date(2026, 6, 1))
    repaired = Clock(START, date(2027, 3, 1), over_from=date(2026, 6, 1))
    assert revoked.state_on(date(2026, 6, 1)) == "revoked"
    assert repaired.state_on(date(2026, 6, 1)) == "ended"
    assert repaired.state_on(date(2026, 5, 31)) == "in_force"
    assert repaired.projected_ends_on() == date(2026, 5, 31)


days = st.dates(date(2025, 12, 1), date(2026, 8, 1))
pauses = st.lists(
    st.tuples(days, st.integers(0, 60)).map(lambda p: Pause(p[0], p[0] + timedelta(days=p[1]))), max_size=6
)
clocks = st.builds(
    lambda length, gone, lapsed, over, revoked: Clock(
        START, START + timedelta(days=length) if length else None, gone, lapsed, over, revoked
    ),
    st.none() | st.integers(1, 200),
    pauses,
    pauses,
    st.none() | days,
    st.none() | days,
)


@given(clock=clocks)
def test_every_pause_day_inside_the_period_is_added_once(clock: Clock) -> None:
    """Brute force: walk day by day, spending a day of the period only when the clock is not standing."""
    if clock.original_ends_on is None or clock.over_from or clock.revoked_from:
        return
    left = (clock.original_ends_on - clock.starts_on).days + 1
    day = clock.starts_on
    while True:
        spans = [*clock.pauses, *clock.lapses]
        standing = any(p.from_on <= day and (p.to_on is None or day < p.to_on) for p in spans)
        left -= not standing
        if left == 0:
            break
        day += timedelta(days=1)
    assert clock.projected_ends_on() == day


@given(gone=pauses)
def test_union_is_disjoint_and_keeps_every_day(gone: list[Pause]) -> None:
    joined = union(gone)
    for earlier, later in itertools.pairwise(joined):
        assert earlier.to_on is not None
        assert earlier.to_on < later.from_on
    covered = {p.from_on + timedelta(days=n) for p in gone for n in range((p.to_on - p.from_on).days) if p.to_on}
    again = {p.from_on + timedelta(days=n) for p in joined for n in range((p.to_on - p.from_on).days) if p.to_on}
    assert covered == again


@pytest.mark.django_db
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(clock=clocks, asked=days, still_open=st.booleans())
def test_the_sql_twin_gives_the_same_answer(clock: Clock, asked: date, still_open: bool) -> None:
    gone = [*clock.pauses, Pause(date(2026, 7, 1))] if still_open else list(clock.pauses)
    clock = replace(clock, pauses=gone)
    cuts = [clock.over_from, clock.revoked_from]
    dates = [clock.starts_on, clock.original_ends_on, multirange(clock.pauses), multirange(clock.lapses), *cuts]
    signature = "%s, %s, %s::datemultirange, %s::datemultirange, %s, %s"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT core_period_state(%s, {signature}), core_period_ends_on({signature})", [asked, *dates, *dates]
        )
        assert cursor.fetchone() == (str(clock.state_on(asked)), clock.projected_ends_on())


def multirange(spans: Sequence[Pause]) -> str | None:
    """Return the spans as PostgreSQL reads them; no rows are NULL there."""
    if not spans:
        return None
    return "{" + ",".join(f"[{p.from_on},{p.to_on or ''})" for p in union(spans)) + "}"


def test_a_lapse_is_over_and_gives_its_days_back() -> None:
    """Repaired on day 10, the repair revoked on day 30: over in between, and the end moves by those twenty days."""
    start, last = date(2026, 1, 1), date(2026, 3, 31)
    clock = Clock(start, last, lapses=[Pause(date(2026, 1, 10), date(2026, 1, 30))])
    assert [clock.state_on(day) for day in (date(2026, 1, 9), date(2026, 1, 10), date(2026, 1, 29))] == [
        "in_force",
        "ended",
        "ended",
    ]
    assert clock.state_on(date(2026, 1, 30)) == "in_force"
    assert clock.projected_ends_on() == last + timedelta(days=20)
    both = replace(clock, pauses=[Pause(date(2026, 1, 5), date(2026, 1, 20))])
    assert both.projected_ends_on() == last + timedelta(days=25)  # a day counts once
    assert both.state_on(date(2026, 1, 15)) == "ended"
    assert clock.explain()["pauses"] == []


def test_revocation_comes_before_everything_and_leaves_the_days_as_lived() -> None:
    clock = Clock(START, date(2027, 3, 1), over_from=date(2026, 5, 1), revoked_from=date(2026, 6, 1))
    assert [clock.state_on(day) for day in (date(2026, 4, 30), date(2026, 5, 1), date(2026, 6, 1))] == [
        "in_force",
        "ended",
        "revoked",
    ]
    assert clock.projected_ends_on() == date(2026, 4, 30)
    before = Clock(START, date(2027, 3, 1), revoked_from=START - timedelta(days=5))
    assert before.state_on(START) == "revoked"
    assert before.state_on(START - timedelta(days=6)) == "pending"


@pytest.mark.parametrize(
    ("period", "words"),
    [
        (Period(months=36), "3年"),
        (Period(months=14), "1年2个月"),
        (Period(years=1, months=12), "2年"),
        (Period(months=6), "6个月"),
        (Period(years=1, days=10), "1年10日"),
        (Period(days=90), "90日"),
        (Period(permanent=True), "长期"),
        (Period(until_performed=True), "至履行完毕"),
    ],
)
def test_a_period_reads_as_an_officer_words_it(period: Period, words: str) -> None:
    assert period.label() == words
