"""Cases, listings and tasks in any state, brought there through the services by the officers whose work it is.

`case_in("decided")` plays every step up to that state on its own days; each step may also be called alone. States of
the chain that are no state of the case have names of their own: `heard` (notices served, terms over), `voted`
(attended and voted), `listed` (decision served: listings and tasks exist).
"""

from __future__ import annotations

import io
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from typing import Any

from core import clock
from core.actors import Actor
from core.attachments import store
from core.calendar import add_working_days
from core.models import Attachment
from core.periods import Period
from organizations.models import Officer, Organization
from organizations.selectors import actor_for, groups_led_by, office_group, unit
from sanctions.models import Case, CaseSubject, Determination, ExecutionTask, Listing, Meeting
from sanctions.services import cases, determinations, meetings, notices
from sanctions.services.cases import ReportedSubject
from sanctions.services.determinations import Decision, SubjectResult
from sanctions.services.tasks import Done
from subjects.models import Subject
from tests.factories import subjects as subject_factory
from tests.factories.organizations import make_assignment, make_officer

START = date(2026, 3, 2)  # a Monday, far from holidays; a case that starts here is listed on 2026-03-16
WAGES, REWARD, COURT = "CJ-003", "JL-003", "CJ-001"
STEPS = ("draft", "submitted", "accepted", "noticed", "heard", "convened", "voted", "decided", "issued", "listed")
MINUTES = "会议听取汇报并逐个主体表决。"
_numbers = count(1)


# --- who -------------------------------------------------------------------------------------------------------------


def actor_of(unit_code: str, role: str, number: int = 1) -> Actor:
    """Return the Actor of officer `number` of a unit in a role; made on first use, the same one afterwards."""
    username = f"{unit_code}-{role}-{number}".replace("_", "-")
    found = Officer.objects.filter(username=username).first()
    if found is None:
        place = unit(unit_code)
        facts: dict[str, Any] = {}
        if role == "group_lead":
            facts["group"] = groups_led_by(place.pk).filter(is_office=False).first()
        if role == "office":
            facts["group"] = office_group()
        if role == "district_credit":
            facts["district"] = place.district
        found = make_officer(username)
        make_assignment(role, place, officer=found, **facts)
    return actor_for(found)


def stranger() -> Actor:
    """Return an officer of a unit that has no part in the cases of this module."""
    return actor_of("cgj", "handler")


def lead_of(case: Case, number: int = 1) -> Actor:
    """Return officer `number` of the group or office that leads the case."""
    if case.level == "office":
        return actor_of(office_group().lead_unit.code, "office", number)
    assert case.group is not None
    return actor_of(case.group.lead_unit.code, "group_lead", number)


def legal_entity(name: str | None = None, **more: Any) -> Subject:
    return subject_factory.entity(name, **more)


def social_org(name: str | None = None) -> Subject:
    number = next(subject_factory._numbers)
    return subject_factory.entity(name or f"广元市测试{number}号促进会", kind="social_organization")


def person(birth_on: date = date(1988, 8, 8), name: str = "测试甲") -> Subject:
    return subject_factory.person(name, birth=birth_on)


def attachment(actor: Actor, text: str = "证据", name: str = "证据.txt") -> Attachment:
    """A small text file handed in by the actor."""
    return store(io.BytesIO(f"{text}\n".encode()), actor=actor, name=name)


# --- when ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Days:
    """The days of a case that is drafted on `start` and meets the first day after the statement term."""

    start: date

    def after(self, days: int) -> date:
        return self.start + timedelta(days=days)

    @property
    def drafted(self) -> date:
        return self.start

    @property
    def submitted(self) -> date:
        return self.after(1)

    @property
    def accepted(self) -> date:
        return self.after(2)

    @property
    def noticed(self) -> date:
        return self.after(3)

    @property
    def heard(self) -> date:
        return self.after(4)

    @property
    def convened(self) -> date:
        return self.after(5)

    @property
    def held(self) -> date:
        return add_working_days(self.heard, 5) + timedelta(days=1)

    @property
    def issued(self) -> date:
        return self.held + timedelta(days=1)

    @property
    def served(self) -> date:
        return self.held + timedelta(days=2)


def days_of(case: Case) -> Days:
    return Days(case.created_on)


def fresh(record: Any) -> Any:
    """Return the record as it stands in the database."""
    return type(record)._default_manager.get(pk=record.pk)


