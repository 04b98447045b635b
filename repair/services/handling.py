"""Handling: accept or decline within three working days, forward by channel, verify, extend with a reason, opine."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from core import deadlines, workflow
from core.actors import Actor, acting, settled_day
from core.masking import no_personal_numbers
from core.models import Attachment
from core.permissions import require
from core.problems import Violation, refuse
from repair import checks, letters
from repair.enums import Channel, CountsFrom, Outcome, State
from repair.facts import still_there
from repair.matters import matter_of
from repair.models import Application, Extension, Verification
from repair.rules import CHANNELS
from repair.services.filing import (
    ACCEPT_RULE,
    ANSWER_RULE,
    EXTENSION_RULE,
    RUNNING,
    VERIFY_RULE,
    visible_application,
)
from repair.services.reopening import decided_before
from repair.workflow import APPLICATION, HANDLE

END = "repair.application.end"


def own_application(actor: Actor, application: Application) -> Application:
    """Return the application when the actor's unit handles it; who only sees it does not act on it (REP-52)."""
    found = visible_application(actor, application)
    if found.unit_id not in actor.unit_ids:
        wrong = f"该申请由{found.unit.name}办理"
        refuse([Violation("REP-52", wrong, remedy=f"由{found.unit.name}的经办或审核人员办理")], status=403)
    return found


def _dated(found: Application, day: date, act: str) -> list[Violation]:
    """REP-49: no act is dated before the receipt, nor before the acceptance it follows."""
    return checks.not_before(day, found.received_on, "REP-49", act, "收到申请") + checks.not_before(
        day, found.accepted_on, "REP-49", act, "受理"
    )


def accept(*, actor: Actor, application: Application, on: date | None = None, reason: str = "") -> Application:
    """Accept an application of the city's channel; the verification term begins.

    Raises Refused REP-44 before the identity check, REP-05 for a record of another channel, which is forwarded, and
    REP-23 where the record is over meanwhile.
    """
    require(actor, HANDLE)
    found = own_application(actor, application)
    day = settled_day(actor, on, reason)
    problems = _dated(found, day, "受理") + checks.identity_checked(found.identity_checked_on)
    if found.channel != Channel.CITY:
        place = CHANNELS[found.channel]
        problems.append(Violation("REP-05", f"该记录由{place}受理，本市不受理", remedy="办理“转交”并登记来源结果"))
    with acting(actor, "repair.accept", reason=reason, on=day):
        matter = matter_of(found).locked()
        if found.state == State.RECEIVED:
            problems += still_there(matter.facts(day, found), day)
        refuse(problems)
        workflow.apply(found, APPLICATION, "accept", actor=actor, reason=reason, on=day, changes={"accepted_on": day})
        refuse(decided_before(actor, found, day, "受理"))
        deadlines.close_deadline(found, ACCEPT_RULE, on=day, by="已受理")
        due = deadlines.open_deadline(found, VERIFY_RULE, event="受理", counts_from=day)
        letters.tell(found, "repair.accepted", letters.accepted(found, due.due_on))
    return found


def decline(*, actor: Actor, application: Application, reason: str, on: date | None = None) -> Application:
    """Refuse acceptance with reasons; the application is closed and a new one is possible."""
    require(actor, HANDLE)
    found = own_application(actor, application)
    day = settled_day(actor, on, reason)
    refuse(_dated(found, day, "不予受理"))
    with acting(actor, "repair.decline", reason=reason, on=day):
        changes = {"answer": reason.strip()}
        workflow.apply(found, APPLICATION, "decline", actor=actor, reason=reason, on=day, changes=changes)
        refuse(decided_before(actor, found, day, "不予受理"))
        deadlines.close_deadlines(Application, [found.pk], *RUNNING, on=day, by="不予受理")
        letters.tell(found, "repair.declined", letters.declined(found, day))
    return found


