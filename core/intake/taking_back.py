"""What a batch wrote is taken back piece by piece: each piece is one transaction that also counts it.

Whatever is killed, the next run goes on with what still stands; a second run finds nothing left. A batch whose
withdrawal is ordered takes no more rows in, so the pieces come to an end.
"""

from __future__ import annotations

from datetime import date

import structlog

from core import clock
from core.actors import Actor, acting
from core.intake.merging import target_of
from core.intake.profiles import profile as profile_named
from core.intake.rights import DECIDE, JOB
from core.intake.workflow import BATCH, QUESTION
from core.models.intake import BatchState, IntakeBatch, QuestionedRow
from core.workflow import apply, apply_set, records_for

PIECE = 5_000
WITH_ITS_BATCH = "所在批次已撤回"
RUNNER = Actor("job", "core.intake", "系统任务（数据报送）", permissions=JOB)
logger = structlog.get_logger(__name__)


class Stopped(Exception):
    """The batch is no longer this run's to work on: withdrawn, or answered by another."""


def pieces(
    batch: IntakeBatch, actor: Actor, *, reason: str, on: date, expected: BatchState, size: int | None = None
) -> None:
    """Take back everything that the batch wrote; Stopped as soon as its state is not the expected one."""
    target, done = target_of(profile_named(batch.profile)), 1
    while done:
        with acting(actor, "intake.take_back", reason=reason, on=on) as act:
            locked = IntakeBatch.objects.select_for_update().get(pk=batch.pk)
            if locked.state != expected:
                raise Stopped
            done = target.take_back(locked, actor=act.actor, reason=reason, on=act.on, most=size or PIECE)
            locked.taken_back += done
            locked.save(update_fields=["taken_back"])
        logger.info("intake_taken_back", batch=batch.public_id, records=done)


def withdraw(batch: IntakeBatch, *, size: int | None = None) -> None:
    """Carry out a withdrawal that was ordered, in the name of who ordered it, and close the batch.

    What was published between the order and its execution stays public, as PUB-10 has it; the batch says so. Rows that
    were held stay out.
    """
    order = records_for(batch, BATCH).filter(transition="withdraw").last()
    assert order is not None
    actor = Actor(
        kind=order.actor_kind,
        key=order.actor_key,
        label=order.actor_label,
        unit_id=order.unit_id,
        assignment_id=order.assignment_id,
        permissions=JOB | {DECIDE},
    )
    try:
        pieces(batch, actor, reason=order.reason, on=order.legal_on, expected=BatchState.WITHDRAWING, size=size)
        with acting(RUNNER, "intake.taken_back", on=order.legal_on) as act:
            held = QuestionedRow.objects.filter(batch=batch)
            apply_set(
                held, QUESTION, "refuse", actor=actor, reason=WITH_ITS_BATCH, on=act.on, changes={"decided_on": act.on}
            )
            left = target_of(profile_named(batch.profile)).obstacle(batch)
            changes = {"finished_at": clock.now(), "problem": left.as_dict() if left else None}
            apply(batch, BATCH, "taken_back", actor=RUNNER, changes=changes)
    except Stopped:
        logger.info("intake_stopped", batch=batch.public_id)
