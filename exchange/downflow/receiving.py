"""A batch is announced, comes in parts that may be sent again, and is said to be complete; memory holds one part.

LST-01 no such list, or it is not received · LST-02 the client's unit may not send it · LST-03 the same batch number with
another manifest · LST-04 a part sent again with other rows · LST-05 parts missing · LST-06 the batch takes no more parts ·
LST-07 a manifest that cannot be right · LST-08 too many rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import Max

from core.actors import Actor, acting
from core.jobs import send_after_commit
from core.permissions import require
from core.problems import NotFound, NotPermitted, Problem, Violation, refuse
from core.workflow import apply, begin
from exchange.downflow.rows import stage_documents
from exchange.downflow.workflow import LIST_BATCH
from exchange.models import ListBatch, ListPart
from exchange.models.downflow import Extent, ListState, Transport
from exchange.permissions import READ, TAKE_LISTS
from publicity.push.sealing import EMPTY, day_digest, digest_of
from sanctions.models import ExternalSource

TASK = "exchange.run_list"
PART_ROWS, BATCH_ROWS, MOST_PARTS = 5_000, 2_000_000, 10_000
DIGEST = "0123456789abcdef"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a source says of a batch before its rows."""

    source: str
    list_code: str
    number: str
    extent: str
    as_of: date
    count: int | None = None
    digest: str = ""
    follows: str = ""
    seq: int | None = None


def taker(actor: Actor) -> Actor:
    """Return the actor as one who may hand in batches: a client with the scope, the job, or an officer who may."""
    if actor.kind != "client":
        require(actor, TAKE_LISTS)
        return actor
    if not actor.may(READ):
        raise NotPermitted(READ, "平台交换的接口范围", who=actor.label)
    return replace(actor, permissions=actor.permissions | {TAKE_LISTS})


def register_of(actor: Actor, manifest: Manifest) -> ExternalSource:
    """Return the list that a batch is of; a client's unit must be the one that the office has named for it."""
    found = ExternalSource.objects.filter(code=manifest.source, list_code=manifest.list_code, is_active=True).first()
    if found is None or (actor.kind == "client" and found.unit_id is None):
        detail = f"没有登记来源“{manifest.source[:40]}”的名单“{manifest.list_code[:40]}”，或者没有开通接收"
        raise Problem("LST-01", detail, status=404, field="list", remedy="由联席办登记来源并指定推送单位")
    if actor.kind == "client" and (found.unit_id != actor.unit_id or actor.sandbox):
        detail = f"“{found.list_name}”不由本单位推送" if not actor.sandbox else "沙箱系统不能推送名单"
        raise Problem("LST-02", detail, status=403, field="list", remedy="由联席办指定推送单位")
    return found


def begin_batch(*, actor: Actor, manifest: Manifest, transport: str = Transport.PUSHED) -> ListBatch:
    """Open a batch of a list; the same manifest again gives the batch that it has opened.

    Raises NotPermitted, LST-01, LST-02, LST-03, LST-07, LST-08.
    """
    entitled = taker(actor)
    register = register_of(actor, manifest)
    facts = {
        "extent": manifest.extent,
        "as_of": manifest.as_of,
        "count": manifest.count,
        "digest": manifest.digest.lower(),
        "follows": manifest.follows,
    }
    with acting(entitled, "lists.begin") as act:
        ExternalSource.objects.select_for_update().get(pk=register.pk)  # two who open the same batch come one by one
        known = ListBatch.objects.filter(register=register, number=manifest.number).first()
        if known is not None:
            differing = [name for name, value in facts.items() if getattr(known, name) != value]
            refuse(_other_manifest(known, differing))
            return known
        refuse(_wrong(manifest, act.on), status=422)
        batch = ListBatch.objects.create(
            register=register,
            number=manifest.number,
            transport=transport,
            seq=manifest.seq,
            actor_kind=actor.kind,
            actor_key=actor.key,
            actor_label=actor.label,
            unit_id=actor.unit_id,
            received_on=act.on,
            **facts,
        )
        begin(batch, LIST_BATCH, "begin", actor=entitled)
    return batch


def _other_manifest(known: ListBatch, differing: Sequence[str]) -> list[Violation]:
    if not differing:
        return []
    named = "、".join(str(known._meta.get_field(name).verbose_name) for name in differing)
    detail = f"批次号 {known.number} 已经用过，{named}与上次不同"
    return [Violation("LST-03", detail, "number", "新的内容用新的批次号")]


