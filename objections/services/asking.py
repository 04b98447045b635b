"""Asking the filer for more: what is missing, until when; the terms of who asks run on meanwhile."""

from __future__ import annotations

from datetime import date

from core import deadlines, workflow
from core.actors import Actor, acting, settled_day
from core.problems import refuse
from core.workflow import Workflow
from objections import checks, permissions
from objections.models import Complaint, Objection
from objections.services.accepting import locked, locked_complaint
from objections.services.common import PAPERS_RULE, answering, deadline_of
from objections.services.complaints import office_complaint
from objections.services.telling import tell
from objections.workflow import COMPLAINT, OBJECTION


def ask_for_papers(*, actor: Actor, objection: Objection, reason: str, on: date | None = None) -> Objection:
    """Tell the filer once at a time which papers are missing (`reason`), and by when; nothing stops for it.

    Raises Refused OBJ-61 while an earlier request is open, CORE-04 before receipt and after the answer was drafted,
    CORE-07 without saying what is missing.
    """
    found = answering(actor, objection, permissions.ASK)
    day = settled_day(actor, on, reason)
    with acting(actor, "objection.ask", reason=reason, on=day):
        row, _ = locked(found)
        _asked(actor, row, OBJECTION, "accepted" if row.state == "accepted" else "received", reason, day)
    return row


def ask_complainant(*, actor: Actor, complaint: Complaint, reason: str, on: date | None = None) -> Complaint:
    """Tell who complains the same, by an officer of the office; until the ruling is drafted. Raises as above."""
    found = office_complaint(actor, complaint, permissions.COMPLAINT_STUDY)
    day = settled_day(actor, on, reason)
    with acting(actor, "complaint.ask", reason=reason, on=day):
        row, _, _ = locked_complaint(found)
        _asked(actor, row, COMPLAINT, row.state if row.state in ("accepted", "convened") else "received", reason, day)
    return row


def _asked(actor: Actor, row: Objection | Complaint, table: Workflow, state: str, reason: str, day: date) -> None:
    """Record the request on a held row, put its term in the place of the one before, and write to the filer."""
    before = deadline_of(row, PAPERS_RULE)
    waiting = before.due_on if before is not None and before.closed_on is None and before.due_on >= day else None
    refuse(checks.asking(reason, waiting))
    workflow.apply(row, table, f"ask_{state}", actor=actor, reason=reason, on=day)
    deadlines.close_deadline(row, PAPERS_RULE, on=day, by="另行通知")
    deadlines.open_deadline(row, PAPERS_RULE, event="通知补交材料", counts_from=day)
    tell(row, "objection.asking" if isinstance(row, Objection) else "complaint.asking")
