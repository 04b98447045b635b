"""A refusal that was found wrong is no decision any more: the application goes on, and others decide it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from core import deadlines, workflow
from core.actors import Actor
from core.models import TransitionRecord
from core.periods import PeriodState
from core.problems import Violation
from repair import checks, letters
from repair.enums import OPEN, Channel, State
from repair.matters import matter_of
from repair.models import Application
from repair.services.filing import ACCEPT_RULE, ANSWER_RULE, VERIFY_RULE
from repair.workflow import APPLICATION, REOPEN

REOPENED = ("reopen", "reopen_acceptance")
DECIDED = ("opine", "reject", "decline")
REFUSALS = ("reject", "decline")  # the city's own; what a source refused is mirrored by another act
OVER = (PeriodState.ENDED, PeriodState.REVOKED)


def decided_before(actor: Actor, application: Application, day: date, act: str) -> list[Violation]:
    """REP-57, REP-49: after a refusal was found wrong others decide, and nothing is dated before it was given back."""
    acts = TransitionRecord.objects.filter(workflow=APPLICATION.name, object_id=application.pk)
    back = acts.filter(transition__in=REOPENED).order_by("-pk").first()
    if back is None:
        return []
    found = checks.not_before(day, back.legal_on, "REP-49", act, "重新办理")
    earlier = acts.filter(pk__lt=back.pk, transition__in=DECIDED, actor_key=actor.key)
    return found + checks.other_officer(earlier.exists())


def reopen(*, actor: Actor, application: Application, on: date, reason: str) -> str:
    """Give a refused application back to its unit, inside the act that found the refusal wrong; returns what came of it.

    Refused after verification: it is accepted, to be verified, opined and signed anew; refused acceptance: it waits for
    acceptance. The terms count from this day. Nothing is given back where the record is over or another application
    for it is being handled.
    """
    matter = matter_of(application).locked()
    found = Application.objects.select_for_update(of=("self",)).select_related("unit").get(pk=application.pk)
    if found.state not in {State.REJECTED, State.DECLINED}:
        return f"原决定已经撤销，修复申请（回执编号 {found.receipt}）已在重新办理"
    if matter.facts(on, found).state in OVER:
        return f"原决定已经撤销；{matter.title}已经结束，没有需要修复的内容"
    other = Application.objects.filter(**matter.columns, kind=found.kind, state__in=OPEN).first()
    if other is not None:
        return f"原决定已经撤销；{matter.title}另有在办的修复申请（回执编号 {other.receipt}），按该申请办理"
    _carry(replace(actor, permissions=actor.permissions | {REOPEN}), found, on, reason)
    return f"原决定已经撤销，修复申请（回执编号 {found.receipt}）重新办理，由未参与原决定的人员另行决定"


def _carry(actor: Actor, found: Application, on: date, reason: str) -> None:
    """Take the refusal back and let the terms run anew; its number stays used, its words stay in the history."""
    accepted = found.state == State.REJECTED
    name, first = ("reopen", VERIFY_RULE) if accepted else ("reopen_acceptance", ACCEPT_RULE)
    changes: dict[str, Any] = {"answered_on": None, "number": None, "number_year": None}
    changes |= dict.fromkeys(("opinion", "opinion_text", "opined_by_key", "answer", "answered_by_key"), "")
    workflow.apply(found, APPLICATION, name, actor=actor, reason=reason, on=on, changes=changes)
    deadlines.open_deadline(found, first, event="重新办理", counts_from=on)
    due = deadlines.open_deadline(found, ANSWER_RULE, event="重新办理", counts_from=on)
    letters.tell(found, "repair.reopened", letters.reopened(found, on, due.due_on))


def by_the_source(application: Application) -> bool:
    """Tell whether the refusal is the source's own: the city only mirrored it."""
    return application.state == State.REJECTED and application.channel != Channel.CITY
