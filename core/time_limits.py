"""Correcting what the law says about time: rules and the calendar, by two officers, with every open due day
recomputed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import yaml
from django.db import connection
from django.db.models import Q

from core import alerts, clock, deadlines, outbox
from core.actors import Actor, acting
from core.models import CalendarDay, CalendarYear, TimeLimitRule
from core.permissions import require
from core.problems import Violation, refuse

MANAGE = "core.calendar.manage"
# What no text settles is loaded under two named loaders, marked unsure, and corrected by two officers.
LOADED = {
    "proposed_by_key": "reference.first",
    "proposed_by_label": "初始装载",
    "confirmed_by_key": "reference.second",
    "confirmed_by_label": "初始装载复核",
}
RULE_LOCK = 0x544C  # first key of the advisory locks that serialise confirmations of one code


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
    known = set(TimeLimitRule.objects.values_list("code", "valid_from"))
    missing = [TimeLimitRule(**row, **LOADED) for row in rows if (row["code"], row["valid_from"]) not in known]
    if missing:
        with acting(actor, "time_limit.load", reason="初始装载"):
            TimeLimitRule.objects.bulk_create(missing)
    return len(missing)


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

    The rule before it ends the day before, a later one bounds it, and one of the same first day is replaced: events
    counted before keep what was told then once they are closed. Raises Refused CORE-05 for the proposer.
    """
    require(actor, MANAGE)
    with acting(actor, "time_limit.confirm", reason=reason or "复核期限规则"):
        with connection.cursor() as cursor:  # rules of one code are confirmed one after the other
            cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [RULE_LOCK, rule.code])
        locked = TimeLimitRule.objects.select_for_update().get(pk=rule.pk)
        if locked.confirmed_by_key:
            refuse([Violation("CORE-04", "该规则已经复核", remedy="无需重复复核")])
        if locked.proposed_by_key == actor.key:
            refuse([Violation("CORE-05", "提出与复核应由两名不同人员办理", remedy="由另一名系统管理员复核")])
        others = TimeLimitRule.objects.filter(code=locked.code, replaced_on__isnull=True).exclude(confirmed_by_key="")
        others.filter(valid_from=locked.valid_from).update(replaced_on=clock.today())
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
