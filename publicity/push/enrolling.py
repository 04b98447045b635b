"""Which records a system should hold, kept in step with what may be seen: by the events, and whole once a day.

PSH-01 what should be held today is wanted there; what should not any more is wanted gone, whatever no job announced.
PSH-02 a record appears as itself and once per system; a change of its mark, severity or end is a new generation.
PSH-11 the days for a change to travel count from the first change that was not acknowledged yet.
Set-based: three statements per table and stretch of keys, whatever the number of records.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db import connection
from django.db.models import Max, Min, Q

from core import clock
from core.actors import Actor, acting
from core.models import OutboxEvent, OutboxPosition
from core.permissions import require
from publicity.models import Peer, Push
from publicity.push.kinds import Kind
from publicity.push.lines import Line
from publicity.push.systems import System, system_of

SEND = "publicity.push.send"
EVENTS_AT_ONCE = 5000
STRETCH = 50_000

# The two columns sort differently; each comparison says by whose order, so that the index of the other side answers.
INSERT_SQL = """
INSERT INTO publicity_push (public_id, peer_id, kind, uid, unit_id, document_number, decided_on, wanted, facts,
                            replaces, generation, state, attempts, next_at, last_error, queued_at, receipt, number,
                            digest, code, behind_since)
SELECT upper(left(md5(gen_random_uuid()::text), 16)), %s, %s, seen.push_uid, seen.push_unit,
       left(seen.push_number, 200), seen.push_day, 'shown', seen.push_changing, seen.push_replaces, 1, 'queued', 0,
       %s, '', %s, '', '', '', '', %s
  FROM ({visible}) seen
 WHERE NOT EXISTS
       (SELECT 1 FROM publicity_push known WHERE known.peer_id = %s AND known.uid = seen.push_uid COLLATE "C")
ON CONFLICT (peer_id, uid) DO NOTHING
"""
AFRESH_SQL = """generation = push.generation + 1, state = 'queued', attempts = 0, next_at = %s, queued_at = %s,
       behind_since = coalesce(push.behind_since, %s), last_error = '', code = ''"""
CHANGED_SQL = f"""
UPDATE publicity_push push
   SET wanted = 'shown', facts = seen.push_changing, unit_id = seen.push_unit, decided_on = seen.push_day,
       document_number = left(seen.push_number, 200), {AFRESH_SQL}
  FROM ({{visible}}) seen
 WHERE push.peer_id = %s AND push.uid = seen.push_uid COLLATE "C"
   AND (push.wanted = 'gone' OR push.facts <> seen.push_changing OR push.unit_id IS DISTINCT FROM seen.push_unit
        OR push.decided_on IS DISTINCT FROM seen.push_day)
"""
GONE_SQL = f"""
UPDATE publicity_push push
   SET wanted = 'gone', {AFRESH_SQL}
 WHERE push.peer_id = %s AND push.kind = %s AND push.wanted = 'shown' AND {{among}}
   AND NOT EXISTS (SELECT 1 FROM ({{visible}}) seen WHERE seen.push_uid = push.uid COLLATE "default")
"""


def peer_of(system: System | Line) -> Peer:
    """Return the row of a system, made when it is first spoken to."""
    return Peer.objects.get_or_create(code=system.code, defaults={"label": system.label})[0]


def enrol(peer: Peer, *, actor: Actor) -> int:
    """Bring what the system should hold in step with what may be seen today; returns how many rows moved.

    Each stretch of keys is compared in a transaction of its own, so that the feed is never held for long.
    """
    require(actor, SEND)
    moved = 0
    for kind in system_of(peer.code).tables():
        for first, last in _stretches(kind.rows(clock.today()).model):
            with acting(actor, "push.enrol"):
                moved += _appear(peer, kind, Q(pk__range=(first, last)))
        for first, last in _stretches(Push):
            with acting(actor, "push.enrol"):
                moved += _leave(peer, kind, None, "push.id BETWEEN %s AND %s", [first, last])
    return moved


def _stretches(model: Any) -> Iterator[tuple[int, int]]:
    """Give the keys of a table in stretches."""
    ends = model.objects.aggregate(first=Min("pk"), last=Max("pk"))
    if ends["first"] is not None:
        yield from ((start, start + STRETCH - 1) for start in range(ends["first"], ends["last"] + 1, STRETCH))


def _appear(peer: Peer, kind: Kind, among: Q) -> int:
    """Take in the records among these that are new or have changed; inside an act."""
    visible, given = kind.seen(clock.today(), among).query.sql_with_params()
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(INSERT_SQL.format(visible=visible), [peer.pk, kind.name, now, now, now, *given, peer.pk])
        moved = cursor.rowcount
        cursor.execute(CHANGED_SQL.format(visible=visible), [now, now, now, *given, peer.pk])
        return moved + cursor.rowcount


def _leave(peer: Peer, kind: Kind, among: Q | None, pushed: str, named: list[Any]) -> int:
    """Ask to take away, of the rows that the condition `pushed` names, what is seen no more; inside an act."""
    visible, given = kind.seen(clock.today(), among).query.sql_with_params()
    now = clock.now()
    with connection.cursor() as cursor:
        gone = GONE_SQL.format(among=pushed, visible=visible)
        cursor.execute(gone, [now, now, now, peer.pk, kind.name, *named, *given])
        return cursor.rowcount


def follow(peer: Peer, *, actor: Actor) -> int:
    """Take in every event of these kinds since the last one taken in; returns how many rows moved."""
    require(actor, SEND)
    kinds, moved = system_of(peer.code).tables(), 0
    theirs = Q(pk__in=[])
    for prefix in {prefix for kind in kinds for prefix in kind.events}:
        theirs |= Q(event_type__startswith=prefix)
    while True:
        with acting(actor, "push.follow"):
            held = Peer.objects.select_for_update().get(pk=peer.pk)
            newest = OutboxPosition.objects.aggregate(newest=Max("position"))["newest"] or 0
            rows = list(
                OutboxEvent.objects.filter(theirs, position__position__gt=held.position, position__position__lte=newest)
                .order_by("position__position")
                .values_list("position__position", "event_type", "aggregate_id")[:EVENTS_AT_ONCE]
            )
            for kind in kinds:
                uids = _touched(kind, [(name, aggregate) for _, name, aggregate in rows])
                if uids:
                    named = Q(public_id__in=uids)
                    moved += _appear(peer, kind, named)
                    moved += _leave(peer, kind, named, "push.uid = ANY (%s)", [uids])
            full = len(rows) == EVENTS_AT_ONCE
            held.position = rows[-1][0] if full else newest
            held.save(update_fields=["position"])
        if not full:
            return moved


def _touched(kind: Kind, events: Sequence[tuple[str, str]]) -> list[str]:
    """Return the records of a kind that events concern."""
    found: set[str] = set()
    for prefix, leading in kind.events.items():
        aggregates = sorted({aggregate for name, aggregate in events if name.startswith(prefix)})
        found |= set(leading(aggregates)) if aggregates else set()
    return sorted(found)
