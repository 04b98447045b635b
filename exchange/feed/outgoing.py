"""Which numbered events leave the house, settled once after each is numbered, so that a page is one range of one index.

What decides never changes: the type, whether the record is about a natural person, whether its subject is of the demo
city. Who is not verified yet is announced by the event of being verified.
"""

from __future__ import annotations

from django.db import connection, transaction

from core import events
from exchange.models import OutgoingHorizon

WINDOW = 20_000
SETTLE_SQL = """
INSERT INTO exchange_outgoingevent (position, event_id, demo)
SELECT place.position, event.id, coalesce(who.is_demo, false)
  FROM core_outboxposition place JOIN core_outboxevent event ON event.id = place.event_id
  LEFT JOIN LATERAL (
        SELECT s.is_demo, row.party = 'Z' AS stays FROM publicity_penalty row JOIN subjects_subject s ON s.id = row.subject_id
         WHERE event.aggregate_type = 'publicity.penalty' AND row.public_id = event.aggregate_id
        UNION ALL
        SELECT s.is_demo, row.party = 'Z' FROM publicity_licence row JOIN subjects_subject s ON s.id = row.subject_id
         WHERE event.aggregate_type = 'publicity.licence' AND row.public_id = event.aggregate_id
        UNION ALL
        SELECT s.is_demo, s.kind = 'natural_person' OR s.is_provisional
          FROM sanctions_listing row JOIN subjects_subject s ON s.id = row.subject_id
         WHERE event.aggregate_type = 'sanctions.listing' AND row.public_id = event.aggregate_id
        UNION ALL
        SELECT s.is_demo, s.kind = 'natural_person' OR s.is_provisional FROM subjects_subject s
         WHERE event.aggregate_type = 'subjects.subject' AND s.public_id = event.aggregate_id
       ) who ON true
 WHERE place.position > %(after)s AND place.position <= %(until)s AND event.event_type = ANY (%(types)s)
   AND NOT coalesce(who.stays, false)
 ORDER BY place.position
"""
LAST_SQL = "SELECT coalesce(max(position), 0) FROM core_outboxposition"


def settle() -> int:
    """Settle every event that is numbered and not settled; returns how many leave. One at a time, in chunks."""
    leaving = 0
    while True:
        done, more = _settle_chunk()
        leaving += done
        if not more:
            return leaving


def _settle_chunk() -> tuple[int, bool]:
    OutgoingHorizon.objects.get_or_create(pk=1)
    with transaction.atomic(), connection.cursor() as cursor:
        held = OutgoingHorizon.objects.select_for_update(skip_locked=True).filter(pk=1).first()
        cursor.execute(LAST_SQL)
        last = int(cursor.fetchone()[0])
        if held is None or held.position >= last:
            return 0, False
        until = min(last, held.position + WINDOW)
        cursor.execute(SETTLE_SQL, {"after": held.position, "until": until, "types": events.leaving()})
        done = cursor.rowcount
        OutgoingHorizon.objects.filter(pk=1).update(position=until)
    return done, until < last
