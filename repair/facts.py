"""What the pure rules are told of a listing and its applications; read fresh, inside the act that needs it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

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


def facts_of(listing: Listing, day: date, application: Application | None = None) -> RepairFacts:
    """Return the facts on `day`, as seen by one application, or by its latest where none is named."""
    latest = application or Application.objects.filter(listing=listing).order_by("-pk").first()
    return RepairFacts(
        state=listing.clock().state_on(day),
        starts_on=listing.starts_on,
        reward=listing.polarity == Polarity.INCENTIVE,
        application=STANDING[latest.state if latest is not None else None],
        accepted_on=latest.accepted_on if latest is not None else None,
        decided_on=latest.answered_on if latest is not None else None,
        barred_until=barred_until(listing.subject, day),
    )


def still_there(facts: RepairFacts, day: date) -> list[Violation]:
    """REP-23: there is something to repair; a listing that ended or was revoked meanwhile leaves none."""
    return rules.may_decide(replace(facts, application=Applied.OPEN, accepted_on=None), day, approve=True)
