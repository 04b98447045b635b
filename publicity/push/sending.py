"""Records go out in parcels and come back with receipts; what is not acknowledged comes round again.

PSH-03 only a receipt for the very generation that was sent settles a row; anything else leaves it queued.
PSH-04 a system that cannot be reached is tried again with growing pauses for ever, with one alert a day while it lasts.
PSH-12 a system that numbers records is asked for a number once per record; every further attempt carries that number.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from core import alerts, clock
from core.actors import Actor, acting
from core.permissions import require
from core.problems import Problem
from publicity.models import BatchState, Peer, Push, PushBatch, PushState
from publicity.push import receipts, telling
from publicity.push.adapters import LATER, Adapter
from publicity.push.enrolling import SEND
from publicity.push.lines import Declined, Fault
from publicity.push.parcels import ALONE_AFTER, Parcel, claim
from publicity.push.systems import System, system_of


def send(adapter: Adapter, peer: Peer, *, actor: Actor) -> dict[str, int]:
    """Hand over every row whose time has come; returns how many were acknowledged, refused, are to be tried again.

    A row is claimed in one transaction (its next attempt moved on, rows that another worker holds skipped), handed
    over outside, and settled in a second one: a worker killed in between leaves a row that comes round again, and the
    other side takes the same generation of the same record only once.
    """
    require(actor, SEND)
    system, counts = system_of(peer.code), Counter(sent=0, retry=0, given_up=0)
    try:
        _fetch(system, adapter, peer, actor, counts)
        _hand_over(system, adapter, peer, actor, counts)
    except Fault as fault:  # nothing could be fetched; what is due goes with the next run
        _silent(peer, str(fault), actor)
    telling.tell(system, peer, actor=actor)
    return dict(counts)


def _hand_over(system: System, adapter: Adapter, peer: Peer, actor: Actor, counts: Counter[str]) -> None:
    for kind in system.tables():
        while (parcel := claim(peer, kind, actor=actor)) is not None:
            if not _carried(system, adapter, peer, parcel, actor, counts):
                return


def _carried(system: System, adapter: Adapter, peer: Peer, parcel: Parcel, actor: Actor, counts: Counter[str]) -> bool:
    """Carry one parcel; False where the system did not answer, so that the others wait."""
    try:
        _travel(system, adapter, peer, parcel, actor, counts)
    except Fault as fault:
        _came_back(peer, parcel, str(fault), actor)
        counts["retry"] += len(parcel.rows)
        return False
    Peer.objects.filter(pk=peer.pk).update(answered_at=clock.now(), failing_since=None, last_fault="")
    alerts.settle(telling.SILENT, peer.code)
    return True


def _travel(system: System, adapter: Adapter, peer: Peer, parcel: Parcel, actor: Actor, counts: Counter[str]) -> None:
    """Hand one parcel over and settle it by its receipts; a parcel refused as a whole is settled row by row later."""
    try:
        _number(parcel, adapter.numbers(parcel), actor)
        document = adapter.document(parcel)
        sent = {"state": BatchState.SENT, "digest": document["digest"]}
        PushBatch.objects.filter(pk=parcel.batch.pk, state=BatchState.PREPARED).update(**sent)
        answer = adapter.hand_over(document)
    except Declined as no:
        if len(parcel.rows) > 1:
            _apart(parcel, str(no), actor)
            counts["retry"] += len(parcel.rows)
            return
        said = [receipts.Said(row.uid, row.generation, code="", words=str(no)) for row in parcel.rows]
        counts.update(receipts.settle(system, peer, parcel.batch, said, actor=actor))
        return
    if answer.get("state") in LATER:
        receipts.wait(parcel.batch, str(answer["state"]), actor=actor)
        counts["waiting"] += len(parcel.rows)
        return
    counts.update(receipts.settle(system, peer, parcel.batch, receipts.read(answer), actor=actor))


def _number(parcel: Parcel, numbers: Mapping[str, str], actor: Actor) -> None:
    """Keep the numbers that the system has given; one that a record has already is never changed."""
    if not numbers:
        return
    if Push.objects.filter(peer=parcel.batch.peer_id, number__in=numbers.values()).exclude(uid__in=numbers).exists():
        raise Fault("对方给出的编号已属于另一条记录")
    with acting(actor, "push.number"):
        held = Push.objects.select_for_update().filter(pk__in=[row.pk for row in parcel.rows], number="")
        fresh = [row for row in held.order_by("pk") if numbers.get(row.uid)]
        for row in fresh:
            row.number = numbers[row.uid]
        Push.objects.bulk_update(fresh, ["number"])
    given = {row.pk: row.number for row in fresh}
    for row in parcel.rows:
        row.number = given.get(row.pk, row.number)


def _fetch(system: System, adapter: Adapter, peer: Peer, actor: Actor, counts: Counter[str]) -> None:
    """Take the receipts that lie ready; one that cannot be taken is put aside with its reason."""
    for answer, receiver in adapter.receipts():
        try:
            counts.update(receipts.take(system, peer, answer, actor=actor).counts)
        except Problem as problem:
            receiver.refused(f"{problem.code} {problem.detail}")
        else:
            receiver.taken()


def _apart(parcel: Parcel, why: str, actor: Actor) -> None:
    """Let the rows of a refused parcel travel alone from now on, beginning at once."""
    now = clock.now()
    with acting(actor, "push.apart"):
        rows = Push.objects.filter(pk__in=[row.pk for row in parcel.rows], state=PushState.QUEUED)
        rows.filter(attempts__lt=ALONE_AFTER).update(attempts=ALONE_AFTER, next_at=now, last_error=why[:300])
        closed: dict[str, Any] = {"answered_at": now, "state": BatchState.FAILED, "fault": why[:300]}
        PushBatch.objects.filter(pk=parcel.batch.pk).update(**closed)


def _came_back(peer: Peer, parcel: Parcel, why: str, actor: Actor) -> None:
    """Keep why nothing came of a journey; the rows have their next attempt already."""
    with acting(actor, "push.settle"):
        keys = [row.pk for row in parcel.rows]
        Push.objects.filter(pk__in=keys, state=PushState.QUEUED).update(last_error=why[:300])
        PushBatch.objects.filter(pk=parcel.batch.pk).update(fault=why[:300])
    _silent(peer, why, actor, late=any(row.attempts >= ALONE_AFTER for row in parcel.rows))


def _silent(peer: Peer, why: str, actor: Actor, *, late: bool = False) -> None:
    """Keep since when a system does not answer; late: say so to its keepers."""
    with acting(actor, "push.settle"):
        Peer.objects.filter(pk=peer.pk, failing_since__isnull=True).update(failing_since=clock.now())
        Peer.objects.filter(pk=peer.pk).update(last_fault=why[:300])
        if late:
            text = f"{peer.label}多次没有应答（{why}），信息的推送在等待，恢复后自动续送。"
            alerts.raise_alert(telling.SILENT, role="system_admin", ref=peer.code, text=text[:500])
