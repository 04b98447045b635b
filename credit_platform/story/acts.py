"""The acts that every case goes through, and the chapters in order."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from core.actors import Actor
from core.periods import Period
from credit_platform.story import articles, cases, checks, disclosures, rights
from credit_platform.story.stage import Stage, fresh
from objections.models import Objection
from organizations.models import Organization
from sanctions.models import Case, Determination, Meeting
from sanctions.services import determinations, meetings, notices
from sanctions.services.cases import ReportedSubject, attach_evidence, open_case, submit_case


def play(tell: Callable[[dict[str, Any]], None]) -> None:
    """Play all chapters and tell each act; playing again adds as many cases more with their own subjects."""
    played = Case.objects.filter(document_number__startswith="广人社监罚〔2026〕示例").count()
    stage = Stage(tell=tell, round=played + 1)
    cases.wages(stage)
    cases.reward(stage)
    cases.court(stage)
    repairs, disputes = rights.insurance(stage), rights.procurement(stage)
    rights.contested(stage, disputes[0])
    rights.vindicated(stage, disputes[1])
    rights.repaired(stage, repairs[0])
    rights.pending_repair(stage, repairs[1])
    disclosures.disclosures(stage)
    checks.checks(stage)
    articles.articles(stage)
    articles.voices(stage)
    rights.pending_objection(stage, disputes[2])
    for listing in (disputes[0], repairs[0]):
        cases.explain(stage, listing.case_subject.case)


def finished() -> bool:
    """Return whether the whole story was played at least once: its last act is the third objection's acceptance."""
    accepted = Objection.objects.filter(
        listing__determination__official_number__startswith=rights.NUMBERS, accepted_on__isnull=False
    )
    return accepted.count() >= 3


def report(
    stage: Stage,
    unit_code: str,
    entry_code: str,
    days: tuple[date, date, date, date],
    subjects: Sequence[ReportedSubject],
    document: str,
    facts: str,
    evidence: str,
) -> Case:
    """Draft by the handler, evidence, second signature by the reviewer.

    days: act, recognition, draft, submission.
    """
    act_on, recognized_on, drafted_on, submitted_on = days
    handler, reviewer = f"{unit_code}-handler", f"{unit_code}-reviewer"
    with stage.on(drafted_on):
        who = stage.actor(handler)
        case = open_case(
            actor=who,
            entry_code=entry_code,
            unit=stage.unit(unit_code),
            recognized_on=recognized_on,
            act_on=act_on,
            document_number=document,
            facts=facts,
            subjects=subjects,
        )
        stage.note(who, "case.draft", case)
        attach_evidence(actor=who, case=case, title=evidence, attachment=stage.file(handler, evidence, facts))
        stage.note(who, "case.evidence", case)
    with stage.on(submitted_on):
        who = stage.actor(reviewer)
        submit_case(actor=who, case=case)
        stage.note(who, "case.submit", fresh(case))
    return case


def tell_and_hear(stage: Stage, case: Case, lead: str, server: str, issued_on: date, served_on: date) -> None:
    """Issue the notices and serve each subject."""
    with stage.on(issued_on):
        who = stage.actor(lead)
        issued = notices.issue_notices(actor=who, case=fresh(case))
        stage.note(who, "notice.issue", fresh(case))
    with stage.on(served_on):
        who = stage.actor(server)
        for notice in issued:
            notices.record_notice_service(
                actor=who,
                notice=notice,
                method="direct",
                recipient=f"{notice.case_subject.subject.name}（示例收件人）",
                served_on=served_on,
                proof=stage.file(server, "送达回证", notice.content),
            )
            stage.note(who, "notice.serve", notice, state="served")


