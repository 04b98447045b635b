"""Working days by the State Council's calendar: the library's years, corrected and continued by an editable table."""

from __future__ import annotations

from datetime import date, timedelta
from importlib.metadata import version

import chinese_calendar
from chinese_calendar import constants
from django.db.models import Max

from core.models.deadlines import CalendarDay, CalendarYear

LIBRARY_YEARS = range(min(constants.holidays).year, max(constants.holidays).year + 1)
DAY = timedelta(days=1)


class WorkingCalendar:
    """The calendar as it stands now, read once: use one instance for all days of a computation."""

    def __init__(self) -> None:
        self.table = dict(CalendarDay.objects.values_list("day", "is_working"))
        self.loaded_years = set(CalendarYear.objects.values_list("year", flat=True))
        newest = CalendarDay.history.aggregate(newest=Max("history_id"))["newest"] or 0
        years = "、".join(str(year) for year in sorted(self.loaded_years))
        self.version = f"chinesecalendar {version('chinesecalendar')}"
        if years:
            self.version += f" 加 {years}年安排"
        if newest:
            self.version += f"（第 {newest} 次修订）"

    def knows(self, day: date) -> bool:
        """Return whether the year's arrangement is published; otherwise weekdays are only assumed."""
        return day.year in LIBRARY_YEARS or day.year in self.loaded_years

    def is_working(self, day: date) -> bool:
        if day in self.table:
            return self.table[day]
        if day.year in LIBRARY_YEARS:
            return bool(chinese_calendar.is_workday(day))
        return day.weekday() < 5

    def add_working_days(self, day: date, count: int) -> date:
        """Return the `count`-th working day after `day` (first day excluded)."""
        while count > 0:
            day += DAY
            count -= self.is_working(day)
        return day

    def next_working(self, day: date) -> date:
        """Return `day`, or the next working day when it is a day off (民法典 第二百零三条)."""
        while not self.is_working(day):
            day += DAY
        return day

    def working_day_before(self, day: date) -> date:
        """Return the last working day before `day`."""
        day -= DAY
        while not self.is_working(day):
            day -= DAY
        return day

    def working_days_between(self, start: date, end: date) -> int:
        """Return how many working days lie in `(start, end]`."""
        return sum(self.is_working(start + DAY * step) for step in range(1, (end - start).days + 1))


def is_working_day(day: date) -> bool:
    return WorkingCalendar().is_working(day)


def add_working_days(day: date, count: int) -> date:
    return WorkingCalendar().add_working_days(day, count)


def calendar_version() -> str:
    return WorkingCalendar().version
