"""Correcting who answers an objection against what: proposed by one officer of the office, confirmed by another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connection
from django.db.models import Q

from core import clock, outbox
from core.actors import Actor, acting
from core.permissions import require
from core.problems import Violation, refuse
from objections.enums import Answerer, TargetKind
from objections.models import TargetRoute
from objections.permissions import ROUTE
from organizations.models import Organization
from subjects.enums import SubjectKind

ROUTE_LOCK = 0x4F52  # first key of the advisory locks that serialise confirmations of one kind of target


@dataclass(frozen=True, slots=True)
class RouteText:
    """What a corrected route says; `valid_from` is the first day of receipt that it holds for."""

    target_kind: str
    answerer: str
    basis: str
    confidence: str
    valid_from: date
    subject_kind: str = ""
    unit: Organization | None = None


def propose_route(*, actor: Actor, text: RouteText, reason: str) -> TargetRoute:
    """Write down a corrected route; it routes nothing until a second officer confirms it. Raises Refused OBJ-56."""
    require(actor, ROUTE)
    found = []
    if not reason.strip():
        found.append(Violation("CORE-07", "调整办理分工必须写明理由", "reason", "填写依据和理由"))
    known = text.target_kind in TargetKind.values and text.answerer in Answerer.values
    if not known or text.subject_kind not in ("", *SubjectKind.values):
        found.append(Violation("OBJ-56", "未选择异议对象、主体类型或答复者", "answerer", "从列出的选项中选择"))
    if (text.answerer == Answerer.NAMED_UNIT) != (text.unit is not None):
        found.append(Violation("OBJ-56", "“指定单位”须选择单位，其他情形不选", "unit", "核对答复者和单位"))
    if text.confidence not in TargetRoute.Confidence.values or not text.basis.strip():
        found.append(Violation("OBJ-56", "未填写依据或把握程度", "basis", "填写文件名称和条款"))
    refuse(found)
    with acting(actor, "objections.route.propose", reason=reason):
        return TargetRoute.objects.create(
            target_kind=text.target_kind,
            subject_kind=text.subject_kind,
            answerer=text.answerer,
            unit=text.unit,
            basis=text.basis.strip(),
            confidence=text.confidence,
            valid_from=text.valid_from,
            proposed_by_key=actor.key,
            proposed_by_label=actor.label,
        )


def confirm_route(*, actor: Actor, route: TargetRoute, reason: str = "") -> TargetRoute:
    """Put a proposed route in force as second officer; objections received before keep their unit.

    Raises Refused CORE-05 for the proposer, CORE-04 when it is confirmed already.
    """
    require(actor, ROUTE)
    with acting(actor, "objections.route.confirm", reason=reason or "复核异议办理分工"):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [ROUTE_LOCK, route.target_kind])
        row = TargetRoute.objects.select_for_update(of=("self",)).get(pk=route.pk)
        if row.confirmed_by_key:
            refuse([Violation("CORE-04", "该分工已经复核", remedy="无需重复复核")])
        if row.proposed_by_key == actor.key:
            refuse([Violation("CORE-05", "提出与复核应由两名不同人员办理", remedy="由联席办另一名人员复核")])
        others = TargetRoute.objects.filter(
            target_kind=row.target_kind, subject_kind=row.subject_kind, replaced_on__isnull=True
        ).exclude(confirmed_by_key="")
        others.filter(valid_from=row.valid_from).update(replaced_on=clock.today())
        before = others.filter(valid_from__lt=row.valid_from)
        before.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=row.valid_from)).update(
            valid_to=row.valid_from - timedelta(days=1)
        )
        later = others.filter(valid_from__gt=row.valid_from).order_by("valid_from").first()
        row.valid_to = later.valid_from - timedelta(days=1) if later else None
        row.confirmed_by_key, row.confirmed_by_label = actor.key, actor.label
        row.save(update_fields=["valid_to", "confirmed_by_key", "confirmed_by_label"])
        payload = {"target": row.target_kind, "answerer": row.answerer}
        outbox.emit("objections.route_confirmed", row, payload=payload)
    return row
