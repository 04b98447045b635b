"""Deciding: a second officer signs, the result is published, the listing ends that day; or a source's result is mirrored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from core import deadlines, workflow
from core.actors import Actor, acting, settled_day
from core.counters import next_number
from core.masking import no_personal_numbers
from core.models import Attachment
from core.permissions import require
from core.problems import Violation, refuse
from repair import checks, letters, rules
from repair.enums import Outcome
from repair.facts import still_there
from repair.matters import matter_of
from repair.models import Application, SourceResult
from repair.services.filing import ANSWER_RULE, EXTENSION_RULE, RUNNING
from repair.services.handling import own_application
from repair.services.reopening import decided_before
from repair.workflow import APPLICATION, HANDLE, SIGN

SYNC_RULE = "REP-T06"
PUBLISH = "repair.application.publish"


def approve(*, actor: Actor, application: Application, on: date | None = None, reason: str = "") -> Application:
    """Sign the consent as second officer; it takes a number, and takes effect with its publication."""
    return _sign(actor, application, Outcome.APPROVE, on, reason)


def reject(*, actor: Actor, application: Application, reason: str, on: date | None = None) -> Application:
    """Sign the refusal as second officer, with reasons; the applicant may object to it and may apply anew."""
    return _sign(actor, application, Outcome.REJECT, on, reason)


def _sign(actor: Actor, application: Application, outcome: str, on: date | None, reason: str) -> Application:
    require(actor, SIGN)
    found = own_application(actor, application)
    day = settled_day(actor, on, reason)
    agreed = outcome == Outcome.APPROVE
    name = "approve" if agreed else "reject"
    with acting(actor, f"repair.{name}", reason=reason, on=day):
        matter = matter_of(found).locked()
        found.refresh_from_db()
        refuse(rules.may_decide(matter.facts(day, found), day, approve=agreed))
        refuse(workflow.check(found, APPLICATION, name, actor, reason)[1])
        verified_on = found.verification.verified_on if found.verification is not None else None
        refuse(
            checks.signs_what_was_opined(found.opinion, outcome)
            + checks.not_before(day, verified_on, "REP-49", "答复", "核实")
            + decided_before(actor, found, day, "答复")
        )
        changes: dict[str, Any] = {
            "answered_on": day,
            "answer": reason.strip() or found.opinion_text,
            "answered_by_key": actor.key,
        }
        workflow.apply(found, APPLICATION, name, actor=actor, reason=reason, on=day, changes=changes)
        deadlines.close_deadlines(Application, [found.pk], *RUNNING, on=day, by="已答复")
        if agreed:
            deadlines.open_deadline(found, SYNC_RULE, event="同意修复", counts_from=day)
        _number(found, day)
        letters.tell(found, "repair.decided", letters.decided(found))
    return found


def _number(found: Application, day: date) -> None:
    """Give the decision its gapless number, last in the transaction."""
    found.number_year = day.year
    found.number = next_number("repair.decision", found.unit.code, day.year)
    found.save(update_fields=["number", "number_year"])


def publish(*, actor: Actor, application: Application, on: date | None = None, reason: str = "") -> Application:
    """Publish the repair: from this day the listing is over, and every implementing unit is told to stop; or the
    penalty leaves the public view.

    Legal source: 实施方案 二（三）1 «信用修复后予以公布，不再实施联合惩戒».
    """
    require(actor, PUBLISH)
    found = own_application(actor, application)
    day = settled_day(actor, on, reason)
    with acting(actor, "repair.publish", reason=reason, on=day):
        matter = matter_of(found).locked()
        found.refresh_from_db()
        refuse(rules.may_publish(matter.facts(day, found), day))
        refuse(workflow.check(found, APPLICATION, "publish", actor, reason)[1])
        workflow.apply(
            found,
            APPLICATION,
            "publish",
            actor=actor,
            reason=reason,
            on=day,
            changes={"published_on": day},
            payload={**matter.payload, "published_on": day.isoformat()},
        )
        matter.end(actor, day, f"信用修复 {found.numbered()}")
        deadlines.close_deadlines(Application, [found.pk], SYNC_RULE, on=day, by="已公布")
        letters.tell(found, "repair.published", letters.published(found))
    return found


@dataclass(frozen=True, slots=True)
class Result:
    """What the governing channel decided: its own days, document and authority."""

    outcome: str
    source: str
    document_number: str
    decided_on: date
    ended_on: date | None = None
    proof: Attachment | None = None


def mirror_result(
    *, actor: Actor, application: Application, result: Result, reason: str = "", on: date | None = None
) -> Application:
    """Mirror what the governing channel decided; the city's publication ends on the very day the source's ended.

    Raises Refused REP-48 for days that cannot be, REP-23 where the listing is over meanwhile.
    """
    require(actor, HANDLE)
    found = own_application(actor, application)
    day = settled_day(actor, on, reason)
    agreed = result.outcome == Outcome.APPROVE
    name = "mirror_approval" if agreed else "mirror_rejection"
    with acting(actor, f"repair.{name}", reason=reason, on=day):
        matter = matter_of(found).locked()
        found.refresh_from_db()
        refuse(workflow.check(found, APPLICATION, name, actor, reason)[1])
        refuse(_mirror_violations(found, result, day) + no_personal_numbers(reason))
        SourceResult.objects.create(
            application=found,
            outcome=result.outcome,
            source=result.source.strip(),
            document_number=result.document_number.strip(),
            decided_on=result.decided_on,
            ended_on=result.ended_on,
            proof=result.proof,
        )
        changes: dict[str, Any] = {"answered_on": result.decided_on, "answer": reason.strip() or "依来源办理结果"}
        payload: dict[str, Any] = {}
        if result.ended_on is not None and agreed:
            changes["published_on"] = result.ended_on
            payload = {**matter.payload, "published_on": result.ended_on.isoformat()}
        workflow.apply(found, APPLICATION, name, actor=actor, reason=reason, on=day, changes=changes, payload=payload)
        deadlines.close_deadlines(
            Application, [found.pk], *RUNNING, ANSWER_RULE, EXTENSION_RULE, on=day, by="已登记来源结果"
        )
        if result.ended_on is not None and agreed:
            why = f"{result.source} {result.document_number}终止公示"
            matter.end(actor, result.ended_on, why)
            letters.tell(found, "repair.published", letters.published(found, result.source))
        else:
            letters.tell(found, "repair.decided", letters.mirrored_refusal(found, result.source))
    return found


def _mirror_violations(found: Application, result: Result, day: date) -> list[Violation]:
    problems = []
    if result.outcome not in Outcome.values or not result.source.strip() or not result.document_number.strip():
        problems.append(
            Violation("REP-48", "未填写来源结果、机关或者文书号", "document_number", "按来源的文书逐项填写")
        )
    matter = matter_of(found)
    problems += checks.source_days(
        result.decided_on, result.ended_on, result.outcome, found.received_on, matter.starts_on, day
    )
    if result.outcome == Outcome.APPROVE and result.ended_on is not None and not problems:
        problems += still_there(matter.facts(result.ended_on, found), result.ended_on)
    return problems
