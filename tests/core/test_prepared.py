"""Prepared questions answer as their querysets do, on any day, for any number of keys, and never with old rows."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db.models import Q, QuerySet

from core import clock, prepared
from core.models import CalendarDay

pytestmark = pytest.mark.django_db
DAYS = [date(2031, 5, number) for number in range(1, 6)]
put_together: list[bool] = []


def between(working: bool, keys: list[int], first: date, last: date) -> QuerySet[Any]:
    put_together.append(working)
    rows = CalendarDay.objects.filter(Q(pk__among=keys), is_working=working, day__gte=first)
    return rows.filter(day__lte=last).order_by("day")


def test_the_same_rows_with_other_values_and_no_putting_together(as_job: Any, django_assert_num_queries: Any) -> None:
    kept = [CalendarDay.objects.create(day=day, is_working=day.day != 3, source="测试") for day in DAYS]
    keys = [row.pk for row in kept]
    for asked, first, last in ((keys, DAYS[0], DAYS[-1]), (keys[:2], DAYS[1], DAYS[-1]), ([], DAYS[0], DAYS[-1])):
        for working in (True, False):
            plain = between(working, asked, first, last)
            assert prepared.rows(between, (working,), asked, first, last) == list(plain)
            assert prepared.count(between, (working,), asked, first, last) == plain.count()
    assert prepared.rows(between, (True,), keys[:1], DAYS[0], DAYS[0]) == kept[:1]  # one key is a question of its own
    before = len(put_together)
    with django_assert_num_queries(1):
        found = prepared.rows(between, (True,), keys, DAYS[0], DAYS[-1])
    assert [row.day for row in found] == [day for day in DAYS if day.day != 3]
    kept[0].note = "改了"
    kept[0].save()
    assert prepared.rows(between, (True,), keys[:1], DAYS[0], DAYS[0])[0].note == "改了"
    assert len(put_together) == before


def looks_at_its_day(day: date) -> QuerySet[Any]:
    return CalendarDay.objects.filter(day__year=day.year)


def test_a_question_that_does_more_with_a_value_is_refused() -> None:
    with pytest.raises(TypeError, match="looks_at_its_day"):
        prepared.rows(looks_at_its_day, (), clock.today())