def forward(*, actor: Actor, application: Application, on: date | None = None, reason: str = "") -> Application:
    """Forward an application to the channel that governs the record; the city mirrors its result and ends nothing.

    Where that channel hands the matter to a unit of this city, the unit's clocks run here as well.
    """
    require(actor, HANDLE)
    found = own_application(actor, application)
    day = settled_day(actor, on, reason)
    problems = _dated(found, day, "转交") + checks.identity_checked(found.identity_checked_on)
    if found.channel == Channel.CITY:
        problems.append(Violation("REP-05", "该记录由本市办理，不需要转交", remedy="办理“受理”"))
    refuse(problems)
    receiver = matter_of(found).terms().receiver
    with acting(actor, "repair.forward", reason=reason, on=day):
        changes = {"forwarded_on": day, "forwarded_to": receiver}
        workflow.apply(found, APPLICATION, "forward", actor=actor, reason=reason, on=day, changes=changes)
        deadlines.close_deadline(found, ACCEPT_RULE, on=day, by="已转交")
        if found.channel == Channel.SOURCE:  # the court's and the tax authority's terms are their own
            deadlines.close_deadline(found, ANSWER_RULE, on=day, by="由来源依其规定答复")
        else:
            deadlines.open_deadline(found, ACCEPT_RULE, event="转交", counts_from=day)
        letters.tell(found, "repair.forwarded", letters.forwarded(found))
    return found


def record_source_acceptance(
    *, actor: Actor, application: Application, accepted_on: date, on: date | None = None, reason: str = ""
) -> Application:
    """Record that the channel accepted a forwarded application; the authority's verification term runs from then."""
    require(actor, HANDLE)
    found = own_application(actor, application)
    day = settled_day(actor, on, reason)
    problems = checks.not_before(accepted_on, found.received_on, "REP-49", "来源受理", "收到申请")
    if accepted_on > day:
        problems.append(Violation("REP-49", f"来源受理日 {accepted_on} 晚于今天", "accepted_on", "受理之后再登记"))
    if found.accepted_on is not None:
        problems.append(Violation("REP-49", "来源受理已经登记", remedy="等待来源办理结果"))
    refuse(problems)
    with acting(actor, "repair.source_accept", reason=reason, on=day):
        changes = {"accepted_on": accepted_on}
        workflow.apply(found, APPLICATION, "source_accept", actor=actor, reason=reason, on=day, changes=changes)
        deadlines.close_deadline(found, ACCEPT_RULE, on=day, by="来源已受理")
        if found.channel != Channel.SOURCE:
            deadlines.open_deadline(found, VERIFY_RULE, event="来源受理", counts_from=accepted_on)
    return found


@dataclass(frozen=True, slots=True)
class Findings:
    """What the verification found: how it was done, what was seen, and the two answers everything rests on."""

    method: str
    findings: str
    corrected: bool
    materials_true: bool
    corrected_on: date | None = None
    proof: Attachment | None = None


def verify(
    *, actor: Actor, application: Application, found: Findings, on: date | None = None, reason: str = ""
) -> Verification:
    """Record what the unit verified; it can be dated neither before the acceptance nor in the future."""
    require(actor, HANDLE)
    record = own_application(actor, application)
    day = settled_day(actor, on, reason)
    problems = _dated(record, day, "核实")
    if not found.method.strip() or not found.findings.strip():
        problems.append(Violation("REP-45", "未填写核实方式或者核实情况", "findings", "写明怎样核实、查明了什么"))
    if found.corrected_on is not None and found.corrected_on > day:
        problems.append(Violation("REP-41", "核实的改正日晚于今天", "corrected_on", "核对改正日"))
    refuse(problems + no_personal_numbers(found.findings, "findings", "核实情况"))
    with acting(actor, "repair.verify", reason=reason, on=day):
        workflow.apply(record, APPLICATION, "verify", actor=actor, reason=reason, on=day)
        refuse(decided_before(actor, record, day, "核实"))
        deadlines.close_deadlines(Application, [record.pk], VERIFY_RULE, on=day, by="已核实")
        return Verification.objects.create(
            application=record,
            verified_on=day,
            method=found.method.strip(),
            findings=found.findings.strip(),
            corrected=found.corrected,
            materials_true=found.materials_true,
            corrected_on=found.corrected_on,
            proof=found.proof,
        )


