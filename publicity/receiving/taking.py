"""Decisions are taken over in the platform's order, put into batches of their units, and answered with what became of them.

RCV-01 a decision enters by the same profile, checks and two persons as a file that its unit hands in.
RCV-02 the same decision handed over again with the same content changes nothing; with another content it is a new row.
RCV-03 a decision of a unit that nobody knows here is kept by name and alerted, never guessed to a unit.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any

from core import alerts, clock
from core.actors import Actor, acting
from core.intake.receiving import receive
from core.intake.rights import SUBMIT
from core.models.intake import IntakeBatch
from core.permissions import require
from organizations.models import Organization
from publicity.enums import RecordKind
from publicity.models import Peer, ReceivedDecision
from publicity.push.comparing import day_of, rows_of
from publicity.push.enrolling import SEND
from publicity.push.lines import Fault, Line
from publicity.push.sealing import digest_of
from publicity.quality.shares import PROFILES

AT_ONCE = 500
NAMED_AT_ONCE = 100
STRANGER = "publicity.receiving.stranger"
NO_UNIT = "决定单位的统一社会信用代码在本平台没有对应的单位"


@dataclass(frozen=True, slots=True)
class Handed:
    """One decision as the platform handed it over."""

    seq: int
    uid: str
    kind: str
    decided_on: date
    unit_code: str
    fields: Mapping[str, Any]

    @property
    def digest(self) -> str:
        return digest_of(self.fields)


def _handed(row: Mapping[str, Any]) -> Handed:
    """Return a row as a decision; Fault for one that does not keep to the interface."""
    try:
        seq, kind, fields = int(row["seq"]), str(row["kind"]), row["fields"]
    except (KeyError, TypeError, ValueError):
        raise Fault("应答格式不符") from None
    if kind not in RecordKind.values or not isinstance(fields, dict) or not row.get("uid"):
        raise Fault("应答格式不符")
    return Handed(seq, str(row["uid"])[:64], kind, day_of(row.get("decided_on")), str(row.get("unit", "")), fields)


def take(line: Line, peer: Peer, *, actor: Actor) -> int:
    """Take over every decision that is new since the last one taken; returns how many came. Safe to repeat."""
    require(actor, SEND)
    number = 0
    while True:
        after = Peer.objects.values_list("taken_to", flat=True).get(pk=peer.pk)
        rows = [_handed(row) for row in rows_of(line.get("/decisions", after=after, limit=AT_ONCE), "rows")]
        if not rows:
            return number
        if min(row.seq for row in rows) <= after:
            raise Fault("平台移交的序号没有向前")
        with acting(actor, "receiving.take"):
            held = Peer.objects.select_for_update().get(pk=peer.pk)
            if held.taken_to != after:
                return number  # another run has taken these
            _keep(peer, rows)
            held.taken_to = max(row.seq for row in rows)
            held.save(update_fields=["taken_to"])
        number += len(rows)


def retake(line: Line, peer: Peer, uids: Iterable[str], *, actor: Actor) -> int:
    """Take named decisions over again, wherever they stand in the order."""
    require(actor, SEND)
    named, number = sorted(set(uids)), 0
    for start in range(0, len(named), NAMED_AT_ONCE):
        asked = ",".join(named[start : start + NAMED_AT_ONCE])
        rows = [_handed(row) for row in rows_of(line.get("/decisions", uids=asked, limit=AT_ONCE), "rows")]
        with acting(actor, "receiving.take"):
            Peer.objects.select_for_update().get(pk=peer.pk)
            _keep(peer, rows, again=True)
        number += len(rows)
    return number


def _keep(peer: Peer, rows: list[Handed], *, again: bool = False) -> None:
    """Put the decisions that are new, or say something new, into batches of their units."""
    latest = {(row.kind, row.uid): row for row in rows}  # the last word on each
    known = {
        (row.kind, row.uid): row
        for row in ReceivedDecision.objects.filter(peer=peer, uid__in={row.uid for row in rows})
    }
    fresh = [
        row
        for key, row in latest.items()
        if key not in known or known[key].digest != row.digest or (again and known[key].batch_id is None)
    ]
    units = {unit.uscc: unit for unit in Organization.objects.filter(uscc__in={row.unit_code for row in fresh})}
    groups: dict[tuple[str, str], list[Handed]] = {}
    for row in fresh:
        groups.setdefault((row.kind, row.unit_code), []).append(row)
    for (kind, code), members in sorted(groups.items()):
        unit = units.get(code)
        batch = _batch(peer, kind, unit, members) if unit is not None else None
        _note(peer, unit, batch, members)
    _tell_of_strangers(peer)


def _batch(peer: Peer, kind: str, unit: Organization, members: list[Handed]) -> IntakeBatch:
    """Hand the decisions of one unit in, as a file of its own; the sweep of intake works it off within a minute."""
    source = Actor(kind="source", key=peer.code, label=peer.label, unit_id=unit.pk, permissions=frozenset({SUBMIT}))
    content = json.dumps([dict(row.fields) for row in members], ensure_ascii=False).encode()
    name = f"{peer.code}-{unit.code}-{members[0].seq}-{members[-1].seq}.json"
    return receive(source, profile=PROFILES[kind], upload=BytesIO(content), name=name)


def _note(peer: Peer, unit: Organization | None, batch: IntakeBatch | None, members: list[Handed]) -> None:
    rows = [
        ReceivedDecision(
            peer=peer,
            kind=row.kind,
            uid=row.uid,
            unit=unit,
            decided_on=row.decided_on,
            digest=row.digest,
            batch=batch,
            line=number if batch is not None else None,
            note="" if batch is not None else NO_UNIT,
            received_at=clock.now(),
        )
        for number, row in enumerate(members, 1)
    ]
    ReceivedDecision.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["peer", "kind", "uid"],
        update_fields=[
            "unit", "decided_on", "digest", "batch", "line", "outcome", "note", "received_at", "told_at",
        ],
    )  # fmt: skip


def _tell_of_strangers(peer: Peer) -> None:
    lost = ReceivedDecision.objects.filter(peer=peer, batch__isnull=True).count()
    if lost:
        text = f"{peer.label}移交的 {lost} 件决定没有对应的单位，没有入库。请核对单位的统一社会信用代码。"
        alerts.raise_alert(STRANGER, role="office", ref=peer.code, text=text)
    else:
        alerts.settle(STRANGER, peer.code)
