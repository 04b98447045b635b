"""Asking the applicant for more: what is missing, until when; the unit's own terms run on meanwhile."""

from __future__ import annotations

from datetime import date

from core import deadlines, workflow
from core.actors import Actor, acting, settled_day
from core.permissions import require
from core.problems import refuse
from repair import checks, letters
from repair.models import Application
from repair.services.filing import MATERIAL_RULE
from repair.services.handling import own_application
from repair.workflow import APPLICATION


def ask_for_material(*, actor: Actor, application: Application, reason: str, on: date | None = None) -> Application:
    """Tell the applicant once at a time which material is missing (`reason`), and by when; nothing stops for it.

    Raises Refused REP-61 while an earlier request is open, CORE-04 once it is verified, CORE-07 without saying what is
    missing.
    """
    require(actor, "repair.application.ask")
    found = own_application(actor, application)
    day = settled_day(actor, on, reason)
    with acting(actor, "repair.ask_material", reason=reason, on=day):
        locked = Application.objects.select_for_update().get(pk=found.pk)
        rows = deadlines.deadlines_of(locked).filter(rule__code=MATERIAL_RULE, closed_on__isnull=True)
        waiting = rows.filter(due_on__gte=day).last()
        refuse(checks.asking(reason, waiting.due_on if waiting is not None else None))
        workflow.apply(
            found,
            APPLICATION,
            "ask_accepted" if locked.state == "accepted" else "ask_received",
            actor=actor,
            reason=reason,
            on=day,
        )
        deadlines.close_deadline(locked, MATERIAL_RULE, on=day, by="另行通知")
        due = deadlines.open_deadline(locked, MATERIAL_RULE, event="通知补充材料", counts_from=day)
        letters.tell(found, "repair.asking", letters.asking(found, reason.strip(), due.due_on))
    return found
