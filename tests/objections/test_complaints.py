"""Complaints: out of turn, out of the window, recusal where the office itself determined, and what a ruling does."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from core import clock
from core.actors import BACKDATE
from core.periods import Period
from objections.enums import Answerer
from objections.models import Complaint, Objection
from objections.services import answering, complaints, rulings
from objections.services.filing import Filer
from sanctions.drawing import digest_of, draw
from sanctions.models import Listing
from tests.factories import objections as make
from tests.factories import sanctions as chain
from tests.factories.organizations import edited_by_hand, make_expert
from tests.support.refusals import copied, database_refuses, nothing_written, refused, sql

pytestmark = pytest.mark.django_db
DAY, LATER, COMPLAINED, RULED = date(2026, 3, 11), date(2026, 4, 3), date(2026, 4, 8), date(2026, 4, 28)


@pytest.fixture
def answered(listing: Listing) -> Objection:
    return make.objection(listing, "answered", on=DAY, answered_on=LATER)


@pytest.fixture
def office_listing(db: None) -> Listing:
    """Determined by the office itself."""
    return chain.listing(start=date(2026, 1, 5), escalate=True)


@pytest.fixture
def against_the_office(office_listing: Listing) -> Complaint:
    row = make.objection(office_listing, "answered", on=DAY, answered_on=LATER)
    return make.complaint(row, COMPLAINED)


def test_OBJ_20_out_of_turn(listing: Listing) -> None:
    row = make.objection(listing, on=DAY)
    words = complaints.Appeal("理由", "请求")
    for day in (DAY, date(2026, 3, 20)):
        with clock.at(day), nothing_written():
            refused("OBJ-20", complaints.file_complaint, actor=make.window(), objection=row, appeal=words)
    with clock.at(date(2026, 3, 21)):
        assert complaints.file_complaint(actor=make.window(), objection=row, appeal=words).record.state == "received"


def test_a_check_made_with_the_objection_keeps_its_day(answered: Objection) -> None:
    row = make.complain(answered, COMPLAINED)
    assert (row.identity_result, row.identity_checked_on) == ("passed", DAY)
    assert row.identity_checked_by_key == answered.identity_checked_by_key


def test_OBJ_44_a_check_is_not_dated_before_the_complaint_came_in(answered: Objection) -> None:
    row = make.complain(answered, COMPLAINED, filer=Filer(answered.subject.name, "self"))
    early = chain.actor_of("fgw", "office", 9)
    early = replace(early, permissions=early.permissions | {BACKDATE})
    call = {"complaint": row, "passed": True, "note": "已核对", "on": LATER, "reason": "补录"}
    with clock.at(COMPLAINED):
        refused("OBJ-44", complaints.check_complainant, actor=early, **call)


def test_OBJ_53_an_expert_is_heard_once(against_the_office: Complaint) -> None:
    make.convene(against_the_office, COMPLAINED)
    make.make_expert("law")
    with clock.at(COMPLAINED):
        prepared = rulings.prepare_experts(actor=make.office(), complaint=against_the_office, demand={"law": 1})
        (seat,) = rulings.draw_experts(actor=make.office(), draw=prepared)
        stale = seat.__class__.objects.get(pk=seat.pk)
        rulings.record_expert(actor=make.office(), seat=seat, opinion="依据不足，建议重新核查")
        refused("OBJ-53", rulings.record_expert, actor=make.office(8), seat=stale, declined="出差")
        refused("OBJ-53", rulings.record_expert, actor=make.office(8), seat=stale, opinion="依据充分")
    assert chain.fresh(seat).opinion == "依据不足，建议重新核查"


def test_CR501_the_database_knows_the_turn(answered: Objection, listing: Listing) -> None:
    row = make.complaint(answered, COMPLAINED)
    with database_refuses("objections_one_open_complaint"):
        copied("objections_complaint", row.pk)
    make.rule(row, RULED)
    with database_refuses("CR501"):
        copied("objections_complaint", row.pk, state="received", secret_digest="x")
    with database_refuses("CR500"):
        sql("UPDATE objections_complaint SET answer_text = '改' WHERE id = %s", [row.pk])


@pytest.mark.parametrize(("day", "code"), [(date(2026, 4, 21), "OBJ-21"), (date(2026, 4, 20), "")])
def test_OBJ_21_the_window(answered: Objection, day: date, code: str) -> None:
    """Fifteen days from the answer of 3 April end on the 18th, a Saturday, so on Monday the 20th."""
    words = complaints.Appeal("理由", "请求")
    with clock.at(day):
        if code:
            refused(code, complaints.file_complaint, actor=make.window(), objection=answered, appeal=words)
        else:
            complaints.file_complaint(actor=make.window(), objection=answered, appeal=words)


def test_OBJ_22_and_23_one_at_a_time_and_once(answered: Objection) -> None:
    row = make.complaint(answered, COMPLAINED)
    words = complaints.Appeal("理由", "请求")
    with clock.at(COMPLAINED):
        refused("OBJ-22", complaints.file_complaint, actor=make.window(), objection=answered, appeal=words)
    make.rule(row, RULED)
    with clock.at(RULED):
        refused("OBJ-23", complaints.file_complaint, actor=make.window(), objection=answered, appeal=words)


def test_a_stranger_does_not_complain(answered: Objection) -> None:
    words = complaints.Appeal("理由", "请求", filer=Filer("测试乙", "agent"))
    with clock.at(COMPLAINED):
        refused("OBJ-41", complaints.file_complaint, actor=make.window(), objection=answered, appeal=words)


def test_another_filer_is_checked_anew(answered: Objection) -> None:
    papers = make.papers("mandate", "identity", "licence")
    row = make.complain(answered, COMPLAINED, filer=Filer("测试乙", "agent"), papers=papers)
    assert row.identity_result == ""
    with clock.at(COMPLAINED):
        refused("OBJ-45", complaints.accept_complaint, actor=make.office(), complaint=row)
        complaints.check_complainant(actor=make.office(), complaint=row, passed=True, note="已核对委托书")
        assert complaints.accept_complaint(actor=make.office(), complaint=row).state == "accepted"


@pytest.mark.parametrize("outcome", ["rejected", "upheld"])
def test_the_ruling_takes_effect(answered: Objection, listing: Listing, outcome: str) -> None:
    row = make.rule(make.complaint(answered, COMPLAINED), RULED, outcome)
    listing.refresh_from_db()
    assert "行政复议" in row.remedies
    assert "行政诉讼" in row.remedies
    expected = {"rejected": "in_force", "upheld": "revoked"}[outcome]
    assert listing.clock().state_on(RULED) == expected
    assert row.answer_number == 1


def test_partly_upheld_waits_for_the_new_determination(answered: Objection, listing: Listing) -> None:
    row = make.rule(make.complaint(answered, COMPLAINED), RULED, "partly_upheld")
    assert chain.fresh(listing).clock().state_on(date(2026, 5, 6)) == "paused"
    who = make.answerer(make.case_of(answered), 5)
    with clock.at(date(2026, 5, 8)):
        rulings.redetermine_after_complaint(
            actor=who, complaint=row, period=Period(months=36), official_number="测〔2026〕3号", reason="重新认定"
        )
    assert chain.fresh(listing).clock().state_on(date(2026, 5, 8)) == "in_force"
    assert chain.fresh(row).state == "redetermined"


def test_a_withdrawn_complaint_lets_the_clock_run(listing: Listing) -> None:
    row = make.objection(listing, on=DAY)
    complaint = make.complaint(row, COMPLAINED)
    with clock.at(date(2026, 4, 15)):
        complaints.withdraw_complaint(actor=make.office(), complaint=complaint, reason="申请人撤回")
    assert {pause.to_on for pause in listing.pauses.all()} == {date(2026, 4, 15)}
    assert chain.fresh(row).state == "settled"
    assert make.file(listing, date(2026, 4, 16)).record.state == "received"


# --- where the office itself determined ------------------------------------------------------------------------------


def test_OBJ_55_it_is_studied(against_the_office: Complaint) -> None:
    assert against_the_office.by_office
    call = {"complaint": against_the_office, "outcome": "rejected", "text": "不成立"}
    with clock.at(RULED):
        refused("OBJ-55", rulings.draft_ruling, actor=make.office(), **call)


def test_OBJ_52_who_took_part_stands_aside(against_the_office: Complaint, office_listing: Listing) -> None:
    case = make.case_of(office_listing)
    decided, fresh = chain.lead_of(case, 1), make.office(9)
    with clock.at(COMPLAINED):
        call = {"actor": make.office(), "complaint": against_the_office, "held_on": COMPLAINED}
        ours = [make.officer_of(make.office())]
        refused("OBJ-52", rulings.convene_study, convenor=make.officer_of(decided), participants=ours, **call)
        rulings.convene_study(convenor=make.officer_of(fresh), participants=ours, **call)
        aside = against_the_office.participants.exclude(recused_because="")
        assert {row.officer.public_id for row in aside} >= {decided.key, chain.lead_of(case, 2).key}
        draft = {"complaint": against_the_office, "outcome": "rejected", "text": "不成立"}
        refused("OBJ-52", rulings.draft_ruling, actor=decided, **draft)


def test_OBJ_53_experts_are_mandatory_and_54_the_convenor_signs(against_the_office: Complaint) -> None:
    row = against_the_office
    make.convene(row, date(2026, 4, 10), convenor=make.office(8))
    call = {"complaint": row, "outcome": "upheld", "text": "成立"}
    with clock.at(RULED):
        refused("OBJ-53", rulings.draft_ruling, actor=make.office(), **call)
    make.experts(row, date(2026, 4, 13))
    lot = row.draws.get()
    assert lot.digest == digest_of(1, lot.demand, lot.pool, lot.seed)
    assert draw(lot.demand, lot.pool, lot.seed)[0] == lot.selected
    with database_refuses("CR500"):
        sql("UPDATE objections_complaintdraw SET seed = 'x' WHERE id = %s", [lot.pk])
    with clock.at(RULED):
        rulings.draft_ruling(actor=make.office(), **call)
        refused("OBJ-54", rulings.sign_ruling, actor=make.office(10), complaint=row)
        assert rulings.sign_ruling(actor=make.office(8), complaint=row).state == "upheld"


def test_who_bears_the_name_of_the_subject_is_not_drawn(against_the_office: Complaint) -> None:
    make.convene(against_the_office, date(2026, 4, 10), convenor=make.office(8))
    namesake, other = make_expert("law"), make_expert("law")
    edited_by_hand(namesake, name=against_the_office.objection.subject.name)
    with clock.at(date(2026, 4, 13)):
        lot = rulings.prepare_experts(actor=make.office(), complaint=against_the_office, demand={"law": 1})
    told = {row["expert"]: row["reason"] for row in lot.excluded}
    assert told[namesake.public_id] == "与当事人同名，须核实是否本人"
    assert other.public_id in {row["expert"] for row in lot.pool}


def test_where_a_group_determined_no_study_is_forced(answered: Objection) -> None:
    row = make.complaint(answered, COMPLAINED)
    assert not row.by_office
    assert answered.route.answerer == Answerer.LEAD_UNIT
    assert make.rule(row, RULED).state == "rejected"


def test_OBJ_20_a_complaint_names_the_objection_it_is_about(listing: Listing) -> None:
    """A second objection withdrawn has no answer; while one waits for its answer, the earlier one is not the matter."""
    first = make.answer(make.objection(listing, on=date(2026, 3, 11)), date(2026, 3, 18), "partly_upheld")
    first = make.redetermine(first, date(2026, 3, 19), Period(months=30))
    second = make.objection(listing, on=date(2026, 3, 20))
    words = complaints.Appeal(grounds="逾期未答复", claims="请求撤销")
    day = date(2026, 4, 1)  # the first one's window is open, the second one's answer is overdue
    with clock.at(day):
        refused("OBJ-20", complaints.file_complaint, actor=make.window(), objection=first, appeal=words)
        answering.withdraw_objection(actor=make.window(), objection=second, reason="书面撤回")
        refused("OBJ-20", complaints.file_complaint, actor=make.window(), objection=second, appeal=words)
        complaints.file_complaint(actor=make.window(), objection=first, appeal=words)
