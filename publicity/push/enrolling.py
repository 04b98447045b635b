"""Which records a system should hold, kept in step with what the public sees: by the events, and whole once a day.

PSH-01 what is publicly visible today is wanted there; what is not any more is wanted gone, whatever no job announced.
PSH-02 a record appears as itself and once per system; a change of its mark, severity or end is a new generation.
Set-based: three statements per table and stretch of keys, whatever the number of records.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Case, CharField, F, Func, Max, Min, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Cast, Coalesce, Concat

from core import clock
from core.actors import Actor, acting
from core.models import OutboxEvent, OutboxPosition
from core.permissions import require
from publicity.enums import RecordKind
from publicity.models import NATURAL_KEY, Peer, Push
from publicity.push.lines import Line
from publicity.selectors import MODELS, publicly_visible

SEND = "publicity.push.send"
EVENTS = "disclosure."
EVENTS_AT_ONCE = 5000
STRETCH = 50_000

# The two columns sort differently; each comparison says by whose order, so that the index of the other side answers.
INSERT_SQL = """
INSERT INTO publicity_push (public_id, peer_id, kind, uid, unit_id, document_number, decided_on, wanted, facts,
                            replaces, generation, state, attempts, next_at, last_error, queued_at, receipt)
SELECT upper(left(md5(gen_random_uuid()::text), 16)), %s, %s, seen.uid, seen.unit_id, seen.document_number,
       seen.decided_on, 'shown', seen.changing, coalesce(seen.replaces, ''), 1, 'queued', 0, %s, '', %s, ''
  FROM ({visible}) seen
 WHERE NOT EXISTS (SELECT 1 FROM publicity_push known WHERE known.peer_id = %s AND known.uid = seen.uid COLLATE "C")
ON CONFLICT (peer_id, uid) DO NOTHING
"""
CHANGED_SQL = """
UPDATE publicity_push push
   SET wanted = 'shown', facts = seen.changing, generation = push.generation + 1, state = 'queued', attempts = 0,
       next_at = %s, queued_at = %s, last_error = ''
  FROM ({visible}) seen
 WHERE push.peer_id = %s AND push.uid = seen.uid COLLATE "C" AND (push.wanted = 'gone' OR push.facts <> seen.changing)
"""
GONE_SQL = """
UPDATE publicity_push push
   SET wanted = 'gone', generation = push.generation + 1, state = 'queued', attempts = 0, next_at = %s, queued_at = %s,
       last_error = ''
 WHERE push.peer_id = %s AND push.kind = %s AND push.wanted = 'shown' AND {among}
   AND NOT EXISTS (SELECT 1 FROM ({visible}) seen WHERE seen.uid = push.uid COLLATE "default")
"""


def peer_of(line: Line) -> Peer:
    """Return the row of a system, made when it is first spoken to."""
    return Peer.objects.get_or_create(code=line.code, defaults={"label": line.label})[0]


def changing(kind: str) -> Func:
    """Return what of a record may change while its content does not, as one text."""
    parts: list[Any] = []
    names = ["contested_on", "last_public_day", *(["severity"] if kind == RecordKind.PENALTY else [])]
    for name in names:
        parts += [Coalesce(Cast(F(name), CharField()), Value("")), Value("/")]
    return Concat(*parts, output_field=CharField())


def replaced(kind: str) -> Case:
    """Return the public id of the version that was passed before, whose place this one takes."""
    same = {name: OuterRef(name) for name in NATURAL_KEY}
    before = MODELS[kind].objects.filter(**same, version__lt=OuterRef("version"), passed_on__isnull=False)
    newest = Subquery(before.order_by("-version").values("public_id")[:1])
    return Case(When(version__gt=1, then=newest), default=Value(""), output_field=CharField())


def seen_on(day: date, kind: str, among: Q | None = None) -> QuerySet[Any]:
    """Return what the public sees on the day, of all records or of some, as the columns that enrolling needs."""
    rows = publicly_visible(day, kind).order_by().select_related(None).filter(among or Q())
    return rows.annotate(uid=F("public_id"), changing=changing(kind), replaces=replaced(kind)).values(
        "uid", "unit_id", "document_number", "decided_on", "changing", "replaces"
    )


def enrol(peer: Peer, *, actor: Actor, uids: Sequence[str] | None = None) -> int:
    """Bring what the system should hold in step with what the public sees today; returns how many rows moved.

    uids: only these records; without it every record of both tables is compared, each stretch of keys in a transaction
    of its own, so that the feed is never held for long.
    """
    require(actor, SEND)
    moved = 0
    for kind in RecordKind.values:
        if uids is not None:
            named = list(uids)
            moved += _enrol(peer, actor, kind, Q(public_id__in=named), ("push.uid = ANY (%s)", [named]))
            continue
        for first, last in _stretches(MODELS[kind]):
            moved += _enrol(peer, actor, kind, Q(pk__range=(first, last)), None)
        for first, last in _stretches(Push):
            moved += _enrol(peer, actor, kind, None, ("push.id BETWEEN %s AND %s", [first, last]))
    return moved


def _stretches(model: Any) -> Iterator[tuple[int, int]]:
    """Give the keys of a table in stretches."""
    ends = model.objects.aggregate(first=Min("pk"), last=Max("pk"))
    if ends["first"] is not None:
        yield from ((start, start + STRETCH - 1) for start in range(ends["first"], ends["last"] + 1, STRETCH))


def _enrol(peer: Peer, actor: Actor, kind: str, seen: Q | None, pushed: tuple[str, list[Any]] | None) -> int:
    """Take in the records that `seen` chooses, and ask to take away what is gone of the rows that `pushed` chooses."""
    now, day, moved = clock.now(), clock.today(), 0
    with acting(actor, "push.enrol"), connection.cursor() as cursor:
        if seen is not None:
            visible, given = seen_on(day, kind, seen).query.sql_with_params()
            cursor.execute(INSERT_SQL.format(visible=visible), [peer.pk, kind, now, now, *given, peer.pk])
            moved += cursor.rowcount
            cursor.execute(CHANGED_SQL.format(visible=visible), [now, now, *given, peer.pk])
            moved += cursor.rowcount
        if pushed is not None:
            among, named = pushed
            visible, given = seen_on(day, kind, seen).query.sql_with_params()
            gone = GONE_SQL.format(among=among, visible=visible)
            cursor.execute(gone, [now, now, peer.pk, kind, *named, *given])
            moved += cursor.rowcount
    return moved


def follow(peer: Peer, *, actor: Actor) -> int:
    """Take in every event of disclosure since the last one taken in; returns how many rows moved."""
    require(actor, SEND)
    moved = 0
    while True:
        with acting(actor, "push.follow"):
            held = Peer.objects.select_for_update().get(pk=peer.pk)
            newest = OutboxPosition.objects.aggregate(newest=Max("position"))["newest"] or 0
            rows = list(
                OutboxEvent.objects.filter(
                    event_type__startswith=EVENTS, position__position__gt=held.position, position__position__lte=newest
                )
                .order_by("position__position")
                .values_list("position__position", "aggregate_id")[:EVENTS_AT_ONCE]
            )
            if rows:
                moved += enrol(peer, actor=actor, uids=sorted({uid for _, uid in rows}))
            full = len(rows) == EVENTS_AT_ONCE
            held.position = rows[-1][0] if full else newest
            held.save(update_fields=["position"])
        if not full:
            return moved