def meet(
    stage: Stage,
    case: Case,
    lead: str,
    units: Sequence[str],
    days: tuple[date, date],
    demand: Mapping[str, int],
    replace: bool = False,
) -> Meeting:
    """Call the meeting, draw the experts by lot (and once more when one declines), hear them, and vote.

    days: convened, held.
    """
    convened_on, held_on = days
    invited: list[Organization] = [stage.unit(code) for code in units]
    with stage.on(convened_on):
        who = stage.actor(lead)
        meeting = meetings.convene_meeting(
            actor=who, case=fresh(case), held_on=held_on, place="示例会议室", units=invited
        )
        stage.note(who, "meeting.convene", fresh(case))
        draw(stage, who, meeting, demand)
        if replace:
            seat = meeting.experts.select_related("expert").order_by("pk")[0]
            meetings.decline_expert(actor=who, seat=seat, reason="与当事主体有业务往来，申请回避（示例）")
            stage.note(who, "draw.decline", meeting, state="declined")
            draw(stage, who, meeting, {seat.field: 1})
    with stage.on(held_on):
        who = stage.actor(lead)
        meetings.record_attendance(actor=who, meeting=meeting, attended=invited)
        stage.note(who, "meeting.attend", meeting, state="held")
        for seat in meeting.experts.filter(declined_reason="").select_related("expert"):
            meetings.record_opinion(
                actor=who, seat=seat, opinion="事实清楚、证据充分，建议依目录认定，期限与情节相当（示例）。"
            )
        stage.note(who, "meeting.opinion", meeting, state="heard")
        for code in units:
            voter = stage.actor(f"{code}-reviewer")
            for row in case.subjects.order_by("pk"):
                meetings.cast_vote(actor=voter, meeting=meeting, case_subject=row, choice="list")
            stage.note(voter, "meeting.vote", meeting, state="voted")
    return meeting


def draw(stage: Stage, who: Actor, meeting: Meeting, demand: Mapping[str, int]) -> None:
    """Publish the digest, then draw."""
    prepared = meetings.prepare_draw(actor=who, meeting=meeting, demand=demand)
    stage.note(who, "draw.commit", prepared, state="committed", digest=prepared.digest)
    meetings.draw_experts(actor=who, draw=prepared)
    stage.note(who, "draw.reveal", prepared, state="drawn", experts=len(prepared.selected))


def conclude(
    stage: Stage,
    case: Case,
    leads: tuple[str, str],
    decided_on: date,
    issued_on: date,
    period: Period,
    source: str,
    number: str,
) -> Determination:
    """Record the decision by one officer of the lead unit, issue it by another."""
    with stage.on(decided_on):
        who = stage.actor(leads[0])
        results = {
            row.pk: determinations.SubjectResult(True, "符合目录事项，会议表决通过") for row in case.subjects.all()
        }
        determination = determinations.decide(
            actor=who,
            case=fresh(case),
            decision=determinations.Decision(
                results=results,
                period=period,
                period_source=source,
                period_reason="会议研究确定",
                minutes="会议听取发起单位汇报和专家意见，逐个主体表决，一致同意列入，统一实施期限（示例）。",
            ),
        )
        stage.note(who, "determination.decide", fresh(case))
    with stage.on(issued_on):
        who = stage.actor(leads[1])
        determination = determinations.issue_determination(actor=who, case=fresh(case), official_number=number)
        stage.note(who, "determination.issue", fresh(case), number=determination.numbered())
    return determination


def serve_and_file(
    stage: Stage, case: Case, determination: Determination, server: str, served_on: date, filed_on: date
) -> None:
    """Serve every subject, which begins listings and tasks, then file with the office."""
    with stage.on(served_on):
        who = stage.actor(server)
        for row in case.subjects.select_related("subject").order_by("pk"):
            determinations.serve_determination(
                actor=who,
                case_subject=row,
                method="direct",
                recipient=f"{row.subject.name}（示例收件人）",
                served_on=served_on,
                proof=stage.file(server, "送达回证", determination.numbered()),
            )
            stage.note(who, "determination.serve", row, state="served")
    with stage.on(filed_on):
        who = stage.actor("office-1")
        determinations.file_determination(actor=who, determination=determination)
        stage.note(who, "determination.file", determination, state="filed")
