"""What the system administrator corrects in the reference data of the clock; open due days move at once."""

from __future__ import annotations

from datetime import date
from typing import Any

from core import deadlines
from core.actors import Actor, acting
from core.models import CalendarDay, CalendarYear, TimeLimitRule
from core.permissions import require
from core.problems import Violation, refuse

MANAGE = "core.calendar.manage"
CORRECTED = ("name", "count", "unit", "basis", "confidence", "valid_to", "note")


def _reasoned(reason: str) -> list[Violation]:
    return [] if reason.strip() else [Violation("CORE-07", "没有写明理由", "reason", "写明更正的依据")]


def correct_rule(*, actor: Actor, rule: TimeLimitRule, reason: str, **changes: Any) -> int:
    """Correct a time-limit rule; returns how many open due days moved. Closed ones keep their old law."""
    require(actor, MANAGE)
    unknown = set(changes) - set(CORRECTED)
    if unknown:
        raise ValueError(f"not to be corrected: {sorted(unknown)}")
    found = _reasoned(reason)
    if not 0 < changes.get("count", rule.count) <= 3650:
        found.append(Violation("CORE-09", "期限应在 1 至 3650 之间", "count", "按依据条文填写"))
    if not str(changes.get("basis", rule.basis)).strip():
        found.append(Violation("CORE-09", "没有填写依据", "basis", "填写法律条文或者文件"))
    ends = changes.get("valid_to", rule.valid_to)
    if ends is not None and ends < rule.valid_from:
        found.append(Violation("CORE-09", f"最后适用日 {ends} 早于施行日期 {rule.valid_from}", "valid_to"))
    refuse(found)
    with acting(actor, "core.rule.correct", reason=reason):
        locked = TimeLimitRule.objects.select_for_update(of=("self",)).get(pk=rule.pk)
        for name, value in changes.items():
            setattr(locked, name, value)
        locked.save(update_fields=list(changes))
        return deadlines.recompute_open()


def set_day(*, actor: Actor, day: date, is_working: bool, note: str, source: str, reason: str) -> int:
    """Enter or correct one day of the State Council's arrangement; returns how many open due days moved."""
    require(actor, MANAGE)
    found = _reasoned(reason)
    if not source.strip():
        found.append(Violation("CORE-09", "没有填写依据", "source", "填写国务院办公厅通知的文号"))
    refuse(found)
    with acting(actor, "core.calendar.day", reason=reason):
        CalendarDay.objects.update_or_create(
            day=day, defaults={"is_working": is_working, "note": note.strip(), "source": source.strip()}
        )
        return deadlines.recompute_open()


def confirm_year(*, actor: Actor, year: int, source: str, reason: str) -> int:
    """Confirm that a year's arrangement is entered completely; provisional due days in it become definite."""
    require(actor, MANAGE)
    found = _reasoned(reason)
    if not source.strip():
        found.append(Violation("CORE-09", "没有填写依据", "source", "填写国务院办公厅通知的文号"))
    if CalendarYear.objects.filter(year=year).exists():
        found.append(Violation("CORE-09", f"{year} 年年历已经确认", "year", "个别日期的更正在“节假日安排”办理"))
    refuse(found)
    with acting(actor, "core.calendar.year", reason=reason):
        CalendarYear.objects.create(year=year, source=source.strip())
        return deadlines.recompute_open()
