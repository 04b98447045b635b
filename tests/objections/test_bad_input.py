"""Bad input of objections: refused by the services with code and remedy, and by the database where it can say it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from core import clock
from core.periods import Period
from core.problems import NotFound, NotPermitted
from objections.models import Objection
from objections.selectors import due_days
from objections.services import acceptance, answering, filing
from objections.services.filing import Filer
from sanctions.models import Listing
from tests.factories import objections as make
from tests.factories import sanctions as chain
from tests.support.refusals import copied, database_refuses, nothing_written, refused, sql

pytestmark = pytest.mark.django_db
DAY, LATER = date(2026, 3, 11), date(2026, 4, 3)
TABLE = "objections_objection"


def refused_on(day: date, code: str, act: Callable[..., Any], **call: Any) -> None:
    with clock.at(day), nothing_written():
        refused(code, act, **call)


def file(listing: Listing, day: date, code: str, **changes: Any) -> None:
    ready = make.request(listing, **changes)
    refused_on(day, code, filing.file_objection, actor=make.window(), request=ready)


@pytest.fixture
def accepted(listing: Listing) -> Objection:
    return make.objection(listing, on=DAY)


# --- filing ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("filer", "code"),
    [
        pytest.param(Filer("广元市别家有限公司", "self"), "OBJ-40", id="OBJ-40-another-company"),
        pytest.param(Filer("测试乙", "agent"), "OBJ-41", id="OBJ-41-agent-without-mandate"),
        pytest.param(Filer("", "self"), "OBJ-42", id="OBJ-42-nobody"),
        pytest.param(Filer("测试乙", "cousin"), "OBJ-42", id="OBJ-42-no-such-relation"),
    ],
)
def test_a_stranger_does_not_object(listing: Listing, filer: Filer, code: str) -> None:
    file(listing, DAY, code, filer=filer)


def test_OBJ_40_only_the_registered_representative(db: None) -> None:
    company = chain.legal_entity(legal_representative="测试丁")
    row = chain.listing(start=date(2026, 1, 5), subjects=[company])
    file(row, DAY, "OBJ-40", filer=Filer("测试戊", "legal_representative"))
    receipt = make.file(row, DAY, filer=Filer("测试丁", "legal_representative"))
    assert receipt.record.relation == "legal_representative"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        pytest.param({"grounds": " "}, "OBJ-42", id="OBJ-42-no-grounds"),
        pytest.param({"claims": ""}, "OBJ-42", id="OBJ-42-no-claims"),
        pytest.param({"claims": "联系 13800138000"}, "CORE-11", id="CORE-11-phone-in-the-text"),
        pytest.param({"target_key": "0" * 16}, "OBJ-43", id="OBJ-43-unknown-target"),
        pytest.param({"target_kind": "weather"}, "OBJ-43", id="OBJ-43-unknown-kind"),
        pytest.param({"received_on": date(2026, 3, 12)}, "OBJ-44", id="OBJ-44-received-tomorrow"),
        pytest.param({"received_on": date(2026, 1, 5)}, "OBJ-01", id="OBJ-01-before-the-decision"),
    ],
)
def test_an_incomplete_filing(listing: Listing, changes: dict[str, Any], code: str) -> None:
    file(listing, DAY, code, **changes)


def test_OBJ_02_twice_while_one_is_open(listing: Listing) -> None:
    row = make.file(listing, DAY).record
    file(listing, DAY, "OBJ-02")
    with database_refuses("objections_one_open"):
        copied(TABLE, row.pk)


def test_OBJ_03_after_the_answer(listing: Listing) -> None:
    make.objection(listing, "answered", on=DAY, answered_on=LATER)
    file(listing, LATER, "OBJ-03")


def test_OBJ_04_after_the_ruling(listing: Listing) -> None:
    row = make.objection(listing, "answered", on=DAY, answered_on=LATER)
    make.rule(make.complaint(row, date(2026, 4, 8)), date(2026, 4, 28))
    file(listing, date(2026, 4, 29), "OBJ-04")


def test_OBJ_07_against_a_reward(db: None) -> None:
    row = chain.listing(entry=chain.REWARD, start=date(2026, 1, 5))
    file(row, DAY, "OBJ-07")


def test_OBJ_51_before_the_new_determination(listing: Listing) -> None:
    make.objection(listing, "answered", on=DAY, answered_on=LATER, outcome="partly_upheld")
    file(listing, LATER, "OBJ-51")


def test_a_withdrawn_one_does_not_stand_in_the_way(listing: Listing) -> None:
    row = make.objection(listing, on=DAY)
    with clock.at(date(2026, 3, 16)):
        answering.withdraw_objection(actor=make.window(), objection=row, reason="申请人书面撤回")
    assert make.file(listing, date(2026, 3, 17)).record.state == "received"


# --- acceptance ------------------------------------------------------------------------------------------------------


def test_OBJ_45_not_before_the_identity_check(listing: Listing) -> None:
    row = make.file(listing, DAY).record
    who = make.answerer(make.case_of(row))
    refused_on(DAY, "OBJ-45", acceptance.accept_objection, actor=who, objection=row)
    make.check(row, DAY, passed=False)
    refused_on(DAY, "OBJ-45", acceptance.accept_objection, actor=who, objection=row)
    with database_refuses("objections_checked_before_accepted"):
        statement = f"UPDATE {TABLE} SET accepted_on = received_on, accepted_by_key = 'x' WHERE id = %s"
        sql(statement, [row.pk])


def test_OBJ_41_no_pass_without_the_licence(listing: Listing) -> None:
    row = make.file(listing, DAY, papers=make.papers("application")).record
    call = {"actor": make.window(), "objection": row, "passed": True, "note": "已核对"}
    refused_on(DAY, "OBJ-41", filing.check_identity, **call)
    with clock.at(DAY):
        filing.add_papers(actor=make.window(), objection=row, papers=make.papers("licence"))
        assert filing.check_identity(**call).identity_result == "passed"


def test_OBJ_08_accepted_once(accepted: Objection) -> None:
    who = make.answerer(make.case_of(accepted))
    refused_on(DAY, "OBJ-08", acceptance.accept_objection, actor=who, objection=accepted)
    assert accepted.listing is not None
    assert accepted.listing.pauses.count() == 1


def test_OBJ_57_no_refusal_after_the_term(listing: Listing) -> None:
    row = make.file(listing, DAY).record
    who = make.answerer(make.case_of(row))
    call = {"actor": who, "objection": row, "reason": "材料不齐"}
    refused_on(date(2026, 3, 14), "OBJ-57", acceptance.decline_objection, **call)
    with clock.at(date(2026, 3, 13)):
        assert acceptance.decline_objection(**call).state == "declined"


def test_CORE_07_a_refusal_has_reasons(listing: Listing) -> None:
    row = make.file(listing, DAY).record
    who = make.answerer(make.case_of(row))
    refused_on(DAY, "CORE-07", acceptance.decline_objection, actor=who, objection=row, reason=" ")


# --- answer ----------------------------------------------------------------------------------------------------------


def test_OBJ_46_nobody_judges_his_own_decision(accepted: Objection) -> None:
    decided = chain.lead_of(make.case_of(accepted), 1)
    call = {"objection": accepted, "outcome": "rejected", "text": "不成立"}
    refused_on(LATER, "OBJ-46", answering.draft_answer, actor=decided, **call)
    issued = chain.lead_of(make.case_of(accepted), 2)
    make.draft(accepted, LATER)
    refused_on(LATER, "OBJ-46", answering.sign_answer, actor=issued, objection=accepted)
    with database_refuses("CR502"):
        sql(f"UPDATE {TABLE} SET drafted_by_key = %s WHERE id = %s", [decided.key, accepted.pk])


def test_CORE_05_drafted_and_signed_by_two(accepted: Objection) -> None:
    make.draft(accepted, LATER)
    who = make.answerer(make.case_of(accepted))
    refused_on(LATER, "CORE-05", answering.sign_answer, actor=who, objection=accepted)
    statement = (
        f"UPDATE {TABLE} SET state = 'rejected', answered_on = '2026-04-03', answered_by_key = drafted_by_key"
        " WHERE id = %s"
    )
    with database_refuses("objections_objection_two_officers"):
        sql(statement, [accepted.pk])


def test_OBJ_12_not_before_acceptance_nor_in_the_future(accepted: Objection) -> None:
    who = make.answerer(make.case_of(accepted))
    call = {"objection": accepted, "outcome": "rejected", "text": "不成立"}
    refused_on(date(2026, 3, 10), "OBJ-12", answering.draft_answer, actor=who, **call)
    refused_on(LATER, "CORE-02", answering.draft_answer, actor=who, on=date(2026, 4, 4), **call)
    make.draft(accepted, LATER)
    second = make.answerer(make.case_of(accepted), 4)
    refused_on(date(2026, 3, 10), "OBJ-12", answering.sign_answer, actor=second, objection=accepted)
    statement = (
        f"UPDATE {TABLE} SET state = 'rejected', answered_on = '2026-03-10', answered_by_key = 'x' WHERE id = %s"
    )
    with database_refuses("objections_objection_dates_ordered"):
        sql(statement, [accepted.pk])


def test_OBJ_48_an_answer_has_result_and_reasons(accepted: Objection) -> None:
    who = make.answerer(make.case_of(accepted))
    for outcome, text in (("", "理由"), ("rejected", " ")):
        call = {"objection": accepted, "outcome": outcome, "text": text}
        refused_on(LATER, "OBJ-48", answering.draft_answer, actor=who, **call)


def test_OBJ_10_answered_once(listing: Listing) -> None:
    row = make.objection(listing, "answered", on=DAY, answered_on=LATER)
    who = make.answerer(make.case_of(row), 5)
    refused_on(LATER, "OBJ-10", answering.sign_answer, actor=who, objection=row)
    with database_refuses("CR500"):
        sql(f"UPDATE {TABLE} SET answer_text = '改写' WHERE id = %s", [row.pk])


def test_OBJ_11_not_after_a_complaint_took_it_over(accepted: Objection) -> None:
    make.complaint(accepted, date(2026, 3, 25))
    who = make.answerer(make.case_of(accepted))
    call = {"objection": accepted, "outcome": "rejected", "text": "不成立"}
    refused_on(LATER, "OBJ-11", answering.draft_answer, actor=who, **call)


def test_OBJ_49_put_off_once_and_in_time(accepted: Objection) -> None:
    who = make.answerer(make.case_of(accepted))
    call = {"actor": who, "objection": accepted, "reason": "案情复杂"}
    refused_on(date(2026, 3, 21), "OBJ-49", answering.extend_answer, **call)
    with clock.at(date(2026, 3, 20)):
        answering.extend_answer(**call)
    due = {row["rule"]: (row["counts_from"], row["due_on"]) for row in due_days(accepted)}
    assert due["OBJ-T03"] == (date(2026, 3, 20), date(2026, 3, 31))  # counted from the day it was due
    refused_on(date(2026, 3, 20), "OBJ-49", answering.extend_answer, **call)


def test_OBJ_47_only_the_answering_unit(accepted: Objection) -> None:
    other = chain.actor_of("rsj", "reviewer")  # the initiating unit sees it and does not answer it
    call = {"objection": accepted, "outcome": "rejected", "text": "不成立"}
    refused_on(LATER, "OBJ-47", answering.draft_answer, actor=other, **call)


def test_OBJ_50_what_the_city_answers_is_not_forwarded(listing: Listing) -> None:
    row = make.file(listing, DAY).record
    make.check(row, DAY)
    call = {"actor": make.answerer(make.case_of(row)), "objection": row, "receipt": "转〔2026〕1号"}
    refused_on(DAY, "OBJ-50", acceptance.forward_objection, **call)


def test_SAN_54_nobody_fares_worse_by_objecting(listing: Listing) -> None:
    row = make.objection(listing, "answered", on=DAY, answered_on=LATER, outcome="partly_upheld")
    call = {"objection": row, "official_number": "测〔2026〕1号", "reason": "重新认定"}
    longer = Period(months=37)
    who = make.answerer(make.case_of(row), 5)
    with clock.at(LATER):
        problem = refused("SAN-20", answering.redetermine, actor=who, period=longer, **call)
        assert {found.code for found in problem.errors} >= {"SAN-54"}
        decided = chain.lead_of(make.case_of(row), 1)
        refused("OBJ-46", answering.redetermine, actor=decided, period=Period(months=36), **call)


def test_permissions_are_asked(accepted: Objection) -> None:
    handler = chain.actor_of(accepted.answering_unit.code, "handler", 9)
    with clock.at(LATER), pytest.raises(NotPermitted):
        answering.sign_answer(actor=handler, objection=accepted)
    with clock.at(LATER), pytest.raises(NotFound):
        answering.draft_answer(actor=chain.stranger(), objection=accepted, outcome="rejected", text="不成立")


# --- the database ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        pytest.param("DELETE FROM {t} WHERE id = %s", "CR500", id="CR500-no-deletion"),
        pytest.param("UPDATE {t} SET grounds = '改' WHERE id = %s", "CR500", id="CR500-what-was-handed-in-stays"),
        pytest.param("UPDATE {t} SET state = 'upheld' WHERE id = %s", "CR500", id="CR500-no-step-is-left-out"),
        pytest.param("UPDATE {t} SET accepted_on = '2026-03-12' WHERE id = %s", "CR500", id="CR500-dates-stay"),
        pytest.param(
            "UPDATE {t} SET closed_on = '2026-03-01' WHERE id = %s",
            "objections_objection_dates_ordered",
            id="dates-ordered",
        ),
        pytest.param(
            "UPDATE {t} SET forwarded_on = '2026-03-12' WHERE id = %s",
            "objections_forwarded_somewhere",
            id="forwarded-somewhere",
        ),
    ],
)
def test_the_database_says_so_too(accepted: Objection, statement: str, code: str) -> None:
    with database_refuses(code):
        sql(statement.format(t=TABLE), [accepted.pk])


def test_papers_are_only_added(accepted: Objection) -> None:
    for statement in ("DELETE FROM objections_objectionevidence", "UPDATE objections_objectionevidence SET title = ''"):
        with database_refuses("CR002"):
            sql(statement)
