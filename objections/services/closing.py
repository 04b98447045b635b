"""What ends without an answer: its matter was revoked or withdrawn meanwhile, or the person it concerns has died."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Substr

from core import clock, deadlines, workflow
from core.actors import Actor, acting
from core.fields import PUBLIC_ID_LENGTH
from core.permissions import require
from objections.disclosures import about_withdrawn, follow
from objections.enums import OPEN_COMPLAINT, OPEN_OBJECTION, TargetKind
from objections.models import Complaint, Objection
from objections.permissions import CLOSE_MOOT
from objections.services.accepting import expect_no_pause, locked, locked_complaint
from objections.services.common import COMPLAINT_RULES, OBJECTION_RULES, with_clock
from objections.services.telling import tell
from objections.targets import Target
from objections.workflow import COMPLAINT, OBJECTION
from publicity.selectors import versions_of
from repair.models import Application
from sanctions.models import ExecutionTask, Listing
from sanctions.services.clocks import pause_listing, resume_listing
from subjects.enums import SubjectStatus
from subjects.models import LifeEvent
from subjects.selectors import family

ANSWERED = "partly_upheld"
REVOKED, WITHDRAWN, DIED = "所异议的认定已经撤销", "所异议的公示已经撤下", "当事人已经死亡"
CLOSER = Actor.job("objections.listing_revoked", [CLOSE_MOOT])
HELD = ("accepted", "drafted", "partly_upheld", "taken_over")
COMPLAINT_HELD = ("accepted", "convened", "drafted", "partly_upheld")


def hold_again(actor: Actor, listing: Listing, on: date, reason: str) -> None:
    """Let a listing that a revoked repair gives back stand still from that day for what is still open about it.

    An objection accepted while it was repaired had nothing to pause; one from before finds its pause still open.
    """
    for objection in Objection.objects.filter(listing=listing, target_kind="listing", state__in=HELD).order_by("pk"):
        _hold(actor, listing, "objection", objection.public_id, on)
    open_ones = Complaint.objects.filter(
        objection__listing=listing, objection__target_kind="listing", state__in=COMPLAINT_HELD
    )
    for complaint in open_ones.order_by("pk"):
        _hold(actor, listing, "complaint", complaint.public_id, on)


def _hold(actor: Actor, listing: Listing, cause: str, ref: str, on: date) -> None:
    why = f"撤销修复时{'异议' if cause == 'objection' else '投诉'} {ref} 尚未办结"
    pause_listing(actor=with_clock(actor), listing=listing, cause=cause, ref=ref, on=on, reason=why)


def close_moot(*, actor: Actor, day: date | None = None) -> int:
    """End what is open about revoked listings and withdrawn disclosures, as of that day; returns how many.

    The clock's pauses were closed by the revocation. Late or twice changes nothing.
    """
    require(actor, CLOSE_MOOT)
    day = day or clock.today()
    revoked = Listing.objects.filter(revoked_from__isnull=False, revoked_from__lte=day)
    return _close_all(actor, _about(revoked)) + _close_all(actor, about_withdrawn().exclude(state=ANSWERED))


def _about(listings: QuerySet[Listing]) -> QuerySet[Objection]:
    """Return the objections that these listings' revocation leaves without a matter: to the determination, to the
    application of its measures, to the refusal of its repair.
    """
    tasks = ExecutionTask.objects.filter(listing__in=listings).values("public_id")
    applications = Application.objects.filter(listing__in=listings).values("public_id")
    hanging = Q(listing__in=listings) | Q(target_kind=TargetKind.MEASURE, target_key__in=tasks)
    hanging |= Q(target_kind=TargetKind.REPAIR_REFUSAL, application__in=applications)
    return Objection.objects.annotate(application=Substr("target_key", 1, PUBLIC_ID_LENGTH)).filter(hanging)


def _close_all(actor: Actor, about: QuerySet[Objection], died_on: date | None = None) -> int:
    complaints = Complaint.objects.filter(state__in=OPEN_COMPLAINT, objection__in=about.values("pk"))
    done = sum(_close_complaint(actor, row, died_on) for row in complaints.select_related("objection").order_by("pk"))
    open_ones = list(about.filter(state__in=OPEN_OBJECTION).order_by("pk"))
    return done + sum(_close_objection(actor, row, died_on) for row in open_ones)


def end_on_revocation(actor: Actor, listing: Listing, on: date, reason: str) -> None:
    """End what is open about a listing that is being revoked, inside that act; the daily job finds nothing left.

    What the act itself answers is closed before it revokes, so it is no longer open here.
    """
    _close_all(CLOSER, _about(Listing.objects.filter(pk=listing.pk)))


def end_on_withdrawal(record: Any) -> None:
    """End what is open about a published decision that is being withdrawn, whichever version it was about.

    Partly upheld it waits for no answer: the withdrawal may be the very correction, which its unit records.
    """
    keys = list(versions_of(record).values_list("public_id", flat=True))
    about = Objection.objects.filter(target_kind=TargetKind.DISCLOSURE, target_key__in=keys)
    _close_all(CLOSER, about.exclude(state=ANSWERED))


def end_on_death(event: LifeEvent) -> None:
    """End what is open about a person who has died: nobody is left whom an answer could concern."""
    if event.subject.status == SubjectStatus.DECEASED:
        _close_all(CLOSER, Objection.objects.filter(subject__in=family(event.subject)), event.on)


def _over_since(target: Target, died_on: date | None) -> tuple[date, str] | None:
    """Return since when there is nothing to answer, and why; None where there is."""
    if target.revoked_on is not None:
        return target.revoked_on, WITHDRAWN if target.kind == TargetKind.DISCLOSURE else REVOKED
    return (died_on, DIED) if died_on is not None else None


def _close_objection(actor: Actor, objection: Objection, died_on: date | None) -> int:
    with acting(actor, "objection.moot"):
        row, target = locked(objection)
        over = _over_since(target, died_on)
        if row.state not in OPEN_OBJECTION or over is None:
            return 0
        on, why = max(over[0], row.received_on), over[1]
        workflow.apply(row, OBJECTION, "moot", actor=actor, reason=why, on=on, changes={"closed_on": on})
        deadlines.close_deadlines(Objection, [row.pk], *OBJECTION_RULES, on=on, by=why)
        expect_no_pause(target)
        _let_run(actor, target, row.public_id, row.accepted_on, on, why)
        follow(actor, row, on)
        tell(row, "objection.moot")
    return 1


def _close_complaint(actor: Actor, complaint: Complaint, died_on: date | None) -> int:
    with acting(actor, "complaint.moot"):
        row, _, target = locked_complaint(complaint)
        over = _over_since(target, died_on)
        if row.state not in OPEN_COMPLAINT or over is None:
            return 0
        on, why = max(over[0], row.received_on), over[1]
        workflow.apply(row, COMPLAINT, "moot", actor=actor, reason=why, on=on, changes={"closed_on": on})
        deadlines.close_deadlines(Complaint, [row.pk], *COMPLAINT_RULES, on=on, by=why)
        _let_run(actor, target, row.public_id, row.accepted_on, on, why)
        tell(row, "complaint.moot")
    return 1


def _let_run(actor: Actor, target: Target, ref: str, held_from: date | None, on: date, why: str) -> None:
    """Close the pause that a matter without an answer opened; a revocation has closed it already."""
    if target.listing is not None and held_from is not None and target.revoked_on is None:
        resume_listing(actor=with_clock(actor), listing=target.listing, ref=ref, on=max(on, held_from), reason=why)
