"""Where the remedies against one target stand, read from the rows: the `Dispute` that rules and simulation judge."""

from __future__ import annotations

from copy import copy
from dataclasses import replace
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q

from core import clock
from core.deadlines import foretold
from core.models import Deadline
from objections.enums import ObjectionState, TargetKind
from objections.models import AnsweredObjection, Complaint, Objection
from objections.rules import Complained, Dispute, Objected
from objections.targets import Target
from sanctions.models import Listing

ANSWER_RULES = ("OBJ-T02", "OBJ-T03")
ACCEPT_RULE, WINDOW_RULE = "OBJ-T01", "OBJ-T04"
_OBJECTED = {
    "received": Objected.RECEIVED,
    "forwarded": Objected.RECEIVED,
    "source_answered": Objected.REJECTED,
    "declined": Objected.REFUSED,
    "accepted": Objected.OPEN,
    "drafted": Objected.OPEN,
    "rejected": Objected.REJECTED,
    "upheld": Objected.UPHELD,
    "corrected": Objected.UPHELD,
    "partly_upheld": Objected.PARTLY_UPHELD,
    "redetermined": Objected.PARTLY_UPHELD,
    "withdrawn": Objected.WITHDRAWN,
    "taken_over": Objected.TAKEN_OVER,
    "settled": Objected.WITHDRAWN,
    "moot": Objected.WITHDRAWN,
}
_COMPLAINED = {
    "received": Complained.RECEIVED,
    "accepted": Complained.OPEN,
    "convened": Complained.OPEN,
    "drafted": Complained.OPEN,
    "declined": Complained.REFUSED,
    "rejected": Complained.REJECTED,
    "upheld": Complained.UPHELD,
    "partly_upheld": Complained.UPHELD,
    "redetermined": Complained.UPHELD,
    "corrected": Complained.UPHELD,
    "withdrawn": Complained.WITHDRAWN,
    "moot": Complained.WITHDRAWN,
}


def _due(objection: Objection, *codes: str, model: type[Objection] = Objection) -> date | None:
    row = (
        Deadline.objects.filter(aggregate_type=model._meta.label_lower, object_id=objection.pk, rule__code__in=codes)
        .order_by("-due_on")
        .first()
    )
    return row.due_on if row else None


def silent_from(day: date) -> Q:
    """Return the condition that an objection waits, and that silence accepts it as of `day` or of a day before."""
    due = Deadline.objects.filter(
        aggregate_type=Objection._meta.label_lower,
        object_id=OuterRef("pk"),
        rule__code=ACCEPT_RULE,
        closed_on__isnull=True,
        due_on__lte=day,
    )
    return Q(Exists(due), state=ObjectionState.RECEIVED)


def silent_before(day: date) -> Q:
    """Return the condition that silence has accepted an objection as known on `day`: the term was over before it."""
    return silent_from(day - timedelta(days=1))


def as_it_stands(objection: Objection, day: date | None = None) -> Objection:
    """Return the objection as the dates have made it by `day`, today if none is given; for reading, never for writing.

    Accepted by silence, whether or not that was recorded yet (ADR 0024).
    """
    if objection.state != ObjectionState.RECEIVED:
        return objection
    due = _due(objection, ACCEPT_RULE)
    if due is None or due >= (day or clock.today()):
        return objection
    found = copy(objection)
    found.state, found.accepted_on, found.by_silence = ObjectionState.ACCEPTED, due, True
    return found


def dispute_of(target: Target) -> Dispute:
    """Return where objections and complaints about this target stand now."""
    rows = list(Objection.objects.filter(target_kind=target.kind, target_key=target.key).order_by("pk"))
    complaint = Complaint.objects.filter(objection__in=rows).order_by("-pk").first()
    latest = rows[-1] if rows else None
    answered = [row for row in rows if row.answered_on is not None]
    last_answer = answered[-1] if answered else None
    return Dispute(
        decided_on=target.decided_on,
        reward=target.reward,
        reward_lost=target.reward_lost,
        revoked_on=target.revoked_on,
        objection=_OBJECTED[latest.state] if latest else Objected.NONE,
        received_on=latest.received_on if latest else None,
        accepted_on=latest.accepted_on if latest else None,
        answer_due_on=_due(latest, *ANSWER_RULES) if latest else None,
        rounds=len(answered),
        answered_on=last_answer.answered_on if last_answer else None,
        complaint_until=_due(last_answer, WINDOW_RULE, model=AnsweredObjection) if last_answer else None,
        complaint=_COMPLAINED[complaint.state] if complaint else Complained.NONE,
        complaint_accepted_on=complaint.accepted_on if complaint else None,
    )


def dispute_on(target: Target, day: date) -> Dispute:
    """Return where they stand as the dates have made it by `day`: what silence has accepted is open, recorded or not."""
    found = dispute_of(target)
    about = Objection.objects.filter(target_kind=target.kind, target_key=target.key)
    waiting = about.filter(silent_before(day)).first()
    if waiting is None:
        return found
    due = _due(waiting, ACCEPT_RULE)
    answer = foretold(waiting, ANSWER_RULES[0], event="收到异议", counts_from=waiting.received_on)
    return replace(found, objection=Objected.OPEN, accepted_on=due, answer_due_on=answer.due_on)


def dispute_of_listing(listing: Listing) -> Dispute:
    """Return where the remedies against a listing's determination stand today, for simulation."""
    return dispute_on(_target_of(listing), clock.today())


def _target_of(listing: Listing) -> Target:
    return Target(
        kind=TargetKind.LISTING,
        key=listing.public_id,
        label="",
        subject=listing.subject,
        decided_on=listing.served_on,
        listing=listing,
        reward=listing.polarity == "incentive",
        revoked_on=listing.revoked_from,
    )
