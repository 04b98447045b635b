"""The answer: drafted by one, signed by another, neither of whom took part in what is objected to."""

from __future__ import annotations

from datetime import date
from typing import Any

from core import counters, deadlines, workflow
from core.actors import Actor, acting, settled_day
from core.periods import Period
from core.permissions import require
from core.problems import Problem, refuse
from core.workflow import Workflow
from objections import checks, permissions, rules
from objections.disclosures import follow
from objections.enums import OPEN_COMPLAINT, Outcome
from objections.models import AnsweredObjection, Complaint, Objection
from objections.services.accepting import expect_no_pause, locked
from objections.services.common import (
    ANSWER_RULE,
    EXTENDED_RULE,
    OBJECTION_RULES,
    WINDOW_RULE,
    about,
    answering,
    due_on,
    visible_objection,
    with_clock,
)
from objections.services.telling import tell
from objections.standing import dispute_of
from objections.targets import Target, corrected_at_once
from objections.workflow import OBJECTION
from sanctions.services.clocks import amend_listing, resume_listing, revoke_listing

ACT_OF = {Outcome.REJECTED: "reject", Outcome.UPHELD: "uphold", Outcome.PARTLY_UPHELD: "partly_uphold"}


def extend_answer(*, actor: Actor, objection: Objection, reason: str, on: date | None = None) -> Objection:
    """Put the answer off once, before it is due, with the reason; counted from the day on which it was due."""
    found = answering(actor, objection, permissions.DRAFT)
    day = settled_day(actor, on, reason)
    with acting(actor, "objection.extend", reason=reason, on=day):
        row, target = locked(found)
        due = due_on(row, ANSWER_RULE)
        refuse(rules.may_answer(dispute_of(target), day) + checks.extension(row.extended_on, due, day))
        workflow.apply(row, OBJECTION, "extend", actor=actor, reason=reason, on=day, changes={"extended_on": day})
        deadlines.close_deadline(row, ANSWER_RULE, on=day, by="已延长")
        deadlines.open_deadline(row, EXTENDED_RULE, event="原答复期限届满", counts_from=due or day)
        tell(row, "objection.extension")
    return row


def draft_answer(
    *, actor: Actor, objection: Objection, outcome: str, text: str, on: date | None = None, reason: str = ""
) -> Objection:
    """Write the answer with its result and reasons; nothing takes effect before another officer signs it.

    Raises Refused OBJ-46 for who took part in what is objected to, OBJ-12 before the day of acceptance, OBJ-45 for a
    favourable answer while the filer's identity is unchecked.
    """
    found = answering(actor, objection, permissions.DRAFT)
    day = settled_day(actor, on, reason)
    with acting(actor, "objection.draft_answer", reason=reason, on=day):
        row, target = locked(found)
        refuse(_answer_violations(actor, row, target, outcome, text, day))
        changes = {"outcome": outcome, "answer_text": text.strip(), "drafted_by_key": actor.key}
        workflow.apply(row, OBJECTION, "draft_answer", actor=actor, reason=reason, on=day, changes=changes)
    return row


def _answer_violations(actor: Actor, row: Objection, target: Target, outcome: str, text: str, day: date) -> list[Any]:
    found = rules.may_answer(dispute_of(target), day) + checks.answer(outcome, text)
    found += checks.own_decision(actor.key, target.took_part, target.label)
    if outcome != Outcome.REJECTED:
        found += checks.identity(row.identity_result, by_silence=row.by_silence)
    return found


def return_answer(*, actor: Actor, objection: Objection, reason: str, on: date | None = None) -> Objection:
    """Give a drafted answer back with what is to be changed."""
    found = answering(actor, objection, permissions.SIGN)
    day = settled_day(actor, on, reason)
    with acting(actor, "objection.return_answer", reason=reason, on=day):
        row, _ = locked(found)
        return workflow.apply(row, OBJECTION, "return_answer", actor=actor, reason=reason, on=day)


def sign_answer(*, actor: Actor, objection: Objection, on: date | None = None, reason: str = "") -> Objection:
    """Sign the drafted answer: it takes effect on the listing in the same transaction, and the complaint's term runs.

    Rejected: this day is in force again. Upheld: revoked, void from the start. Partly upheld: the pause lasts until
    the new determination. Raises Refused CORE-05 for who drafted it, OBJ-46 for who took part, OBJ-10 when answered
    already, OBJ-11 when a complaint took it over, OBJ-12 before the day of acceptance.
    """
    found = answering(actor, objection, permissions.SIGN)
    day = settled_day(actor, on, reason)
    with acting(actor, "objection.sign", reason=reason, on=day):
        row, target = locked(found)
        refuse(
            rules.may_answer(dispute_of(target), day) + checks.own_decision(actor.key, target.took_part, target.label)
        )
        act = ACT_OF.get(Outcome(row.outcome), "reject")
        changes = {"answered_on": day, "answered_by_key": actor.key}
        if row.outcome != Outcome.PARTLY_UPHELD:
            changes["closed_on"] = day
        workflow.apply(row, OBJECTION, act, actor=actor, reason=reason, on=day, changes=changes, payload=about(row))
        deadlines.close_deadlines(Objection, [row.pk], *OBJECTION_RULES, on=day, by="已答复")
        if row.outcome != Outcome.UPHELD:
            answered = AnsweredObjection.objects.get(pk=row.pk)
            deadlines.open_deadline(answered, WINDOW_RULE, event="异议答复", counts_from=day)
        take_effect(actor, target, row.outcome, row.public_id, day)
        follow(actor, row, day)
        correct_at_once(actor, row, OBJECTION, target, day)
        row.answer_number = counters.next_number("objection.answer", row.answering_unit.code, day.year)
        row.save(update_fields=["answer_number"])
        tell(row, "objection.answer")
    return row


