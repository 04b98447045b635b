"""A held batch is let in or sent back by two persons who say why; what cannot be right is never let in."""

from __future__ import annotations

from core import alerts, clock
from core.actors import Actor, acting
from core.jobs import send_after_commit
from core.problems import Violation, refuse
from core.workflow import apply
from exchange.downflow.judging import bars_release
from exchange.downflow.receiving import TASK
from exchange.downflow.running import QUARANTINED
from exchange.downflow.workflow import LIST_BATCH
from exchange.models import ListBatch


def propose(*, actor: Actor, batch: ListBatch, release: bool, reason: str) -> ListBatch:
    """Propose to let a held batch in, or to send it back; nothing happens until a second officer confirms.

    Raises CORE-04, CORE-07, and LST-22 … LST-29 where the batch cannot be let in at all.
    """
    with acting(actor, "lists.propose", reason=reason):
        if release:
            refuse(_barred(batch))
        return apply(batch, LIST_BATCH, "propose_release" if release else "propose_refuse", actor=actor, reason=reason)


def release(*, actor: Actor, batch: ListBatch, reason: str) -> ListBatch:
    """Let a held batch in as second officer; it is merged like any other. Raises CORE-05 for the proposer."""
    with acting(actor, "lists.release", reason=reason):
        refuse(_barred(batch))
        released = apply(batch, LIST_BATCH, "release", actor=actor, reason=reason)
        alerts.settle(QUARANTINED, batch.public_id)
        send_after_commit(TASK, batch.public_id)
    return released


def send_back(*, actor: Actor, batch: ListBatch, reason: str) -> ListBatch:
    """Send a held batch back as second officer; nothing of it was written. Raises CORE-05 for the proposer."""
    with acting(actor, "lists.refuse", reason=reason):
        refused = apply(
            batch,
            LIST_BATCH,
            "refuse",
            actor=actor,
            reason=reason,
            changes={"finished_at": clock.now()},
            payload={"list": batch.register.list_code, "rows": batch.rows},
        )
        alerts.settle(QUARANTINED, batch.public_id)
    return refused


def hold_on(*, actor: Actor, batch: ListBatch, reason: str) -> ListBatch:
    """Give a proposal back: the batch stays held."""
    with acting(actor, "lists.hold", reason=reason):
        return apply(batch, LIST_BATCH, "hold", actor=actor, reason=reason)


def _barred(batch: ListBatch) -> list[Violation]:
    remedy = "请来源重新发送，或等待下一次全量；本批次只能退回"
    return [Violation(row["code"], row["detail"], remedy=remedy) for row in bars_release(batch)]
