"""Asking the filer for more: what is missing, until when; the unit's own terms run on meanwhile."""

from __future__ import annotations

from datetime import date

from core import deadlines, workflow
from core.actors import Actor, acting, settled_day
from core.problems import refuse
from objections import checks, permissions
from objections.models import Objection
from objections.services.accepting import locked
from objections.services.common import PAPERS_RULE, answering, deadline_of
from objections.services.telling import tell
from objections.workflow import OBJECTION


def ask_for_papers(*, actor: Actor, objection: Objection, reason: str, on: date | None = None) -> Objection:
    """Tell the filer once at a time which papers are missing (`reason`), and by when; nothing stops for it.

    Raises Refused OBJ-61 while an earlier request is open, CORE-04 before receipt and after the answer was drafted,
    CORE-07 without saying what is missing.
    """
    found = answering(actor, objection, permissions.ASK)
    day = settled_day(actor, on, reason)
    with acting(actor, "objection.ask", reason=reason, on=day):
        row, _ = locked(found)
        before = deadline_of(row, PAPERS_RULE)
        waiting = before.due_on if before is not None and before.closed_on is None and before.due_on >= day else None
        refuse(checks.asking(reason, waiting))
        workflow.apply(
            row,
            OBJECTION,
            "ask_accepted" if row.state == "accepted" else "ask_received",
            actor=actor,
            reason=reason,
            on=day,
        )
        deadlines.close_deadline(row, PAPERS_RULE, on=day, by="另行通知")
        deadlines.open_deadline(row, PAPERS_RULE, event="通知补交材料", counts_from=day)
        tell(row, "objection.asking")
    return row
