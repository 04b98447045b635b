"""Due days from dated rules: opened with their explanation, closed when met, recomputed when rule or calendar changes.

First day excluded; a period in days or months that ends on a day off moves to the next working day
(民法典 第二百零一至二百零三条). The measure clock is another thing: `core.periods`.
"""

from __future__ import annotations

import calendar as gregorian
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import models
from django.db.models import QuerySet

from core import actors, outbox
from core.calendar import WorkingCalendar
from core.models.deadlines import Deadline, TimeLimitRule
from core.problems import Problem

_followers: dict[str, Callable[[Iterable[Deadline]], None]] = {}


@dataclass(frozen=True, slots=True)
class DueDay:
    """A computed due day: provisional when it leans on a year whose holidays are not published yet."""

    due_on: date
    provisional: bool
    calendar_version: str


def rule_on(code: str, day: date) -> TimeLimitRule:
    """Return the rule row in force on `day`; an old matter keeps its old law. Problem CORE-08 where there is none."""
    rule = TimeLimitRule.objects.on(day).filter(code=code).first()
    if rule is None:
        raise no_rule(code, day)
    return rule


def no_rule(code: str, day: date) -> Problem:
    """Return the problem that no rule of this code is in force on the day."""
    return Problem(
        "CORE-08", f"{day} 没有编号为 {code} 的期限规则", status=409, remedy="由系统管理员在“期限规则”中补录并复核"
    )


def current_rules() -> list[TimeLimitRule]:
    """Return every confirmed rule row that no other of the same first day replaced, newest first; one query."""
    return list(TimeLimitRule.objects.in_use().newest_first())


def _months_later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, gregorian.monthrange(year, month + 1)[1]))


def compute(unit: str, count: int, counts_from: date, calendar: WorkingCalendar | None = None) -> DueDay:
    """Return the last day of `count` units counted from the day after `counts_from`."""
    calendar = calendar or WorkingCalendar()
    if unit == TimeLimitRule.Unit.WORKING_DAY:
        due = calendar.add_working_days(counts_from, count)
    elif unit == TimeLimitRule.Unit.MONTH:
        due = calendar.next_working(_months_later(counts_from, count))
    elif unit == TimeLimitRule.Unit.PLAIN_MONTH:
        return DueDay(_months_later(counts_from, count), False, calendar.version)
    else:
        due = calendar.next_working(counts_from + timedelta(days=count))
    return DueDay(due, not calendar.knows(due), calendar.version)


def open_deadline(
    obj: models.Model, rule_code: str, *, event: str, counts_from: date, calendar: WorkingCalendar | None = None
) -> Deadline:
    """Store the due day of `obj` under the rule in force on `counts_from`, with everything that explains it."""
    rule = rule_on(rule_code, counts_from)
    due = compute(rule.unit, rule.count, counts_from, calendar)
    return Deadline.objects.create(**_columns(obj, rule, event, counts_from, due))


def foretold(obj: models.Model, rule_code: str, *, event: str, counts_from: date) -> Deadline:
    """Return the due day that `open_deadline` would store, without storing it."""
    rule = rule_on(rule_code, counts_from)
    return Deadline(**_columns(obj, rule, event, counts_from, compute(rule.unit, rule.count, counts_from)))


def open_deadlines(objects: list[Any], rule_code: str, *, event: str, counts_from: date) -> list[Deadline]:
    """Store the same due day for many records in one statement."""
    rule = rule_on(rule_code, counts_from)
    due = compute(rule.unit, rule.count, counts_from)
    return Deadline.objects.bulk_create(Deadline(**_columns(obj, rule, event, counts_from, due)) for obj in objects)


def _columns(obj: models.Model, rule: TimeLimitRule, event: str, counts_from: date, due: DueDay) -> dict[str, Any]:
    return {
        "rule": rule,
        "aggregate_type": obj._meta.label_lower,
        "object_id": obj.pk,
        "event": event,
        "counts_from": counts_from,
        "count": rule.count,
        "unit": rule.unit,
        "calendar_version": due.calendar_version,
        "due_on": due.due_on,
        "provisional": due.provisional,
    }


def deadlines_of(obj: models.Model) -> QuerySet[Deadline]:
    """Return every due day of `obj`, with its rule, oldest first."""
    return (
        Deadline.objects.filter(aggregate_type=obj._meta.label_lower, object_id=obj.pk)
        .select_related("rule")
        .order_by("pk")
    )


def close_deadlines(model: type[models.Model], keys: list[int], *rule_codes: str, on: date, by: str) -> int:
    """Close the open due days of these records under these rules, as met or as no longer running."""
    return Deadline.objects.filter(
        aggregate_type=model._meta.label_lower, object_id__in=keys, rule__code__in=rule_codes, closed_on__isnull=True
    ).update(closed_on=on, closed_by=by)


def close_deadline(obj: models.Model, rule_code: str, *, on: date, by: str) -> int:
    return close_deadlines(type(obj), [obj.pk], rule_code, on=on, by=by)


def register_moving(label: str, follow: Callable[[Iterable[Deadline]], None]) -> None:
    """Let an app follow when open due days of its records (label, lower case) move; from AppConfig.ready()."""
    _followers[label] = follow


def recompute_open() -> int:
    """Recompute every open due day by the calendar and rules as they stand; returns how many moved.

    Each move is a history row with the act's reason and one `deadline.moved` event: never silent. What follows from a
    due day moves in the same act.
    """
    actors.current()
    calendar = WorkingCalendar()
    rules = current_rules()
    moved = []
    for deadline in Deadline.objects.filter(closed_on__isnull=True).select_related("rule").iterator(chunk_size=2000):
        rule = applying(rules, deadline.rule.code, deadline.counts_from) or deadline.rule
        due = compute(rule.unit, rule.count, deadline.counts_from, calendar)
        now = (rule.pk, due.due_on, due.provisional, rule.count, rule.unit)
        if now != (deadline.rule_id, deadline.due_on, deadline.provisional, deadline.count, deadline.unit):
            deadline.rule, deadline.count, deadline.unit = rule, rule.count, rule.unit
            deadline.due_on, deadline.provisional = due.due_on, due.provisional
            deadline.calendar_version = due.calendar_version
            moved.append(deadline)
    for label, follow in _followers.items():  # first, since acts hold their records before they close due days
        follow([deadline for deadline in moved if deadline.aggregate_type == label])
    columns = ["rule", "due_on", "provisional", "count", "unit", "calendar_version"]
    Deadline.objects.bulk_update(moved, columns, batch_size=1000)
    outbox.emit_many("deadline.moved", moved, payload_of=lambda d: {"due_on": d.due_on.isoformat()})
    return len(moved)


def applying(rules: list[TimeLimitRule], code: str, day: date) -> TimeLimitRule | None:
    """Return the rule of `rules` (newest first) in force on `day`."""
    for rule in rules:
        if rule.code == code and rule.holds_on(day):
            return rule
    return None
