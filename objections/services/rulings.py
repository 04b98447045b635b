"""The study of a complaint and its ruling: who took part before stands aside, experts advise, the office rules."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from core import counters, deadlines, workflow
from core.actors import Actor, acting, settled_day
from core.masking import no_personal_numbers
from core.periods import Period
from core.problems import Violation, refuse
from objections import checks, permissions, rules
from objections.disclosures import follow
from objections.enums import Outcome
from objections.models import Complaint, ComplaintDraw, ComplaintExpert, ComplaintParticipant, Objection
from objections.services.accepting import locked_complaint
from objections.services.answering import ACT_OF, correct_at_once, determined_anew, take_effect
from objections.services.common import COMPLAINT_RULES, about
from objections.services.complaints import let_go, office_complaint, settle
from objections.services.telling import tell
from objections.standing import dispute_of
from objections.targets import Target
from objections.workflow import COMPLAINT
from organizations.models import Officer, Organization
from organizations.selectors import assignments_on
from sanctions.services import draws

REMEDIES = (
    "本处理为平台内的最终处理。对认定决定不服的，可以自知道该决定之日起六十日内依法申请行政复议，"
    "或者六个月内依法向人民法院提起行政诉讼。"
)
FURTHER = f"{rules.SEED}；行政复议法第二十条；行政诉讼法第四十六条"
LOT = draws.Lot(
    draws=ComplaintDraw,
    seats=ComplaintExpert,
    matter="complaint",
    short="OBJ-53",
    turn="OBJ-53",
    basis=rules.SEED,
    committed="complaint.draw_committed",
    revealed="complaint.draw_revealed",
)


def involved(objection: Objection, target: Target) -> dict[str, str]:
    """Return who took part in the determination or the answer, by officer key, with the part; they stand aside."""
    found = dict.fromkeys(target.took_part, "参与原认定")
    answered = {objection.accepted_by_key, objection.drafted_by_key, objection.answered_by_key} - {""}
    return found | {key: "参与异议办理" for key in answered if key not in found}


def convene_study(
    *,
    actor: Actor,
    complaint: Complaint,
    held_on: date,
    convenor: Officer,
    participants: Collection[Officer],
    on: date | None = None,
    reason: str = "",
) -> Complaint:
    """Call those who study the complaint; who took part before is kept with the reason for standing aside.

    Raises Refused OBJ-52 for a convenor or participant who took part, OBJ-24 when nothing is open.
    """
    found = office_complaint(actor, complaint, permissions.COMPLAINT_STUDY)
    day = settled_day(actor, on, reason)
    with acting(actor, "complaint.convene", reason=reason, on=day):
        row, objection, target = locked_complaint(found)
        refuse(rules.may_rule(dispute_of(target), day))
        out = involved(objection, target)
        refuse(_study_violations(row, held_on, day, {convenor, *participants}, out))
        changes = {"held_on": held_on, "convenor": convenor}
        workflow.apply(row, COMPLAINT, "convene", actor=actor, reason=reason, on=day, changes=changes)
        _seat(row, [convenor, *participants], out, day)
    return row


def _study_violations(
    row: Complaint, held_on: date, day: date, called: Collection[Officer], out: Mapping[str, str]
) -> list[Violation]:
    found = [
        Violation(
            "OBJ-52",
            f"{officer.full_name}{out[officer.public_id]}，应当回避",
            "participants",
            "改由未参与原认定和异议办理的人员研究",
            "公务员法第七十六条",
        )
        for officer in sorted(called, key=lambda person: person.pk)
        if officer.public_id in out
    ]
    if held_on < max(day, row.accepted_on or day):
        found.append(Violation("OBJ-44", f"研究日期 {held_on} 早于今天", "held_on", "填写今天或以后的日期"))
    if len(called) < 2:
        found.append(Violation("OBJ-53", "至少两人共同研究", "participants", "召集部门人员共同研究", rules.SEED))
    return found


def _seat(row: Complaint, called: list[Officer], out: Mapping[str, str], day: date) -> None:
    held = {a.officer_id: a.organization for a in assignments_on(day).order_by("-pk")}
    aside = Officer.objects.filter(public_id__in=out)
    rows = [(officer, "") for officer in dict.fromkeys(called)] + [(o, out[o.public_id]) for o in aside]
    row.participants.exclude(officer__in=[officer for officer, _ in rows]).delete()
    for officer, because in rows:
        unit: Organization = held.get(officer.pk) or row.unit
        ComplaintParticipant.objects.update_or_create(
            complaint=row, officer=officer, defaults={"unit": unit, "recused_because": because}
        )


def record_view(
    *, actor: Actor, complaint: Complaint, officer: Officer, opinion: str, on: date | None = None
) -> ComplaintParticipant:
    """Record what a participant said; who stands aside says nothing."""
    found = office_complaint(actor, complaint, permissions.COMPLAINT_STUDY)
    day = settled_day(actor, on)
    with acting(actor, "complaint.view", on=day):
        row, _, _ = locked_complaint(found)
        _under_study(row)
        seat = row.participants.select_related("officer").filter(officer=officer).first()
        violations = no_personal_numbers(opinion, "opinion", "意见")
        if seat is None or seat.recused_because or not opinion.strip():
            wrong = "该人员未被召集或应当回避，或意见为空"
            violations.append(Violation("OBJ-52", wrong, "opinion", "由被召集的人员发表意见"))
        refuse(violations)
        if seat is None:
            raise AssertionError("refused above")
        seat.opinion = opinion.strip()
        seat.save(update_fields=["opinion"])
    return seat


def _under_study(row: Complaint) -> None:
    if row.state != "convened":
        wrong = f"投诉处于“{row.get_state_display()}”，不在研究中"
        refuse([Violation("CORE-04", wrong, remedy="先召集研究；已拟处理意见的不再变更")])


def prepare_experts(
    *, actor: Actor, complaint: Complaint, demand: Mapping[str, int], on: date | None = None, reason: str = ""
) -> ComplaintDraw:
    """Fix pool and seed of the next round and publish their digest; names come with `draw_experts`.

    Experts of the units that took part, or who stand aside from the subject, are left out with the reason.
    """
    found = office_complaint(actor, complaint, permissions.COMPLAINT_STUDY)
    day = settled_day(actor, on, reason)
    wanted = LOT.wanted(demand)
    with acting(actor, "complaint.draw_prepare", reason=reason, on=day):
        row, objection, target = locked_complaint(found)
        _under_study(row)
        pool, excluded = draws.candidates(
            fields=wanted,
            on=row.held_on or row.received_on,
            units=[*target.units.values(), objection.answering_unit],
            subjects=[target.subject],
            seated=set(row.experts.values_list("expert__public_id", flat=True)),
        )
        prepared: ComplaintDraw = draws.commit(LOT, row, wanted=wanted, pool=pool, excluded=excluded, on=day)
    return prepared


def draw_experts(
    *, actor: Actor, draw: ComplaintDraw, on: date | None = None, reason: str = ""
) -> list[ComplaintExpert]:
    """Draw the round as committed: names follow from pool and seed, and are announced with the seed."""
    found = office_complaint(actor, draw.complaint, permissions.COMPLAINT_STUDY)
    day = settled_day(actor, on, reason)
    with acting(actor, "complaint.draw", reason=reason, on=day):
        row, _, _ = locked_complaint(found)
        _under_study(row)
        _, seats = draws.reveal(LOT, draw, on=day)
    return seats


def record_expert(
    *, actor: Actor, seat: ComplaintExpert, opinion: str = "", declined: str = "", on: date | None = None
) -> ComplaintExpert:
    """Record an expert's written opinion, or why he cannot come; once, whoever else has the page open."""
    found = office_complaint(actor, seat.complaint, permissions.COMPLAINT_STUDY)
    day = settled_day(actor, on)
    violations = no_personal_numbers(f"{opinion} {declined}", "opinion", "专家意见")
    if bool(opinion.strip()) == bool(declined.strip()):
        violations.append(Violation("OBJ-53", "填写专家意见，或不能参加的理由", "opinion", "二者填写其一"))
    refuse(violations)
    with acting(actor, "complaint.expert", on=day):
        row, _, _ = locked_complaint(found)
        _under_study(row)
        kept = row.experts.select_for_update(of=("self",)).get(pk=seat.pk)
        if kept.opinion or kept.declined_reason:
            wrong = "该专家的意见（或者不能参加的理由）已经记录"
            refuse([Violation("OBJ-53", wrong, "opinion", "刷新页面查看；不能参加的，另抽一轮")])
        kept.opinion, kept.declined_reason = opinion.strip(), declined.strip()
        kept.save(update_fields=["opinion", "declined_reason"])
    return kept


