"""Complaints to the 联席会议办公室: filed after the answer, or when it is overdue; again a pause."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db import IntegrityError, transaction

from core import counters, deadlines, following, workflow
from core.actors import Actor, acting, settled_day
from core.fields import new_public_id
from core.models import PersonalIdentifier
from core.permissions import require
from core.problems import Refused, Violation, refuse
from core.text import normalize_name
from objections import checks, permissions, rules
from objections.disclosures import follow
from objections.models import AnsweredObjection, Complaint, Objection
from objections.services.accepting import locked, locked_complaint
from objections.services.common import (
    COMPLAINT_ACCEPT_RULE,
    COMPLAINT_RULES,
    OBJECTION_RULES,
    PAPERS_RULE,
    RULING_RULE,
    WINDOW_RULE,
    about,
    visible_complaint,
    visible_objection,
    with_clock,
)
from objections.services.filing import (
    Filer,
    Paper,
    Receipt,
    channel_of,
    digest,
    filer_violations,
    identity_columns,
    identity_violations,
    keep_papers,
    protected,
)
from objections.services.telling import tell
from objections.standing import as_it_stands, dispute_of, dispute_on
from objections.targets import Target, resolve
from objections.workflow import COMPLAINT, OBJECTION
from organizations.selectors import office_group
from sanctions.services.clocks import pause_listing, resume_listing
from subjects.models import LoginProof
from subjects.selectors import canonical


@dataclass(frozen=True, slots=True)
class Appeal:
    """What a complaint says; the filer is the objection's, unless another one is named."""

    grounds: str
    claims: str
    filer: Filer | None = None
    papers: tuple[Paper, ...] = field(default_factory=tuple)
    received_on: date | None = None


def file_complaint(
    *, actor: Actor, objection: Objection, appeal: Appeal, on: date | None = None, reason: str = ""
) -> Receipt:
    """Register a complaint about the answer within its term, or about an answer that is overdue.

    Raises Refused OBJ-20 out of turn, OBJ-21 out of the window, OBJ-22 while one is open, OBJ-23 after the ruling.
    Legal source: 实施方案 二（三）2.
    """
    require(actor, permissions.FILE)
    if actor.kind != "applicant":
        objection = visible_objection(actor, objection)
    day = settled_day(actor, on, reason)
    received_on = appeal.received_on or day
    found = checks.content(appeal.grounds, appeal.claims) + checks.received(received_on, day)
    if appeal.filer is not None:
        found += filer_violations(canonical(objection.subject), appeal.filer, "", appeal.papers)
    refuse(found)
    with acting(actor, "complaint.file", reason=reason, on=day):
        row, target = locked(objection)
        refuse(rules.may_complain(dispute_of(target), received_on) or _about_what(row))
        complaint, secret = _create(actor, row, target, appeal, received_on)
        keep_papers(row, appeal.papers, day, complaint)
        workflow.begin(complaint, COMPLAINT, "file", actor=actor, on=day)
        deadlines.open_deadline(complaint, COMPLAINT_ACCEPT_RULE, event="收到投诉", counts_from=received_on)
        deadlines.close_deadline(AnsweredObjection.objects.get(pk=row.pk), WINDOW_RULE, on=day, by="已投诉")
    return Receipt(complaint, secret)


def _about_what(row: Objection) -> list[Violation]:
    """OBJ-20: a complaint names the objection that waits for its answer; where none waits, one that was answered."""
    undecided = ("accepted", "drafted")
    if row.state in undecided:
        return []
    waiting = Objection.objects.filter(
        target_kind=row.target_kind, target_key=row.target_key, state__in=undecided
    ).first()
    if waiting is not None and waiting.pk != row.pk:
        wrong = f"该事项另有在办的异议 {waiting.public_id}"
        return [Violation("OBJ-20", wrong, remedy="就该件异议逾期未答复投诉", basis=rules.SEED)]
    if waiting is None and row.answered_on is None:
        wrong = f"该件异议处于“{row.get_state_display()}”，没有可以投诉的答复"
        return [Violation("OBJ-20", wrong, remedy="就已答复的那件异议投诉", basis=rules.SEED)]
    return []


