"""What was decided after a check: it refers to the receipt, and adds to the execution task where a measure was carried out.

CHK-06 a decision that the answer does not carry, CHK-07 granted despite a prohibition without a reason, CHK-08 a day
before the check or to come, CHK-09 told already, CHK-10 no such line or measure. What holds now decides, not what was
answered then: a measure paused since cannot be fed back as enforced (SAN-43, the fixed words).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction

from core import clock
from core.actors import Actor
from core.idempotency import once
from core.masking import no_personal_numbers
from core.models import Attachment
from core.problems import NotFound, Violation, refuse
from organizations.selectors import predecessors_of
from sanctions import rules
from sanctions.checks.rights import FEEDBACK, require_feedback
from sanctions.checks.selectors import check_of
from sanctions.enums import CheckAction, CheckDecision, TaskState
from sanctions.models import Check, CheckedSubject, CheckFeedback, ExecutionTask
from sanctions.selectors import PAUSED_WORDS
from sanctions.services.tasks import Done, acknowledge_task, apply_task

DOOR = "checks.feedback"
# Which answers carry which decision as one that carries the measure out.
CARRIED = {
    CheckDecision.REFUSED: {CheckAction.FORBID.value},
    CheckDecision.RESTRICTED: {CheckAction.FORBID.value, CheckAction.RESTRICT.value},
    CheckDecision.REWARDED: {CheckAction.INCENTIVE.value},
}
BINDING = {CheckAction.FORBID.value, CheckAction.RESTRICT.value}


@dataclass(frozen=True, slots=True)
class Report:
    """What the unit decided, when, and what it says of it; amount in 万元."""

    decision: str
    decided_on: date
    reason: str = ""
    amount: Decimal | None = None
    effect: str = ""
    evidence: Attachment | None = None


def give_feedback(
    *, actor: Actor, number: str, line: int, task: str, report: Report, key: str = "", body: bytes = b""
) -> CheckFeedback:
    """Record what was decided about one measure of a line (`task`, its public id), or about a line without measures ("").

    A decision that carries the measure out is added to the execution task, acknowledged first where it was not; what
    was granted all the same is told with its reason and changes no task. NotFound for a check of another unit.
    """
    require_feedback(actor)
    with transaction.atomic():
        check = check_of(actor, number)
        checked = CheckedSubject.objects.filter(of_check=check, line=line).first()
        if checked is None:
            raise NotFound(f"该核查的第 {line} 行")
        earlier = once(actor, f"{DOOR}:{number}", key, body, f"{line}:{task}")
        told = CheckFeedback.objects.filter(checked=checked, task__public_id=task or None)
        if earlier is not None:
            return told.get()
        measure = _measure(checked, task)
        refuse(_violations(check, measure, report))
        if told.exists():
            said = "该措施的办理结果已经反馈" if task else "该行的办理结果已经反馈"
            refuse([Violation("CHK-09", said, "task", "情况有变的重新核查后反馈")])
        held = ExecutionTask.objects.filter(public_id=task).first() if task else None
        carried = report.decision in CARRIED and held is not None
        return CheckFeedback.objects.create(
            checked=checked,
            task=held,
            decision=report.decision,
            decided_on=report.decided_on,
            reason=report.reason.strip(),
            feedback=_carry_out(actor, check, line, held, report) if carried and held is not None else None,
            by_kind=actor.kind,
            by_key=actor.key,
            by_label=actor.label,
        )


def _measure(checked: CheckedSubject, task: str) -> Mapping[str, Any] | None:
    """Return the measure of the answer that is fed back, None for a line that held none; NotFound otherwise."""
    measures = checked.answer["measures"]
    if not task:
        if measures:
            wrong = "该行有应当实施的措施，须写明反馈的是哪一项"
            refuse([Violation("CHK-10", wrong, "task", "填写答复中该措施的 task")], status=400)
        return None
    found = next((one for one in measures if one["task"] == task), None)
    if found is None:
        raise NotFound("答复中的这项措施")
    return dict(found)


def _violations(check: Check, measure: Mapping[str, Any] | None, report: Report) -> list[Violation]:
    today = clock.today()
    found = no_personal_numbers(report.reason)
    if not check.asked_on <= report.decided_on <= today:
        said = f"决定日 {report.decided_on} 应在核查日 {check.asked_on} 至今天 {today} 之间"
        found.append(Violation("CHK-08", said, "decided_on", "先核查，后决定"))
    if report.decision not in CheckDecision.values:
        return [*found, Violation("CHK-06", "没有这种办理结果", "decision", "从列出的结果中选择")]
    if report.decision == CheckDecision.GRANTED_DESPITE and not report.reason.strip():
        found.append(Violation("CHK-07", "仍予办理须写明理由", "reason", "写明依据和理由"))
    action = measure["action"] if measure else ""
    carried = CARRIED.get(CheckDecision(report.decision))
    if carried is not None and action not in carried:
        if measure and measure["state"] == "paused":
            found.append(Violation("SAN-43", PAUSED_WORDS, "decision", "恢复之后再实施", f"{rules.SEED} 二（三）2"))
        else:
            label = CheckDecision(report.decision).label
            said = f"该答复不能作为“{label}”的依据：{measure['words'] if measure else '该行没有应当实施的措施'}"
            found.append(Violation("CHK-06", said, "decision", "另有依据的，按其规定办理，不作为本项措施反馈"))
    if report.decision == CheckDecision.GRANTED and action in BINDING:
        said = "答复为禁止或者限制，予以办理的须选“仍予办理”并写明理由"
        found.append(Violation("CHK-07", said, "decision", "decision 填 granted_despite"))
    return found


def _carry_out(actor: Actor, check: Check, line: int, task: ExecutionTask, report: Report) -> Any:
    """Feed back to the execution task, as its unit; the receipt is the proof where there is no other."""
    carried = frozenset(row.pk for row in predecessors_of(check.unit, clock.today()))
    unit = replace(actor, permissions=actor.permissions | {FEEDBACK}, answers_for=carried)
    if task.state == TaskState.ASSIGNED:
        task = acknowledge_task(actor=unit, task=task)
    words = f"核查回执 {check.public_id} 第 {line} 行：{CheckDecision(report.decision).label}"
    matter = " ".join(filter(None, [check.matter_name, check.business_number]))
    done = Done(
        done_on=report.decided_on,
        matter=matter[:200],
        detail="。".join(filter(None, [words, report.reason.strip()])),
        amount=report.amount,
        effect=report.effect,
        evidence=report.evidence,
        receipt=check.public_id,
    )
    return apply_task(actor=unit, task=task, done=done)
