"""What a role must see to is said once a day until it is settled; the row in the database is the alert."""

from __future__ import annotations

from datetime import date

from core import clock
from core.calendar import WorkingCalendar
from core.models.jobs import Alert

CALENDAR = "calendar.missing"
SYSTEM_ADMIN = "system_admin"
ALERT_FROM_MONTH = 10  # the State Council publishes the next year's arrangement in October or November


def raise_alert(code: str, *, role: str, text: str, ref: str = "", unit_id: int | None = None) -> bool:
    """Say something to a role today; False where it was said today already."""
    day = clock.today()
    facts = {"unit_id": unit_id, "text": text}
    return Alert.objects.get_or_create(code=code, ref=ref, role=role, on=day, defaults=facts)[1]


def settle(code: str, ref: str = "", *, on: date | None = None) -> int:
    """End every standing alert of this code about this matter; returns how many stood."""
    return Alert.objects.filter(code=code, ref=ref, settled_on__isnull=True).update(settled_on=on or clock.today())


def standing(code: str) -> set[str]:
    """Return about which matters an alert of this code stands."""
    return set(Alert.objects.filter(code=code, settled_on__isnull=True).values_list("ref", flat=True))


def watch_calendar() -> int:
    """From 1 October on, alert the system administrators daily while next year's calendar is not known."""
    day = clock.today()
    calendar = WorkingCalendar()
    for ref in standing(CALENDAR):
        if calendar.knows(date(int(ref), 1, 1)):
            settle(CALENDAR, ref, on=day)
    year = day.year + 1
    if day.month < ALERT_FROM_MONTH or calendar.knows(date(year, 1, 1)):
        year = day.year  # a year that began without its calendar is worse
        if calendar.knows(day):
            return 0
    text = f"{year} 年节假日安排尚未收录：落在该年的到期日均为暂定。国务院办公厅公布后，请登记放假和调休日并确认年历。"
    return int(raise_alert(CALENDAR, role=SYSTEM_ADMIN, text=text, ref=str(year)))
