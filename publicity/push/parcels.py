"""Parcels: rows claimed for one journey, with what they say at that moment.

PSH-06 a parcel is built from what the public sees at that moment: nothing else can leave, not even by a stale row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import DateTimeField, F
from django.db.models.functions import Coalesce

from core import clock
from core.actors import Actor, acting
from core.counters import next_number
from publicity.models import Peer, Push, PushBatch, PushState, Wanted
from publicity.push.kinds import Kind
from publicity.push.sealing import digest_of

PARCEL = 200
ALONE_AFTER = 3  # attempts after which a row travels alone, so that one bad record holds up no other
PAUSES = (1, 2, 5, 15, 30, 60)  # minutes after each attempt; the last one repeats


def pause_after(attempts: int) -> timedelta:
    """Return how long to wait after so many attempts."""
    return timedelta(minutes=PAUSES[min(max(attempts, 1), len(PAUSES)) - 1])


@dataclass(frozen=True, slots=True)
class Parcel:
    """Rows claimed for one journey and what they say, in the same order."""

    kind: Kind
    batch: PushBatch
    rows: Sequence[Push]
    records: Sequence[dict[str, Any]]


def claim(peer: Peer, kind: Kind, *, actor: Actor) -> Parcel | None:
    """Return the next rows whose time has come, their next attempt moved on; None where none has."""
    now = clock.now()
    with acting(actor, "push.claim"):
        due = Push.objects.filter(peer=peer, kind=kind.name, state=PushState.QUEUED, next_at__lte=now)
        due = due.select_related("unit").select_for_update(of=("self",), skip_locked=True)
        rows: list[Push] = []
        while not rows:
            claimed = list(due.order_by("next_at", "pk")[:PARCEL])
            if not claimed:
                return None
            rows, documents = _still_right(kind, _together(claimed), now)
        for row in rows:
            row.attempts += 1
            row.next_at = now + pause_after(row.attempts)
        Push.objects.bulk_update(rows, ["attempts", "next_at"])
        records = [_record(row, documents.get(row.uid)) for row in rows]
        return Parcel(kind, _batch(peer, kind, records, now), rows, records)


def _batch(peer: Peer, kind: Kind, records: list[dict[str, Any]], now: Any) -> PushBatch:
    day = clock.today()
    number = f"5108-{peer.code}-{kind.table}-{day:%Y%m%d}-{next_number(f'push-{peer.code}', '', day.year):04d}"
    contents = [[record["uid"], record["generation"], record.get("digest", "")] for record in records]
    return PushBatch.objects.create(
        number=number,
        peer=peer,
        kind=kind.name,
        profile=kind.profile,
        records=len(records),
        contents=contents,
        sent_at=now,
    )


def _together(claimed: list[Push]) -> list[Push]:
    """Return the rows of one parcel: one that failed several times travels alone."""
    return claimed[:1] if claimed[0].attempts >= ALONE_AFTER else [row for row in claimed if row.attempts < ALONE_AFTER]


def _still_right(kind: Kind, rows: list[Push], now: Any) -> tuple[list[Push], dict[str, dict[str, Any]]]:
    """Return the rows that may go as they are, with what they say; one whose record left the public view is turned."""
    wanted = [row.uid for row in rows if row.wanted == Wanted.SHOWN]
    found = list(kind.rows(clock.today()).filter(public_id__in=wanted)) if wanted else []
    seen = dict(zip((record.public_id for record in found), kind.documents(found), strict=True))
    stale = [row.pk for row in rows if row.wanted == Wanted.SHOWN and row.uid not in seen]
    if stale:
        Push.objects.filter(pk__in=stale).update(
            wanted=Wanted.GONE,
            generation=F("generation") + 1,
            attempts=0,
            next_at=now,
            queued_at=now,
            behind_since=Coalesce("behind_since", now, output_field=DateTimeField()),
        )
    return [row for row in rows if row.pk not in set(stale)], seen


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
