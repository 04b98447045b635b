"""The rule book says what `core.deadlines` says, without a query."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from core import deadlines
from core.actors import Actor
from core.models import TimeLimitRule
from core.problems import Problem
from core.rulebook import RuleBook

pytestmark = pytest.mark.django_db
BRIDGE = date(2026, 2, 13)  # the Friday before the Spring Festival


def make_rule(**facts: Any) -> TimeLimitRule:
    given = {
        "code": "X-T9",
        "name": "公示",
        "count": 7,
        "unit": "working_day",
        "basis": "示例规定第一条",
        "confidence": "sure",
        "valid_from": date(2020, 1, 1),
        "proposed_by_key": "a",
        "confirmed_by_key": "b",
    }
    return TimeLimitRule.objects.create(**{**given, **facts})


def test_seven_working_days_over_the_spring_festival_count_two_worked_saturdays(as_job: Actor) -> None:
    make_rule()
    book = RuleBook.load()
    due = book.find("X-T9", BRIDGE)
    assert due is not None
    assert (due.due_on, due.day.provisional) == (date(2026, 3, 2), False)
    assert book.calendar.is_working(date(2026, 2, 14))
    assert book.calendar.is_working(date(2026, 2, 28))
    text = due.explanation("决定作出")
    for part in ("X-T9", "2026年2月13日", "7个工作日", "2026年3月2日", "年历版本 chinesecalendar"):
        assert part in text


def test_beyond_the_calendar_it_is_provisional(as_job: Actor) -> None:
    make_rule()
    rule, day = RuleBook.load().due("X-T9", date(2026, 12, 28))
    assert (rule.code, day.provisional) == ("X-T9", True)


def test_an_old_matter_keeps_its_old_rule_and_drafts_rule_nothing(as_job: Actor) -> None:
    make_rule(valid_to=date(2026, 2, 28))
    make_rule(count=5, valid_from=date(2026, 3, 1))
    make_rule(count=1, valid_from=date(2026, 3, 1), confirmed_by_key="")
    make_rule(count=2, valid_from=date(2026, 3, 1), replaced_on=date(2026, 3, 2))
    book = RuleBook.load()
    assert book.due("X-T9", date(2026, 2, 28))[0].count == 7
    assert book.due("X-T9", date(2026, 3, 1))[0].count == 5
    assert book.find("X-T9", date(2019, 12, 31)) is None
    with pytest.raises(Problem, match="没有编号为 X-T9 的期限规则") as caught:
        book.due("X-T9", date(2019, 12, 31))
    assert caught.value.code == "CORE-08"


def test_it_agrees_with_the_stored_deadlines_and_asks_nothing_more(
    as_job: Actor, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(4):
        book = RuleBook.load()
    days = [date(2025, 12, 20) + timedelta(step) for step in range(0, 420, 3)]
    with django_assert_num_queries(0):
        told = [book.due("SAN-T02", day)[1] for day in days]
    assert told == [deadlines.compute("working_day", 5, day, book.calendar) for day in days]
