"""A complete batch is judged, then merged chunk by chunk, or held with an alert; a killed run is gone on with.

One batch of a list at a time. Every chunk is one transaction that writes entries, answers and counters together, and the
place to which the batch is merged; whoever is killed, the next run goes on behind it.
"""

from __future__ import annotations

from datetime import timedelta

import polars as pl
import structlog
from django.db.models import Q

from core import alerts, clock
from core.actors import Actor, acting
from core.chunks import walked
from core.intake.staging import execute, fetch
from core.jobs import single_flight
from core.workflow import apply
from exchange.downflow.files import read_in
from exchange.downflow.judging import judge, mark_repeated, standing_of
from exchange.downflow.workflow import LIST_BATCH
from exchange.models import ListBatch
from exchange.models.downflow import HELD, WAITING, Extent, ListState, RowOutcome, Transport
from exchange.permissions import LIST_JOB
from sanctions.consulting import consulted, rules_on
from sanctions.models import ExternalSource
from sanctions.services.external_sets import ANSWER, MERGE, Received, Rows, end_absent, merge_rows, note_received

CHUNK_ROWS = 10_000
UNFINISHED_HOURS = 48
KEPT_DAYS = 30
QUARANTINED, STALE = "lists.quarantined", "lists.stale"
RUNNER = Actor.job("exchange.run_lists", LIST_JOB)
_NAMES = {outcome.value: outcome.name.lower() for outcome in RowOutcome}
logger = structlog.get_logger(__name__)


def source_of(batch: ListBatch) -> Actor:
    """Return the source as the one who acts: history says whose word an entry is."""
    register = batch.register
    return Actor(kind="source", key=register.key, label=register.name, permissions=frozenset({MERGE}))


def run(public_id: str, *, chunk_rows: int = CHUNK_ROWS) -> ListBatch | None:
    """Work a batch off and return it; None where another run is at this list. Safe to repeat after any crash."""
    batch = ListBatch.objects.select_related("register").get(public_id=public_id)
    with single_flight(f"lists:{batch.register_id}") as mine:
        if not mine:
            return None
        batch.refresh_from_db()
        earlier = ListBatch.objects.filter(register=batch.register, pk__lt=batch.pk, state__in=WAITING)
        if earlier.exists():
            return batch  # they come first; the sweep has both
        if batch.state == ListState.RECEIVING and batch.transport == Transport.FILE:
            read_in(batch, runner=RUNNER)
            batch.refresh_from_db()
        if batch.state == ListState.RECEIVED:
            _admit(batch)
        if batch.state == ListState.MERGING:
            _merge(batch, chunk_rows)
        return batch


def sweep() -> int:
    """Work off whatever waits, oldest first; what goes wrong with one list keeps no other waiting."""
    done, wrong = 0, None
    unread = Q(state=ListState.RECEIVING, transport=Transport.FILE)
    waiting = ListBatch.objects.filter(Q(state__in=WAITING) | unread).order_by("pk")
    for public_id in list(waiting.values_list("public_id", flat=True)):
        try:
            batch = run(public_id)
        except Exception as error:  # noqa: BLE001 whatever it is, the next list is not to blame
            logger.warning("list_run_failed", batch=public_id, error=type(error).__name__)
            wrong = wrong or error
            continue
        done += batch is not None and not batch.is_running
    if wrong is not None:
        raise wrong
    return done


def _admit(batch: ListBatch) -> None:
    """Judge the batch: on to merging, or into quarantine with an alert. Nothing is written but its answers."""
    with acting(RUNNER, "lists.judge", on=batch.received_on):
        mark_repeated(batch)
        findings, standing = judge(batch), standing_of(batch)
        changes = {"findings": findings, "standing": standing}
        apply(
            batch,
            LIST_BATCH,
            "quarantine" if findings else "accept",
            actor=RUNNER,
            changes=changes,
            payload={"list": batch.register.list_code, "rows": batch.rows} if findings else None,
        )
        if findings:
            told = "；".join(row["detail"] for row in findings)
            text = f"{batch.register.name}《{batch.register.list_name}》的批次 {batch.number} 已隔离，没有记录因此结束：{told}"
            alerts.raise_alert(QUARANTINED, role="office", ref=batch.public_id, text=text[:500])


def _merge(batch: ListBatch, chunk_rows: int) -> None:
    received = Received(batch.register, batch.public_id, batch.as_of, batch.received_on)
    walked(lambda after: _chunk(batch, received, after, chunk_rows), batch.merged_to)
    if batch.extent == Extent.FULL:
        while _absent(batch, received, chunk_rows):
            pass
    _finish(batch, received)


_ROWS = """
SELECT id AS row, fresh_id, op, number, name, norm, is_person, id_type, id_value, personal_id, authority, document,
       listed_on, expected_exit_on, ended_on
  FROM exchange_listrow WHERE batch_id = %(batch)s AND outcome = '' AND id > %(after)s AND id <= %(last)s
"""


