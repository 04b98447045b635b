"""Records go out in parcels and come back with receipts; what is not acknowledged comes round again.

PSH-03 only a receipt for the very generation that was sent settles a row; anything else leaves it queued.
PSH-04 a system that cannot be reached is tried again with growing pauses for ever, with one alert a day while it lasts.
PSH-05 a record that the system refuses is given up after some attempts, with one alert, and sent again by a person.
PSH-06 a parcel is built from what the public sees at that moment: nothing else can leave, not even by a stale row.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import F, Q

from core import alerts, clock
from core.actors import Actor, acting
from core.counters import next_number
from core.masking import mask_text
from core.permissions import require
from publicity.enums import RecordKind
from publicity.models import Peer, Push, PushBatch, PushState, Wanted
from publicity.push.enrolling import SEND
from publicity.push.lines import Declined, Fault, Line
from publicity.push.sealing import canonical, digest_of, sm3
from publicity.selectors import public_document, publicly_visible

PARCEL = 200
ALONE_AFTER = 3  # attempts after which a row travels alone, so that one bad record holds up no other
PAUSES = (1, 2, 5, 15, 30, 60)  # minutes after each attempt; the last one repeats
DEAD, SILENT = "publicity.push.dead", "publicity.push.silent"
TAKEN = "0000"
TABLES = {RecordKind.LICENCE.value: "LIC", RecordKind.PENALTY.value: "PEN"}
PROFILES = {RecordKind.LICENCE.value: "licences/2018", RecordKind.PENALTY.value: "penalties/2018"}


def pause_after(attempts: int) -> timedelta:
    """Return how long to wait after so many attempts."""
    return timedelta(minutes=PAUSES[min(max(attempts, 1), len(PAUSES)) - 1])


@dataclass(frozen=True, slots=True)
class Parcel:
    """Rows claimed for one journey and what they say."""

    batch: PushBatch
    rows: Sequence[Push]
    records: Sequence[dict[str, Any]]

    def document(self) -> dict[str, Any]:
        return {
            "batch_no": self.batch.number,
            "profile": PROFILES[self.batch.kind],
            "kind": self.batch.kind,
            "count": len(self.records),
            "digest": sm3(canonical(list(self.records))),
            "records": list(self.records),
        }


def send(line: Line, peer: Peer, *, actor: Actor) -> dict[str, int]:
    """Hand over every row whose time has come; returns how many were acknowledged, refused, are to be tried again.

    A row is claimed in one transaction (its next attempt moved on, rows that another worker holds skipped), handed
    over outside, and settled in a second one: a worker killed in between leaves a row that comes round again, and the
    other side takes the same generation of the same record only once.
    """
    require(actor, SEND)
    counts: Counter[str] = Counter(sent=0, retry=0, given_up=0)
    for kind in RecordKind.values:
        while (parcel := _claim(peer, kind, actor)) is not None:
            try:
                _travel(line, peer, parcel, actor, counts)
            except Fault as fault:
                _came_back(peer, parcel, str(fault), actor)
                counts["retry"] += len(parcel.rows)
                return dict(counts)
            _reached(peer)
    return dict(counts)


def _claim(peer: Peer, kind: str, actor: Actor) -> Parcel | None:
    now = clock.now()
    with acting(actor, "push.claim"):
        due = Push.objects.filter(peer=peer, kind=kind, state=PushState.QUEUED, next_at__lte=now)
        rows: list[Push] = []
        while not rows:
            claimed = list(due.select_for_update(skip_locked=True).order_by("next_at", "pk")[:PARCEL])
            if not claimed:
                return None
            rows, documents = _still_right(_together(claimed), now)
        for row in rows:
            row.attempts += 1
            row.next_at = now + pause_after(row.attempts)
        Push.objects.bulk_update(rows, ["attempts", "next_at"])
        records = [_record(row, documents.get(row.uid)) for row in rows]
        series, day = f"push-{peer.code}", clock.today()
        number = f"5108-{peer.code}-{TABLES[kind]}-{day:%Y%m%d}-{next_number(series, '', day.year):04d}"
        batch = PushBatch.objects.create(number=number, peer=peer, kind=kind, records=len(rows), sent_at=now)
    return Parcel(batch, rows, records)


def _together(claimed: list[Push]) -> list[Push]:
    """Return the rows of one parcel: one that failed several times travels alone."""
    return claimed[:1] if claimed[0].attempts >= ALONE_AFTER else [row for row in claimed if row.attempts < ALONE_AFTER]


def _still_right(rows: list[Push], now: Any) -> tuple[list[Push], dict[str, dict[str, Any]]]:
    """Return the rows that may go as they are, with what they say; one whose record left the public view is turned."""
    wanted = [row.uid for row in rows if row.wanted == Wanted.SHOWN]
    kind = rows[0].kind
    seen = {record.public_id: public_document(record) for record in _visible(kind, wanted)}
    stale = [row.pk for row in rows if row.wanted == Wanted.SHOWN and row.uid not in seen]
    if stale:
        Push.objects.filter(pk__in=stale).update(
            wanted=Wanted.GONE, generation=F("generation") + 1, attempts=0, next_at=now, queued_at=now
        )
    return [row for row in rows if row.pk not in set(stale)], seen


def _visible(kind: str, uids: Sequence[str]) -> Iterable[Any]:
    return publicly_visible(clock.today(), kind).filter(public_id__in=uids) if uids else ()


def _record(row: Push, document: dict[str, Any] | None) -> dict[str, Any]:
    """Return one record as it travels; a removal names nothing but itself and the day it is filed under."""
    shown = row.wanted == Wanted.SHOWN
    found: dict[str, Any] = {
        "uid": row.uid,
        "op": "U" if shown else "D",
        "generation": row.generation,
        "kind": row.kind,
        "decided_on": row.decided_on.isoformat() if row.decided_on else None,
    }
    if shown and document is not None:
        found |= {"replaces": row.replaces, "digest": digest_of(document), "document": document}
    return found


def _travel(line: Line, peer: Peer, parcel: Parcel, actor: Actor, counts: Counter[str]) -> None:
    """Hand one parcel over and settle it by its receipts; a parcel refused as a whole is settled row by row later."""
    try:
        answer = line.post("/records", parcel.document())
    except Declined as no:
        said = dict.fromkeys((row.uid for row in parcel.rows), str(no))
        if len(parcel.rows) > 1:
            _apart(parcel, str(no), actor)
            counts["retry"] += len(parcel.rows)
            return
        _settle(peer, parcel, {}, said, actor, counts)
        return
    receipts = answer.get("receipts")
    taken: dict[str, str] = {}
    refused: dict[str, str] = {}
    for receipt in receipts if isinstance(receipts, list) else []:
        if not isinstance(receipt, dict):
            continue
        uid = str(receipt.get("uid", ""))
        if receipt.get("code") == TAKEN:
            taken[f"{uid}/{receipt.get('generation')}"] = str(receipt.get("receipt", ""))[:64]
        else:
            words = " ".join(str(receipt.get(name) or "") for name in ("code", "message", "field"))
            refused[uid] = mask_text(words.strip())[:300]
    _settle(peer, parcel, taken, refused, actor, counts)


def _settle(
    peer: Peer, parcel: Parcel, taken: dict[str, str], refused: dict[str, str], actor: Actor, counts: Counter[str]
) -> None:
    """Write what came of one parcel; rows that moved on meanwhile keep their new generation queued."""
    now = clock.now()
    sent = {row.pk: row.generation for row in parcel.rows}
    with acting(actor, "push.settle"):
        held = [
            row
            for row in Push.objects.select_for_update().filter(pk__in=sent, state=PushState.QUEUED).order_by("pk")
            if row.generation == sent[row.pk]
        ]
        for row in held:
            receipt = taken.get(f"{row.uid}/{row.generation}")
            if receipt is not None:
                row.state, row.next_at, row.acknowledged_at = PushState.ACKNOWLEDGED, None, now
                row.receipt, row.last_error = receipt, ""
                counts["sent"] += 1
                continue
            row.last_error = refused.get(row.uid, "没有回执")
            if row.uid in refused and row.attempts >= settings.PUSH_ATTEMPTS:
                row.state, row.next_at = PushState.DEAD, None
                counts["given_up"] += 1
            else:
                counts["retry"] += 1
        Push.objects.bulk_update(held, ["state", "next_at", "acknowledged_at", "receipt", "last_error"])
        accepted = sum(row.state == PushState.ACKNOWLEDGED for row in held)
        PushBatch.objects.filter(pk=parcel.batch.pk).update(
            answered_at=now, accepted=accepted, rejected=len(refused.keys() & {row.uid for row in held})
        )
    tell_of_dead(peer)


def _apart(parcel: Parcel, why: str, actor: Actor) -> None:
    """Let the rows of a refused parcel travel alone from now on, beginning at once."""
    now = clock.now()
    with acting(actor, "push.apart"):
        rows = Push.objects.filter(pk__in=[row.pk for row in parcel.rows], state=PushState.QUEUED)
        rows.filter(attempts__lt=ALONE_AFTER).update(attempts=ALONE_AFTER, next_at=now, last_error=why[:300])
        PushBatch.objects.filter(pk=parcel.batch.pk).update(answered_at=now, fault=why[:300])


def _came_back(peer: Peer, parcel: Parcel, why: str, actor: Actor) -> None:
    """Keep why nothing came of a journey; the rows have their next attempt already."""
    now = clock.now()
    with acting(actor, "push.settle"):
        keys = [row.pk for row in parcel.rows]
        Push.objects.filter(pk__in=keys, state=PushState.QUEUED).update(last_error=why[:300])
        PushBatch.objects.filter(pk=parcel.batch.pk).update(fault=why[:300])
        Peer.objects.filter(pk=peer.pk, failing_since__isnull=True).update(failing_since=now)
        Peer.objects.filter(pk=peer.pk).update(last_fault=why[:300])
        late = any(row.attempts >= ALONE_AFTER for row in parcel.rows)
        if late:
            text = f"{peer.label}多次没有应答（{why}），公示信息的推送在等待，恢复后自动续送。"
            alerts.raise_alert(SILENT, role="system_admin", ref=peer.code, text=text[:500])


def _reached(peer: Peer) -> None:
    """Keep that the system answered; what was said of its silence is settled."""
    Peer.objects.filter(pk=peer.pk).update(answered_at=clock.now(), failing_since=None, last_fault="")
    alerts.settle(SILENT, peer.code)


def tell_of_dead(peer: Peer) -> None:
    """Let one alert stand while records are given up, and settle it when none is."""
    dead = Push.objects.filter(Q(peer=peer), state=PushState.DEAD).count()
    if dead:
        text = f"{peer.label}拒收 {dead} 条公示信息，已停止自动重送。请在“公示推送”中查看原因，处理后重新送达。"
        alerts.raise_alert(DEAD, role="office", ref=peer.code, text=text)
    else:
        alerts.settle(DEAD, peer.code)
