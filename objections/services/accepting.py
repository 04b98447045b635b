"""Acceptance itself, by an officer or by silence, and the hold on a row as the dates have made it (ADR 0024)."""

from __future__ import annotations

from datetime import date

from core import actors, counters, deadlines, workflow
from core.actors import Actor, acting
from objections import permissions, rules
from objections.disclosures import follow
from objections.enums import ObjectionState
from objections.models import Complaint, Objection
from objections.services.common import ACCEPT_RULE, ANSWER_RULE, about, due_on, held, with_clock
from objections.services.telling import tell
from objections.standing import dispute_of
from objections.targets import Target
from objections.workflow import OBJECTION
from sanctions.models import Listing
from sanctions.services.clocks import expect_pause, pause_listing

SILENCE = "期满未作出受理决定，视为受理"
SPEAKER = Actor.job("objections.silence", permissions.JOB_PERMISSIONS)


def locked(objection: Objection) -> tuple[Objection, Target]:
    """Return the objection and its target, held, as they stand on the day of the act under way.

    What silence accepted before that day is recorded first, as of its own day: no act waits for a job.
    """
    row, target = held(objection)
    due = silent_since(row, target, actors.current().on)
    if due is not None:
        accepted_silently(row, target, due)
    return row, target


def locked_complaint(complaint: Complaint) -> tuple[Complaint, Objection, Target]:
    """Return the complaint, its objection and the target, held in one order: listing, objection, complaint."""
    objection, target = locked(complaint.objection)
    row = Complaint.objects.select_for_update(of=("self",)).get(pk=complaint.pk)
    return row, objection, target


def silent_since(row: Objection, target: Target, day: date) -> date | None:
    """Return the day as of which silence has accepted a held objection that still waits, as known on `day`."""
    if row.state != ObjectionState.RECEIVED:
        return None
    due = due_on(row, ACCEPT_RULE)
    if due is None or due >= day or rules.may_accept(dispute_of(target), due):
        return None
    return due


def accepted_silently(row: Objection, target: Target, due: date) -> Objection:
    """Record, in the act under way, that silence accepted a held objection as of its due day."""
    with acting(SPEAKER, "objection.accept_by_silence", reason=SILENCE, on=due):
        return accepted(SPEAKER, row, target, due, SILENCE, "accept_by_silence")


def record_silence(listing: Listing, on: date) -> None:
    """Record what silence about the listing did before `on`, ahead of the act on the listing that is under way."""
    waiting = Objection.objects.filter(listing=listing, state=ObjectionState.RECEIVED)
    for objection in waiting.order_by("pk"):
        row, target = held(objection)
        due = silent_since(row, target, on)
        if due is not None:
            accepted_silently(row, target, due)


def accepted(actor: Actor, row: Objection, target: Target, day: date, reason: str, act: str) -> Objection:
    """Carry a held objection into acceptance, with all that it brings: the pause, the notices, the term to answer."""
    by_silence = act == "accept_by_silence"
    changes = {"accepted_on": day, "accepted_by_key": "" if by_silence else actor.key, "by_silence": by_silence}
    payload = {**about(row), "by_silence": by_silence}
    workflow.apply(row, OBJECTION, act, actor=actor, reason=reason, on=day, changes=changes, payload=payload)
    deadlines.close_deadline(row, ACCEPT_RULE, on=day, by="视为受理" if by_silence else "已受理")
    deadlines.open_deadline(row, ANSWER_RULE, event="收到异议", counts_from=row.received_on)
    if target.listing is not None:
        why = f"受理异议 {row.public_id}"
        pause_listing(
            actor=with_clock(actor), listing=target.listing, cause="objection", ref=row.public_id, on=day, reason=why
        )
        expect_no_pause(target)  # also where there was nothing left to pause
    follow(actor, row, day)
    # The counter's row is locked until commit, so the number is taken last.
    row.acceptance_number = counters.next_number("objection.acceptance", row.answering_unit.code, day.year)
    row.save(update_fields=["acceptance_number"])
    tell(row, "objection.acceptance")
    return row


def expect_no_pause(target: Target) -> None:
    """Take back the pause that silence would open: the objection was decided, withdrawn or ended."""
    if target.listing is not None and target.listing.tacit_from is not None:
        expect_pause({target.listing.pk: None})
        target.listing.tacit_from = None
