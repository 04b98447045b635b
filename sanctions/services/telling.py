"""What was announced is told to whom it concerns: a job of its own, so that the announcement stays one statement a chunk."""

from __future__ import annotations

from datetime import date

from django.db import connection
from django.db.models import Exists, OuterRef

from core import clock
from core.actors import Actor, acting
from core.permissions import require
from sanctions.enums import ListingState
from sanctions.letters import DELISTED, tell_delisted
from sanctions.models import Listing
from sanctions.workflow import LISTING
from subjects.delivery.selectors import told_since

CHUNK = 2_000
CHUNK_LOCK = 0x44454C  # "DEL": one chunk of telling follows another, on all workers


def tell_removals(*, actor: Actor, day: date | None = None, chunk: int = CHUNK) -> int:
    """Tell every subject whose listing was removed, once per removal; returns how many. Late or twice changes nothing.

    Finds in the database what is not told yet, walks through it once, and commits by the chunk; each chunk takes as
    many statements as one letter. A run that is cut off leaves the rest to the next.
    """
    require(actor, LISTING.transition("delist").permission)
    day = day or clock.today()
    total, after = 0, 0
    while True:
        told, last = _tell_chunk(actor, day, chunk, after)
        total += told
        if last is None:
            return total
        after = last


def _tell_chunk(actor: Actor, day: date, chunk: int, after: int) -> tuple[int, int | None]:
    told = told_since(Listing, DELISTED, key=OuterRef("public_id"), day=OuterRef("delisted_on"))
    with acting(actor, "listing.tell_removal", reason="期限届满移出", on=day):
        with connection.cursor() as cursor:  # what another worker tells now is seen by the statement that follows
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CHUNK_LOCK])
        waiting = Listing.objects.filter(pk__gt=after, state=ListingState.DELISTED, delisted_on__lte=day)
        rows = list(
            waiting.exclude(Exists(told))
            .select_related("subject__canonical", "revision", "determination")
            .order_by("pk")[:chunk]
        )
        return tell_delisted(rows), rows[-1].pk if len(rows) == chunk else None