def draft_ruling(
    *,
    actor: Actor,
    complaint: Complaint,
    outcome: str,
    text: str,
    minutes: str = "",
    remedies: str = "",
    on: date | None = None,
    reason: str = "",
) -> Complaint:
    """Write the ruling with its reasons and the further remedies; nothing takes effect before another officer signs.

    Raises Refused OBJ-52 for who took part before, OBJ-55 where the office determined and nobody was convened, OBJ-53
    without experts' opinions there.
    """
    found = office_complaint(actor, complaint, permissions.COMPLAINT_STUDY)
    day = settled_day(actor, on, reason)
    with acting(actor, "complaint.draft", reason=reason, on=day):
        row, objection, target = locked_complaint(found)
        refuse(rules.may_rule(dispute_of(target), day) + checks.answer(outcome, text))
        refuse(_took_part(actor, objection, target) + _studied(row, day))
        changes = {
            "outcome": outcome,
            "answer_text": text.strip(),
            "drafted_by_key": actor.key,
            "minutes": minutes.strip() or row.minutes,
            "remedies": remedies.strip() or REMEDIES,
        }
        workflow.apply(row, COMPLAINT, "draft_ruling", actor=actor, reason=reason, on=day, changes=changes)
    return row


def _took_part(actor: Actor, objection: Objection, target: Target) -> list[Violation]:
    because = involved(objection, target).get(actor.key)
    if because is None:
        return []
    remedy = "由未参与原认定和异议办理的人员办理"
    return [Violation("OBJ-52", f"本人{because}，应当回避", remedy=remedy, basis="公务员法第七十六条")]