def _create(
    actor: Actor, objection: Objection, target: Target, appeal: Appeal, received_on: date
) -> tuple[Complaint, str]:
    number, secret = new_public_id(), new_public_id()
    office = office_group().lead_unit
    same = appeal.filer is None
    who: dict[str, PersonalIdentifier | LoginProof | None] = {}
    if appeal.filer is not None:
        who |= {**protected(appeal.filer), "login": appeal.filer.login}
    if same:
        who = {
            "filer_identifier": objection.filer_identifier,
            "filer_phone": objection.filer_phone,
            "login": objection.login,
        }
    try:
        with transaction.atomic():
            row = Complaint.objects.create(
                public_id=number,
                secret_digest=digest(number, secret),
                objection=objection,
                unit=office,
                by_office=determined_by_office(objection, target),
                filer_name=objection.filer_name if appeal.filer is None else appeal.filer.name.strip(),
                relation=objection.relation if appeal.filer is None else appeal.filer.relation,
                **who,
                # The same person was checked with the objection; another one is checked anew.
                identity_result=objection.identity_result if same and objection.identity_checked_on else "",
                identity_checked_on=objection.identity_checked_on if same else None,
                identity_checked_by_key=objection.identity_checked_by_key if same else "",
                identity_note="同异议申请人，沿用异议核验结果" if same and objection.identity_checked_on else "",
                channel=channel_of(actor),
                filed_by_key=actor.key,
                filed_unit_id=actor.unit_id,
                grounds=appeal.grounds.strip(),
                claims=appeal.claims.strip(),
                received_on=received_on,
            )
    except IntegrityError as error:
        if "objections_one_open_complaint" not in str(error):
            raise
        wrong = "该异议刚刚收到另一件投诉"
        raise Refused([Violation("OBJ-22", wrong, remedy="补充的理由和证据可并入在办投诉")]) from None
    return row, secret


def determined_by_office(objection: Objection, target: Target) -> bool:
    """Tell whether the office itself determined or answered: then it must not judge its own decision alone."""
    office = office_group()
    in_group = target.group is not None and target.group.is_office
    return in_group or objection.answering_unit_id in office.leading_unit_ids


def office_complaint(actor: Actor, complaint: Complaint, permission: str) -> Complaint:
    """Return the complaint for an officer of the office; NotFound for who may not know of it."""
    found = visible_complaint(actor, complaint)
    require(actor, permission)
    return found


def same_filer(complaint: Complaint, objection: Objection) -> bool:
    """Tell whether who complains is who objected: by the number of his papers where both are known, else by name."""
    mine, theirs = complaint.filer_identifier_id, objection.filer_identifier_id
    if mine is not None and theirs is not None:
        return mine == theirs
    return normalize_name(complaint.filer_name) == normalize_name(objection.filer_name)


def check_complainant(
    *, actor: Actor, complaint: Complaint, passed: bool, note: str, on: date | None = None, reason: str = ""
) -> Complaint:
    """Record the identity check of a complainant who is not the objection's filer, or was not checked with it."""
    found = visible_complaint(actor, complaint)
    day = settled_day(actor, on, reason)
    with acting(actor, "complaint.check", reason=reason, on=day):
        row, objection, target = locked_complaint(found)
        papers = [*row.papers.all(), *(objection.papers.all() if same_filer(row, objection) else ())]
        refuse(identity_violations(row, target.subject, passed=passed, note=note, papers=papers, day=day))
        changes = identity_columns(actor, passed=passed, note=note, day=day)
        workflow.apply(row, COMPLAINT, "check_identity", actor=actor, reason=note, on=day, changes=changes)
    return row


def add_papers(
    *, actor: Actor, complaint: Complaint, papers: Sequence[Paper], on: date | None = None, reason: str = ""
) -> Complaint:
    """Add papers to a complaint that is not ruled on; those handed in before stay as they are. Raises OBJ-42, CORE-04."""
    require(actor, permissions.FILE)
    if actor.kind != "applicant":
        complaint = visible_complaint(actor, complaint)
    day = settled_day(actor, on, reason)
    refuse(checks.more_papers([paper.kind for paper in papers]))
    with acting(actor, "complaint.papers", reason=reason, on=day):
        row, objection, _ = locked_complaint(complaint)
        open_to = ("received", "accepted", "convened", "drafted")
        remedy = "已处理的，随复议或者诉讼提交"
        refuse(checks.still_open(row.state in open_to, "投诉", row.get_state_display(), remedy))
        keep_papers(objection, papers, day, row)
        workflow.apply(row, COMPLAINT, f"supply_{row.state}", actor=actor, reason=reason, on=day)
        deadlines.close_deadline(row, PAPERS_RULE, on=day, by="已补交")
    return row


def accept_complaint(*, actor: Actor, complaint: Complaint, on: date | None = None, reason: str = "") -> Complaint:
    """Accept: the listing stands still again from this day; an objection whose answer is overdue is taken over.

    Raises Refused OBJ-45 before the identity check, OBJ-05 when the determination was revoked meanwhile.
    """
    found = office_complaint(actor, complaint, permissions.COMPLAINT_ACCEPT)
    day = settled_day(actor, on, reason)
    with acting(actor, "complaint.accept", reason=reason, on=day):
        row, objection, target = locked_complaint(found)
        dispute = dispute_of(target)
        refuse(_acceptance_violations(row, dispute, day))
        takes_over = objection.state in ("accepted", "drafted")
        changes = {"accepted_on": day, "accepted_by_key": actor.key, "took_over": takes_over}
        payload = {**about(objection), "objection": objection.public_id}
        workflow.apply(row, COMPLAINT, "accept", actor=actor, reason=reason, on=day, changes=changes, payload=payload)
        deadlines.close_deadline(row, COMPLAINT_ACCEPT_RULE, on=day, by="已受理")
        deadlines.open_deadline(row, RULING_RULE, event="收到投诉", counts_from=row.received_on)
        if takes_over:
            workflow.apply(objection, OBJECTION, "take_over", actor=actor, reason=row.public_id, on=day)
            deadlines.close_deadlines(Objection, [objection.pk], *OBJECTION_RULES, on=day, by="转投诉处理")
        if target.listing is not None:
            who, why = with_clock(actor), f"受理投诉 {row.public_id}"
            pause_listing(actor=who, listing=target.listing, cause="complaint", ref=row.public_id, on=day, reason=why)
        follow(actor, objection, day)
        row.acceptance_number = counters.next_number("complaint.acceptance", row.unit.code, day.year)
        row.save(update_fields=["acceptance_number"])
        tell(row, "complaint.acceptance")
    return row


