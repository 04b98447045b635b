"""What was announced is told to whom it concerns: a job of its own, so that the announcement stays one statement a chunk."""

from __future__ import annotations

from datetime import date
from functools import partial

from django.db.models import F

from core import clock
from core.actors import Actor, acting
from core.chunks import repeated
from core.permissions import require
from sanctions.letters import tell_delisted
from sanctions.models import Listing
from sanctions.models.listings import UNTOLD
from sanctions.workflow import LISTING

CHUNK = 2_000


def tell_removals(*, actor: Actor, day: date | None = None, chunk: int = CHUNK) -> int:
    """Tell every subject whose listing was removed, once per removal; returns how many. Late or twice changes nothing.

    Looks only at what is not told yet (an index of its own), and commits by the chunk; each chunk takes as many
    statements as one letter. Rows that another worker tells of now are left to him; a run cut off leaves the rest to
    the next.
    """
    require(actor, LISTING.transition("delist").permission)
    day = day or clock.today()
    return repeated(partial(_tell_chunk, actor, day, chunk), chunk)


def _tell_chunk(actor: Actor, day: date, chunk: int) -> int:
    with acting(actor, "listing.tell_removal", reason="期限届满移出", on=day):
        waiting = Listing.objects.filter(UNTOLD, delisted_on__lte=day).select_for_update(of=("self",), skip_locked=True)
        rows = list(waiting.select_related("subject__canonical", "revision", "determination").order_by("pk")[:chunk])
        told = tell_delisted(rows)
        Listing.objects.filter(pk__in=[row.pk for row in rows]).update(removal_told_on=F("delisted_on"))
        return told
