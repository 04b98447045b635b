"""Checks for tests: asked by an officer of a unit on a day, about a subject for a matter."""

from __future__ import annotations

from datetime import date, timedelta

from core import clock
from core.actors import Actor, acting
from sanctions.checks.feedback import Report, give_feedback
from sanctions.checks.rows import Asked, Matter
from sanctions.checks.services import ask
from sanctions.models import Check, CheckFeedback, MatterRule
from sanctions.models.execution import ExecutionTask
from subjects.models import Subject
from tests.factories import sanctions as chain


def rule(task: ExecutionTask, kind: str, effect: str, since: date = date(2020, 1, 1)) -> MatterRule:
    """Let the task's measure come to this for a kind of matter."""
    with acting(Actor.job("test"), "test.setup"):
        before = MatterRule.objects.filter(measure=task.measure, matter_kind=kind, valid_to__isnull=True)
        before.update(valid_to=since - timedelta(days=1))
        return MatterRule.objects.create(
            measure=task.measure, matter_kind=kind, effect=effect, valid_from=since, basis="测试",
            proposed_by_key="a", proposed_by_label="a", confirmed_by_key="b", confirmed_by_label="b",
        )  # fmt: skip


def asked(
    unit: str, day: date, subject: Subject, kind: str = "licence", number: str = "", name: str = "经营许可"
) -> Check:
    """Let a handler of the unit check the subject on the day."""
    code = str(subject.identifiers.get(type="uscc").value)
    with clock.at(day):
        given = ask(
            actor=chain.actor_of(unit, "handler"), matter=Matter(kind, name, number), subjects=[Asked(code=code)]
        )
    return Check.objects.get(public_id=given.number)


def told(check: Check, task: ExecutionTask, decision: str, day: date, reason: str = "依据核查结果") -> CheckFeedback:
    """Let a handler of the unit say what was decided."""
    with clock.at(day):
        return give_feedback(
            actor=chain.actor_of(check.unit.code, "handler"),
            number=check.public_id,
            line=1,
            task=task.public_id,
            report=Report(decision, day, reason),
        )
