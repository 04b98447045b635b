"""The catalogue as it was known: what was in force on a day, at each instant of its making."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from django.db import connection

from catalog.selectors import revisions_in_force
from catalog.selectors.known import catalogue_on
from core import clock
from tests.factories.catalog import STARTS, make_active, make_next

pytestmark = pytest.mark.django_db
ASKED = (date(2016, 1, 1), STARTS, date(2026, 11, 23), date(2028, 1, 1))
Answer = dict[date, list[tuple[str, int]]]


def instant() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        found: datetime = cursor.fetchone()[0]
    return found


def plain() -> Answer:
    return {
        day: [(row.entry.code, row.number) for row in revisions_in_force(day).order_by("entry__code")] for day in ASKED
    }


def known(at: datetime) -> Answer:
    return {day: sorted((row["entry"], row["number"]) for row in catalogue_on(day, at)) for day in ASKED}


def test_the_catalogue_of_any_instant_is_what_was_answered_then() -> None:
    moments: list[tuple[datetime, Answer]] = []
    with clock.at(date(2026, 11, 23)):
        moments.append((instant(), plain()))
        first = make_active()
        moments.append((instant(), plain()))
        make_next(first, date(2027, 3, 1))
        moments.append((instant(), plain()))
    assert moments[0][1] != moments[1][1]
    for at, answer in moments:
        assert known(at) == {day: sorted(rows) for day, rows in answer.items()}
