"""The pause that silence would open follows its due day: through a corrected rule or calendar, and checked every day.

The due day of acceptance (OBJ-T01) is the truth; the listing's `tacit_from` is its projection, on the floor that answers
what state a listing is in (ADR 0024).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Q

from core.actors import Actor, acting
from core.models import Deadline
from objections.enums import ObjectionState
from objections.models import Objection
from objections.services.common import ACCEPT_RULE
from sanctions.enums import ListingState, Polarity
from sanctions.models import Listing
from sanctions.services.clocks import expect_pause

CHUNK = 2_000


def follow_due_days(moved: Iterable[Deadline]) -> None:
    """Move the expected pauses with the due days that are being moved, in the act that moves them.

    Held in the order of all acts: the listings first, then what hangs on them. What was decided meanwhile is left alone.
    """
    days = {row.object_id: row.due_on for row in moved if row.rule.code == ACCEPT_RULE}
    listings = _held(Listing.objects.filter(objections__in=list(days), objections__state=ObjectionState.RECEIVED))
    waiting = Objection.objects.filter(pk__in=list(days), state=ObjectionState.RECEIVED, listing__in=listings)
    expect_pause({key: days[pk] for pk, key in waiting.values_list("pk", "listing_id") if listings[key].tacit_from})


def mend_expected(actor: Actor, day: date) -> int:
    """Write anew what a listing expects of silence where it is not what the due days say; returns how many were wrong."""
    waiting = Q(objections__state=ObjectionState.RECEIVED) | Q(tacit_from__isnull=False)
    rows = Listing.objects.filter(waiting, state=ListingState.ISSUED, polarity=Polarity.DISCIPLINE)
    keys = list(rows.order_by("pk").values_list("pk", flat=True).distinct())
    wrong = 0
    for first in range(0, len(keys), CHUNK):
        with acting(actor, "clock.verify", reason="每日核对：视为受理的暂停日与期限不符，按期限更正", on=day):
            wrong += _mend(keys[first : first + CHUNK])
    return wrong


def _mend(keys: list[int]) -> int:
    listings = _held(Listing.objects.filter(pk__in=keys))
    objections = Objection.objects.filter(listing__in=listings, state=ObjectionState.RECEIVED)
    about = dict(objections.values_list("pk", "listing_id"))
    due = Deadline.objects.filter(
        aggregate_type=Objection._meta.label_lower, object_id__in=list(about), rule__code=ACCEPT_RULE, closed_on=None
    )
    said = {about[pk]: day for pk, day in due.values_list("object_id", "due_on")}
    wrong = {key: said.get(key) for key, row in listings.items() if row.tacit_from != said.get(key)}
    expect_pause(wrong)
    return len(wrong)


def _held(rows: Iterable[Listing]) -> dict[int, Listing]:
    keys = [row.pk for row in rows]
    held = Listing.objects.filter(pk__in=keys).order_by("pk").select_for_update(of=("self",))
    return {row.pk: row for row in held}