# --- the steps -------------------------------------------------------------------------------------------------------


def draft(
    *,
    entry: str = WAGES,
    initiator: str = "rsj",
    subjects: Sequence[Subject | ReportedSubject] = (),
    start: date = START,
    recognized_on: date | None = None,
    act_on: date | None = None,
    evidence: bool = True,
) -> Case:
    """Report an act by the handler of the initiating unit, with a piece of evidence."""
    reported = [
        row if isinstance(row, ReportedSubject) else ReportedSubject(row) for row in subjects or [legal_entity()]
    ]
    with clock.at(start):
        who = actor_of(initiator, "handler")
        case = cases.open_case(
            actor=who,
            entry_code=entry,
            unit=unit(initiator),
            recognized_on=recognized_on or start - timedelta(days=7),
            act_on=act_on or start - timedelta(days=60),
            document_number=f"测试罚〔2026〕{next(_numbers)}号",
            facts="拖欠工资，经责令限期支付逾期未支付",
            subjects=reported,
        )
        if evidence:
            cases.attach_evidence(actor=who, case=case, title="整改指令书", attachment=attachment(who))
    return case


def submit(case: Case, on: date | None = None) -> Case:
    with clock.at(on or days_of(case).submitted):
        return cases.submit_case(actor=actor_of(case.unit.code, "reviewer"), case=fresh(case))


def accept(case: Case, on: date | None = None, *, escalate: bool = False) -> Case:
    """Accept in the group; with `escalate` the group sends it up and the office accepts."""
    case = fresh(case)
    with clock.at(on or days_of(case).accepted):
        if escalate:
            cases.escalate_case(actor=lead_of(case), case=case, reason="涉及多个专项小组")
            case = fresh(case)
        return cases.accept_case(actor=lead_of(case), case=case)


def notify(case: Case, on: date | None = None) -> Case:
    with clock.at(on or days_of(case).noticed):
        notices.issue_notices(actor=lead_of(fresh(case)), case=fresh(case))
    return case


def hear(case: Case, on: date | None = None) -> Case:
    """Serve the notices; nobody makes a statement, so the term has to run out."""
    day = on or days_of(case).heard
    with clock.at(day):
        for row in case.subjects.select_related("notice"):
            notices.record_notice_service(
                actor=actor_of(case.unit.code, "handler"),
                notice=row.notice,
                method="direct",
                recipient="签收人",
                served_on=day,
            )
    return case


def convene(case: Case, *, units: Collection[str] = (), on: date | None = None, held_on: date | None = None) -> Meeting:
    """Call the meeting of the initiating unit, those given, and as many implementing units as make it joint."""
    case = fresh(case)
    invited = list(dict.fromkeys([case.unit.code, *(units or ("zjj", "scjgj"))]))
    cells = case.revision.measure_units.order_by("unit__code").values_list("unit__code", flat=True).distinct()
    implementing = [code for code in cells if code != case.unit.code]
    for code in implementing:
        if len(invited) > 2 and set(invited[1:]) & set(implementing):
            break
        invited = list(dict.fromkeys([*invited, code]))
    with clock.at(on or days_of(case).convened):
        return meetings.convene_meeting(
            actor=lead_of(case),
            case=case,
            held_on=held_on or days_of(case).held,
            place="会议室",
            units=[unit(code) for code in invited],
        )


def vote(case: Case, *, choice: str = "list", absent: Collection[str] = (), on: date | None = None) -> Meeting:
    """Record who came and let each of them vote the same on every subject."""
    case = fresh(case)
    meeting = case.meetings.get()
    present = [row.unit for row in meeting.invitees.select_related("unit") if row.unit.code not in absent]
    with clock.at(on or meeting.held_on):
        meetings.record_attendance(actor=lead_of(case), meeting=meeting, attended=present)
        for place in present:
            for row in case.subjects.order_by("pk"):
                meetings.cast_vote(
                    actor=actor_of(place.code, "reviewer"), meeting=meeting, case_subject=row, choice=choice
                )
    return meeting


def default_period(case: Case) -> Period:
    """Return the period that the catalogue gives the entry."""
    revision = case.revision
    if revision.period_kind in {"permanent", "until_performed"}:
        return Period(**{revision.period_kind: True})
    return Period(months=revision.period_default_months)