def _studied(row: Complaint, day: date) -> list[Violation]:
    if not row.by_office:
        return []
    if row.held_on is None or row.convenor_id is None:
        remedy = "由未参与认定的人员召集研究，并抽取专家"
        return [Violation("OBJ-55", "认定由联席办作出，投诉应当召集研究", remedy=remedy, basis=rules.SEED)]
    if day < row.held_on:
        return [Violation("OBJ-55", f"研究定于 {row.held_on}，尚未举行", "on", "研究之后拟写处理意见")]
    coming = row.experts.filter(declined_reason="")
    if not coming.exists() or coming.filter(opinion="").exists():
        remedy = "抽取专家并记录其书面意见"
        return [Violation("OBJ-53", "认定由联席办作出，须有专家意见", remedy=remedy, basis=rules.SEED)]
    return []


def sign_ruling(*, actor: Actor, complaint: Complaint, on: date | None = None, reason: str = "") -> Complaint:
    """Sign the ruling: it takes effect in the same transaction and ends the matter on the platform.

    Raises Refused CORE-05 for who drafted it, OBJ-52 for who took part before, OBJ-54 where the office determined and
    another than the convenor signs.
    """
    found = office_complaint(actor, complaint, permissions.COMPLAINT_RULE)
    day = settled_day(actor, on, reason)
    with acting(actor, "complaint.sign", reason=reason, on=day):
        row, objection, target = locked_complaint(found)
        refuse(rules.may_rule(dispute_of(target), day))
        refuse(_took_part(actor, objection, target) + _studied(row, day) + _convenor_signs(actor, row))
        act = ACT_OF.get(Outcome(row.outcome), "reject")
        changes: dict[str, Any] = {"answered_on": day, "answered_by_key": actor.key}
        if row.outcome != Outcome.PARTLY_UPHELD:
            changes["closed_on"] = day
        payload = about(objection)
        workflow.apply(row, COMPLAINT, act, actor=actor, reason=reason, on=day, changes=changes, payload=payload)
        deadlines.close_deadlines(Complaint, [row.pk], *COMPLAINT_RULES, on=day, by="已处理")
        _carry_out(actor, row, objection, target, day)
        row.answer_number = counters.next_number("complaint.ruling", row.unit.code, day.year)
        row.save(update_fields=["answer_number"])
        tell(row, "complaint.ruling")
    return row


