"""What a subject's end does to its listings (design §4, life events)."""

from __future__ import annotations

from datetime import timedelta

from core import actors, workflow
from core.actors import Actor
from sanctions import effects
from sanctions.enums import ListingState
from sanctions.models import ExecutionTask, Listing
from sanctions.models.listings import ended_before
from sanctions.services.tasks import cut_tasks
from sanctions.workflow import LISTING
from subjects.enums import ENDED
from subjects.models import LifeEvent, Subject
from subjects.selectors import family

CLOSER = Actor.job("sanctions.life_event", ["sanctions.listing.close"])


def end_listings_of(event: LifeEvent) -> None:
    """End the subject's own listings from the day of its deregistration or death; a decided person's stay.

    Over from the day of the event; a listing that starts later never comes into force. The statutory measures on the
    subject end with it, since nobody is left to bear them.
    """
    if event.subject.status not in ENDED:
        return
    keys = family(event.subject)
    on = actors.current().on
    listings = Listing.objects.filter(subject__in=keys, state=ListingState.ISSUED).exclude(ended_before(event.on))
    for listing in listings.filter(tacit_from__lt=on):
        effects.spoken(listing, on)
    last_day = event.on - timedelta(days=1)
    workflow.apply_set(
        listings,
        LISTING,
        "close",
        actor=CLOSER,
        reason=f"{event.get_kind_display()}（{event.on}）",
        on=on,
        changes={"over_from": event.on, "ends_on": last_day},
    )
    cut_tasks(ExecutionTask.objects.filter(listing__subject__in=keys), last_day)


def holds_listings(subject: Subject) -> bool:
    """Return whether a listing of the subject, or of a duplicate folded into it, is not removed yet."""
    return Listing.objects.filter(subject__in=family(subject), delisted_on__isnull=True).exists()
