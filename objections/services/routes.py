"""Correcting who answers an objection against what: proposed by one officer of the office, confirmed by another."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date

from core import dated
from core.actors import Actor
from core.dated import DatedLaw
from core.problems import Violation
from objections.enums import Answerer, TargetKind
from objections.models import TargetRoute
from objections.permissions import ROUTE
from organizations.models import Organization
from subjects.enums import SubjectKind


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


def _violations(row: TargetRoute) -> list[Violation]:
    found = []
    known = row.target_kind in TargetKind.values and row.answerer in Answerer.values
    if not known or row.subject_kind not in ("", *SubjectKind.values):
        found.append(Violation("OBJ-56", "未选择异议对象、主体类型或答复者", "answerer", "从列出的选项中选择"))
    if (row.answerer == Answerer.NAMED_UNIT) != (row.unit_id is not None):
        found.append(Violation("OBJ-56", "“指定单位”须选择单位，其他情形不选", "unit", "核对答复者和单位"))
    return found


ROUTES = DatedLaw(
    model=TargetRoute,
    keys=("target_kind", "subject_kind"),
    noun="异议办理分工",
    permission=ROUTE,
    act="objections.route",
    event="objections.route_confirmed",
    code="OBJ-56",
    second="由联席办另一名人员复核",
    check=_violations,
    tell=lambda row: {"target": row.target_kind, "answerer": row.answerer},
)


def propose_route(*, actor: Actor, text: RouteText, reason: str) -> TargetRoute:
    """Write down a corrected route; it routes nothing until a second officer confirms it. Raises Refused OBJ-56."""
    return dated.propose(ROUTES, actor=actor, values=asdict(text), reason=reason)


def confirm_route(*, actor: Actor, route: TargetRoute, reason: str = "") -> TargetRoute:
    """Put a proposed route in force as second officer; objections received before keep their unit.

    Raises Refused CORE-05 for the proposer, CORE-04 when it is confirmed already.
    """
    return dated.confirm(ROUTES, actor=actor, row=route, reason=reason)