def _chunk(batch: ListBatch, received: Received, after: int, limit: int) -> tuple[int, int | None]:
    """Merge the next rows and answer them; rows that were refused before only move the place on."""
    span = {"batch": batch.pk, "after": after, "limit": limit}
    last = fetch(
        "SELECT max(id) FROM (SELECT id FROM exchange_listrow WHERE batch_id = %(batch)s AND id > %(after)s"
        " ORDER BY id LIMIT %(limit)s) following",
        {"last": pl.Int64},
        span,
    ).item()
    if last is None:
        return 0, None
    with acting(RUNNER, "lists.merge", on=batch.received_on):
        held = ListBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
        if held.state != ListState.MERGING or held.merged_to != after:
            return 0, None  # another run has gone on
        counted = merge_rows(actor=source_of(batch), received=received, rows=Rows(_ROWS, {**span, "last": last}))
        execute(
            "UPDATE exchange_listrow line SET outcome = answer.outcome, code = answer.code, message = answer.message"
            f" FROM {ANSWER} answer WHERE line.id = answer.row"
        )
        for outcome, number in counted.items():
            name = _NAMES[outcome]
            setattr(held, name, getattr(held, name) + number)
        held.merged_to = last
        held.save(update_fields=[*_NAMES.values(), "merged_to"])
    return sum(counted.values()), last


def _absent(batch: ListBatch, received: Received, limit: int) -> int:
    present = Rows(
        "SELECT number FROM exchange_listrow WHERE batch_id = %(list_batch)s AND number <> ''", {"list_batch": batch.pk}
    )
    with acting(RUNNER, "lists.merge", on=batch.received_on):
        held = ListBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
        if held.state != ListState.MERGING:
            return 0
        number = end_absent(actor=source_of(batch), received=received, present=present, limit=limit)
        held.absent += number
        held.save(update_fields=["absent"])
    return number


def _finish(batch: ListBatch, received: Received) -> None:
    full = batch.extent == Extent.FULL
    with acting(RUNNER, "lists.finish", on=batch.received_on):
        held = ListBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
        if held.state != ListState.MERGING:
            return
        refused = held.lines.filter(outcome=RowOutcome.REJECTED).count()
        payload = {"list": batch.register.list_code, "rows": held.rows, "ended": held.ended + held.absent}
        changes = {"rejected": refused, "finished_at": clock.now()}
        apply(batch, LIST_BATCH, "finish", actor=RUNNER, changes=changes, payload=payload)
        note_received(actor=source_of(batch), received=received, full=full, number=batch.number)
        alerts.settle(STALE, batch.register.public_id)
        alerts.settle(QUARANTINED, batch.public_id)
        if full:
            _supersede(batch)


def _supersede(batch: ListBatch) -> None:
    """What was held before a whole newer list came in has nothing more to say."""
    for older in ListBatch.objects.filter(register=batch.register, pk__lt=batch.pk, state__in=HELD):
        apply(older, LIST_BATCH, "supersede", actor=RUNNER, changes={"finished_at": clock.now()})
        alerts.settle(QUARANTINED, older.public_id)


def clear() -> dict[str, int]:
    """Give up batches that never became complete, and clear rows away that were answered long ago."""
    limit = clock.now() - timedelta(hours=UNFINISHED_HOURS)
    given_up = 0
    for batch in ListBatch.objects.filter(state=ListState.RECEIVING, received_at__lt=limit).order_by("pk"):
        with acting(RUNNER, "lists.abandon"):
            why = f"{UNFINISHED_HOURS} 小时内没有收齐"
            apply(batch, LIST_BATCH, "abandon", actor=RUNNER, reason=why, changes={"finished_at": clock.now()})
            batch.lines.all().delete()
        given_up += 1
    return {"given_up": given_up, "cleared": _clear_answered()}


def _clear_answered() -> int:
    """Questions and refusals stay: somebody may ask for them."""
    done = [ListState.MERGED, ListState.REFUSED, ListState.SUPERSEDED]
    old = clock.now() - timedelta(days=KEPT_DAYS)
    cleared = 0
    for batch in ListBatch.objects.filter(state__in=done, pruned_on__isnull=True, finished_at__lt=old).order_by("pk"):
        with acting(RUNNER, "lists.clear"):
            kept = [RowOutcome.QUESTIONED, RowOutcome.REJECTED] if batch.state == ListState.MERGED else []
            cleared += batch.lines.exclude(outcome__in=kept).delete()[0]
            batch.pruned_on = clock.today()
            batch.save(update_fields=["pruned_on"])
    return cleared


def watch() -> int:
    """Alert the office to lists of which nothing has come for too long; returns how many were not told of today."""
    day, told = clock.today(), 0
    rows = list(ExternalSource.objects.filter(is_active=True, received_at__isnull=False))  # none ever: not opened yet
    rules = rules_on(day, [row.key for row in rows])
    for row in rows:
        found = consulted(row, rules[row.key], day)
        if found.is_stale:
            told += alerts.raise_alert(STALE, role="office", ref=row.public_id, text=found.words)
    return told
