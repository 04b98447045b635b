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

from core import alerts, clock
from core.actors import Actor, acting
from core.permissions import require
from publicity.enums import RecordKind
from publicity.models import Difference, Peer, Push, PushState, Reconciliation, Wanted
from publicity.push.enrolling import SEND, enrol
from publicity.push.lines import Declined, Fault, Line
from publicity.push.sealing import day_digest, digest_of
from publicity.selectors import public_document, publicly_visible

APART = "publicity.push.apart"
STRETCH = timedelta(days=31)
AT_ONCE = 2000
NAMED_AT_MOST = 5000
RESENT, REMOVED, ON_ITS_WAY = "已重新送达队列", "已要求撤下", "正在送达"
Held = dict[date, dict[str, str]]


def reconcile(line: Line, peer: Peer, *, actor: Actor) -> Reconciliation:
    """Compare all that the public sees today with what the system holds, name what differs, and send it again."""
    require(actor, SEND)
    enrol(peer, actor=actor)
    found: list[Difference] = []
    generations: dict[str, int] = {}  # of the rows named by the other side: what we send next must be newer
    counted = {"days": 0, "differing_days": 0, "ours": 0, "theirs": 0}
    fault, first, last = "", None, None
    try:
        for kind in RecordKind.values:
            theirs_span = _span_of(line.get("/span", kind=kind))
            span = _joined(_span_here(kind), theirs_span)
            if span is None:
                continue
            first = min(filter(None, [first, span[0]]))
            last = max(filter(None, [last, span[1]]))
            for start, end in _stretches(*span):
                found += _compare(line, kind, start, end, counted, generations)
    except (Fault, Declined) as problem:
        fault = str(problem)[:300]
    with acting(actor, "push.reconcile"):
        _mend(peer, found, generations)
        run = Reconciliation.objects.create(
            peer=peer,
            direction=Reconciliation.Direction.SENT,
            on=clock.today(),
            first=first,
            last=last,
            differences=len(found),
            fault=fault,
            finished_at=clock.now(),
            **counted,
        )
        for row in found:
            row.reconciliation = run
        Difference.objects.bulk_create(found[:NAMED_AT_MOST])
        _tell(peer, found)
    return run


def _span_here(kind: str) -> tuple[date, date] | None:
    ends = publicly_visible(clock.today(), kind).order_by().aggregate(first=Min("decided_on"), last=Max("decided_on"))
    return (ends["first"], ends["last"]) if ends["first"] else None


def _span_of(answer: Mapping[str, Any]) -> tuple[date, date] | None:
    """Return the days between which the other side holds records."""
    if not answer.get("first"):
        return None
    return day_of(answer["first"]), day_of(answer["last"])


def day_of(text: object) -> date:
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        raise Fault("应答中的日期不正确") from None


def _joined(ours: tuple[date, date] | None, theirs: tuple[date, date] | None) -> tuple[date, date] | None:
    ends = [span for span in (ours, theirs) if span is not None]
    return (min(first for first, _ in ends), max(last for _, last in ends)) if ends else None


def _stretches(first: date, last: date) -> Iterator[tuple[date, date]]:
    while first <= last:
        end = min(first + STRETCH - date.resolution, last)
        yield first, end
        first = end + date.resolution


def _held_here(kind: str, first: date, last: date) -> Held:
    """Return what the public sees of these days: per day each record and the digest of its document."""
    rows = publicly_visible(clock.today(), kind).filter(decided_on__range=(first, last)).order_by("decided_on", "pk")
    return {
        day: {row.public_id: digest_of(public_document(row)) for row in records}
        for day, records in groupby(rows.iterator(AT_ONCE), key=lambda row: row.decided_on)
    }


def _compare(
    line: Line, kind: str, first: date, last: date, counted: dict[str, int], generations: dict[str, int]
) -> list[Difference]:
    """Return what differs on these days; rows are asked for only where count or digest of a day differ."""
    ours = _held_here(kind, first, last)
    answer = line.get("/digests", kind=kind, first=first.isoformat(), last=last.isoformat())
    theirs = {
        day_of(row.get("decided_on")): (int(row.get("count", 0)), str(row.get("digest", "")))
        for row in rows_of(answer, "days")
    }
    found: list[Difference] = []
    for day in sorted(ours.keys() | theirs.keys()):
        here = ours.get(day, {})
        count, digest = theirs.get(day, (0, ""))
        counted["days"] += 1
        counted["ours"] += len(here)
        counted["theirs"] += count
        if count == len(here) and digest == day_digest(here.items()):
            continue
        counted["differing_days"] += 1
        listed = rows_of(line.get("/rows", kind=kind, decided_on=day.isoformat()), "rows")
        there = {str(row.get("uid", ""))[:40]: str(row.get("digest", "")) for row in listed}
        generations.update({str(row.get("uid", ""))[:40]: int(row.get("generation") or 0) for row in listed})
        found += differing(kind, day, here, there)
    return found


def rows_of(answer: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    rows = answer.get(name)
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise Fault("应答格式不符")
    return rows


def differing(kind: str, day: date, here: Mapping[str, str], there: Mapping[str, str]) -> list[Difference]:
    """Return each record of the day on which the two sides do not agree."""
    what = Difference.What
    return [
        Difference(
            kind=kind,
            decided_on=day,
            uid=uid,
            what=what.MISSING if uid not in there else what.EXTRA if uid not in here else what.DIFFERS,
        )
        for uid in sorted(here.keys() | there.keys())
        if here.get(uid) != there.get(uid)
    ]


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


def _tell(peer: Peer, found: list[Difference]) -> None:
    """Say that the two sides differ while they do; what is on its way already is no reason to worry."""
    serious = [row for row in found if not row.on_its_way]
    if serious:
        text = f"{peer.label}对账发现 {len(serious)} 条公示信息不一致，已重新送达。请在“对接系统”中查看是哪些记录。"
        alerts.raise_alert(APART, role="office", ref=peer.code, text=text)
    else:
        alerts.settle(APART, peer.code)
