"""What can be objected to and who answers: every target of design §4 that stands, by the rows behind the routing."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import clock
from core.problems import Problem
from objections import targets
from objections.enums import TargetKind
from objections.models import Objection, TargetRoute
from objections.routing import route_on
from objections.selectors import marked
from objections.services import acceptance, answering, filing, routes
from objections.services.filing import Filer
from sanctions.models import ExecutionTask, Listing
from sanctions.services import external, listings
from sanctions.services.external import ExternalRow
from tests.factories import objections as make
from tests.factories import repair as repair_factory
from tests.factories import sanctions as chain
from tests.support.refusals import database_refuses, refused, sql

pytestmark = pytest.mark.django_db
DAY, LATER = date(2026, 3, 11), date(2026, 4, 3)


def filed(listing: Listing, kind: str, key: str) -> Objection:
    row = make.file(listing, DAY, target_kind=kind, target_key=key).record
    assert isinstance(row, Objection)
    return row


def answer_by(row: Objection, unit: str, outcome: str = "upheld") -> Objection:
    """Check, accept, draft and sign by two officers of the unit."""
    first, second = chain.actor_of(unit, "handler", 11), chain.actor_of(unit, "reviewer", 12)
    make.check(row, DAY, actor=first)
    make.accept(row, DAY, actor=first)
    assert marked(row.target_kind, [row.target_key, "0" * 16]) == {row.target_key}
    make.draft(row, LATER, outcome, actor=first)
    return make.sign(row, LATER, actor=second)


@pytest.mark.parametrize("kind", ["facts", "measure", "base_record"])
def test_without_a_clock_the_answering_unit_corrects(listing: Listing, kind: str) -> None:
    task = ExecutionTask.objects.filter(listing=listing).select_related("unit").order_by("pk").first()
    assert task is not None
    key, unit = {
        "facts": (listing.case_subject.public_id, "rsj"),
        "measure": (task.public_id, task.unit.code),
        "base_record": (listing.subject.public_id, "scjgj"),
    }[kind]
    row = filed(listing, kind, key)
    assert (row.answering_unit.code, row.listing) == (unit, None)
    answer_by(row, unit)
    assert not listing.pauses.exists()
    assert marked(kind, [key]) == set()
    who = chain.actor_of(unit, "handler", 11)
    with clock.at(LATER):
        refused("OBJ-48", answering.record_correction, actor=who, objection=row, correction=" ")
        done = answering.record_correction(actor=who, objection=row, correction="已更正文书号")
    assert (done.state, done.corrected_on) == ("corrected", LATER)


def test_a_lost_reward_is_answered_by_who_determined(db: None) -> None:
    reward = chain.listing(entry=chain.REWARD, start=date(2026, 1, 5))
    key = reward.case_subject.public_id
    with clock.at(DAY):
        refused(
            "OBJ-43",
            filing.file_objection,
            actor=make.window(),
            request=make.request(reward, target_kind="reward", target_key=key),
        )
        who = chain.lead_of(make.case_of(reward))
        listings.withdraw_reward(actor=who, listing=reward, reason="降级")
    row = filed(reward, "reward", key)
    assert row.answering_unit == reward.determination.lead_unit
    with clock.at(LATER):
        make.check(row, LATER)
        make.accept(row, LATER, actor=chain.lead_of(make.case_of(reward), 3))
        call: dict[str, Any] = {"objection": row, "outcome": "rejected", "text": "不成立"}
        refused("OBJ-46", answering.draft_answer, actor=who, **call)


def test_the_source_answers_for_its_list(db: None) -> None:
    listing = chain.listing(entry=chain.COURT, initiator="zy", start=date(2026, 1, 5))
    row = filed(listing, "source_list", listing.public_id)
    court = chain.actor_of("zy", "handler", 11)
    assert row.answering_unit.code == "zy"
    make.check(row, DAY)
    with clock.at(DAY):
        refused("OBJ-50", acceptance.accept_objection, actor=court, objection=row)
        refused("OBJ-42", acceptance.forward_objection, actor=court, objection=row, receipt=" ")
        acceptance.forward_objection(actor=court, objection=row, receipt="转执行局签收")
    assert not listing.pauses.exists()
    with clock.at(LATER):
        call = {"actor": court, "objection": row, "answer": "维持列入"}
        refused("OBJ-44", acceptance.record_source_answer, answered_on=date(2026, 3, 10), **call)
        done = acceptance.record_source_answer(answered_on=LATER, **call)
    assert (done.state, done.source_answer) == ("source_answered", "维持列入")
    # The joint determination itself stays the city's to answer.
    assert filed(listing, "listing", listing.public_id).answering_unit == listing.determination.lead_unit


def test_an_external_list_is_forwarded_by_the_office(listing: Listing) -> None:
    facts = ExternalRow("信用中国（四川）", "S-1", "严重失信主体名单", listing.subject, listing.subject.name, DAY)
    with clock.at(DAY):
        kept = external.record_external(actor=make.office(), row=facts)
    row = filed(listing, "source_list", kept.public_id)
    assert (row.answering_unit.code, row.forwarded_to) == ("fgw", "信用中国（四川）")


def test_the_window_sees_what_a_subject_may_contest(listing: Listing) -> None:
    found = {target.kind for target in targets.contestable(listing.subject)}
    assert found >= {"facts", "listing", "measure", "base_record"}
    assert {"facts", "listing", "measure", "base_record", "reward", "source_list"} <= set(targets.registered())


def test_what_may_be_contested_is_read_in_as_many_queries_however_much_it_is(listing: Listing) -> None:
    with CaptureQueriesContext(connection) as few:
        before = targets.contestable(listing.subject)
    chain.listing(subjects=[listing.subject], entry="CJ-004", initiator="yjj")
    with CaptureQueriesContext(connection) as many:
        after = targets.contestable(listing.subject)
    assert len([row for row in after if row.kind == "measure"]) > len([row for row in before if row.kind == "measure"])
    assert len(many) <= len(few)


# --- the data behind the routing -------------------------------------------------------------------------------------


def text(**changes: Any) -> routes.RouteText:
    facts: dict[str, Any] = {
        "target_kind": "measure",
        "answerer": "lead_unit",
        "basis": "联席会议纪要〔2026〕1号",
        "confidence": "sure",
        "valid_from": date(2026, 3, 1),
    }
    return routes.RouteText(**{**facts, **changes})


def test_a_route_is_corrected_by_two_officers(listing: Listing) -> None:
    with clock.at(DAY):
        refused("OBJ-56", routes.propose_route, actor=make.office(), text=text(basis=" "), reason="调整")
        refused("OBJ-56", routes.propose_route, actor=make.office(), text=text(answerer="named_unit"), reason="调整")
        proposed = routes.propose_route(actor=make.office(), text=text(), reason="调整")
        assert route_on("measure", "enterprise", DAY).answerer == "implementing_unit"
        refused("CORE-05", routes.confirm_route, actor=make.office(), route=proposed)
        routes.confirm_route(actor=make.office(8), route=proposed)
    assert route_on("measure", "enterprise", DAY).answerer == "lead_unit"
    assert route_on("measure", "enterprise", date(2026, 2, 28)).answerer == "implementing_unit"
    task = ExecutionTask.objects.filter(listing=listing).first()
    assert task is not None
    assert filed(listing, "measure", task.public_id).answering_unit == listing.determination.lead_unit
    with database_refuses("CR504"):
        sql("UPDATE objections_targetroute SET answerer = 'determiner' WHERE id = %s", [proposed.pk])


def test_every_kind_has_a_route(db: None) -> None:
    for kind in TargetKind.values:
        assert route_on(kind, "enterprise", DAY).basis
    with pytest.raises(Problem) as unknown:
        route_on("listing", "enterprise", date(2010, 1, 1))
    assert unknown.value.code == "OBJ-56"
    assert TargetRoute.objects.count() == 12


def test_a_person_objects_by_his_number(db: None) -> None:
    number = chain.subject_factory.new_id_number()
    person = chain.subject_factory.person("测试丙", number=number)
    listing = chain.listing(subjects=[person], start=date(2026, 1, 5))
    mine = Filer("测试丙", "self", id_number=number)
    receipt = make.file(listing, DAY, filer=mine, papers=make.papers("identity"))
    assert receipt.record.filer_identifier is not None
    other = Filer("测试丙", "self", id_number=chain.subject_factory.new_id_number())
    with clock.at(DAY):
        ready = make.request(listing, filer=other)
        refused("OBJ-40", filing.file_objection, actor=make.window(), request=ready)


def test_a_refused_repair_is_answered_by_who_refused(db: None) -> None:
    refused_one = repair_factory.application_in("rejected")
    listing, day = refused_one.listing, refused_one.answered_on
    with clock.at(day):
        assert "repair_refusal" in {target.kind for target in targets.contestable(listing.subject)}
        ready = make.request(listing, target_kind="repair_refusal", target_key=refused_one.public_id)
        row = filing.file_objection(actor=make.window(), request=ready).record
        assert isinstance(row, Objection)
        assert (row.answering_unit, row.listing) == (refused_one.unit, None)
        make.check(row, day)
        officer = chain.actor_of(refused_one.unit.code, "handler", 21)
        make.accept(row, day, actor=officer)
        call: dict[str, Any] = {"objection": row, "outcome": "upheld", "text": "材料齐全，重新办理"}
        refused("OBJ-46", answering.draft_answer, actor=repair_factory.reviewer(refused_one), **call)
        answering.draft_answer(actor=officer, **call)
    assert not listing.pauses.exists()
