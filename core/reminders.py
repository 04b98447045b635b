"""Every open due day is told of in time, and once per level when it is missed: officer, reviewer, supervising group.

Who answers for a kind of record is said by its app (`register`, from AppConfig.ready()). The day of a reminder follows
from its due day, so a run that comes ten days late writes the very rows that ten punctual runs would have written.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.apps import apps
from django.db import connection, models
from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, Value, When

from core import clock
from core.actors import Actor, acting
from core.calendar import WorkingCalendar
from core.models.deadlines import Deadline, TimeLimitRule
from core.models.jobs import Reminder, ReminderRule
from core.permissions import require
from core.problems import Violation, refuse

MANAGE = "core.calendar.manage"
DEFAULT = ReminderRule(
    rule_code="", near_working_days=2, officer_after_days=1, reviewer_after_days=3, group_after_days=7
)
CHUNK = 5_000
# How far back a run still tells of due days that were met late meanwhile: longer than any stop of the jobs.
LOOK_BACK = timedelta(days=60)
Level = Reminder.Level


@dataclass(frozen=True, slots=True)
class Responsible:
    """Who answers for records of one model, as paths from it: the unit, its officer's key, the supervising group.

    about: path to the name of whom it concerns. page, page_key: the model whose page shows it and the path to its
    public id, where it has no page of its own. is_right: the term runs out in somebody's favour (陈述申辩): the officer
    is told before its end, and it is never overdue, so it does not climb. rights: codes of such terms on a record
    whose other terms are the unit's own.
    """

    model: str
    unit: str
    group: str = ""
    officer: str = ""
    is_right: bool = False
    about: str = ""
    page: str = ""
    page_key: str = "public_id"
    rights: frozenset[str] = frozenset()


_registered: dict[str, Responsible] = {}


def register(model: str, *, unit: str, **more: Any) -> None:
    """Say who answers for the due days of `app.model` (lower case); called once from AppConfig.ready()."""
    _registered[model] = Responsible(model, unit, **more)


def registered() -> dict[str, Responsible]:
    return dict(_registered)


def with_matter(rows: Any) -> Any:
    """Annotate reminders with whom each concerns (`about`) and the public id of its page (`page_id`); one query."""
    about, page = [], []
    for who in _registered.values():
        of = apps.get_model(who.model)._base_manager.filter(pk=OuterRef("deadline__object_id")).order_by()
        kind = Q(deadline__aggregate_type=who.model)
        if who.about:
            about.append(When(kind, then=Subquery(of.values(who.about)[:1])))
        page.append(When(kind, then=Subquery(of.values(who.page_key)[:1])))
    nothing = Value("", models.CharField())
    return rows.annotate(about=Case(*about, default=nothing), page_id=Case(*page, default=nothing))


def rules() -> dict[str, ReminderRule]:
    """Return the rules by time-limit code; under "" the one that holds for all others."""
    return {"": DEFAULT} | {rule.rule_code: rule for rule in ReminderRule.objects.all()}


def day_of_level(rule: ReminderRule, level: int, due_on: date, calendar: WorkingCalendar) -> date:
    """Return the day on which a level is told of a due day."""
    if level == Level.NEAR:
        day = due_on
        for _ in range(rule.near_working_days):
            day = calendar.working_day_before(day)
        return day
    after = {
        Level.OFFICER: rule.officer_after_days,
        Level.REVIEWER: rule.reviewer_after_days,
        Level.GROUP: rule.group_after_days,
    }
    return due_on + timedelta(days=after[Level(level)])


def remind(*, actor: Actor, day: date | None = None) -> dict[str, int]:
    """Write every reminder that `day` has reached, once per due day and level; returns how many of each level.

    A due day met before the level's day is not told of. One statement per chunk, each chunk its own transaction: a run
    that is killed leaves whole chunks, and the next one, or another beside it, writes what is left.
    """
    day = day or clock.today()
    calendar, known = WorkingCalendar(), rules()
    made = {level.name.lower(): 0 for level in Level}
    for who in _registered.values():
        for level in (Level.NEAR,) if who.is_right else Level:
            for codes, pairs in _due_days(who, level, day, known, calendar):
                made[level.name.lower()] += _write(actor, who, level, codes, pairs, day)
    return made


def _untold(who: Responsible, level: int, day: date) -> Any:
    """Return due days of a model without a reminder of this level that may need one."""
    told = Reminder.objects.filter(deadline=OuterRef("pk"), level=level)
    rows = Deadline.objects.filter(aggregate_type=who.model).exclude(Exists(told))
    if level != Level.NEAR and who.rights:
        rows = rows.exclude(rule__code__in=who.rights)
    return rows.filter(Q(closed_on__isnull=True) | Q(closed_on__gte=day - LOOK_BACK))


def _due_days(
    who: Responsible, level: int, day: date, known: dict[str, ReminderRule], calendar: WorkingCalendar
) -> Iterator[tuple[list[str], list[tuple[date, date]]]]:
    """Yield, per reminder rule, the time-limit codes under it and each due day that is reached with its level's day."""
    furthest = max(rule.near_working_days for rule in known.values())
    latest = calendar.add_working_days(day, furthest + 1) if level == Level.NEAR else day
    found: dict[str, dict[str, set[date]]] = {}
    rows = _untold(who, level, day).filter(due_on__lte=latest).values_list("rule__code", "due_on").distinct()
    for code, due_on in rows.order_by():
        found.setdefault(code if code in known else "", {}).setdefault(code, set()).add(due_on)
    for key, codes in found.items():
        due_days = sorted(set().union(*codes.values()))
        pairs = [(due_on, day_of_level(known[key], level, due_on, calendar)) for due_on in due_days]
        if reached := [pair for pair in pairs if pair[1] <= day]:
            yield sorted(codes), reached


