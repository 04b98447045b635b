"""Worker: one way of sweeping the listings, timed. Returns seconds, rows done, and by how much memory grew."""

from __future__ import annotations

import resource
import sys
import time

from django.db import connection, transaction

from benchmarks.listings import DAY
from core.actors import Actor, acting
from sanctions.permissions import JOB_PERMISSIONS
from sanctions.services.listings import CHUNK, delist_expired
from sanctions.services.verification import COMPUTED_SQL, verify_clocks

BY_HAND = """
WITH moved AS (
    UPDATE sanctions_listing SET state = 'delisted', delisted_on = %(day)s
     WHERE delisted_on IS NULL AND ends_on < %(day)s AND state IN ('issued', 'performed', 'withdrawn', 'closed')
    RETURNING id, public_id, old.state AS before
), recorded AS (
    INSERT INTO core_transitionrecord (workflow, object_id, public_id, transition, from_state, to_state, reason,
        legal_on, recorded_at, actor_kind, actor_key, actor_label)
    SELECT 'sanctions.listing', id, public_id, 'delist', before, 'delisted', '期限届满', %(day)s, clock_timestamp(),
        'job', 'bench', '系统任务 bench' FROM moved
), told AS (
    INSERT INTO core_outboxevent (event_id, event_type, version, aggregate_type, aggregate_id, legal_on, recorded_at,
        actor_kind, payload)
    SELECT gen_random_uuid(), 'listing.delisted', 1, 'sanctions.listing', public_id, %(day)s, clock_timestamp(), 'job',
        jsonb_build_object('from', before, 'to', 'delisted') FROM moved
)
SELECT count(*) FROM moved
"""
BARE = "UPDATE sanctions_listing SET ends_on = ends_on"
# Row by row in the table's own order: a join of a million with a million would write them back out of order.
COMPUTED = f"""
UPDATE sanctions_listing listing SET ends_on = (SELECT {COMPUTED_SQL} FROM (
    SELECT min(listing_id) AS listing_id,
           range_agg(daterange(from_on, to_on)) FILTER (WHERE cause <> 'lapse') AS pauses,
           range_agg(daterange(from_on, to_on)) FILTER (WHERE cause = 'lapse') AS lapses
      FROM sanctions_listingpause WHERE listing_id = listing.id
) spans)
"""


def megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> dict[str, float]:
    way, actor = sys.argv[1], Actor.job("bench", JOB_PERMISSIONS)
    connection.ensure_connection()
    before, started = megabytes(), time.perf_counter()
    if way == "services":
        done = delist_expired(actor=actor, day=DAY, chunk=int(sys.argv[2]) if len(sys.argv) > 2 else CHUNK)
    elif way == "check":
        done = sum(verify_clocks(actor=actor, day=DAY)[name] for name in ("listings", "tasks"))
    else:
        with transaction.atomic(), acting(actor, "bench", on=DAY), connection.cursor() as cursor:
            if way == "by_hand":
                cursor.execute(BY_HAND, {"day": DAY})
                done = cursor.fetchone()[0]
            else:
                cursor.execute(BARE if way == "bare" else COMPUTED)
                done = cursor.rowcount
    return {"seconds": time.perf_counter() - started, "done": done, "grown_mb": megabytes() - before}
