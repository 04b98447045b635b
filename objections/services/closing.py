"""What ends without an answer: objections and complaints about a determination that was revoked meanwhile."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet
from django.db.models.functions import Substr

from core import clock, deadlines, workflow
from core.actors import Actor, acting
from core.fields import PUBLIC_ID_LENGTH
from core.permissions import require
from objections.disclosures import follow
from objections.enums import OPEN_COMPLAINT, OPEN_OBJECTION, TargetKind
from objections.models import Complaint, Objection
from objections.permissions import CLOSE_MOOT
from objections.services.common import COMPLAINT_RULES, OBJECTION_RULES, locked, locked_complaint, with_clock
from objections.services.telling import tell
from objections.workflow import COMPLAINT, OBJECTION
from repair.models import Application
from sanctions.models import ExecutionTask, Listing
from sanctions.services.clocks import pause_listing

WHY = "所异议的认定已经撤销"
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
    """End what is open about revoked listings, as of the day of revocation; returns how many.

    The clock's pauses were closed by the revocation. Late or twice changes nothing.
    """
    require(actor, CLOSE_MOOT)
    day = day or clock.today()
    return _close_all(actor, Listing.objects.filter(revoked_from__isnull=False, revoked_from__lte=day))


def _about(listings: QuerySet[Listing]) -> QuerySet[Objection]:
    """Return the objections that these listings' revocation leaves without a matter: to the determination, to the
    application of its measures, to the refusal of its repair.
    """
    tasks = ExecutionTask.objects.filter(listing__in=listings).values("public_id")
    applications = Application.objects.filter(listing__in=listings).values("public_id")
    hanging = Q(listing__in=listings) | Q(target_kind=TargetKind.MEASURE, target_key__in=tasks)
    hanging |= Q(target_kind=TargetKind.REPAIR_REFUSAL, application__in=applications)
    return Objection.objects.annotate(application=Substr("target_key", 1, PUBLIC_ID_LENGTH)).filter(hanging)


def _close_all(actor: Actor, listings: QuerySet[Listing]) -> int:
    about = _about(listings)
    complaints = Complaint.objects.filter(state__in=OPEN_COMPLAINT, objection__in=about.values("pk"))
    done = sum(_close_complaint(actor, row) for row in complaints.select_related("objection").order_by("pk"))
    open_ones = list(about.filter(state__in=OPEN_OBJECTION).order_by("pk"))
    return done + sum(_close_objection(actor, row) for row in open_ones)


def end_on_revocation(actor: Actor, listing: Listing, on: date, reason: str) -> None:
    """End what is open about a listing that is being revoked, inside that act; the daily job finds nothing left.

    What the act itself answers is closed before it revokes, so it is no longer open here.
    """
    _close_all(CLOSER, Listing.objects.filter(pk=listing.pk))


def _close_objection(actor: Actor, objection: Objection) -> int:
    with acting(actor, "objection.moot", reason=WHY):
        row, target = locked(objection)
        if row.state not in OPEN_OBJECTION or target.revoked_on is None:
            return 0
        on = max(target.revoked_on, row.received_on)
        workflow.apply(row, OBJECTION, "moot", actor=actor, reason=WHY, on=on, changes={"closed_on": on})
        deadlines.close_deadlines(Objection, [row.pk], *OBJECTION_RULES, on=on, by="认定已撤销")
        follow(actor, row, on)
        tell(row, "objection.moot")
    return 1


def _close_complaint(actor: Actor, complaint: Complaint) -> int:
    with acting(actor, "complaint.moot", reason=WHY):
        row, _, target = locked_complaint(complaint)
        if row.state not in OPEN_COMPLAINT or target.revoked_on is None:
            return 0
        on = max(target.revoked_on, row.received_on)
        workflow.apply(row, COMPLAINT, "moot", actor=actor, reason=WHY, on=on, changes={"closed_on": on})
        deadlines.close_deadlines(Complaint, [row.pk], *COMPLAINT_RULES, on=on, by="认定已撤销")
        tell(row, "complaint.moot")
    return 1
