"""From vote to listing: decide, issue, serve, file. The only door through which anything is listed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from core import counters, deadlines, outbox, workflow
from core.actors import Actor, acting, settled_day
from core.models import Attachment
from core.periods import Period, ends_on
from core.permissions import require
from core.problems import Violation, refuse
from sanctions import rules, selectors, texts
from sanctions.enums import DocumentKind, PeriodSource, Polarity, SubjectDecision, VoteChoice
from sanctions.letters import tell_decision
from sanctions.measures import bearing_on, period_terms
from sanctions.models import Case, CaseSubject, Determination, Listing, Meeting, Notice, Service
from sanctions.services.cases import lead_case, locked_lead, serving_case
from sanctions.services.meetings import heard
from sanctions.services.notices import SERVED, STATEMENT_RULE
from sanctions.services.tasks import assign_tasks
from sanctions.workflow import CASE
from subjects.delivery.rules import arrival
from subjects.models import Subject
from subjects.selectors import canonical

FILING_RULE = "SAN-T02"


@dataclass(frozen=True, slots=True)
class SubjectResult:
    """What the meeting concluded about one subject, and why."""

    listed: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Decision:
    """The content of a determination: results per subject, one unified period with its source, and the texts.

    starts_on: first day in force, None for the day of service; measure_months: own period in months of statutory
    measures by code, where the minutes fix one.
    """

    results: Mapping[int, SubjectResult]
    period: Period
    period_source: str
    period_reason: str
    minutes: str
    starts_on: date | None = None
    measure_months: Mapping[str, int] = field(default_factory=dict)


def _period_violations(case: Case, decision: Decision, day: date) -> list[Violation]:
    revision, terms = case.revision, period_terms(case.revision)
    found = rules.unified_period(decision.period, decision.period_source, terms, decision.starts_on or day)
    if decision.period_source not in PeriodSource.values:
        found.append(Violation("SAN-11", "未选择期限来源", "period_source", "选择目录清单或会议纪要"))
    rows = {row.measure.code: row for row in revision.measures.select_related("measure")}
    for code, months in decision.measure_months.items():
        row = rows.get(code)
        if row is None or row.mode != "statutory":
            found.append(
                Violation(
                    "SAN-23", f"措施{code}不是该事项的法定期限措施", "measure_months", "只填写目录所列法定期限措施"
                )
            )
        else:
            found += rules.statutory_period(
                f"{code} {row.measure.name}", months, row.statutory_min_months, row.statutory_max_months, row.content
            )
    return found


def _vote_violations(meeting: Meeting, results: Mapping[int, SubjectResult]) -> list[Violation]:
    invitees = list(meeting.invitees.all())
    attended = {row.pk for row in invitees if row.attended}
    found = rules.quorum(len(invitees), len(attended), meeting.quorum_percent)
    if found:
        return found
    for subject in meeting.case.subjects.select_related("subject").prefetch_related("votes"):
        given = results.get(subject.pk)
        if given is None or not given.reason.strip():
            found.append(
                Violation("SAN-11", f"{subject.subject.name}没有议决结果或理由", "results", "逐个主体填写结果和理由")
            )
            continue
        votes = [vote for vote in subject.votes.all() if vote.invitee_id in attended]
        in_favour = sum(vote.choice == VoteChoice.LIST for vote in votes)
        found += rules.result(subject.subject.name, in_favour, len(attended), given.listed, len(votes))
    return found


def decide(*, actor: Actor, case: Case, decision: Decision, on: date | None = None, reason: str = "") -> Determination:
    """Record what the meeting decided: each subject, one unified period with its source; nothing takes effect yet.

    Raises Refused SAN-15 without quorum, SAN-16/17 against the votes, SAN-20…23 for the period, SAN-08 for a reward
    while a discipline listing is in force. Legal source: 实施方案 二（二）2—3.
    """
    case = lead_case(actor, case)
    day = settled_day(actor, on, reason)
    with acting(actor, "determination.decide", reason=reason, on=day):
        case = locked_lead(actor, case)
        meeting = case.meetings.filter(adjourned_on__isnull=True).select_related("convenor").first()
        if meeting is None:
            refuse([Violation("SAN-30", "尚未召集认定会议", remedy="先召集会议")])
            raise AssertionError("refused above")
        workflow.apply(case, CASE, "decide", actor=actor, reason=reason, on=day)
        refuse(_decision_violations(case, meeting, decision, day))
        notices = list(Notice.objects.filter(case_subject__case=case).values_list("pk", flat=True))
        deadlines.close_deadlines(Notice, notices, STATEMENT_RULE, on=day, by="期满未陈述")
        meeting.minutes = decision.minutes.strip()
        meeting.save(update_fields=["minutes"])
        for subject in case.subjects.order_by("pk"):
            given = decision.results[subject.pk]
            subject.decision = SubjectDecision.LISTED if given.listed else SubjectDecision.NOT_LISTED
            subject.decision_reason = given.reason.strip()
            subject.save(update_fields=["decision", "decision_reason"])
        return Determination.objects.create(
            case=case,
            meeting=meeting,
            lead_unit=meeting.convenor,
            decided_on=day,
            decided_by_key=actor.key,
            **_texts(case, decision),
        )


def _decision_violations(case: Case, meeting: Meeting, decision: Decision, day: date) -> list[Violation]:
    found = _vote_violations(meeting, decision.results) + _period_violations(case, decision, day)
    if day < meeting.held_on:
        found.append(Violation("SAN-28", f"会议定于 {meeting.held_on}，尚未召开", "on", "会议当日或之后记录议决"))
    if case.polarity == Polarity.DISCIPLINE:
        found += heard(case, meeting.held_on)
    if not decision.minutes.strip():
        found.append(Violation("SAN-11", "未填写会议纪要", "minutes", "填写会议纪要"))
    if decision.starts_on and decision.starts_on < day:
        found.append(_too_early(decision.starts_on, f"议决日 {day}"))
    return found + _disciplined(case, [row.subject for row in case.subjects.select_related("subject")], day)


def _too_early(starts_on: date, than: str) -> Violation:
    return Violation(
        "SAN-25", f"拟生效日 {starts_on} 早于{than}", "starts_on", "由印发单位改定，生效日不得早于印发和送达"
    )


def _disciplined(case: Case, subjects: Sequence[Subject], day: date) -> list[Violation]:
    if case.polarity != Polarity.INCENTIVE:
        return []
    held = selectors.disciplined_among(subjects, day)
    return [
        Violation(
            "SAN-08",
            f"{subject.name}有失信惩戒正在实施，不能给予守信激励",
            "subjects",
            "惩戒移出后再申请激励",
        )
        for subject in subjects
        if (subject.canonical_id or subject.pk) in held
    ]


def _texts(case: Case, decision: Decision) -> dict[str, object]:
    revision, period = case.revision, decision.period
    citations = revision.citations.select_related("article__instrument")
    listed = [row for row in case.subjects.select_related("subject").order_by("pk") if decision.results[row.pk].listed]
    measures = [row.measure for row in bearing_on(case, *listed)]
    own_facts = [f"{row.subject.name}：{row.facts}" for row in listed if row.facts]
    return {
        "years": period.years,
        "months": period.months,
        "days": period.days,
        "permanent": period.permanent,
        "until_performed": period.until_performed,
        "period_source": decision.period_source,
        "period_reason": decision.period_reason.strip() or revision.period_text,
        "measure_months": dict(decision.measure_months),
        "starts_on": decision.starts_on,
        "cause": "；".join([case.facts, *own_facts]),
        "basis": "；".join(str(citation.article) for citation in citations),
        "measures_hint": "；".join(f"{measure.code} {measure.name}" for measure in measures),
        **texts.exit_and_remedies(case, decision.period),
    }


def issue_determination(
    *,
    actor: Actor,
    case: Case,
    official_number: str,
    starts_on: date | None = None,
    on: date | None = None,
    reason: str = "",
) -> Determination:
    """Issue the decision under a gapless number, signed by a second officer of the lead unit; opens the filing term.

    starts_on: a new planned first day, where the one decided has passed meanwhile. Raises Refused CORE-05 for the
    officer who recorded the decision. Legal source: 实施方案 二（二）2.
    """
    case = lead_case(actor, case)
    day = settled_day(actor, on, reason)
    determination = Determination.objects.filter(case=case).select_related("lead_unit").first()
    found = []
    if determination is None:
        found.append(Violation("SAN-30", "会议尚未议决", remedy="先记录议决"))
    if not official_number.strip():
        found.append(Violation("SAN-11", "未填写文号", "official_number", "填写印发单位的正式文号"))
    planned = starts_on or (determination.starts_on if determination else None)
    if planned and planned < day:
        found.append(_too_early(planned, f"印发日 {day}"))
    if determination and day < determination.decided_on:
        wrong = f"印发日 {day} 早于议决日 {determination.decided_on}"
        found.append(Violation("SAN-24", wrong, "on", "按印发文书填写日期"))
    refuse(found)
    if determination is None:
        raise AssertionError("refused above")
    with acting(actor, "determination.issue", reason=reason, on=day):
        case = locked_lead(actor, case)
        workflow.apply(case, CASE, "issue", actor=actor, reason=reason, on=day)
        deadlines.open_deadline(determination, FILING_RULE, event="决定印发", counts_from=day)
        determination.issued_on, determination.official_number = day, official_number.strip()
        determination.starts_on = planned
        determination.number_year, determination.issued_by_key = day.year, actor.key
        tell_decision(case, determination)
        # The counter's row is locked until commit, so the number is taken last.
        determination.number = counters.next_number("determination", determination.lead_unit.code, day.year)
        determination.save(
            update_fields=["issued_on", "official_number", "starts_on", "number_year", "number", "issued_by_key"]
        )
    return determination


def serve_determination(
    *,
    actor: Actor,
    case_subject: CaseSubject,
    method: str,
    recipient: str,
    served_on: date,
    starts_on: date | None = None,
    proof: Attachment | None = None,
    on: date | None = None,
    reason: str = "",
) -> Service:
    """Record service of the decision and repair notice (两书同达); a listed subject's listing and tasks begin.

    The first day in force is the planned day, or the day of service where none was planned or service came later;
    starts_on: another day, which only the leading unit may set. Raises Refused SAN-24 for service before issue, SAN-25
    for an effective day before service, SAN-20 where the period leaves its range from that day on.
    """
    case = serving_case(actor, case_subject.case)
    day = settled_day(actor, on, reason)
    determination = Determination.objects.filter(case=case, issued_on__isnull=False).first()
    if determination is None or determination.issued_on is None:
        refuse([Violation("SAN-30", "决定尚未印发，不能送达", remedy="由牵头单位先印发决定")])
        raise AssertionError("refused above")
    planned = max(determination.starts_on or served_on, served_on)
    effective = starts_on or planned
    found = rules.effective_day(effective, served_on, determination.issued_on)
    if effective != planned and not found:
        lead_case(actor, case)
    found += rules.unified_period(determination.period, PeriodSource.MINUTES, period_terms(case.revision), effective)
    found += arrival(SERVED, since=None, served_on=served_on, day=day, method=method, recipient=recipient)
    refuse(found)
    with acting(actor, "determination.serve", reason=reason, on=day):
        told = CaseSubject.objects.select_for_update(of=("self",)).select_related("subject").get(pk=case_subject.pk)
        if told.services.filter(document=DocumentKind.DETERMINATION).exists():
            refuse([Violation("SAN-26", f"决定已送达{told.subject.name}", remedy="无需重复登记")])
        if told.decision == SubjectDecision.LISTED:
            refuse(_still_listable(case, told, effective))
        service = Service.objects.create(
            case_subject=told,
            document=DocumentKind.DETERMINATION,
            method=method,
            recipient=recipient.strip(),
            served_on=served_on,
            proof=proof,
        )
        if told.decision == SubjectDecision.LISTED:
            _list(case, told, determination, served_on, effective)
    return service


def _still_listable(case: Case, case_subject: CaseSubject, starts_on: date) -> list[Violation]:
    """SAN-07/08 once more on the day of service: the subject may have ended, or been disciplined, since the decision.

    Holds the subject's row, so that two listings of one subject begin one after the other.
    """
    subject = canonical(case_subject.subject)
    subject = Subject.objects.select_for_update(of=("self",), no_key=True).get(pk=subject.pk)
    found = _disciplined(case, [subject], starts_on)
    if subject.status in rules.ENDED_STATUS:
        wrong = f"{subject.name}已注销或死亡，不得列入"
        found.append(Violation("SAN-07", wrong, "subjects", "核对登记状态；已印发的决定不再送达列入"))
    return found


def _list(
    case: Case, case_subject: CaseSubject, determination: Determination, served_on: date, starts_on: date
) -> Listing:
    last = ends_on(starts_on, determination.period)
    listing = Listing.objects.create(
        case_subject=case_subject,
        determination=determination,
        subject_id=case_subject.subject_id,
        revision_id=case.revision_id,
        polarity=case.polarity,
        governed_by=case.revision.governed_by,
        served_on=served_on,
        starts_on=starts_on,
        original_ends_on=last,
        ends_on=last,
    )
    outbox.emit(
        "listing.issued",
        listing,
        on=starts_on,
        payload={
            "kind": case.polarity,
            "entry": case.revision.entry.code,
            "subject": case_subject.subject.public_id,
            "starts_on": starts_on.isoformat(),
            "ends_on": last.isoformat() if last else None,
        },
    )
    assign_tasks(listing, determination)
    return listing


def file_determination(
    *, actor: Actor, determination: Determination, on: date | None = None, reason: str = ""
) -> Determination:
    """Record that the office has the issued decision on file (备案): after issue, never a condition of effect."""
    require(actor, "sanctions.determination.file")
    day = settled_day(actor, on, reason)
    with acting(actor, "determination.file", reason=reason, on=day):
        kept = Determination.objects.select_for_update(of=("self",)).get(pk=determination.pk)
        if kept.issued_on is None:
            refuse([Violation("SAN-30", "决定尚未印发，不能备案", remedy="由牵头单位先印发决定")])
        if kept.filed_on is not None:
            refuse([Violation("SAN-26", f"已于 {kept.filed_on} 备案", remedy="无需重复备案")])
        if kept.issued_on is not None and kept.issued_on > day:
            refuse([Violation("SAN-24", f"备案日 {day} 早于印发日 {kept.issued_on}", "on", "按备案登记填写日期")])
        kept.filed_on = day
        kept.save(update_fields=["filed_on"])
        deadlines.close_deadline(kept, FILING_RULE, on=day, by="已备案")
        outbox.emit("determination.filed", kept, on=day, payload={"filed_on": day.isoformat()})
    determination.filed_on = day
    return kept