def decision_for(case: Case, *, listed: bool = True, **changes: Any) -> Decision:
    """A decision as the meeting voted, with the catalogue's period unless another is given."""
    terms = {
        "results": {row.pk: SubjectResult(listed, "事实清楚") for row in case.subjects.all()},
        "period": default_period(case),
        "period_source": "catalogue",
        "period_reason": "",
        "minutes": MINUTES,
    }
    if "period" in changes:
        terms["period_source"] = "minutes"
    return Decision(**{**terms, **changes})


def decide(case: Case, decision: Decision | None = None, on: date | None = None, **changes: Any) -> Determination:
    case = fresh(case)
    with clock.at(on or days_of(case).held):
        return determinations.decide(actor=lead_of(case), case=case, decision=decision or decision_for(case, **changes))


def issue(case: Case, on: date | None = None) -> Determination:
    case = fresh(case)
    with clock.at(on or days_of(case).issued):
        return determinations.issue_determination(
            actor=lead_of(case, 2), case=case, official_number="测信组〔2026〕1号"
        )


def serve(case: Case, on: date | None = None, **more: Any) -> list[Listing]:
    """Serve the decision on every subject; returns the listings that began."""
    day = on or days_of(case).served
    with clock.at(day):
        for row in case.subjects.order_by("pk"):
            serve_one(case, row, served_on=day, **more)
    return list(Listing.objects.filter(case_subject__case=case).order_by("pk"))


def serve_one(
    case: Case, case_subject: CaseSubject, *, served_on: date, actor: Actor | None = None, **more: Any
) -> Any:
    return determinations.serve_determination(
        actor=actor or actor_of(case.unit.code, "handler"),
        case_subject=case_subject,
        method="direct",
        recipient="签收人",
        served_on=served_on,
        **more,
    )


def case_in(
    state: str,
    *,
    entry: str = WAGES,
    initiator: str = "rsj",
    subjects: Sequence[Subject | ReportedSubject] = (),
    start: date = START,
    units: Collection[str] = (),
    escalate: bool = False,
    listed: bool = True,
    decision: Mapping[str, Any] | None = None,
    serving: Mapping[str, Any] | None = None,
) -> Case:
    """Return a case brought to `state`: one of STEPS, or `returned` or `withdrawn`.

    escalate: taken over by the office; listed: how the meeting votes; decision: changes of the decision's content,
    such as `period=Period(days=30)`; serving: extra arguments of the service, such as `starts_on`.
    """
    case = draft(entry=entry, initiator=initiator, subjects=subjects, start=start)
    if state == "withdrawn":
        with clock.at(start):
            return cases.withdraw_case(actor=actor_of(initiator, "reviewer"), case=case, reason="材料有误")
    last = STEPS.index("submitted" if state == "returned" else state)
    reward = case.polarity == "incentive"
    steps = {
        "submitted": lambda: submit(case),
        "accepted": lambda: accept(case, escalate=escalate),
        "noticed": lambda: reward or notify(case),
        "heard": lambda: reward or hear(case),
        "convened": lambda: convene(case, units=units),
        "voted": lambda: vote(case, choice="list" if listed else "not_list"),
        "decided": lambda: decide(case, **{"listed": listed, **(decision or {})}),
        "issued": lambda: issue(case),
        "listed": lambda: serve(case, **(serving or {})),
    }
    for name in STEPS[1 : last + 1]:
        steps[name]()
    if state == "returned":
        with clock.at(days_of(case).accepted):
            cases.return_case(actor=lead_of(fresh(case)), case=fresh(case), reason="补充证据")
    return fresh(case)


def done(actor: Actor, on: date, **more: Any) -> Done:
    """What a unit did on a day, with its proof."""
    facts: dict[str, Any] = {"matter": "招标", "detail": "已限制", "evidence": attachment(actor, "佐证")}
    return Done(done_on=on, **{**facts, **more})


def listing(**facts: Any) -> Listing:
    """The listing of a whole case; takes what `case_in` takes."""
    return Listing.objects.get(case_subject__case=case_in("listed", **facts))


def task(measure: str = "P02", at: str = "zjj", **facts: Any) -> ExecutionTask:
    """The task of one measure at one unit, of a fresh listing."""
    return ExecutionTask.objects.get(listing=listing(**facts), measure__code=measure, unit__code=at)


def units_of(tasks: Any) -> set[Organization]:
    return {row.unit for row in tasks.select_related("unit")}
