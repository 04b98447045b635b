"""What people decide about a batch: taking it back, and what becomes of the rows that were held."""

from __future__ import annotations

from contextlib import closing
from typing import Any

import polars as pl

from core.actors import Actor, acting
from core.intake.merging import Merged, Work, target_of
from core.intake.opening import in_clear
from core.intake.preferences import settings_for
from core.intake.profiles import profile as profile_named
from core.intake.queueing import hand_over
from core.intake.reading import read
from core.intake.rights import WITHDRAW, submitter
from core.intake.running import CHUNK_ROWS
from core.intake.workflow import BATCH, QUESTION
from core.models.intake import TAKING_BACK, IntakeBatch, Outcome, QuestionedRow
from core.permissions import require
from core.problems import NotFound, Violation, refuse
from core.workflow import apply, check

ENTERED = {Outcome.INSERTED.value, Outcome.UPDATED.value, Outcome.UNCHANGED.value}


def withdraw(actor: Actor, *, batch: IntakeBatch, reason: str) -> IntakeBatch:
    """Order that the batch be taken back, with a reason; a worker does it piece by piece (`core.intake.taking_back`).

    A run that is under way stops at its next chunk. Raises NotFound for a batch out of sight, NotPermitted, Refused
    CORE-04 in a wrong state, CORE-07 without a reason, and what the tables behind it refuse (such as PUB-10: a part of
    it is public).
    """
    require(actor, WITHDRAW)
    _in_sight(actor, batch)
    with acting(actor, "intake.withdraw", reason=reason):
        ordered = apply(batch, BATCH, "withdraw", actor=actor, reason=reason)
        if obstacle := target_of(profile_named(batch.profile)).obstacle(ordered):
            refuse([obstacle])
        hand_over(ordered)
    return ordered


def _in_sight(actor: Actor, batch: IntakeBatch) -> None:
    if not IntakeBatch.objects.visible_to(actor).filter(pk=batch.pk).exists():
        raise NotFound("该报送批次")


def refuse_row(actor: Actor, *, question: QuestionedRow, reason: str) -> QuestionedRow:
    """Decide that a held row stays out; the unit may correct it and hand it in again."""
    with acting(actor, "intake.refuse_row", reason=reason) as act:
        _by_another(actor, question)
        return apply(question, QUESTION, "refuse", actor=actor, reason=reason, changes={"decided_on": act.on})


def accept_row(actor: Actor, *, question: QuestionedRow, reason: str) -> QuestionedRow:
    """Decide that a held row goes in under the code that it names; the row is read from the kept file again.

    Refused IN-61 for whoever handed the batch in, IN-62 where no decision can let the row in, IN-63 where it still
    cannot go in, IN-64 where the batch is taken back.
    """
    with acting(actor, "intake.accept_row", reason=reason) as act:
        _by_another(actor, question)
        _, found = check(question, QUESTION, "accept", actor, reason)
        if not question.decidable:
            found.append(Violation("IN-62", f"该行不能认定入库：{question.detail}", remedy="由报送单位更正后重新报送"))
        refuse(found)
        batch = (
            IntakeBatch.objects.select_for_update(of=("self",)).select_related("attachment").get(pk=question.batch_id)
        )
        if batch.state in TAKING_BACK:
            refuse([Violation("IN-64", "该批次已经撤回，其中的行不再入库", remedy="更正后重新报送")])
        merged = _merge_row(batch, question.row)
        outcome = merged.outcomes.get(question.row, Outcome.REJECTED.value)
        if outcome not in ENTERED:
            why = "；".join([*(q.detail for q in merged.questions), *(row[3] for row in merged.rejections)])
            refuse(
                [
                    Violation(
                        "IN-63", f"该行仍不能入库：{why or '文件中已没有这一行'}", remedy="由报送单位更正后重新报送"
                    )
                ]
            )
        name = Outcome(outcome).name.lower()
        batch.questioned -= 1
        setattr(batch, name, getattr(batch, name) + 1)
        batch.save(update_fields=["questioned", name])
        return apply(question, QUESTION, "accept", actor=actor, reason=reason, changes={"decided_on": act.on})


def _by_another(actor: Actor, question: QuestionedRow) -> None:
    """Refuse the one who handed the row in; and hide what is out of sight."""
    _in_sight(actor, question.batch)
    if question.batch.actor_key == actor.key:
        refuse(
            [
                Violation(
                    "IN-61",
                    "疑问数据不能由报送人自己认定",
                    remedy="由本单位另一名审核人员或者联席办认定",
                    basis="双人办理（办理机构、审核机构）",
                )
            ]
        )


def _merge_row(batch: IntakeBatch, row: int) -> Merged:
    """Read one row of the kept file and merge it as settled, for the one who handed it in."""
    profile = profile_named(batch.profile)
    settings = settings_for(profile, batch.received_on)
    with in_clear(batch.attachment) as path:
        chunks: Any = read(
            path, profile=profile, settings=settings, chunk_rows=CHUNK_ROWS, skip_to=row - 1, name=batch.attachment.name
        )
        with closing(chunks):
            chunk = next(chunks, None)
    if chunk is None:
        return Merged()
    frame = chunk.frame.filter((pl.col("row") == row) & pl.col("accepted"))
    if frame.is_empty():
        return Merged()
    warnings = chunk.errors.filter((pl.col("row") == row) & (pl.col("severity") == "warning"))
    work = Work(batch, profile, settings, frame, warnings, batch.received_on, submitter(batch), settled=True)
    return target_of(profile).merge(work)
