"""Acceptance: the moment from which an objection protects its subject, by an officer or by silence."""

from __future__ import annotations

from datetime import date

from core import deadlines, workflow
from core.actors import Actor, acting, settled_day
from core.problems import Violation, refuse
from objections import checks, permissions, rules
from objections.enums import Answerer, ObjectionState
from objections.models import Objection
from objections.services.accepting import accepted, expect_no_pause, locked
from objections.services.common import ACCEPT_RULE, FORWARD_RULE, answering
from objections.services.filing import Paper, keep_papers
from objections.services.telling import tell
from objections.standing import dispute_of
from objections.workflow import OBJECTION


def accept_objection(*, actor: Actor, objection: Objection, on: date | None = None, reason: str = "") -> Objection:
    """Accept: in one transaction the listing stands still from this day, and every task unit is told to stop.

    Raises Refused OBJ-08 where nothing waits for acceptance, OBJ-45 before the identity check, OBJ-50 for what its
    source answers. Past the due day silence has accepted it already, as of that day, whoever clicks.
    """
    found = answering(actor, objection, permissions.ACCEPT)
    day = settled_day(actor, on, reason)
    with acting(actor, "objection.accept", reason=reason, on=day):
        row, target = locked(found)
        if row.state == ObjectionState.ACCEPTED and row.by_silence:
            return row
        refuse(rules.may_accept(dispute_of(target), day))
        refuse(checks.forwarding(to_source=_to_source(row), forwards=False))
        refuse(checks.identity(row.identity_result))
        return accepted(actor, row, target, day, reason, "accept")


def decline_objection(*, actor: Actor, objection: Objection, reason: str, on: date | None = None) -> Objection:
    """Refuse acceptance with reasons within the term; after its due day it counts as accepted and must be answered."""
    found = answering(actor, objection, permissions.ACCEPT)
    day = settled_day(actor, on, reason)
    with acting(actor, "objection.decline", reason=reason, on=day):
        row, target = locked(found)
        if row.state == ObjectionState.ACCEPTED and row.by_silence:
            wrong = f"受理期限至 {row.accepted_on}，逾期未决定的视为受理"
            refuse([Violation("OBJ-57", wrong, "on", "按已受理办理答复；无授权的可答复不成立", rules.SEED)])
        refuse(rules.may_accept(dispute_of(target), day))
        workflow.apply(row, OBJECTION, "decline", actor=actor, reason=reason, on=day, changes={"closed_on": day})
        deadlines.close_deadlines(Objection, [row.pk], ACCEPT_RULE, FORWARD_RULE, on=day, by="不予受理")
        expect_no_pause(target)
        tell(row, "objection.refusal")
    return row


def _to_source(row: Objection) -> bool:
    return row.route.answerer == Answerer.FORWARDED


def forward_objection(
    *, actor: Actor, objection: Objection, receipt: str, on: date | None = None, reason: str = ""
) -> Objection:
    """Forward to the source of a list what its law governs, with the source's receipt; no clock stops here.

    Raises Refused OBJ-50 for what the city itself answers.
    """
    found = answering(actor, objection, permissions.FORWARD)
    day = settled_day(actor, on, reason)
    with acting(actor, "objection.forward", reason=reason, on=day):
        row, target = locked(found)
        refuse(rules.may_accept(dispute_of(target), day))
        missing = (
            [] if receipt.strip() else [Violation("OBJ-42", "未填写转送回执", "receipt", "填写转送文号或签收情况")]
        )
        refuse([*checks.forwarding(to_source=_to_source(row), forwards=True), *missing])
        refuse(checks.identity(row.identity_result))
        workflow.apply(row, OBJECTION, "forward", actor=actor, reason=receipt, on=day, changes={"forwarded_on": day})
        deadlines.close_deadline(row, FORWARD_RULE, on=day, by="已转送")
        tell(row, "objection.forwarding")
    return row


def record_source_answer(
    *,
    actor: Actor,
    objection: Objection,
    answer: str,
    answered_on: date,
    papers: tuple[Paper, ...] = (),
    on: date | None = None,
    reason: str = "",
) -> Objection:
    """Record what the source answered; its effects follow when the source changes its list, never before."""
    found = answering(actor, objection, permissions.FORWARD)
    day = settled_day(actor, on, reason)
    with acting(actor, "objection.source_answer", reason=reason, on=day):
        row, _ = locked(found)
        wrong = [] if answer.strip() else [Violation("OBJ-48", "未填写源单位的答复", "answer", "摘录源单位答复内容")]
        if row.forwarded_on and not row.forwarded_on <= answered_on <= day:
            wrong.append(
                Violation(
                    "OBJ-44", f"答复日应在转送日 {row.forwarded_on} 至今天之间", "answered_on", "按源单位答复文书填写"
                )
            )
        changes = {"source_answered_on": answered_on, "source_answer": answer.strip(), "closed_on": day}
        workflow.apply(row, OBJECTION, "record_source_answer", actor=actor, reason=reason, on=day, changes=changes)
        refuse(wrong)
        keep_papers(row, papers, day)
    return row