def _wrong(manifest: Manifest, today: date) -> list[Violation]:
    found = []
    if manifest.extent not in Extent.values:
        found.append(Violation("LST-07", "范围应为 full 或者 delta", "extent"))
    if manifest.as_of > today:
        found.append(Violation("LST-07", f"截至日 {manifest.as_of} 晚于今天", "as_of", "核对截至日"))
    if not manifest.number.strip():
        found.append(Violation("LST-07", "没有批次号", "number", "填写来源给批次的编号"))
    if manifest.digest and (len(manifest.digest) != len(EMPTY) or set(manifest.digest.lower()) - set(DIGEST)):
        found.append(Violation("LST-07", "摘要应为 64 位十六进制", "digest", "按接口说明计算 SM3 摘要"))
    if manifest.count is not None and manifest.count > BATCH_ROWS:
        found.append(Violation("LST-08", f"一个批次最多 {BATCH_ROWS} 行", "count", "分成几个增量批次"))
    return found


def find_batch(actor: Actor, public_id: str) -> ListBatch:
    """Return a batch to the client's unit that sends this list; NotFound to others."""
    rows = ListBatch.objects.select_related("register")
    found = rows.filter(public_id=public_id, register__unit_id=actor.unit_id or 0).first()
    if found is None:
        raise NotFound("该名单批次")
    return found


def take_part(*, actor: Actor, batch: ListBatch, number: int, rows: Sequence[Any]) -> ListPart:
    """Check and keep the rows of one part; the same part with the same rows again changes nothing.

    Raises LST-04, LST-06, LST-07 for rows that are no objects, LST-08.
    """
    entitled = taker(actor)
    refuse(_no_part(number, rows), status=422)
    digest = day_digest((str(row.get("number", "")), digest_of(row)) for row in rows)
    with acting(entitled, "lists.part"):
        held = ListBatch.objects.select_for_update(of=("self",)).select_related("register").get(pk=batch.pk)
        known = ListPart.objects.filter(batch=held, number=number).first()
        if known is not None:
            if (known.rows, known.digest) != (len(rows), digest):
                again = "用原来的内容重发，或者用新的批次号另送"
                refuse([Violation("LST-04", f"第 {number} 段已经收到，内容与这一次不同", "rows", again)])
            return known
        if held.state != ListState.RECEIVING:
            detail = f"批次“{held.get_state_display()}”，不再接收分段"
            refuse([Violation("LST-06", detail, "number", "用新的批次号另送")])
        if held.rows + len(rows) > BATCH_ROWS:
            refuse([Violation("LST-08", f"一个批次最多 {BATCH_ROWS} 行", "rows", "分成几个增量批次")], status=413)
        stage_documents(held, number, rows)
        held.rows += len(rows)
        held.save(update_fields=["rows"])
        return ListPart.objects.create(batch=held, number=number, rows=len(rows), digest=digest)


def _no_part(number: int, rows: Sequence[Any]) -> list[Violation]:
    if not 1 <= number <= MOST_PARTS:
        return [Violation("LST-07", f"段号应在 1 至 {MOST_PARTS} 之间", "number")]
    if len(rows) > PART_ROWS:
        return [Violation("LST-08", f"每段最多 {PART_ROWS} 行，收到 {len(rows)} 行", "rows", "分成更多的段")]
    place = next((place for place, row in enumerate(rows) if not isinstance(row, Mapping)), None)
    return [] if place is None else [Violation("LST-07", f"rows[{place}] 应为对象", f"rows[{place}]")]


def complete_batch(*, actor: Actor, batch: ListBatch) -> ListBatch:
    """Close the batch and hand it to a worker; said again it changes nothing. Raises LST-05 for a gap in the parts."""
    entitled = taker(actor)
    with acting(entitled, "lists.complete"):
        held: ListBatch = ListBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
        if held.state != ListState.RECEIVING:
            return held
        refuse(_gap(held))
        apply(held, LIST_BATCH, "complete", actor=entitled)
        send_after_commit(TASK, held.public_id)
    return held


def _gap(batch: ListBatch) -> list[Violation]:
    last = batch.parts.aggregate(last=Max("number"))["last"] or 0
    known = set(batch.parts.values_list("number", flat=True))
    missing = [str(number) for number in range(1, last + 1) if number not in known]
    if not missing:
        return []
    return [Violation("LST-05", f"缺少第 {'、'.join(missing[:10])} 段", "parts", "补送后再次报告收齐")]


def parts_digest(batch: ListBatch) -> str:
    """Return the digest of all rows that came, in whatever order and parts."""
    found = 0
    for digest in batch.parts.values_list("digest", flat=True).iterator(2_000):
        found ^= int(digest, 16)
    return f"{found:064x}"
