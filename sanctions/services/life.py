"""What a subject's end does to its listings (design §4, life events)."""

from __future__ import annotations

from datetime import timedelta

from core import actors, workflow
from core.actors import Actor
from sanctions.enums import ListingState
from sanctions.models import ExecutionTask, Listing
from sanctions.workflow import LISTING
from subjects.enums import ENDED
from subjects.models import LifeEvent

CLOSER = Actor.job("sanctions.life_event", ["sanctions.listing.close"])


def end_listings_of(event: LifeEvent) -> None:
    """End the subject's own listings from the day of its deregistration or death; a decided person's stay.

    Over from the day of the event; a listing that starts later never comes into force. The statutory measures on the
    subject end with it, since nobody is left to bear them.
    """
    if event.subject.status not in ENDED:
        return
    reason = f"{event.get_kind_display()}（{event.on}）"
    on = actors.current().on
    listings = Listing.objects.filter(subject=event.subject, state=ListingState.ISSUED, over_from__isnull=True)
    listings = listings.exclude(ends_on__lt=event.on)
    last_day = event.on - timedelta(days=1)
    closed = workflow.apply_set(
        listings,
        LISTING,
        "close",
        actor=CLOSER,
        reason=reason,
        on=on,
        changes={"over_from": event.on, "ends_on": last_day},
    )
    ExecutionTask.objects.filter(listing_id__in=closed).update(ends_on=last_day)