def _write(
    actor: Actor, who: Responsible, level: int, codes: list[str], pairs: list[tuple[date, date]], day: date
) -> int:
    """Insert the reminders of one level under one rule in chunks; returns how many were inserted."""
    model = apps.get_model(who.model)
    owners = model._base_manager.annotate(
        answering=F(who.unit),
        supervising=F(who.group) if who.group else Value(None, models.BigIntegerField()),
        by=F(who.officer) if who.officer else Value(""),
    ).order_by()
    owners_sql, owner_params = owners.values_list("pk", "answering", "supervising", "by").query.sql_with_params()
    statement = INSERT.format(owners=owners_sql)
    total, last = 0, 0
    while True:
        with acting(actor, "reminder.send", reason="办理期限提醒", on=day), connection.cursor() as cursor:
            cursor.execute(
                statement,
                [
                    *owner_params,
                    [pair[0] for pair in pairs],
                    [pair[1] for pair in pairs],
                    last,
                    who.model,
                    codes,
                    int(level),
                    day - LOOK_BACK,
                    CHUNK,
                    int(level),
                    clock.now(),
                    int(level),
                    int(level),
                ],
            )
            picked, made, last = cursor.fetchone()
        total += made
        if picked < CHUNK:
            return total


# `escalated` on the due day follows the highest level told; the near one leaves it at 0.
INSERT = """
WITH owner (id, unit, supervising, officer) AS ({owners}),
chosen AS (
    SELECT deadline.id, deadline.due_on, days.told_on, owner.unit, owner.supervising, owner.officer
      FROM core_deadline deadline
      JOIN unnest(%s::date[], %s::date[]) AS days (due_on, told_on) ON days.due_on = deadline.due_on
      JOIN core_timelimitrule rule ON rule.id = deadline.rule_id
      JOIN owner ON owner.id = deadline.object_id
     WHERE deadline.id > %s AND deadline.aggregate_type = %s AND rule.code = ANY (%s)
       AND days.told_on > deadline.counts_from
       AND (deadline.closed_on IS NULL OR deadline.closed_on >= days.told_on)
       AND NOT EXISTS (SELECT 1 FROM core_reminder told WHERE told.deadline_id = deadline.id AND told.level = %s)
       AND (deadline.closed_on IS NULL OR deadline.closed_on >= %s)
     ORDER BY deadline.id LIMIT %s
),
made AS (
    INSERT INTO core_reminder (deadline_id, level, unit_id, group_id, officer_key, due_on, "on", recorded_at)
    SELECT id, %s, unit, supervising::bigint, coalesce(officer, ''), due_on, told_on, %s FROM chosen ORDER BY id
    ON CONFLICT (deadline_id, level) DO NOTHING RETURNING deadline_id
),
raised AS (
    UPDATE core_deadline SET escalated = %s WHERE id IN (SELECT deadline_id FROM made) AND escalated < %s
)
SELECT (SELECT count(*) FROM chosen), (SELECT count(*) FROM made), (SELECT max(id) FROM chosen)
"""


def set_rule(
    *,
    actor: Actor,
    rule_code: str,
    near_working_days: int,
    officer_after_days: int,
    reviewer_after_days: int,
    group_after_days: int,
    reason: str,
) -> ReminderRule:
    """Set when each level is told, for one time limit or ("") for all others; what was told already stays.

    Raises Refused CORE-12 for an unknown time limit, steps that do not climb, or no reason.
    """
    require(actor, MANAGE)
    found = []
    if rule_code and not TimeLimitRule.objects.filter(code=rule_code).exists():
        found.append(Violation("CORE-12", f"没有编号为 {rule_code} 的期限规则", "rule_code", "从期限规则中选择"))
    if not 1 <= officer_after_days <= reviewer_after_days <= group_after_days:
        climb = "提醒应当逐级上报：经办、审核、专项小组，日数依次不减，至少为 1"
        found.append(Violation("CORE-12", climb, "officer_after_days", "调整日数"))
    if not reason.strip():
        found.append(Violation("CORE-12", "未写明理由", "reason", "写明调整的依据"))
    refuse(found)
    steps = {
        "near_working_days": near_working_days,
        "officer_after_days": officer_after_days,
        "reviewer_after_days": reviewer_after_days,
        "group_after_days": group_after_days,
    }
    with acting(actor, "reminder.rule", reason=reason):
        return ReminderRule.objects.update_or_create(rule_code=rule_code, defaults=steps)[0]
