"""Receipts, in the answer or later: what each record came to, settled row by row; the same receipt twice is one.

RCP-01 a receipt for a batch that was never sent, RCP-02 for a batch of another system, RCP-03 with another digest than
that of the batch, RCP-04 for a record that was not in it, RCP-05 whose figures do not add up: nothing is written.
PSH-05 a record that the system refuses is given up after some attempts, with one alert, and sent again by a person; one
refused for its content is given up at once and goes back to its unit with the reason.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.conf import settings

from core import clock
from core.actors import Actor, acting
from core.masking import mask_text
from core.permissions import require
from core.problems import Problem, Violation, refuse
from publicity.models import BatchState, Peer, Push, PushBatch, PushState, Wanted
from publicity.push.systems import System

TAKE = "publicity.push.take_receipts"
TAKEN = "0000"
KNOWN, UNKNOWN = "E2001", "E2002"  # the other side has the record already; it knows no such record
CODE = re.compile(r"[A-Z0-9-]{1,20}")
RECEIPT_WAIT = timedelta(hours=2)  # after which a parcel whose receipt has not come is handed over again
WRITTEN = (
    "state", "next_at", "acknowledged_at", "receipt", "last_error", "number", "digest", "code", "behind_since",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Said:
    """What the other side says of one record of a batch."""

    uid: str
    generation: int
    code: str
    words: str = ""
    receipt: str = ""
    number: str = ""


@dataclass(slots=True)
class Outcome:
    """What a receipt came to: how many of its records it settled, and how many it says nothing new of."""

    batch: PushBatch
    counts: Counter[str] = field(default_factory=Counter)

    @property
    def settled(self) -> int:
        return self.counts["sent"] + self.counts["given_up"] + self.counts["retry"]


def read(answer: Mapping[str, Any]) -> list[Said]:
    """Return what an answer says of each record; what does not keep to the interface says nothing."""
    rows = answer.get("receipts")
    return [_said(row) for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _said(row: Mapping[str, Any]) -> Said:
    code, generation = str(row.get("code") or ""), str(row.get("generation") or "")
    words = " ".join(str(row.get(name) or "") for name in ("code", "message", "field"))
    return Said(
        uid=str(row.get("uid") or row.get("rec_uid") or ""),
        generation=int(generation) if generation.isdecimal() else 0,
        code=code if CODE.fullmatch(code) else "",
        words=mask_text(words.strip())[:300],
        receipt=str(row.get("receipt") or "")[:64],
        number=str(row.get("number") or "")[:64],
    )


def take(system: System, peer: Peer, answer: Mapping[str, Any], *, actor: Actor) -> Outcome:
    """Settle a batch by a receipt that came later; refused as a whole where it is not the receipt of that batch."""
    require(actor, TAKE)
    number = str(answer.get("batch_no") or "")
    batch = PushBatch.objects.filter(number=number).first()
    if batch is None:
        raise Problem("RCP-01", f"没有批次号为“{number[:60]}”的批次", status=404, field="batch_no", remedy="核对批次号")
    if batch.peer_id != peer.pk:
        raise Problem("RCP-02", "该批次不是发给贵平台的", status=403, field="batch_no", remedy="核对批次号")
    said = read(answer)
    refuse(_wrong(batch, answer, said), status=409)
    return Outcome(batch, settle(system, peer, batch, said, actor=actor))


def _wrong(batch: PushBatch, answer: Mapping[str, Any], said: Sequence[Said]) -> list[Violation]:
    """Return in what a receipt does not fit its batch."""
    if not batch.digest or answer.get("digest") != batch.digest:
        return [Violation("RCP-03", "回执的摘要与批次的摘要不符（E3001）", "digest", "按原批次重新生成回执")]
    sent = {uid for uid, *_ in batch.contents}
    strange = [row.uid for row in said if row.uid not in sent]
    if strange:
        named = "、".join(strange[:5])
        return [Violation("RCP-04", f"批次中没有这些记录（E2002）：{named}", "receipts", "核对 rec_uid")]
    received = answer.get("received")
    good = sum(row.code == TAKEN for row in said)
    if received is not None and received != len(said):
        return [Violation("RCP-05", f"received 为 {received}，回执却有 {len(said)} 条", "received", "核对数量")]
    if answer.get("accepted") not in (None, good):
        return [Violation("RCP-05", f"accepted 为 {answer['accepted']}，接收的却有 {good} 条", "accepted", "核对数量")]
    return []


def wait(batch: PushBatch, state: str, *, actor: Actor) -> None:
    """Keep that the other side has the parcel and its receipts come later."""
    again = clock.now() + RECEIPT_WAIT
    with acting(actor, "push.wait"):
        # The receipt may have come before this: then it has settled the batch already.
        PushBatch.objects.filter(pk=batch.pk, answered_at__isnull=True).update(state=state, fault="")
        waiting = [row.pk for row in _rows_of(batch) if row.state == PushState.QUEUED]
        Push.objects.filter(pk__in=waiting).update(next_at=again, attempts=0, last_error="等待对方回执")


def settle(system: System, peer: Peer, batch: PushBatch, said: Sequence[Said], *, actor: Actor) -> Counter[str]:
    """Write what came of a batch; rows that moved on meanwhile keep their new generation queued."""
    counts: Counter[str] = Counter()
    found = {(row.uid, row.generation): row for row in said if row.code == TAKEN}
    refused = {row.uid: row for row in said if row.code != TAKEN}
    digests = {(uid, generation): digest for uid, generation, digest in batch.contents}
    with acting(actor, "push.settle"):
        held = [row for row in _rows_of(batch) if row.state == PushState.QUEUED]
        numbers = {row.number for row in said if row.number}
        others = Push.objects.filter(peer=peer, number__in=numbers).exclude(pk__in=[row.pk for row in held])
        given_away = set(others.values_list("number", flat=True))
        for row in held:
            yes, no = found.get((row.uid, row.generation)), refused.get(row.uid)
            if yes is not None and _numbered(row, yes, given_away):
                _acknowledge(row, yes, digests[row.uid, row.generation])
                counts["sent"] += 1
            else:
                counts[_not_yet(system, row, no, yes)] += 1
        Push.objects.bulk_update(held, WRITTEN)
        _close(batch, said)
    return counts


def _rows_of(batch: PushBatch) -> list[Push]:
    """Return the rows that a batch carried and that are still at that generation, locked."""
    sent = {uid: generation for uid, generation, _ in batch.contents}
    rows = Push.objects.select_for_update().filter(peer_id=batch.peer_id, uid__in=sent).order_by("pk")
    return [row for row in rows if row.generation == sent[row.uid]]


def _numbered(row: Push, yes: Said, given_away: set[str]) -> bool:
    """Keep the number that comes with a receipt; False where the record has another one, or another record has it."""
    if not yes.number or row.number == yes.number:
        return True
    if row.number or yes.number in given_away:
        return False
    row.number = yes.number
    return True


def _acknowledge(row: Push, yes: Said, digest: str) -> None:
    row.state, row.next_at, row.acknowledged_at, row.behind_since = PushState.ACKNOWLEDGED, None, clock.now(), None
    row.receipt, row.digest, row.last_error, row.code = yes.receipt, digest, "", ""


def _not_yet(system: System, row: Push, no: Said | None, yes: Said | None) -> str:
    """Write why a row was not taken, and return what it counts as."""
    if no is None:
        row.last_error = "没有回执" if yes is None else f"对方给出的编号 {yes.number} 与已有的编号不一致"
        return "retry"
    row.last_error = no.words or "对方拒收"
    if no.code == UNKNOWN and row.wanted == Wanted.GONE:
        _acknowledge(row, no, "")  # it never came there, so it has left
        return "sent"
    if no.code in {KNOWN, UNKNOWN}:  # travels next as what the other side takes it for: a change, or new
        row.acknowledged_at = clock.now() if no.code == KNOWN else None
    if system.final(no.code):
        row.state, row.next_at, row.code = PushState.DEAD, None, no.code
        return "given_up"
    if row.attempts >= settings.PUSH_ATTEMPTS:
        row.state, row.next_at = PushState.DEAD, None
        return "given_up"
    return "retry"


def _close(batch: PushBatch, said: Sequence[Said]) -> None:
    """Write on the batch what its receipts said; the first answer counts."""
    good = {row.uid for row in said if row.code == TAKEN}
    bad = {row.uid for row in said} - good
    if not said:
        return
    state = BatchState.DONE if not bad else BatchState.PARTIAL if good else BatchState.FAILED
    rows = PushBatch.objects.filter(pk=batch.pk).exclude(state=BatchState.RECONCILED)
    rows.update(answered_at=clock.now(), accepted=len(good), rejected=len(bad), state=state, fault="")