def _acceptance_violations(row: Complaint, dispute: rules.Dispute, day: date) -> list[Violation]:
    if dispute.revoked_on is not None:
        return rules.may_rule(dispute, day)
    found = []
    if day < row.received_on:
        found.append(Violation("OBJ-44", f"受理日 {day} 早于收到日 {row.received_on}", "on", "按受理通知书填写"))
    return found + checks.identity(row.identity_result)


def decline_complaint(*, actor: Actor, complaint: Complaint, reason: str, on: date | None = None) -> Complaint:
    """Refuse acceptance with reasons; the objection goes on as before."""
    found = office_complaint(actor, complaint, permissions.COMPLAINT_ACCEPT)
    day = settled_day(actor, on, reason)
    with acting(actor, "complaint.decline", reason=reason, on=day):
        row, _, _ = locked_complaint(found)
        workflow.apply(row, COMPLAINT, "decline", actor=actor, reason=reason, on=day, changes={"closed_on": day})
        deadlines.close_deadlines(Complaint, [row.pk], *COMPLAINT_RULES, on=day, by="不予受理")
        tell(row, "complaint.refusal")
    return row


def withdraw_complaint(*, actor: Actor, complaint: Complaint, reason: str, on: date | None = None) -> Complaint:
    """Withdraw at the filer's wish: the clock runs again, also where the complaint took over an overdue objection."""
    require(actor, permissions.WITHDRAW)
    if actor.kind != "applicant":
        complaint = visible_complaint(actor, complaint)
    day = settled_day(actor, on, reason)
    with acting(actor, "complaint.withdraw", reason=reason, on=day):
        row, objection, target = locked_complaint(complaint)
        refuse(rules.may_withdraw_complaint(dispute_of(target), day))
        changes, payload = {"closed_on": day}, about(objection)
        workflow.apply(row, COMPLAINT, "withdraw", actor=actor, reason=reason, on=day, changes=changes, payload=payload)
        deadlines.close_deadlines(Complaint, [row.pk], *COMPLAINT_RULES, on=day, by="已撤回")
        let_go(actor, row, objection, target, day, "投诉撤回")
    return row


def let_go(actor: Actor, row: Complaint, objection: Objection, target: Target, day: date, why: str) -> None:
    """Close the complaint's pause, and the objection's with it where the complaint had taken it over."""
    who = with_clock(actor)
    if row.took_over:
        settle(actor, objection, row, day)
    follow(actor, objection, day)
    if target.listing is None:
        return
    resume_listing(actor=who, listing=target.listing, ref=row.public_id, on=day, reason=why)
    if row.took_over:
        resume_listing(actor=who, listing=target.listing, ref=objection.public_id, on=day, reason=why)


def settle(actor: Actor, objection: Objection, row: Complaint, day: date) -> None:
    """End the objection with the complaint that decided it."""
    changes = {"closed_on": day}
    workflow.apply(objection, OBJECTION, "settle", actor=actor, reason=row.public_id, on=day, changes=changes)


def known_by(number: str, secret: str) -> Complaint | None:
    """Return the complaint of this number where the secret is its own; counts nothing, so only behind `following`."""
    plain = number.strip().upper()
    row = Complaint.objects.select_related("objection").filter(public_id=plain).first()
    kept = row.secret_digest if row else digest("", "")
    return row if hmac.compare_digest(kept, digest(plain, secret)) else None


def by_secret(number: str, secret: str) -> Complaint:
    """Return the complaint of this receipt number for who knows its secret; NotFound for everybody else alike.

    Raises Problem FOL-01 after wrong secrets in series.
    """
    return following.opened(number, lambda: known_by(number, secret), what="该编号和查询码对应的投诉")


def examine(objection: Objection, appeal: Appeal, day: date) -> list[Violation]:
    """Return all that would be refused if this complaint were filed on `day`, without keeping or locking anything."""
    target = resolve(objection.target_kind, objection.target_key)
    found = rules.may_complain(dispute_on(target, day), day) or _about_what(as_it_stands(objection, day))
    return found + checks.content(appeal.grounds, appeal.claims)
