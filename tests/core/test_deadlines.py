"""Working days, due days and their explanations."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction

from core import deadlines, time_limits
from core.actors import Actor, acting
from core.calendar import WorkingCalendar
from core.models import CalendarDay, CalendarYear, Deadline, TimeLimitRule
from core.problems import Problem
from core.time_limits import RuleText

pytestmark = pytest.mark.django_db


@pytest.fixture
def rule(as_job: Actor) -> TimeLimitRule:
    return TimeLimitRule.objects.create(
        code="X-T1",
        name="答复",
        count=2,
        unit="working_day",
        basis="示例规定第一条",
        confidence="sure",
        valid_from=date(2020, 1, 1),
        proposed_by_key="a",
        confirmed_by_key="b",
    )


@pytest.mark.parametrize(
    ("day", "working"),
    [
        (date(2026, 1, 4), True),  # Sunday, worked for the New Year holiday
        (date(2026, 2, 14), True),
        (date(2026, 2, 16), False),
        (date(2026, 5, 9), True),
        (date(2026, 9, 20), True),
        (date(2026, 10, 7), False),
        (date(2026, 10, 8), True),
        (date(2026, 10, 10), True),
    ],
)
def test_2026_follows_the_state_council(day: date, working: bool) -> None:
    assert WorkingCalendar().is_working(day) is working


def test_a_friday_before_a_worked_sunday_counts_that_sunday(as_job: Actor) -> None:
    assert deadlines.compute("working_day", 1, date(2026, 9, 18)).due_on == date(2026, 9, 20)


def test_days_and_months_move_off_a_holiday_but_working_days_never_land_on_one(as_job: Actor) -> None:
    assert deadlines.compute("day", 10, date(2026, 9, 21)).due_on == date(2026, 10, 8)
    assert deadlines.compute("month", 1, date(2026, 8, 31)).due_on == date(2026, 9, 30)
    assert deadlines.compute("month", 1, date(2026, 9, 1)).due_on == date(2026, 10, 8)


def test_beyond_the_known_calendar_a_due_day_is_provisional_and_moves_when_the_year_is_loaded(
    rule: TimeLimitRule,
) -> None:
    deadline = deadlines.open_deadline(rule, "X-T1", event="收到", counts_from=date(2026, 12, 31))
    assert deadline.provisional
    assert deadline.due_on == date(2027, 1, 4)  # weekdays only are assumed: Friday 1 January, Monday 4
    CalendarDay.objects.create(day=date(2027, 1, 1), is_working=False, note="元旦")
    CalendarYear.objects.create(year=2027, source="国办通知（示例）")
    with acting(Actor.job("test"), "calendar.load", reason="2027 年安排发布"):
        assert deadlines.recompute_open() == 1
    deadline.refresh_from_db()
    assert (deadline.due_on, deadline.provisional) == (date(2027, 1, 5), False)
    assert deadline.history.first().history_change_reason == "2027 年安排发布"


def test_a_deadline_explains_itself(rule: TimeLimitRule) -> None:
    deadline = deadlines.open_deadline(rule, "X-T1", event="收到异议", counts_from=date(2026, 9, 18))
    text = deadline.explanation()
    for part in ("X-T1", "收到异议", "2026年9月18日", "2个工作日", "2026年9月21日", "示例规定第一条", "年历版本"):
        assert part in text


def test_an_old_matter_keeps_its_old_rule(rule: TimeLimitRule) -> None:
    TimeLimitRule.objects.filter(pk=rule.pk).update(valid_to=date(2026, 6, 30))
    TimeLimitRule.objects.create(
        code="X-T1", name="答复", count=5, unit="working_day", basis="新规定", confidence="sure",
        valid_from=date(2026, 7, 1), proposed_by_key="a", confirmed_by_key="b",
    )  # fmt: skip
    assert deadlines.rule_on("X-T1", date(2026, 6, 30)).count == 2
    assert deadlines.rule_on("X-T1", date(2026, 7, 1)).count == 5
    with pytest.raises(Problem, match="没有编号为 X-T1"):
        deadlines.rule_on("X-T1", date(2019, 12, 31))


def officer(key: str) -> Actor:
    return Actor(kind="officer", key=key, label=key, permissions=frozenset({"core.calendar.manage"}))


def text(**changes: object) -> RuleText:
    given = {"code": "X-T1", "name": "答复", "count": 5, "unit": "working_day", "basis": "新规定第二条",
             "confidence": "sure", "valid_from": date(2026, 9, 1), **changes}  # fmt: skip
    return RuleText(**given)  # type: ignore[arg-type]


def test_a_corrected_rule_needs_a_second_officer_and_moves_open_due_days(rule: TimeLimitRule) -> None:
    before = deadlines.open_deadline(rule, "X-T1", event="收到", counts_from=date(2026, 8, 28))
    after = deadlines.open_deadline(rule, "X-T1", event="收到", counts_from=date(2026, 9, 18))
    proposed = time_limits.propose_rule(actor=officer("one"), text=text(), reason="找到规定原文")
    assert deadlines.rule_on("X-T1", date(2026, 9, 18)).count == 2
    with pytest.raises(Problem, match="两名不同人员"):
        time_limits.confirm_rule(actor=officer("one"), rule=proposed)
    assert time_limits.confirm_rule(actor=officer("two"), rule=proposed) == 1
    before.refresh_from_db()
    after.refresh_from_db()
    assert (before.due_on, after.due_on) == (date(2026, 9, 1), date(2026, 9, 24))
    assert deadlines.rule_on("X-T1", date(2026, 8, 31)).valid_to == date(2026, 8, 31)
    with pytest.raises(Problem, match="已经复核"):
        time_limits.confirm_rule(actor=officer("three"), rule=proposed)


@pytest.mark.parametrize(
    ("changes", "reason", "field"),
    [
        ({"count": 0}, "x", "count"),
        ({"unit": "weeks"}, "x", "count"),
        ({"basis": " "}, "x", "basis"),
        ({}, "", "reason"),
    ],
)
def test_a_bad_correction_is_refused_at_its_field(
    rule: TimeLimitRule, changes: dict[str, object], reason: str, field: str
) -> None:
    with pytest.raises(Problem) as caught:
        time_limits.propose_rule(actor=officer("one"), text=text(**changes), reason=reason)
    assert caught.value.field == field


def test_only_who_manages_the_calendar_corrects_it(rule: TimeLimitRule) -> None:
    with pytest.raises(Problem, match="维护节假日安排与期限规则"):
        time_limits.propose_rule(actor=Actor.job("x"), text=text(), reason="x")


def test_a_rule_of_the_same_first_day_is_replaced(rule: TimeLimitRule) -> None:
    deadline = deadlines.open_deadline(rule, "X-T1", event="收到", counts_from=date(2026, 9, 18))
    proposed = time_limits.propose_rule(
        actor=officer("one"), text=text(valid_from=rule.valid_from, count=3), reason="找到规定原文"
    )
    assert time_limits.confirm_rule(actor=officer("two"), rule=proposed) == 1
    rule.refresh_from_db()
    deadline.refresh_from_db()
    assert rule.replaced_on is not None
    assert (deadline.rule_id, deadline.due_on) == (proposed.pk, date(2026, 9, 22))


def test_a_rule_between_two_ends_the_one_before_and_stops_where_the_later_one_begins(rule: TimeLimitRule) -> None:
    for first_day in (date(2026, 9, 1), date(2026, 5, 1)):
        proposed = time_limits.propose_rule(actor=officer("one"), text=text(valid_from=first_day), reason="找到规定")
        time_limits.confirm_rule(actor=officer("two"), rule=proposed)
    spans = TimeLimitRule.objects.in_use().filter(code="X-T1").order_by("valid_from")
    assert list(spans.values_list("valid_from", "valid_to")) == [
        (date(2020, 1, 1), date(2026, 4, 30)),
        (date(2026, 5, 1), date(2026, 8, 31)),
        (date(2026, 9, 1), None),
    ]


@pytest.mark.parametrize(
    "change", ["count = 900", "basis = 'x'", "valid_from = '2019-01-01'", "confirmed_by_key = 'x'"]
)
def test_a_confirmed_rule_is_not_rewritten(rule: TimeLimitRule, change: str) -> None:
    with (
        pytest.raises(DatabaseError, match="期限规则复核后不得改写"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"UPDATE core_timelimitrule SET {change} WHERE id = {rule.pk}")


def test_a_loaded_year_ends_what_was_provisional(rule: TimeLimitRule) -> None:
    deadline = deadlines.open_deadline(rule, "X-T1", event="收到", counts_from=date(2026, 12, 31))
    who = officer("one")
    with pytest.raises(Problem, match="没有登记任何休息日"):
        time_limits.confirm_year(actor=who, year=2027, source="国办通知（示例）")
    assert time_limits.set_day(actor=who, day=date(2027, 1, 1), is_working=False, source="国办通知（示例）") == 1
    moved = time_limits.confirm_year(actor=who, year=2027, source="国办通知（示例）")
    deadline.refresh_from_db()
    assert (moved, deadline.provisional, deadline.due_on) == (1, False, date(2027, 1, 5))
    with pytest.raises(Problem, match="已经确认"):
        time_limits.confirm_year(actor=who, year=2027, source="国办通知（示例）")


def test_closing_leaves_other_records_alone(rule: TimeLimitRule) -> None:
    first = deadlines.open_deadline(rule, "X-T1", event="收到", counts_from=date(2026, 9, 1))
    other = Deadline.objects.create(
        rule=rule, aggregate_type="x.other", object_id=rule.pk, event="收到", counts_from=date(2026, 9, 1),
        count=2, unit="working_day", calendar_version="v", due_on=date(2026, 9, 3),
    )  # fmt: skip
    assert deadlines.close_deadline(rule, "X-T1", on=date(2026, 9, 2), by="已办") == 1
    first.refresh_from_db()
    other.refresh_from_db()
    assert first.closed_on == date(2026, 9, 2)
    assert other.closed_on is None


def test_rep_t05_a_bar_in_plain_months_ends_on_the_corresponding_day_though_a_holiday() -> None:
    """2030-06-01 is a Saturday: a procedural term would pass on to Monday, a bar does not."""
    assert deadlines.compute("plain_month", 36, date(2027, 6, 1)).due_on == date(2030, 6, 1)
    assert deadlines.compute("plain_month", 1, date(2026, 1, 31)).due_on == date(2026, 2, 28)
    assert deadlines.compute("month", 36, date(2027, 6, 1)).due_on > date(2030, 6, 1)
