"""Correcting what the law says about time: rules and the calendar, by two officers, with every open due day recomputed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q

from core import deadlines, outbox
from core.actors import Actor, acting
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


def propose_rule(*, actor: Actor, text: RuleText, reason: str) -> TimeLimitRule:
    """Write down a corrected rule; it rules nothing until a second officer confirms it."""
    require(actor, MANAGE)
    found = []
    if not reason.strip():
        found.append(Violation("CORE-07", "修订期限规则必须写明理由", "reason", "填写依据和理由"))
    if text.unit not in TimeLimitRule.Unit.values or not 0 < text.count <= 3650:
        found.append(Violation("CORE-09", "期限应为 1 至 3650 的个工作日、日或个月", "count", "核对期限和单位"))
    if not text.basis.strip():
        found.append(Violation("CORE-09", "未填写依据", "basis", "填写文件名称和条款"))
    refuse(found)
    with acting(actor, "time_limit.propose", reason=reason):
        return TimeLimitRule.objects.create(
            code=text.code,
            name=text.name,
            count=text.count,
            unit=text.unit,
            basis=text.basis.strip(),
            confidence=text.confidence,
            valid_from=text.valid_from,
            note=text.note,
            proposed_by_key=actor.key,
            proposed_by_label=actor.label,
        )


def confirm_rule(*, actor: Actor, rule: TimeLimitRule, reason: str = "") -> int:
    """Put a proposed rule in force as second officer; returns how many open due days moved.

    The rule it follows ends the day before; a later one bounds it. A rule of the same first day is replaced for events
    counted from then on. Raises Refused CORE-05 for the proposer.
    """
    require(actor, MANAGE)
    with acting(actor, "time_limit.confirm", reason=reason or "复核期限规则"):
        locked = TimeLimitRule.objects.select_for_update().get(pk=rule.pk)
        if locked.confirmed_by_key:
            refuse([Violation("CORE-04", "该规则已经复核", remedy="无需重复复核")])
        if locked.proposed_by_key == actor.key:
            refuse([Violation("CORE-05", "提出与复核应由两名不同人员办理", remedy="由另一名系统管理员复核")])
        others = TimeLimitRule.objects.filter(code=locked.code).exclude(confirmed_by_key="")
        if others.filter(valid_from=locked.valid_from).exists():
            refuse([Violation("CORE-09", f"{locked.valid_from} 起已有该规则", "valid_from", "改用另一施行日期")])
        before = others.filter(valid_from__lt=locked.valid_from)
        before.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=locked.valid_from)).update(
            valid_to=locked.valid_from - timedelta(days=1)
        )
        later = others.filter(valid_from__gt=locked.valid_from).order_by("valid_from").first()
        locked.valid_to = later.valid_from - timedelta(days=1) if later else None
        locked.confirmed_by_key, locked.confirmed_by_label = actor.key, actor.label
        locked.save(update_fields=["valid_to", "confirmed_by_key", "confirmed_by_label"])
        outbox.emit("time_limit.confirmed", locked, payload={"code": locked.code, "count": locked.count})
        return deadlines.recompute_open()


def load_calendar_year(*, actor: Actor, year: int, days: Mapping[date, bool], source: str, reason: str = "") -> int:
    """Load the State Council's arrangement of a year; returns how many provisional due days moved.

    days: each day that departs from the weekday rule, True for a working weekend day, False for a day off.
    """
    require(actor, MANAGE)
    found = [
        Violation("CORE-10", f"{day} 不在 {year} 年", "days", "只填写该年度的日期") for day in days if day.year != year
    ]
    if not source.strip():
        found.append(Violation("CORE-10", "未填写依据", "source", "填写国务院办公厅通知文号"))
    if not any(not working for working in days.values()):
        found.append(Violation("CORE-10", "没有任何休息日", "days", "按通知逐日填写放假和调休日期"))
    refuse(found)
    with acting(actor, "calendar.load", reason=reason or source):
        for day, working in days.items():
            CalendarDay.objects.update_or_create(day=day, defaults={"is_working": working, "source": source.strip()})
        CalendarYear.objects.update_or_create(year=year, defaults={"source": source.strip()})
        return deadlines.recompute_open()
