"""The sides are compared by count and digest per table, unit and day; what differs is named by row and mended.

PSH-07 our side is computed from what may be seen now, never from what was once sent; what receipts say is a side of
its own where the system keeps units apart.
PSH-08 a difference is named by record and day; one that is on its way already says so; all are sent again, but for
what the unit has to correct first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import partial
from itertools import groupby
from typing import Any

from django.db.models import Max, Min

from core import clock
from core.actors import Actor, acting
from core.permissions import require
from publicity.models import BatchState, Difference, Peer, Push, PushBatch, PushState, Reconciliation, Wanted
from publicity.push.adapters import Adapter
from publicity.push.comparing import ByUnit, Comparison, day_of
from publicity.push.enrolling import SEND, enrol
from publicity.push.kinds import Kind, unit_code
from publicity.push.lines import Declined, Fault
from publicity.push.sealing import digest_of
from publicity.push.systems import System, system_of

APART = "publicity.push.apart"
RECONCILE = "push.reconcile"
APART_WORDS = "{}对账发现 {{}} 条信息不一致，已重新送达。请在“对账”中查看是哪些记录。"
STRETCH = timedelta(days=31)
AT_ONCE = 2000
RESENT, REMOVED, ON_ITS_WAY = "已重新送达队列", "已要求撤下", "正在送达"
RETURNED = "已退回报送单位更正：{}"
ANSWERED = (BatchState.DONE, BatchState.PARTIAL, BatchState.FAILED)


def reconcile(adapter: Adapter, peer: Peer, *, actor: Actor) -> Reconciliation:
    """Compare all that may be seen today with what the system holds, name what differs, and send it again."""
    require(actor, SEND)
    enrol(peer, actor=actor)
    system = system_of(peer.code)
    comparison = Comparison.begin(adapter, peer, Reconciliation.Direction.SENT, actor=actor, act=RECONCILE)
    begun, fault = clock.now(), ""
    try:
        for kind in system.tables():
            _compare(comparison, system, kind, actor)
    except (Fault, Declined) as problem:
        fault = str(problem)
    with acting(actor, RECONCILE):
        run = comparison.close(fault)
        comparison.tell(APART, APART_WORDS.format(peer.label))
        if not fault and not run.differences:
            settled = PushBatch.objects.filter(peer=peer, state__in=ANSWERED, answered_at__lt=begun)
            settled.update(state=BatchState.RECONCILED)
    return run


def _compare(comparison: Comparison, system: System, kind: Kind, actor: Actor) -> None:
    """Compare one kind, stretch by stretch, mending each day as it goes."""
    peer, adapter = comparison.run.peer, comparison.adapter
    span = _joined(_span_here(kind), _span_of(adapter.span(kind.name)))
    receipts = partial(_acknowledged, peer, kind.name) if system.three_way else None
    for start, end in _stretches(*span) if span is not None else ():
        ours = _held_here(kind, start, end, by_unit=adapter.by_unit)
        for apart in comparison.apart(kind.name, start, end, ours, receipts):
            with acting(actor, RECONCILE):
                found = apart.differences()
                _mend(peer, found, apart.generations)
                comparison.name(found)


def _span_here(kind: Kind) -> tuple[date, date] | None:
    rows = kind.dated(clock.today()).order_by().select_related(None)
    ends = rows.aggregate(first=Min("push_day"), last=Max("push_day"))
    return (ends["first"], ends["last"]) if ends["first"] else None


def _span_of(answer: Mapping[str, Any]) -> tuple[date, date] | None:
    """Return the days between which the other side holds records."""
    if not answer.get("first"):
        return None
    return day_of(answer["first"]), day_of(answer["last"])


def _joined(ours: tuple[date, date] | None, theirs: tuple[date, date] | None) -> tuple[date, date] | None:
    ends = [span for span in (ours, theirs) if span is not None]
    return (min(first for first, _ in ends), max(last for _, last in ends)) if ends else None


def _stretches(first: date, last: date) -> Iterator[tuple[date, date]]:
    while first <= last:
        end = min(first + STRETCH - date.resolution, last)
        yield first, end
        first = end + date.resolution


def _held_here(kind: Kind, first: date, last: date, *, by_unit: bool) -> Iterator[tuple[date, ByUnit]]:
    """Yield what may be seen of each of these days: every record with the digest of its document."""
    rows = kind.dated(clock.today()).filter(push_day__range=(first, last)).order_by("push_day", "pk")
    for day, grouped in groupby(rows.iterator(AT_ONCE), key=lambda row: row.push_day):
        records = list(grouped)
        held: dict[str, dict[str, str]] = {}
        for row, document in zip(records, kind.documents(records), strict=True):
            held.setdefault(row.push_unit if by_unit else "", {})[row.public_id] = digest_of(document)
        yield day, held


def _acknowledged(peer: Peer, kind: str, day: date) -> ByUnit:
    """Return what receipts say that the other side holds of a day, by unit."""
    rows = Push.objects.filter(peer=peer, kind=kind, decided_on=day, state=PushState.ACKNOWLEDGED, wanted=Wanted.SHOWN)
    held: dict[str, dict[str, str]] = {}
    for unit, uid, digest in rows.values_list(unit_code("unit"), "uid", "digest").iterator(AT_ONCE):
        held.setdefault(unit, {})[uid] = digest
    return held


def _mend(peer: Peer, found: list[Difference], generations: Mapping[str, int]) -> None:
    """Queue again what differs, newer than what the other side holds, and ask for the removal of what is not ours."""
    now = clock.now()
    rows = {row.uid: row for row in Push.objects.select_for_update().filter(peer=peer, uid__in={d.uid for d in found})}
    again: list[Push] = []
    unknown: list[Push] = []
    for difference in found:
        row = rows.get(difference.uid)
        newer = generations.get(difference.uid, 0) + 1
        difference.done = REMOVED if difference.what == Difference.What.EXTRA else RESENT
        if row is None:
            unknown.append(_removal(peer, difference, newer))
            continue
        difference.document_number, difference.unit_id = row.document_number, row.unit_id
        if row.state == PushState.DEAD and row.code:
            difference.done = RETURNED.format(row.last_error)[:100]
            continue
        difference.on_its_way = row.state == PushState.QUEUED
        if difference.on_its_way:
            difference.done = ON_ITS_WAY
            newer = max(newer, row.generation)
        row.generation = max(row.generation + (not difference.on_its_way), newer)
        row.state, row.attempts, row.next_at = PushState.QUEUED, 0, now
        row.behind_since = row.behind_since or now
        again.append(row)
    Push.objects.bulk_update(again, ["generation", "state", "attempts", "next_at", "behind_since"])
    Push.objects.bulk_create(unknown)


def _removal(peer: Peer, difference: Difference, generation: int) -> Push:
    """Return the row by which something that we never sent is asked to be taken away."""
    return Push(
        peer=peer,
        kind=difference.kind,
        uid=difference.uid,
        decided_on=difference.decided_on,
        wanted=Wanted.GONE,
        generation=generation,
        next_at=clock.now(),
    )
