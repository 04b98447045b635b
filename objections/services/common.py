"""What several commands need: the row locked with its listing, the scope of who answers, the day by which all is due."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from core import deadlines
from core.actors import Actor
from core.models import Deadline
from core.permissions import require
from core.problems import NotFound, Violation, refuse
from objections import checks
from objections.models import Complaint, Objection
from objections.targets import Target, resolve
from sanctions.models import Listing
from sanctions.permissions import REMEDY

ACCEPT_RULE, ANSWER_RULE, EXTENDED_RULE, WINDOW_RULE = "OBJ-T01", "OBJ-T02", "OBJ-T03", "OBJ-T04"
COMPLAINT_ACCEPT_RULE, RULING_RULE, FORWARD_RULE = "OBJ-T05", "OBJ-T06", "OBJ-T08"
PAPERS_RULE = "OBJ-T12"
OBJECTION_RULES = (ACCEPT_RULE, ANSWER_RULE, EXTENDED_RULE, FORWARD_RULE, PAPERS_RULE)
COMPLAINT_RULES = (COMPLAINT_ACCEPT_RULE, RULING_RULE, PAPERS_RULE)


def visible_objection(actor: Actor, objection: Objection) -> Objection:
    """Return the objection when the actor may know of it, else NotFound: existence is not told to strangers."""
    found = Objection.objects.visible_to(actor).filter(pk=objection.pk).first()
    if found is None:
        raise NotFound("该异议")
    return found


def visible_complaint(actor: Actor, complaint: Complaint) -> Complaint:
    found = Complaint.objects.visible_to(actor).filter(pk=complaint.pk).first()
    if found is None:
        raise NotFound("该投诉")
    return found


def answering(actor: Actor, objection: Objection, permission: str) -> Objection:
    """Return the objection for an officer of the unit that answers it; others see it and do not act."""
    found = visible_objection(actor, objection)
    require(actor, permission)
    if found.answering_unit_id not in actor.unit_ids:
        unit = found.answering_unit.name
        wrong = Violation("OBJ-47", f"该异议由{unit}办理", remedy=f"由{unit}的经办或审核人员办理", basis=checks.SEED)
        refuse([wrong], status=403)
    return found


def held(objection: Objection) -> tuple[Objection, Target]:
    """Return the objection and its target as they are recorded, held until the transaction ends; its listing is held first.

    The listing comes first because the clock's own acts lock it first; so does the one that a target hangs on.
    """
    key = objection.listing_id
    if key is None:
        under = resolve(objection.target_kind, objection.target_key).hangs_on
        key = under.pk if under else None
    if key is not None:
        Listing.objects.select_for_update(of=("self",)).get(pk=key)
    row = Objection.objects.select_for_update(of=("self",)).select_related("answering_unit").get(pk=objection.pk)
    return row, resolve(row.target_kind, row.target_key)


def with_clock(actor: Actor) -> Actor:
    """Return the same actor with the right to the clock's acts that follow from what he was permitted to do."""
    return replace(actor, permissions=actor.permissions | {REMEDY})


def due_on(record: Objection | Complaint, *codes: str) -> date | None:
    """Return the latest due day of the record under these rules, met or not."""
    row = deadlines.deadlines_of(record).filter(rule__code__in=codes).order_by("-due_on").first()
    return row.due_on if row else None


def deadline_of(record: Objection | Complaint, code: str) -> Deadline | None:
    return deadlines.deadlines_of(record).filter(rule__code=code).last()


def about(objection: Objection) -> dict[str, str | None]:
    """Return what events say of the target: nothing of a person."""
    listing = objection.listing
    return {"listing": listing.public_id if listing else None, "target": objection.target_kind}
