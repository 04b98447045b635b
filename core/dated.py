"""Correcting what holds from a day on, by two officers: the one mechanism for time limits, terms, routes and settings.

A confirmed row is never rewritten: the next one ends it the day before its own first day, or replaces it where both
begin on the same day, so that an old matter keeps the law of its day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Generic, TypeVar

from django.db import connection
from django.db.models import Q

from core import clock, outbox
from core.actors import Actor, acting
from core.models.dated import Dated
from core.permissions import require
from core.problems import Violation, refuse

T = TypeVar("T", bound=Dated)

# What no text settles is loaded under two named loaders, marked unsure, and corrected by two officers.
LOADED = {
    "proposed_by_key": "reference.first",
    "proposed_by_label": "初始装载",
    "confirmed_by_key": "reference.second",
    "confirmed_by_label": "初始装载复核",
}


def _nothing_more(row: Any) -> list[Violation]:
    return []


def _nothing_told(row: Any) -> dict[str, Any]:
    return {}


@dataclass(frozen=True, slots=True)
class DatedLaw(Generic[T]):
    """One kind of dated row.

    keys: columns that together name one law; noun: what a row is called; act: prefix of the acts' names; code: rule
    code of a row that cannot be law; second: who else may confirm; check: what else is wrong with a row; tell: what
    the event says.
    """

    model: type[T]
    keys: tuple[str, ...]
    noun: str
    permission: str
    act: str
    event: str
    code: str
    second: str
    check: Callable[[T], list[Violation]] = _nothing_more
    tell: Callable[[T], dict[str, Any]] = _nothing_told


def load(model: type[Dated], rows: Iterable[Mapping[str, Any]], *, actor: Actor, act: str, key: tuple[str, ...]) -> int:
    """Load the rows that are not there yet, told apart by `key`; what an officer corrected stays as it is."""
    known = set(model.objects.values_list(*key))
    made = [model(**row, **LOADED) for row in rows]
    missing = [row for row in made if tuple(getattr(row, name) for name in key) not in known]
    if missing:
        with acting(actor, act, reason="初始装载"):
            model.objects.bulk_create(missing)
    return len(missing)


def propose(law: DatedLaw[T], *, actor: Actor, values: Mapping[str, Any], reason: str) -> T:
    """Write down a corrected row; it rules nothing until a second officer confirms it.

    Raises Refused CORE-07 without a reason, and with the law's own code for a row that cannot be law.
    """
    require(actor, law.permission)
    row = law.model(**values, proposed_by_key=actor.key, proposed_by_label=actor.label)
    row.basis = row.basis.strip()
    found = []
    if not reason.strip():
        found.append(Violation("CORE-07", f"修订{law.noun}必须写明理由", "reason", "填写依据和理由"))
    found += law.check(row)
    if not row.basis:
        found.append(Violation(law.code, "未填写依据", "basis", "填写文件名称和条款"))
    if row.confidence not in Dated.Confidence.values:
        found.append(Violation(law.code, "未选择把握程度", "confidence", "从列出的选项中选择"))
    if row.valid_to is not None and row.valid_to < row.valid_from:
        found.append(Violation(law.code, "最后适用日早于施行日", "valid_to", "核对日期"))
    refuse(found)
    with acting(actor, f"{law.act}.propose", reason=reason):
        row.save()
    return row


def confirm(law: DatedLaw[T], *, actor: Actor, row: T, reason: str = "") -> T:
    """Put a proposed row in force as second officer; the one before it ends, one of its first day is replaced.

    Raises Refused CORE-05 for the proposer, CORE-04 where it is confirmed already.
    """
    require(actor, law.permission)
    with acting(actor, f"{law.act}.confirm", reason=reason or f"复核{law.noun}"):
        one = {name: getattr(row, name) for name in law.keys}
        with connection.cursor() as cursor:  # rows of one law are confirmed one after the other
            named = ":".join(str(value) for value in one.values())
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtext(%s), hashtext(%s))", [law.model._meta.db_table, named]
            )
        locked: T = law.model.objects.select_for_update(of=("self",)).get(pk=row.pk)
        if locked.confirmed_by_key:
            refuse([Violation("CORE-04", f"该{law.noun}已经复核", remedy="无需重复复核")])
        if locked.proposed_by_key == actor.key:
            refuse([Violation("CORE-05", "提出与复核应由两名不同人员办理", remedy=law.second)])
        _make_room(law, locked, one)
        locked.confirmed_by_key, locked.confirmed_by_label = actor.key, actor.label
        locked.save(update_fields=["valid_to", "confirmed_by_key", "confirmed_by_label"])
        outbox.emit(law.event, locked, payload=law.tell(locked))
    return locked


def _make_room(law: DatedLaw[T], row: T, one: Mapping[str, Any]) -> None:
    """Replace the row of the same first day, end the one before, and let a later one bound this one."""
    others = law.model.objects.in_use().filter(**one)
    others.filter(valid_from=row.valid_from).update(replaced_on=clock.today())
    before = others.filter(valid_from__lt=row.valid_from)
    reaching = before.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=row.valid_from))
    reaching.update(valid_to=row.valid_from - timedelta(days=1))
    later = others.filter(valid_from__gt=row.valid_from).order_by("valid_from").first()
    if later is not None and (row.valid_to is None or row.valid_to >= later.valid_from):
        row.valid_to = later.valid_from - timedelta(days=1)
