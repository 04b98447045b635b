"""Batches that the province holds for the city are taken over in its order, page by page, and answered with a receipt."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import quote

from django.db.models import F

from core import alerts, clock
from core.actors import Actor, acting
from core.problems import Problem
from exchange.downflow.receiving import PART_ROWS, Manifest, begin_batch, complete_batch, take_part
from exchange.models import ListBatch, ListFollow
from exchange.models.downflow import COUNTERS, ListState, RowOutcome, Transport
from publicity.push.comparing import rows_of
from publicity.push.lines import Declined, Fault, Line

PROVINCE = "province"
NOT_TAKEN = "lists.not_taken"
TOLD_ROWS = 1_000
TOLD_STATES = {
    ListState.MERGED: "merged",
    ListState.QUARANTINED: "quarantined",
    ListState.REFUSED: "rejected",
    ListState.SUPERSEDED: "rejected",
    ListState.ABANDONED: "rejected",
}


def fetch_once(line: Line, *, actor: Actor) -> dict[str, int]:
    """Take over what is new and answer what is settled; a province that is away is asked again."""
    follow, _ = ListFollow.objects.get_or_create(key=PROVINCE)
    counts = {"taken": 0, "told": 0}
    fault = ""
    try:
        counts["taken"] = take_over(line, follow, actor=actor)
        counts["told"] = tell(line)
    except (Fault, Declined) as problem:
        fault = str(problem)
    ListFollow.objects.filter(pk=follow.pk).update(asked_at=clock.now(), last_fault=fault[:300])
    return counts | ({"fault": 1} if fault else {})


def take_over(line: Line, follow: ListFollow, *, actor: Actor) -> int:
    """Take every batch after the last one taken; a batch of a list that is not received here is passed over."""
    taken = 0
    while True:
        after = ListFollow.objects.values_list("taken_to", flat=True).get(pk=follow.pk)
        told = [manifest_of(row) for row in rows_of(line.get("/lists", after=after), "batches")]
        if not told:
            return taken
        if min(manifest.seq or 0 for manifest in told) <= after:
            raise Fault("省平台名单批次的序号没有向前")
        for manifest in sorted(told, key=lambda row: row.seq or 0):
            taken += _take(line, manifest, actor)
            ListFollow.objects.filter(pk=follow.pk).update(taken_to=manifest.seq)


def manifest_of(row: Mapping[str, Any]) -> Manifest:
    """Return what the province tells of a batch; Fault where it does not keep to the interface."""
    try:
        return Manifest(
            source=str(row["source"]),
            list_code=str(row["list"]),
            number=str(row["number"])[:64],
            extent=str(row["extent"]),
            as_of=date.fromisoformat(str(row["as_of"])),
            count=int(row["count"]),
            digest=str(row["digest"]),
            follows=str(row.get("follows") or ""),
            seq=int(row["seq"]),
        )
    except (KeyError, TypeError, ValueError):
        raise Fault("应答格式不符") from None


def _take(line: Line, manifest: Manifest, actor: Actor) -> int:
    """Take one batch over; broken off, the next run goes on behind the last part. The office is told of what is not received."""
    try:
        batch = begin_batch(actor=actor, manifest=manifest, transport=Transport.FETCHED)
    except Problem as problem:
        text = f"省平台的名单批次 {manifest.number}（{manifest.source}/{manifest.list_code}）没有接收：{problem.detail}"
        alerts.raise_alert(
            NOT_TAKEN, role="office", ref=f"{manifest.source}/{manifest.list_code}"[:40], text=text[:500]
        )
        return 0
    if batch.state != ListState.RECEIVING:
        return 0
    after, part = batch.rows, batch.parts.count() + 1
    while True:
        page = line.get(f"/lists/{quote(manifest.number, safe='')}/rows", after=after, limit=PART_ROWS)
        rows = page.get("rows")
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise Fault("应答格式不符")
        if rows:
            take_part(actor=actor, batch=batch, number=part, rows=rows[:PART_ROWS])
            after, part = after + len(rows[:PART_ROWS]), part + 1
        if not rows or page.get("next") is None:
            complete_batch(actor=actor, batch=batch)
            return 1


def tell(line: Line) -> int:
    """Tell the province what became of its batches; what is not acknowledged is told again."""
    waiting = ListBatch.objects.filter(transport=Transport.FETCHED, state__in=TOLD_STATES)
    told = 0
    for batch in waiting.exclude(told_state=F("state")).order_by("pk"):
        line.post(f"/lists/{quote(batch.number, safe='')}/receipt", receipt(batch))
        with acting(Actor.job("exchange.fetch_lists"), "lists.told"):
            told += ListBatch.objects.filter(pk=batch.pk, state=batch.state).update(told_state=batch.state)
    return told


def receipt(batch: ListBatch) -> dict[str, Any]:
    """Return what a batch came to, with the first rows that did not go in."""
    wrong = batch.lines.filter(outcome=RowOutcome.REJECTED).order_by("id")[:TOLD_ROWS]
    return {
        "number": batch.number,
        "state": TOLD_STATES[ListState(batch.state)],
        "received": batch.rows,
        **{name: getattr(batch, name) for name in COUNTERS},
        "absent": batch.absent,
        "findings": batch.findings,
        "problems": [{"number": row.number, "code": row.code, "message": row.message} for row in wrong],
    }
