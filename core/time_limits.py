"""Correcting what the law says about time: rules and the calendar, by two officers, with every open due day
recomputed.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

import yaml

from core import alerts, dated, deadlines
from core.actors import Actor, acting
from core.dated import DatedLaw
from core.models import CalendarDay, CalendarYear, TimeLimitRule
from core.permissions import require
from core.problems import Violation, refuse

MANAGE = "core.calendar.manage"


@dataclass(frozen=True, slots=True)
class RuleText:
    """What a corrected rule says; `valid_from` is the day from which events are counted by it."""

    code: str
    name: str
    count: int
    unit: str
    basis: str
    confidence: str
    valid_from: date
    note: str = ""


def load_rules(actor: Actor, fixture: Path) -> int:
    """Load the rules of a YAML file that are not there yet; rows an administrator has corrected stay as they are."""
    rows = yaml.safe_load(fixture.read_text("utf-8"))
    return dated.load(TimeLimitRule, rows, actor=actor, act="time_limit.load", key=("code", "valid_from"))


def _violations(rule: TimeLimitRule) -> list[Violation]:
    if rule.unit not in TimeLimitRule.Unit.values or not 0 < rule.count <= 3650:
        return [Violation("CORE-09", "期限应为 1 至 3650 的个工作日、日或个月", "count", "核对期限和单位")]
    return []


RULES = DatedLaw(
    model=TimeLimitRule,
    keys=("code",),
    noun="期限规则",
    permission=MANAGE,
    act="time_limit",
    event="time_limit.confirmed",
    code="CORE-09",
    second="由另一名系统管理员复核",
    check=_violations,
    tell=lambda rule: {"code": rule.code, "count": rule.count},
)


def propose_rule(*, actor: Actor, text: RuleText, reason: str) -> TimeLimitRule:
    """Write down a corrected rule; it rules nothing until a second officer confirms it."""
    return dated.propose(RULES, actor=actor, values=asdict(text), reason=reason)


def confirm_rule(*, actor: Actor, rule: TimeLimitRule, reason: str = "") -> int:
    """Put a proposed rule in force as second officer; returns how many open due days moved.

    The rule before it ends the day before, a later one bounds it, and one of the same first day is replaced: events
    counted before keep what was told then once they are closed. Raises Refused CORE-05 for the proposer.
    """
    with acting(actor, "time_limit.confirm", reason=reason or "复核期限规则"):
        dated.confirm(RULES, actor=actor, row=rule, reason=reason)
        return deadlines.recompute_open()


def set_day(*, actor: Actor, day: date, is_working: bool, source: str, note: str = "", reason: str = "") -> int:
    """Enter or correct one day of the State Council's arrangement; returns how many open due days moved."""
    require(actor, MANAGE)
    refuse(_sourced(source))
    with acting(actor, "calendar.day", reason=reason or source):
        row = {"is_working": is_working, "note": note.strip(), "source": source.strip()}
        CalendarDay.objects.update_or_create(day=day, defaults=row)
        return deadlines.recompute_open()


def confirm_year(*, actor: Actor, year: int, source: str, reason: str = "") -> int:
    """Confirm that a year's arrangement is entered completely; provisional due days in it become definite.

    Raises Refused CORE-10 for a year without a single day off, or one that is confirmed already.
    """
    require(actor, MANAGE)
    found = _sourced(source)
    if not CalendarDay.objects.filter(day__year=year, is_working=False).exists():
        found.append(Violation("CORE-10", f"{year} 年没有登记任何休息日", "year", "先按通知逐日登记放假和调休日期"))
    if CalendarYear.objects.filter(year=year).exists():
        found.append(Violation("CORE-10", f"{year} 年年历已经确认", "year", "个别日期的更正在“节假日安排”办理"))
    refuse(found)
    with acting(actor, "calendar.year", reason=reason or source):
        CalendarYear.objects.create(year=year, source=source.strip())
        alerts.settle(alerts.CALENDAR, str(year))
        return deadlines.recompute_open()


def _sourced(source: str) -> list[Violation]:
    return [] if source.strip() else [Violation("CORE-10", "未填写依据", "source", "填写国务院办公厅通知文号")]
