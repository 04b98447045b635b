"""Bad input on the way from notice to service: out of order, out of range, by the wrong officer, done twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from core import clock
from core.actors import Actor
from core.periods import Period
from core.problems import NotFound, NotPermitted
from organizations.models import Officer
from organizations.selectors import unit
from sanctions.models import Case, Meeting
from sanctions.services import cases, determinations, meetings, notices
from tests.factories import sanctions as make
from tests.factories.organizations import make_assignment
from tests.support.refusals import copied, database_refuses, nothing_written, refused, sql

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with clock.at(date(2026, 6, 1)):
        yield


# --- the procedure ---------------------------------------------------------------------------------------------------


def test_san_14_a_report_without_evidence() -> None:
    case = make.draft(evidence=False)
    with nothing_written():
        refused("SAN-14", make.submit, case=case)


def meeting_by_hand(case: Case, present: int, invited: int = 2) -> Meeting:
    """Write a meeting straight into the tables, past the services."""
    sql("UPDATE sanctions_case SET state = 'convened' WHERE id = %s", [case.pk])
    sql(
        "INSERT INTO sanctions_meeting (public_id, case_id, level, convenor_id, held_on, place, quorum_percent,"
        " minutes, adjourned_reason) VALUES ('0TEST0MEETING000', %s, 'group', %s, '2026-05-29', '', 66, '', '')",
        [case.pk, unit("scjgj").pk],
    )
    meeting = Meeting.objects.get(case=case)
    for number, code in enumerate(["rsj", "scjgj", "zjj"][:invited]):
        sql(
            "INSERT INTO sanctions_meetinginvitee (meeting_id, unit_id, attended) VALUES (%s, %s, %s)",
            [meeting.pk, unit(code).pk, number < present],
        )
    sql("UPDATE sanctions_case SET state = 'decided' WHERE id = %s", [case.pk])
    return meeting


def decide_by_hand(case: Case, meeting: Meeting) -> None:
    sql(
        "INSERT INTO sanctions_determination (public_id, case_id, meeting_id, lead_unit_id, decided_on, years, months,"
        " days, permanent, until_performed, period_source, period_reason, measure_months, cause, basis, measures_hint,"
        " exit_terms, remedies, official_number, decided_by_key, issued_by_key)"
        " VALUES ('0TEST0DECISION00', %s, %s, %s, '2026-05-29', 3, 0, 0, false, false, 'catalogue', '', '{}', '', '',"
        " '', '', '', '', 'somebody', '')",
        [case.pk, meeting.pk, unit("scjgj").pk],
    )


def test_san_12_a_decision_without_notice() -> None:
    case = make.case_in("accepted")
    with nothing_written():
        refused("SAN-12", make.convene, case=case)
        refused("SAN-30", make.decide, case=case)
    meeting = meeting_by_hand(case, present=2)
    with nothing_written(), database_refuses("CR204"):
        decide_by_hand(case, meeting)


def test_san_12_a_notice_issued_but_not_served() -> None:
    case = make.case_in("noticed")
    with nothing_written():
        refused("SAN-12", make.convene, case=case)
    meeting = meeting_by_hand(case, present=2)
    with nothing_written(), database_refuses("CR204"):
        decide_by_hand(case, meeting)


def test_san_13_a_meeting_in_the_statement_term() -> None:
    case = make.case_in("heard")
    last = make.days_of(case).held - DAY
    with nothing_written():
        found = refused("SAN-13", make.convene, case=case, held_on=last)
        assert str(last) in found.detail
        refused("SAN-28", make.convene, case=case, held_on=make.days_of(case).heard)
    assert make.convene(case, held_on=last + DAY).held_on == last + DAY


@pytest.mark.parametrize(
    "period", [Period(months=37), Period(days=1097), Period(permanent=True), Period(until_performed=True)]
)
def test_san_20_a_unified_period_outside_the_statutory_range(period: Period) -> None:
    case = make.case_in("voted")
    with nothing_written():
        refused("SAN-20", make.decide, case=case, period=period)


def test_one_period_and_no_other_in_the_database() -> None:
    meeting = make.case_in("decided").determination
    with nothing_written(), database_refuses("sanctions_one_period", "CR202"):
        sql("UPDATE sanctions_determination SET permanent = true WHERE id = %s", [meeting.pk])


def both(unit_code: str, first: str, second: str, **facts: object) -> Actor:
    """An officer who holds both roles of a unit."""
    who = make.actor_of(unit_code, first)
    make_assignment(second, unit_code, officer=Officer.objects.get(pk=who.officer_id), **facts)
    return make.actor_of(unit_code, first)


def test_core_05_the_same_officer_signs_twice() -> None:
    who = both("rsj", "handler", "reviewer")
    case = make.draft()
    with nothing_written(), clock.at(make.START + DAY):
        refused("CORE-05", cases.submit_case, actor=who, case=case)
    with nothing_written(), database_refuses("sanctions_case_two_officers"):
        sql("UPDATE sanctions_case SET submitted_by_key = drafted_by_key WHERE id = %s", [case.pk])


def test_core_05_the_same_officer_decides_and_issues() -> None:
    case = make.case_in("decided")
    with nothing_written(), clock.at(make.days_of(case).issued):
        refused(
            "CORE-05",
            determinations.issue_determination,
            actor=make.lead_of(case),
            case=case,
            official_number="测〔2026〕1号",
        )
    with nothing_written(), database_refuses("sanctions_determination_two_officers"):
        sql(
            "UPDATE sanctions_determination SET issued_by_key = decided_by_key, issued_on = decided_on, number = 1,"
            " number_year = 2026 WHERE case_id = %s",
            [case.pk],
        )


def test_an_expert_with_a_conflict() -> None:
    case = make.case_in("convened")
    meeting = case.meetings.get()
    with clock.at(make.days_of(case).convened):
        draw = meetings.prepare_draw(actor=make.lead_of(case), meeting=meeting, demand={"labour": 2})
        names = {row["name"]: row.get("reason", "") for row in draw.excluded}
        assert "卫示例" in names  # employed by the initiating unit
        assert names["卫示例"].startswith("任职于相关单位")
        meetings.draw_experts(actor=make.lead_of(case), draw=draw)
    expert = sql("SELECT id FROM organizations_expert WHERE name = '卫示例'")[0][0]
    seat = meeting.experts.first()
    with nothing_written(), database_refuses("CR208"):
        copied("sanctions_meetingexpert", seat.pk, expert_id=expert)
    with nothing_written(), database_refuses("CR202"):
        sql("UPDATE sanctions_expertdraw SET pool = '[]' WHERE id = %s", [draw.pk])


def test_san_15_a_vote_without_quorum() -> None:
    case = make.case_in("convened")
    make.vote(case, absent=["zjj", "scjgj"])
    with nothing_written():
        found = refused("SAN-15", make.decide, case=case)
        assert "应到 3 个单位，实到 1 个" in found.detail
    other = make.case_in("heard")
    meeting = meeting_by_hand(other, present=1)
    with nothing_written(), database_refuses("CR203"):
        decide_by_hand(other, meeting)


def test_san_34_a_unit_that_did_not_come_votes() -> None:
    case = make.case_in("convened")
    meeting = make.vote(case, absent=["zjj"])
    row = case.subjects.get()
    vote = {"meeting": meeting, "case_subject": row, "choice": "list"}
    with nothing_written(), clock.at(meeting.held_on):
        refused("SAN-34", meetings.cast_vote, actor=make.actor_of("zjj", "reviewer"), **vote)
        refused("SAN-11", meetings.cast_vote, actor=make.actor_of("rsj", "reviewer"), **{**vote, "choice": "perhaps"})
        with pytest.raises(NotFound):
            meetings.cast_vote(actor=make.stranger(), **vote)
    absent = meeting.invitees.get(unit__code="zjj")
    with nothing_written(), database_refuses("CR207"):
        copied("sanctions_vote", row.votes.first().pk, invitee_id=absent.pk)
    with nothing_written(), database_refuses("sanctions_vote_once"):
        copied("sanctions_vote", row.votes.first().pk)


def test_san_25_an_effective_day_before_service() -> None:
    case = make.case_in("issued")
    served = make.days_of(case).served
    row = case.subjects.get()
    with nothing_written(), clock.at(served):
        refused("SAN-25", make.serve_one, case=case, case_subject=row, served_on=served, starts_on=served - DAY)
        refused("SAN-24", make.serve_one, case=case, case_subject=row, served_on=make.days_of(case).held)
        refused("SAN-24", make.serve_one, case=case, case_subject=row, served_on=served + DAY)
    listing = make.serve(case)[0]
    with nothing_written(), database_refuses("sanctions_effective_after_service"):
        copied("sanctions_listing", listing.pk, starts_on=served - DAY)


def test_san_11_an_unknown_way_of_service_and_core_11_a_number_of_the_recipient() -> None:
    case = make.case_in("noticed")
    day = make.days_of(case).heard
    notice = case.subjects.get().notice
    call = {"actor": make.actor_of(case.unit.code, "handler"), "notice": notice, "served_on": day}
    with nothing_written(), clock.at(day):
        refused("SAN-11", notices.record_notice_service, method="owl", recipient="签收人", **call)
        refused("CORE-11", notices.record_notice_service, method="left", recipient="签收人 13800138000", **call)
    with clock.at(day):
        assert notices.record_notice_service(method="left", recipient="见证人签字", **call).method == "left"


def test_san_25_a_planned_day_that_has_passed_is_planned_again_at_issue() -> None:
    case = make.case_in("voted")
    held, issued = make.days_of(case).held, make.days_of(case).issued
    with nothing_written():
        refused("SAN-25", make.decide, case=case, starts_on=held - DAY)
    make.decide(case, starts_on=held)
    with nothing_written():
        refused("SAN-25", make.issue, case=case)
    with clock.at(issued):
        determinations.issue_determination(
            actor=make.lead_of(case, 2),
            case=make.fresh(case),
            official_number="测〔2026〕2号",
            starts_on=issued + 9 * DAY,
        )
    assert make.serve(case)[0].starts_on == issued + 9 * DAY


def test_san_08_a_reward_while_a_discipline_listing_is_in_force() -> None:
    company = make.legal_entity()
    reward = make.case_in("voted", entry=make.REWARD, subjects=[company])
    late = make.case_in("issued", entry=make.REWARD, subjects=[company])
    listing = make.listing(subjects=[company])
    day = listing.starts_on
    with nothing_written():
        refused("SAN-08", make.draft, entry=make.REWARD, subjects=[company], start=day)
        refused("SAN-08", make.decide, case=reward, on=day)
        refused("SAN-08", make.serve, case=late, on=day)
    row = late.subjects.get()
    sql(
        "INSERT INTO sanctions_service (public_id, case_subject_id, document, method, recipient, served_on,"
        " recorded_at) VALUES ('0TEST0SERVICE000', %s, 'determination', 'direct', '某人', %s, '2026-03-20Z')",
        [row.pk, day],
    )
    taken = {"case_subject_id": row.pk, "determination_id": late.determination.pk, "revision_id": late.revision_id}
    with nothing_written(), database_refuses("CR209"):
        copied("sanctions_listing", listing.pk, polarity="incentive", served_on=day, starts_on=day, **taken)


def test_san_05_a_listing_without_its_decision() -> None:
    case = make.case_in("issued", listed=False)
    assert make.serve(case) == []
    listing = make.listing()
    taken = {"case_subject_id": case.subjects.get().pk, "determination_id": case.determination.pk}
    with nothing_written(), database_refuses("CR205"):
        copied("sanctions_listing", listing.pk, subject_id=case.subjects.get().subject_id, **taken)
    with nothing_written(), database_refuses("CR202"):
        sql("UPDATE sanctions_casesubject SET decision = 'listed' WHERE case_id = %s", [case.pk])


# --- done twice, or by somebody else ---------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["submitted", "accepted", "noticed", "convened", "decided", "issued"])
def test_core_04_the_same_act_twice(state: str) -> None:
    case = make.case_in(state)
    again = {
        "submitted": make.submit,
        "accepted": make.accept,
        "noticed": make.notify,
        "convened": make.convene,
        "decided": make.decide,
        "issued": make.issue,
    }[state]
    with nothing_written():
        refused("CORE-04", again, case=case)


def test_san_26_served_or_filed_twice() -> None:
    case = make.case_in("listed")
    with nothing_written():
        refused("SAN-26", make.serve, case=case)
    with clock.at(make.days_of(case).served):
        office = make.actor_of("fgw", "office")
        determinations.file_determination(actor=office, determination=case.determination)
        with nothing_written():
            refused("SAN-26", determinations.file_determination, actor=office, determination=case.determination)


def test_an_invited_unit_serves_nothing() -> None:
    """It sees the case, but the documents are served by the initiating unit or by who leads the case."""
    case = make.case_in("issued")
    guest = make.actor_of("zjj", "handler")
    assert Case.objects.visible_to(guest).filter(pk=case.pk).exists()
    day = make.days_of(case).served
    with nothing_written(), clock.at(day):
        refused("SAN-18", make.serve_one, case=case, case_subject=case.subjects.get(), served_on=day, actor=guest)
        with pytest.raises(NotPermitted):
            make.serve_one(case, case.subjects.get(), served_on=day, actor=make.actor_of("rsj", "window"))


def test_core_02_03_days_to_come_and_days_gone() -> None:
    case = make.draft()
    reviewer = make.actor_of("rsj", "reviewer")
    with nothing_written(), clock.at(make.START + 5 * DAY):
        refused("CORE-02", cases.submit_case, actor=reviewer, case=case, on=make.START + 6 * DAY)
        refused("CORE-03", cases.submit_case, actor=reviewer, case=case, on=make.START + DAY)
    with clock.at(make.START + 5 * DAY):
        cases.submit_case(actor=reviewer, case=case, on=make.START + DAY, reason="系统停机期间已签")
    assert make.fresh(case).state == "submitted"


def test_a_notice_proposes_only_what_may_be_done_to_its_subject() -> None:
    """CJ-001 P02 has no law behind it; P08 is for persons: neither stands in the notice of an enterprise."""
    case = make.case_in(
        "noticed", entry=make.COURT, initiator="zy", subjects=[make.legal_entity(), make.person()], escalate=True
    )
    company, person = (row.notice.content for row in case.subjects.select_related("notice").order_by("pk"))
    assert "禁止或限制参加政府采购活动" in company
    assert "投标资格" not in company + person
    assert "限制乘坐飞机" in person
    assert "限制乘坐飞机" not in company
    assert "5个工作日" in company


def test_san_36_a_meeting_without_quorum_is_called_again_and_the_old_one_is_closed() -> None:
    case = make.case_in("convened")
    old = make.vote(case, absent=["zjj", "scjgj"])
    again = {
        "case": case,
        "held_on": old.held_on + 7 * DAY,
        "place": "",
        "units": [unit("rsj"), unit("zjj"), unit("jtj")],
    }
    with clock.at(old.held_on):
        lead = make.lead_of(case)
        with nothing_written():
            refused("CORE-07", meetings.reconvene_meeting, actor=lead, reason=" ", **again)
            refused(
                "SAN-29",
                meetings.reconvene_meeting,
                actor=lead,
                reason="未成会",
                **{**again, "units": [unit("rsj"), unit("zjj")]},
            )
        new = meetings.reconvene_meeting(actor=lead, reason="未达到法定人数", **again)
        with nothing_written():
            refused("SAN-36", meetings.record_attendance, actor=lead, meeting=old, attended=[])
    with clock.at(new.held_on):
        meetings.record_attendance(actor=lead, meeting=new, attended=again["units"])
        for code in ("rsj", "zjj", "jtj"):
            meetings.cast_vote(
                actor=make.actor_of(code, "reviewer"), meeting=new, case_subject=case.subjects.get(), choice="list"
            )
    assert make.decide(case, on=new.held_on).meeting == new
