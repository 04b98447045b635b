"""The determination meeting: call it, draw experts by lot, record who came, opinions and votes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from django.conf import settings

from core import deadlines, workflow
from core.actors import Actor, acting, settled_day
from core.permissions import require
from core.problems import Violation, refuse
from organizations.models import Organization
from organizations.selectors import family_of, in_force
from sanctions import rules
from sanctions.enums import Polarity, VoteChoice
from sanctions.models import Case, CaseSubject, ExpertDraw, Meeting, MeetingExpert, MeetingInvitee, Vote
from sanctions.services import draws
from sanctions.services.cases import lead_case, leading_unit, locked, locked_lead, visible_case
from sanctions.services.notices import STATEMENT_RULE
from sanctions.workflow import CASE

LOT = draws.Lot(
    draws=ExpertDraw,
    seats=MeetingExpert,
    matter="meeting",
    short="SAN-31",
    turn="SAN-32",
    basis=f"{rules.SEED} 二（二）2",
    committed="draw.committed",
    revealed="draw.revealed",
)


def heard(case: Case, held_on: date) -> list[Violation]:
    """SAN-12/13 for every subject of a discipline case, as things stand now."""
    rows = []
    for subject in case.subjects.select_related("subject", "notice").order_by("pk"):
        notice = getattr(subject, "notice", None)
        due = deadlines.deadlines_of(notice).filter(rule__code=STATEMENT_RULE).last() if notice else None
        rows.append(
            (
                subject.subject.name,
                notice.served_on if notice else None,
                notice.statement_on if notice else None,
                due.due_on if due else None,
            )
        )
    return rules.heard(rows, held_on)


def convene_meeting(
    *,
    actor: Actor,
    case: Case,
    held_on: date,
    place: str,
    units: Collection[Organization],
    on: date | None = None,
    reason: str = "",
) -> Meeting:
    """Call the meeting of the units concerned, members and others, once every subject was told and heard.

    held_on may lie ahead. Raises Refused SAN-12/13 for notice, SAN-27 for a dissolved or missing unit.
    Legal source: 实施方案 二（二）2; 国办发〔2020〕49号（八）.
    """
    case = lead_case(actor, case)
    day = settled_day(actor, on, reason)
    found = []
    if case.polarity == Polarity.DISCIPLINE and case.state == "accepted":
        found.append(Violation("SAN-12", "尚未制发拟认定告知书，不能召集会议", remedy="先制发并送达告知书"))
    refuse(found + _call_violations(case, held_on, units, day))
    with acting(actor, "meeting.convene", reason=reason, on=day):
        case = locked_lead(actor, case)
        workflow.apply(case, CASE, "convene", actor=actor, reason=reason, on=day)
        return _call(case, held_on, place, units)


def reconvene_meeting(
    *,
    actor: Actor,
    case: Case,
    held_on: date,
    place: str,
    units: Collection[Organization],
    reason: str,
    on: date | None = None,
) -> Meeting:
    """Call another meeting where the last one did not come about, for example without quorum; the last is kept as such.

    Experts drawn for the last one are not carried over: a new meeting has its own draw.
    """
    case = lead_case(actor, case)
    day = settled_day(actor, on, reason)
    refuse(_call_violations(case, held_on, units, day))
    with acting(actor, "meeting.reconvene", reason=reason, on=day):
        case = locked_lead(actor, case)
        workflow.apply(case, CASE, "reconvene", actor=actor, reason=reason, on=day)
        case.meetings.filter(adjourned_on__isnull=True).update(adjourned_on=day, adjourned_reason=reason.strip()[:300])
        return _call(case, held_on, place, units)


def invite_units(
    *, actor: Actor, meeting: Meeting, units: Collection[Organization], on: date | None = None, reason: str = ""
) -> int:
    """Invite further units before the meeting has decided; returns how many are new."""
    _own_meeting(actor, meeting)
    day = settled_day(actor, on, reason)
    refuse(_dissolved(units, meeting.held_on))
    with acting(actor, "meeting.invite", reason=reason, on=day):
        _open_meeting(actor, meeting)
        known = set(meeting.invitees.values_list("unit_id", flat=True))
        fresh = [unit for unit in units if unit.pk not in known]
        MeetingInvitee.objects.bulk_create(MeetingInvitee(meeting=meeting, unit=unit) for unit in fresh)
    return len(fresh)


def _call_violations(case: Case, held_on: date, units: Collection[Organization], day: date) -> list[Violation]:
    found = [] if case.polarity == Polarity.INCENTIVE else heard(case, held_on)
    if held_on < day:
        found.append(Violation("SAN-28", f"会议日期 {held_on} 早于召集日 {day}", "held_on", "填写今天或以后的日期"))
    if case.unit not in units:
        found.append(Violation("SAN-27", f"未邀请发起单位{case.unit.name}", "units", "发起单位应当参会"))
    others = {unit.pk for unit in units} - {case.unit_id}
    implementing = family_of((cell.unit for cell in case.revision.measure_units.select_related("unit")), day)
    found += rules.invited(len(others), len(others & implementing), settings.MEETING_MIN_OTHER_UNITS)
    return found + _dissolved(units, held_on)


def _dissolved(units: Collection[Organization], day: date) -> list[Violation]:
    return [
        Violation("SAN-27", f"{unit.name}在会议日期已不存续", "units", "改邀承继其职责的单位")
        for unit in units
        if not in_force(unit, day)
    ]


def _call(case: Case, held_on: date, place: str, units: Collection[Organization]) -> Meeting:
    meeting = Meeting.objects.create(
        case=case,
        level=case.level,
        convenor=leading_unit(case),
        held_on=held_on,
        place=place.strip() or "联席会议办公室会议室",
        quorum_percent=settings.MEETING_QUORUM_PERCENT,
    )
    MeetingInvitee.objects.bulk_create(
        MeetingInvitee(meeting=meeting, unit=unit) for unit in sorted(set(units), key=lambda unit: unit.pk)
    )
    return meeting


def _own_meeting(actor: Actor, meeting: Meeting) -> None:
    lead_case(actor, meeting.case)
    require(actor, "sanctions.meeting.convene")


def _open_meeting(actor: Actor, meeting: Meeting) -> Case:
    """Return the case locked while its meeting may still change; nothing of it changes while the decision is made."""
    case = locked_lead(actor, meeting.case)
    if Meeting.objects.filter(pk=meeting.pk, adjourned_on__isnull=False).exists():
        refuse([Violation("SAN-36", "该次会议未成会，已另行召集", remedy="在新召集的会议中办理")])
    if case.state != "convened":
        refuse(
            [
                Violation(
                    "CORE-04",
                    f"事项处于“{case.get_state_display()}”，会议已不能变更",
                    remedy="刷新页面查看最新状态",
                )
            ]
        )
    return case


def prepare_draw(
    *, actor: Actor, meeting: Meeting, demand: Mapping[str, int], on: date | None = None, reason: str = ""
) -> ExpertDraw:
    """Fix pool and seed of the next round and publish their digest; names come only with `draw_experts`.

    Experts employed by the initiating unit, or who stand aside from it or a subject, are left out with the reason, and
    so are all who were drawn before. Raises Refused SAN-31 when the pool cannot fill the demand.
    """
    _own_meeting(actor, meeting)
    day = settled_day(actor, on, reason)
    wanted = LOT.wanted(demand)
    with acting(actor, "draw.prepare", reason=reason, on=day):
        case = _open_meeting(actor, meeting)
        pool, excluded = draws.candidates(
            fields=wanted,
            on=meeting.held_on,
            units=[case.unit],
            subjects=[row.subject for row in case.subjects.select_related("subject")],
            seated=set(meeting.experts.values_list("expert__public_id", flat=True)),
        )
        prepared: ExpertDraw = draws.commit(LOT, meeting, wanted=wanted, pool=pool, excluded=excluded, on=day)
    return prepared


def draw_experts(*, actor: Actor, draw: ExpertDraw, on: date | None = None, reason: str = "") -> list[MeetingExpert]:
    """Draw the round as committed: names follow from pool and seed, and are announced with the seed."""
    _own_meeting(actor, draw.meeting)
    day = settled_day(actor, on, reason)
    with acting(actor, "draw.reveal", reason=reason, on=day):
        _open_meeting(actor, draw.meeting)
        kept, seats = draws.reveal(LOT, draw, on=day)
    draw.selected, draw.drawn_on = kept.selected, kept.drawn_on
    return seats


def decline_expert(*, actor: Actor, seat: MeetingExpert, reason: str, on: date | None = None) -> MeetingExpert:
    """Record that a drawn expert cannot come or stands aside, with the reason; the next round replaces him."""
    _own_meeting(actor, seat.meeting)
    day = settled_day(actor, on, reason)
    if not reason.strip():
        refuse([Violation("CORE-07", "专家不能参加必须写明理由", "reason", "填写理由后重新提交")])
    with acting(actor, "draw.decline", reason=reason, on=day):
        _open_meeting(actor, seat.meeting)
        seat.declined_reason = reason.strip()
        seat.save(update_fields=["declined_reason"])
    return seat


def record_opinion(*, actor: Actor, seat: MeetingExpert, opinion: str, on: date | None = None) -> MeetingExpert:
    """Record an expert's written opinion; experts advise and do not vote."""
    _own_meeting(actor, seat.meeting)
    if seat.declined_reason:
        absent = f"{seat.expert.name}未参加会议：{seat.declined_reason}"
        refuse([Violation("SAN-33", absent, "opinion", "由补抽的专家发表意见")])
    if not opinion.strip():
        refuse([Violation("SAN-11", "未填写专家意见", "opinion", "填写专家的书面意见")])
    day = settled_day(actor, on)
    with acting(actor, "meeting.opinion", on=day):
        _open_meeting(actor, seat.meeting)
        seat.opinion = opinion.strip()
        seat.save(update_fields=["opinion"])
    return seat


