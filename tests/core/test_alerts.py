"""The calendar alert: daily from 1 October while next year is unknown, gone as soon as it is confirmed."""

from __future__ import annotations

from datetime import date

import pytest

from core import alerts, clock, time_limits
from core.actors import Actor
from core.calendar import LIBRARY_YEARS
from core.models import Alert
from core.tasks import watch_calendar_job

pytestmark = pytest.mark.django_db
LAST = LIBRARY_YEARS[-1]
ADMIN = Actor("officer", "A1", "管理员", roles=frozenset({"system_admin"}), permissions=frozenset({time_limits.MANAGE}))


def watch(day: date) -> int:
    with clock.at(day):
        return watch_calendar_job()


def test_from_october_on_once_a_day_until_confirmed() -> None:
    assert watch(date(LAST, 9, 30)) == 0
    assert [watch(date(LAST, 10, 1)) for _ in range(3)] == [1, 0, 0]
    assert watch(date(LAST, 10, 12)) == 1
    assert str(LAST + 1) in Alert.objects.shown_to(ADMIN).first().text
    assert not Alert.objects.shown_to(Actor("officer", "B", "他人", roles=frozenset({"office"}))).exists()
    with clock.at(date(LAST, 11, 20)):
        time_limits.set_day(actor=ADMIN, day=date(LAST + 1, 1, 1), is_working=False, source="国办发明电")
        time_limits.confirm_year(actor=ADMIN, year=LAST + 1, source="国办发明电")
    assert not Alert.objects.shown_to(ADMIN).exists()
    assert watch(date(LAST, 11, 21)) == 0


def test_a_year_that_began_without_its_calendar_keeps_alerting() -> None:
    assert watch(date(LAST + 1, 2, 1)) == 1
    assert Alert.objects.get().ref == str(LAST + 1)


def test_a_known_next_year_alerts_nobody() -> None:
    assert watch(date(LAST - 1, 12, 31)) == 0
    assert alerts.settle(alerts.CALENDAR, "2020") == 0