def take_effect(actor: Actor, target: Target, outcome: str, ref: str, day: date) -> None:
    """Carry a result to the listing's clock; what has no clock is corrected by its unit."""
    if target.listing is None:
        return
    who, why = with_clock(actor), f"异议投诉 {ref} {Outcome(outcome).label}"
    if outcome == Outcome.REJECTED:
        resume_listing(actor=who, listing=target.listing, ref=ref, on=day, reason=why)
    elif outcome == Outcome.UPHELD:
        revoke_listing(actor=who, listing=target.listing, on=day, reason=why)


def correct_at_once(actor: Actor, row: Objection | Complaint, table: Workflow, target: Target, day: date) -> None:
    """Record what was put right in the act that found it wrong; nothing where the answering unit has yet to correct."""
    if row.outcome == Outcome.REJECTED or target.listing is not None:
        return
    done = corrected_at_once(actor, target, day, f"异议投诉 {row.public_id} {Outcome(row.outcome).label}")
    if done:
        changes = {"corrected_on": day, "correction": done, "closed_on": day}
        workflow.apply(row, table, "record_correction", actor=actor, on=day, changes=changes)


def redetermine(
    *,
    actor: Actor,
    objection: Objection,
    period: Period,
    official_number: str,
    reason: str,
    on: date | None = None,
) -> Objection:
    """Determine anew after a partly upheld objection, by the group's lead: the pause ends, the new period counts from
    the same first day.

    Raises Refused OBJ-51 while a complaint is open or without a clock, SAN-20/54 for a period outside the range or
    longer than before.
    """
    found = answering(actor, objection, permissions.REDETERMINE)
    day = settled_day(actor, on, reason)
    with acting(actor, "objection.redetermine", reason=reason, on=day):
        row, target = locked(found)
        open_complaint = row.complaints.filter(state__in=OPEN_COMPLAINT).exists()
        refuse(checks.redetermination(has_clock=target.listing is not None, complaint_open=open_complaint))
        refuse(checks.own_decision(actor.key, target.took_part, target.label))
        ends = determined_anew(actor, target, row.public_id, period, official_number, reason, day)
        changes = {"corrected_on": day, "correction": f"{official_number.strip()}：{period.label()}", "closed_on": day}
        payload = {**about(row), "ends_on": ends}
        workflow.apply(
            row, OBJECTION, "redetermine", actor=actor, reason=reason, on=day, changes=changes, payload=payload
        )
    return row


def determined_anew(
    actor: Actor,
    target: Target,
    ref: str,
    period: Period,
    official_number: str,
    reason: str,
    day: date,
    *,
    also: tuple[str, ...] = (),
) -> str | None:
    """Close the pauses of `ref` and those it decides too, and set the new period; returns the new end."""
    listing = target.listing
    if listing is None:
        raise Problem("OBJ-51", "该事项没有名单期限，不需重新认定", status=409, remedy="由答复单位登记更正")
    who = with_clock(actor)
    for each in (ref, *also):
        resume_listing(actor=who, listing=listing, ref=each, on=day, reason=reason)
    amended = amend_listing(
        actor=who, listing=listing, period=period, on=day, reason=reason, official_number=official_number
    )
    return amended.ends_on.isoformat() if amended.ends_on else None


def record_correction(
    *, actor: Actor, objection: Objection, correction: str, on: date | None = None, reason: str = ""
) -> Objection:
    """Record what the answering unit corrected after an upheld objection about something without a measure clock."""
    found = answering(actor, objection, permissions.CORRECT)
    day = settled_day(actor, on, reason)
    with acting(actor, "objection.correct", reason=reason, on=day):
        row, target = locked(found)
        refuse(checks.correction(has_clock=target.listing is not None, text=correction))
        changes = {"corrected_on": day, "correction": correction.strip(), "closed_on": day}
        workflow.apply(row, OBJECTION, "record_correction", actor=actor, reason=reason, on=day, changes=changes)
        follow(actor, row, day)
    return row


def withdraw_objection(*, actor: Actor, objection: Objection, reason: str, on: date | None = None) -> Objection:
    """Withdraw at the filer's wish, by himself with his secret or by an officer with his paper; the clock runs again.

    Raises Refused OBJ-10/11 when it was answered or taken over.
    """
    require(actor, permissions.WITHDRAW)
    if actor.kind != "applicant":
        objection = visible_objection(actor, objection)
    day = settled_day(actor, on, reason)
    with acting(actor, "objection.withdraw", reason=reason, on=day):
        row, target = locked(objection)
        refuse(rules.may_withdraw(dispute_of(target), day))
        changes = {"closed_on": day}
        workflow.apply(
            row, OBJECTION, "withdraw", actor=actor, reason=reason, on=day, changes=changes, payload=about(row)
        )
        deadlines.close_deadlines(Objection, [row.pk], *OBJECTION_RULES, on=day, by="已撤回")
        expect_no_pause(target)
        if target.listing is not None:
            resume_listing(
                actor=with_clock(actor), listing=target.listing, ref=row.public_id, on=day, reason="异议撤回"
            )
        follow(actor, row, day)
    return row