def record_attendance(
    *, actor: Actor, meeting: Meeting, attended: Collection[Organization], on: date | None = None, reason: str = ""
) -> int:
    """Record which invited units came; returns how many. Units that were not invited are refused."""
    _own_meeting(actor, meeting)
    day = settled_day(actor, on, reason)
    invited = {row.unit_id: row for row in meeting.invitees.all()}
    strangers = [unit for unit in attended if unit.pk not in invited]
    found = [Violation("SAN-27", f"{unit.name}未受邀参会", "attended", "由召集单位先行邀请") for unit in strangers]
    if day < meeting.held_on:
        found.append(Violation("SAN-28", f"会议定于 {meeting.held_on}，尚未召开", "attended", "会议当日或之后登记"))
    refuse(found)
    keys = {unit.pk for unit in attended}
    with acting(actor, "meeting.attendance", reason=reason, on=day):
        _open_meeting(actor, meeting)
        meeting.invitees.filter(unit_id__in=keys).update(attended=True)
        meeting.invitees.exclude(unit_id__in=keys).update(attended=False)
    return len(keys)


def cast_vote(
    *,
    actor: Actor,
    meeting: Meeting,
    case_subject: CaseSubject,
    choice: str,
    remark: str = "",
    on: date | None = None,
    reason: str = "",
) -> Vote:
    """Cast the vote of the actor's own unit, once per subject; a later vote of the same unit replaces it until
    decided.
    """
    require(actor, "sanctions.meeting.vote")
    case = visible_case(actor, meeting.case)
    day = settled_day(actor, on, reason)
    with acting(actor, "meeting.vote", reason=reason, on=day):
        case = locked(case)
        if Meeting.objects.filter(pk=meeting.pk, adjourned_on__isnull=False).exists():
            refuse([Violation("SAN-36", "该次会议未成会，已另行召集", remedy="在新召集的会议中表决")])
        invitee = meeting.invitees.filter(unit_id__in=actor.unit_ids).select_related("unit").first()
        refuse(_vote_violations(case, invitee, case_subject, choice))
        vote, _ = Vote.objects.update_or_create(
            case_subject=case_subject,
            invitee=invitee,
            defaults={"meeting": meeting, "choice": choice, "remark": remark.strip()},
        )
    return vote


def _vote_violations(
    case: Case, invitee: MeetingInvitee | None, case_subject: CaseSubject, choice: str
) -> list[Violation]:
    found = []
    if invitee is None:
        found.append(Violation("SAN-27", "本单位未受邀参加该会议，不能表决", remedy="由召集单位邀请"))
    elif not invitee.attended:
        found.append(Violation("SAN-34", f"{invitee.unit.name}未登记到会，不能表决", remedy="由召集单位登记到会"))
    if case.state != "convened":
        found.append(Violation("CORE-04", f"事项处于“{case.get_state_display()}”，不能表决", remedy="刷新页面"))
    if choice not in VoteChoice.values:
        found.append(Violation("SAN-11", "未选择表决意见", "choice", "选择同意、不同意或弃权"))
    if case_subject.case_id != case.pk:
        found.append(Violation("SAN-11", "表决的主体不属于该事项", "case_subject", "选择该事项的主体"))
    return found
