"""What the pure rules are told of a listing and its applications; read fresh, inside the act that needs it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Max

from core.problems import Violation
from repair import rules
from repair.enums import State
from repair.models import Application, Bar
from repair.rules import Applied, RepairFacts
from sanctions.enums import Polarity
from sanctions.models import Listing
from subjects.models import Subject
from subjects.selectors import family

if TYPE_CHECKING:
    from repair.known import Known

STANDING: dict[str | None, Applied] = {
    None: Applied.NONE,
    State.RECEIVED.value: Applied.RECEIVED,
    State.ACCEPTED.value: Applied.OPEN,
    State.FORWARDED.value: Applied.OPEN,
    State.VERIFIED.value: Applied.OPEN,
    State.OPINED.value: Applied.OPEN,
    State.APPROVED.value: Applied.APPROVED,
    State.PUBLISHED.value: Applied.PUBLISHED,
    State.REJECTED.value: Applied.REJECTED,
    State.DECLINED.value: Applied.REFUSED,
    State.WITHDRAWN.value: Applied.WITHDRAWN,
    State.MOOT.value: Applied.WITHDRAWN,
    State.REVOKED.value: Applied.REVOKED,
}


def barred_until(subject: Subject, day: date | None = None) -> date | None:
    """Return the last day on which the subject may not apply, counting bars that have begun by `day`."""
    bars = Bar.objects.filter(subject__in=family(subject))
    if day is not None:
        bars = bars.filter(from_on__lte=day)
    found: date | None = bars.aggregate(last=Max("until"))["last"]
    return found


def latest_about(listing: Listing) -> Application | None:
    """Return the newest application about a listing."""
    return Application.objects.filter(listing=listing).order_by("-pk").first()


def facts_of(
    listing: Listing, day: date, application: Application | None = None, known: Known | None = None
) -> RepairFacts:
    """Return the facts on `day`, as seen by one application, or by its latest where none is named.

    known: what a page has read of the subject already.
    """
    latest = application or (known.latest(listing) if known else latest_about(listing))
    return RepairFacts(
        state=listing.clock().state_on(day),
        starts_on=listing.starts_on,
        reward=listing.polarity == Polarity.INCENTIVE,
        application=STANDING[latest.state if latest is not None else None],
        accepted_on=latest.accepted_on if latest is not None else None,
        decided_on=latest.answered_on if latest is not None else None,
        barred_until=known.barred_until(day) if known else barred_until(listing.subject, day),
    )


def still_there(facts: RepairFacts, day: date) -> list[Violation]:
    """REP-23: there is something to repair; a listing that ended or was revoked meanwhile leaves none."""
    return rules.may_decide(replace(facts, application=Applied.OPEN, accepted_on=None), day, approve=True)
