"""Both sides are compared by count and digest per table and day of decision; what differs is named by row and mended.

PSH-07 our side is computed from what the public sees now, never from what was once sent.
PSH-08 a difference is named by record and day; one that is on its way already says so; all are sent again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from django.db.models import Max, Min

from core import clock
from core.actors import Actor, acting
from core.permissions import require
from publicity.enums import RecordKind
from publicity.models import Difference, Peer, Push, PushState, Reconciliation, Wanted
from publicity.push.comparing import Comparison, day_of
from publicity.push.enrolling import SEND, enrol
from publicity.push.lines import Declined, Fault, Line
from publicity.push.sealing import digest_of
from publicity.selectors import public_document, publicly_visible

APART = "publicity.push.apart"
RECONCILE = "push.reconcile"
APART_WORDS = "{}对账发现 {{}} 条公示信息不一致，已重新送达。请在“对账”中查看是哪些记录。"
STRETCH = timedelta(days=31)
AT_ONCE = 2000
RESENT, REMOVED, ON_ITS_WAY = "已重新送达队列", "已要求撤下", "正在送达"


def reconcile(line: Line, peer: Peer, *, actor: Actor) -> Reconciliation:
    """Compare all that the public sees today with what the system holds, name what differs, and send it again."""
    require(actor, SEND)
    enrol(peer, actor=actor)
    comparison = Comparison.begin(line, peer, Reconciliation.Direction.SENT, actor=actor, act=RECONCILE)
    fault = ""
    try:
        for kind in RecordKind.values:
            span = _joined(_span_here(kind), _span_of(line.get("/span", kind=kind)))
            for start, end in _stretches(*span) if span is not None else ():
                for apart in comparison.apart(kind, start, end, _held_here(kind, start, end)):
                    with acting(actor, RECONCILE):
                        found = apart.differences()
                        _mend(peer, found, apart.generations)
                        comparison.name(found)
    except (Fault, Declined) as problem:
        fault = str(problem)
    with acting(actor, RECONCILE):
        run = comparison.close(fault)
        comparison.tell(APART, APART_WORDS.format(peer.label))
    return run


def _span_here(kind: str) -> tuple[date, date] | None:
    ends = publicly_visible(clock.today(), kind).order_by().aggregate(first=Min("decided_on"), last=Max("decided_on"))
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


def _held_here(kind: str, first: date, last: date) -> Iterator[tuple[date, dict[str, str]]]:
    """Yield what the public sees of each of these days: every record with the digest of its document."""
    rows = publicly_visible(clock.today(), kind).filter(decided_on__range=(first, last)).order_by("decided_on", "pk")
    for day, records in groupby(rows.iterator(AT_ONCE), key=lambda row: row.decided_on):
        yield day, {row.public_id: digest_of(public_document(row)) for row in records}


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
        difference.document_number = row.document_number
        difference.on_its_way = row.state == PushState.QUEUED
        if difference.on_its_way:
            difference.done = ON_ITS_WAY
            newer = max(newer, row.generation)
        row.generation = max(row.generation + (not difference.on_its_way), newer)
        row.state, row.attempts, row.next_at = PushState.QUEUED, 0, now
        again.append(row)
    Push.objects.bulk_update(again, ["generation", "state", "attempts", "next_at"])
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