def _convenor_signs(actor: Actor, row: Complaint) -> list[Violation]:
    if not row.by_office or row.convenor is None or row.convenor.public_id == actor.key:
        return []
    wrong = f"认定由联席办作出，处理决定由召集人{row.convenor.full_name}签发"
    return [Violation("OBJ-54", wrong, remedy="由召集人签发", basis=rules.SEED)]


def _carry_out(actor: Actor, row: Complaint, objection: Objection, target: Target, day: date) -> None:
    """Let the ruling take effect: rejected, the clock runs again; upheld, the listing is void."""
    if row.outcome == Outcome.REJECTED:
        let_go(actor, row, objection, target, day, f"投诉 {row.public_id} 不成立")
        return
    if row.took_over or (row.outcome == Outcome.UPHELD and objection.state == "partly_upheld"):
        settle(actor, objection, row, day)
    take_effect(actor, target, row.outcome, row.public_id, day)
    follow(actor, objection, day)
    correct_at_once(actor, row, COMPLAINT, target, day)


def redetermine_after_complaint(
    *,
    actor: Actor,
    complaint: Complaint,
    period: Period,
    official_number: str,
    reason: str,
    on: date | None = None,
) -> Complaint:
    """Determine anew after a partly upheld complaint, by the group's lead that determined; all its pauses end."""
    found = _determiner(actor, complaint)
    day = settled_day(actor, on, reason)
    with acting(actor, "complaint.redetermine", reason=reason, on=day):
        row, objection, target = locked_complaint(found)
        refuse(checks.redetermination(has_clock=target.listing is not None, complaint_open=False))
        refuse(checks.own_decision(actor.key, target.took_part, target.label))
        let_go_refs = [objection.public_id] if row.took_over or objection.state == "partly_upheld" else []
        ends = determined_anew(
            actor, target, row.public_id, period, official_number, reason, day, also=tuple(let_go_refs)
        )
        if objection.state == "partly_upheld":
            settle(actor, objection, row, day)
        changes = {"corrected_on": day, "correction": f"{official_number.strip()}：{period.label()}", "closed_on": day}
        payload = {**about(objection), "ends_on": ends}
        workflow.apply(
            row, COMPLAINT, "redetermine", actor=actor, reason=reason, on=day, changes=changes, payload=payload
        )
    return row


def _determiner(actor: Actor, complaint: Complaint) -> Complaint:
    found = office_complaint(actor, complaint, permissions.REDETERMINE)
    if found.objection.answering_unit_id not in actor.unit_ids:
        unit = found.objection.answering_unit.name
        refuse([Violation("OBJ-47", f"由{unit}重新认定", remedy=f"由{unit}的专项小组岗位办理")], status=403)
    return found


def correct_after_complaint(
    *, actor: Actor, complaint: Complaint, correction: str, on: date | None = None, reason: str = ""
) -> Complaint:
    """Record what the answering unit corrected after an upheld complaint about something without a measure clock."""
    found = office_complaint(actor, complaint, permissions.CORRECT)
    if found.objection.answering_unit_id not in actor.unit_ids:
        unit = found.objection.answering_unit.name
        refuse([Violation("OBJ-47", f"由{unit}更正", remedy=f"由{unit}的经办或审核人员办理")], status=403)
    day = settled_day(actor, on, reason)
    with acting(actor, "complaint.correct", reason=reason, on=day):
        row, objection, target = locked_complaint(found)
        refuse(checks.correction(has_clock=target.listing is not None, text=correction))
        changes = {"corrected_on": day, "correction": correction.strip(), "closed_on": day}
        workflow.apply(row, COMPLAINT, "record_correction", actor=actor, reason=reason, on=day, changes=changes)
        follow(actor, objection, day)
    return row
