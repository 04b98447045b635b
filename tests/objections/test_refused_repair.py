"""An objection upheld against a refused repair gives the application back, to be decided anew by other officers."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from core import clock, deadlines
from core.actors import acting
from core.models import OutboxEvent
from objections import targets
from objections.models import Objection
from objections.services import filing
from objections.services.common import with_clock
from repair.enums import State
from repair.models import Application, Verification
from repair.services import deciding, handling
from sanctions.services.clocks import revoke_listing
from subjects.models import Message
from tests.factories import objections as make
from tests.factories import repair as repair_factory
from tests.factories import sanctions as chain
from tests.support.refusals import database_refuses, refused, sql

pytestmark = pytest.mark.django_db
LATER = repair_factory.after(12)


def objected(application: Application, outcome: str = "upheld", on: date = LATER) -> Objection:
    """Object to the latest refusal of an application and have it answered by officers who had no part in it."""
    key = [target.key for target in targets.contestable(application.listing.subject) if "refusal" in target.kind][-1]
    unit = application.unit.code
    first, second = chain.actor_of(unit, "handler", 21), chain.actor_of(unit, "reviewer", 22)
    with clock.at(on):
        ready = make.request(application.listing, target_kind="repair_refusal", target_key=key)
        row = filing.file_objection(actor=make.window(), request=ready).record
    make.check(row, on)
    make.accept(row, on, actor=first)
    make.draft(row, on, outcome, actor=first)
    return make.sign(row, on, actor=second)


def again(application: Application, outcome: str = "approve", number: int = 31, **findings: Any) -> Application:
    """Verify, opine and sign anew by a handler and a reviewer of this number."""
    who, signer = repair_factory.handler(application, number), repair_factory.reviewer(application, number + 1)
    with clock.at(LATER):
        found = repair_factory.findings(**findings)
        handling.verify(actor=who, application=chain.fresh(application), found=found)
        handling.opine(actor=who, application=chain.fresh(application), outcome=outcome, text="重新核实")
        act = deciding.approve if outcome == "approve" else deciding.reject
        return act(actor=signer, application=chain.fresh(application), reason="重新决定")


@pytest.mark.parametrize("outcome", ["upheld", "partly_upheld"])
def test_REP_57_a_refusal_found_wrong_is_decided_anew_by_others(outcome: str) -> None:
    refused_one = repair_factory.application_in("rejected", outcome="reject")
    first_number = refused_one.numbered()
    row = objected(refused_one, outcome)
    application = chain.fresh(refused_one)
    assert application.state == State.ACCEPTED
    assert (application.opinion, application.answer, application.answered_on, application.number) == (
        "",
        "",
        None,
        None,
    )
    assert (row.state, row.corrected_on) == ("corrected", LATER)
    assert refused_one.receipt in row.correction
    due = {d.rule.code: d.counts_from for d in deadlines.deadlines_of(application) if d.closed_on is None}
    assert due == {"REP-T02": LATER, "REP-T03": LATER}
    told = Message.objects.get(kind="repair.reopened")
    assert (told.subject, told.acted_on) == (application.listing.subject, LATER)
    assert "另行决定" in told.body
    assert OutboxEvent.objects.filter(event_type="repair.reopened", aggregate_id=application.public_id).count() == 1

    with clock.at(LATER):
        call: dict[str, Any] = {"application": application, "found": repair_factory.findings()}
        refused("REP-57", handling.verify, actor=repair_factory.handler(application), **call)
        handling.verify(actor=repair_factory.handler(application, 31), **call)
        judge: dict[str, Any] = {"application": chain.fresh(application), "outcome": "approve", "text": "核实无误"}
        refused("REP-57", handling.opine, actor=repair_factory.handler(application), **judge)
        handling.opine(actor=repair_factory.handler(application, 31), **judge)
        sign: dict[str, Any] = {"application": chain.fresh(application), "reason": "理由成立"}
        refused("REP-57", deciding.approve, actor=repair_factory.reviewer(application), **sign)
        signed = deciding.approve(actor=repair_factory.reviewer(application, 32), **sign)
        published = deciding.publish(actor=repair_factory.handler(application, 31), application=signed)
    assert published.state == State.PUBLISHED
    assert published.numbered() not in {"", first_number}
    assert chain.fresh(application.listing).over_from == LATER


def test_REP_57_a_wrong_verification_is_made_anew() -> None:
    application = repair_factory.application_in("accepted")
    repair_factory.verify(application, corrected=False)
    repair_factory.opine(application, "reject")
    repair_factory.sign(application, "reject")
    objected(application)
    assert again(application).state == State.APPROVED
    assert list(Verification.objects.filter(application=application).values_list("corrected", flat=True)) == [
        False,
        True,
    ]


def test_REP_57_the_latest_verification_rules_in_the_database_too() -> None:
    application = repair_factory.application_in("rejected", outcome="reject")
    objected(application)
    who = repair_factory.handler(application, 31)
    with clock.at(LATER):
        handling.verify(actor=who, application=chain.fresh(application), found=repair_factory.findings(corrected=False))
    with acting(who, "test"), database_refuses("CR506"):
        statement = (
            "UPDATE repair_application SET state = 'opined', opinion = 'approve', opined_by_key = 'x' WHERE id = %s"
        )
        sql(statement, [application.pk])


def test_REP_57_a_refused_acceptance_is_examined_anew_by_another() -> None:
    application = repair_factory.application_in("declined")
    objected(application)
    row = chain.fresh(application)
    assert row.state == State.RECEIVED
    due = {d.rule.code: d.counts_from for d in deadlines.deadlines_of(row) if d.closed_on is None}
    assert due == {"REP-T01": LATER, "REP-T03": LATER}
    with clock.at(LATER):
        refused("REP-57", handling.accept, actor=repair_factory.handler(row), application=row)
        refused("REP-57", handling.decline, actor=repair_factory.handler(row), application=row, reason="再次不予受理")
        assert handling.accept(actor=repair_factory.handler(row, 31), application=row).state == State.ACCEPTED


def test_a_rejected_objection_leaves_the_refusal() -> None:
    application = repair_factory.application_in("rejected", outcome="reject")
    objected(application, "rejected")
    assert chain.fresh(application).state == State.REJECTED
    assert not Message.objects.filter(kind="repair.reopened").exists()


def test_a_new_refusal_is_a_new_matter() -> None:
    application = repair_factory.application_in("rejected", outcome="reject")
    first = objected(application)
    assert again(application, "reject").state == State.REJECTED
    second = objected(application)
    assert first.target_key != second.target_key
    assert chain.fresh(application).state == State.ACCEPTED
    with clock.at(LATER):  # whoever decided before, at either time, is out
        call: dict[str, Any] = {"application": chain.fresh(application), "found": repair_factory.findings()}
        refused("REP-57", handling.verify, actor=repair_factory.handler(application, 31), **call)


def test_a_complaint_upheld_does_the_same() -> None:
    application = repair_factory.application_in("rejected", outcome="reject")
    row = objected(application, "rejected")
    complaint = make.complaint(row, LATER)
    ruled = make.rule(complaint, LATER, "upheld")
    assert chain.fresh(application).state == State.ACCEPTED
    assert (ruled.state, ruled.corrected_on) == ("corrected", LATER)


def test_nothing_is_reopened_where_nothing_is_left_to_repair() -> None:
    application = repair_factory.application_in("rejected", outcome="reject")
    newer = repair_factory.filed(application.listing, on=repair_factory.after(8)).application
    row = objected(application)
    assert chain.fresh(application).state == State.REJECTED
    assert newer.receipt in row.correction
    assert row.state == "corrected"


def test_OBJ_58_what_the_source_refused_is_not_the_citys_to_reopen() -> None:
    listing = chain.listing(
        entry="CJ-001", initiator="zy", start=repair_factory.START, subjects=[repair_factory.company()]
    )
    application = repair_factory.check(repair_factory.filed(listing).application)
    with clock.at(LATER):
        who = repair_factory.handler(application)
        handling.forward(actor=who, application=application)
        result = deciding.Result("reject", "示例市中级人民法院", "（2026）测执1号", LATER)
        deciding.mirror_result(actor=who, application=application, result=result, reason="来源不同意")
        assert not [t for t in targets.contestable(listing.subject) if t.kind == "repair_refusal"]
        ready = make.request(listing, target_kind="repair_refusal", target_key=application.public_id)
        refused("OBJ-58", filing.file_objection, actor=make.window(), request=ready)


def test_a_revoked_listing_has_no_refusal_to_object_to() -> None:
    application = repair_factory.application_in("rejected", outcome="reject")
    who = with_clock(make.office())
    with clock.at(LATER), acting(who, "test"):
        revoke_listing(actor=who, listing=application.listing, on=LATER, reason="撤销")
    with clock.at(LATER):
        ready = make.request(application.listing, target_kind="repair_refusal", target_key=application.public_id)
        refused("OBJ-05", filing.file_objection, actor=make.window(), request=ready)
