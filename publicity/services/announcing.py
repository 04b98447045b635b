"""Jobs that only announce what the dates say: a record deferred to a day has appeared, another has reached its end."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from core import clock
from core.actors import Actor, acting
from core.chunks import repeated
from core.permissions import require
from publicity.enums import RecordKind, State
from publicity.selectors import is_visible
from publicity.services import candidates
from publicity.services.common import MODELS, tell

ANNOUNCE = "publicity.record.announce"
CHUNK = 5_000


def announce_appearances(*, actor: Actor, day: date | None = None) -> int:
    """Announce what became visible by its date alone; returns how many. Late or twice, the events are the same."""
    require(actor, ANNOUNCE)
    today, number = day or clock.today(), 0
    for kind in RecordKind.values:
        waiting = MODELS[kind].objects.filter(is_visible(today), announced_on=None)
        number += _announce(actor, kind, waiting, "disclosure.published", "announced_on", today)
    return number


def announce_ends(*, actor: Actor, day: date | None = None) -> int:
    """Announce what is over by its dates; they ended it whether or not this ever runs."""
    require(actor, ANNOUNCE)
    today, number = day or clock.today(), 0
    for kind in RecordKind.values:
        over = Q(last_public_day__lt=today) | Q(ended_from__lte=today)
        ended = MODELS[kind].objects.filter(over, state=State.PASSED, announced_on__isnull=False, end_announced_on=None)
        number += _announce(actor, kind, ended, "disclosure.ended", "end_announced_on", today)
    return number


def _announce(actor: Actor, kind: str, rows: QuerySet[Any], event: str, column: str, today: date) -> int:

    def announce_chunk() -> int:
        with acting(actor, "publicity.announce", on=today):
            locked = rows.order_by("pk").select_for_update(of=("self",), skip_locked=True)
            keys = list(locked.values_list("pk", flat=True)[:CHUNK])
            MODELS[kind].objects.filter(pk__in=keys).update(**{column: today})
            tell(event, kind, keys, on=today)
            if event == "disclosure.published" and kind == RecordKind.PENALTY:
                candidates.find(MODELS[kind].objects.filter(pk__in=keys), on=today)
        return len(keys)

    return repeated(announce_chunk, CHUNK)