def extend(*, actor: Actor, application: Application, reason: str, on: date | None = None) -> Extension:
    """Extend the verification once, with a reason that the applicant is told the same day.

    The new term counts from the last day of the old one and bounds the answer too (REP-T04).
    """
    require(actor, HANDLE)
    found = own_application(actor, application)
    day = settled_day(actor, on, reason)
    refuse(_dated(found, day, "延长") + no_personal_numbers(reason))
    with acting(actor, "repair.extend", reason=reason, on=day):
        workflow.apply(found, APPLICATION, "extend", actor=actor, reason=reason, on=day)
        running = [
            row
            for row in deadlines.deadlines_of(found)
            if row.rule.code in {VERIFY_RULE, EXTENSION_RULE} and row.closed_on is None
        ]
        late = [row for row in running if row.due_on < day]
        if Extension.objects.filter(application=found).exists() or late or not running:
            wrong = "核实期限已经届满" if late else "核实期限只能延长一次"
            refuse([Violation("REP-53", wrong, remedy="尽快核实并答复；逾期的向申请人说明原因")])
        deadlines.close_deadlines(Application, [found.pk], VERIFY_RULE, ANSWER_RULE, on=day, by="延长核实")
        due = deadlines.open_deadline(found, EXTENSION_RULE, event="原核实期限届满", counts_from=running[0].due_on)
        extension = Extension.objects.create(application=found, reason=reason.strip(), extended_on=day, told_on=day)
        letters.tell(found, "repair.extended", letters.extended(found, extension, due.due_on))
    return extension


def _term_as_verified(found: Application, checked: Verification) -> list[Violation]:
    """REP-06: where the term counts from the correction, the day that was verified rules, not the one that was told."""
    matter, corrected_on = matter_of(found), checked.corrected_on or found.corrected_on
    terms = matter.terms()
    if terms.counts_from != CountsFrom.CORRECTION or corrected_on is None:
        return []
    first = terms.first_day(matter.starts_on, corrected_on)
    return checks.correction(True, corrected_on, first, terms.law.minimum_months, found.received_on)


def opine(
    *, actor: Actor, application: Application, outcome: str, text: str, on: date | None = None, reason: str = ""
) -> Application:
    """Draft the answer: consent only after a verified correction with true materials; a second officer signs it."""
    require(actor, HANDLE)
    found = own_application(actor, application)
    day = settled_day(actor, on, reason)
    checked = found.verification
    problems = _dated(found, day, "拟办")
    if checked is not None:
        problems += checks.opinion_fits(outcome, checked.corrected, checked.materials_true, text)
        problems += checks.not_before(day, checked.verified_on, "REP-49", "拟办", "核实")
        if outcome == Outcome.APPROVE:
            problems += _term_as_verified(found, checked)
    refuse(problems + no_personal_numbers(text, "text", "理由"))
    with acting(actor, "repair.opine", reason=reason, on=day):
        changes = {"opinion": outcome, "opinion_text": text.strip(), "opined_by_key": actor.key}
        workflow.apply(found, APPLICATION, "opine", actor=actor, reason=reason, on=day, changes=changes)
        refuse(decided_before(actor, found, day, "拟办"))
    return found


def send_back(*, actor: Actor, application: Application, reason: str, on: date | None = None) -> Application:
    """Return the opinion to be drafted anew: the second officer's way to disagree."""
    found = own_application(actor, application)
    day = settled_day(actor, on, reason)
    with acting(actor, "repair.return", reason=reason, on=day):
        changes = {"opinion": "", "opinion_text": "", "opined_by_key": ""}
        workflow.apply(found, APPLICATION, "return", actor=actor, reason=reason, on=day, changes=changes)
    return found
