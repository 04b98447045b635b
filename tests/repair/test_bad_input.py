"""What is refused, with its code and who can mend it: by the services, and by the database where it can say so."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from core import clock
from core.periods import Period
from core.problems import NotFound, Refused
from repair.enums import MaterialKind
from repair.models import Application, Bar, Verification
from repair.services import deciding, filing, handling, revoking
from tests.factories import repair as make
from tests.factories import sanctions as chain
from tests.support.refusals import copied, database_refuses, nothing_written, refused, sql

pytestmark = pytest.mark.django_db


def file_it(listing: Any, *, on: date = make.APPLIED, **changes: Any) -> dict[str, Any]:
    return {"actor": make.window(), "listing": listing, "submission": make.submission(**changes), "on": on}


def refused_filing(code: str, listing: Any, *, on: date = make.APPLIED, **changes: Any) -> Refused:
    call = file_it(listing, on=on, **changes)
    with clock.at(on):
        call["on"] = None
        with nothing_written():
            return refused(code, filing.apply, **call)


def test_rep_06_before_the_minimum_period() -> None:
    listing = make.listing()
    early = listing.starts_on.replace(year=listing.starts_on.year + 1) - timedelta(days=1)
    problem = refused_filing("REP-06", listing, on=early)
    assert (early + timedelta(days=1)).isoformat() in problem.detail
    assert make.filed(listing, on=early + timedelta(days=1)).application.state == "received"


def test_rep_06_counted_from_the_correction_where_the_entry_says_so() -> None:
    listing = make.listing(entry="CJ-003", initiator="rsj")
    refused_filing("REP-41", listing)
    refused_filing("REP-41", listing, corrected_on=make.APPLIED + timedelta(days=1))
    problem = refused_filing("REP-06", listing, corrected_on=date(2025, 9, 11))
    assert "2026-03-11" in problem.detail
    assert make.filed(listing, corrected_on=date(2025, 9, 10)).application.corrected_on == date(2025, 9, 10)


def test_rep_06_the_correction_that_was_verified_rules_not_the_one_that_was_told() -> None:
    listing = make.listing(entry="CJ-003", initiator="rsj")
    application = make.filed(listing, corrected_on=date(2025, 9, 10)).application
    make.check(application)
    make.accept(application)
    make.verify(application, corrected_on=date(2025, 12, 1))
    refused("REP-06", lambda: make.opine(application))
    assert make.opine(application, "reject").state == "opined"


def test_core_11_no_personal_number_in_name_or_titles() -> None:
    listing = make.listing()
    refused_filing("CORE-11", listing, applicant_name="测试甲 13812345678")
    materials = [*make.pieces(), make.piece("other", "身份证 510802199001011234")]
    refused_filing("CORE-11", listing, materials=materials)


def test_rep_04_an_act_that_cannot_be_repaired_early() -> None:
    listing = make.listing(entry="CJ-013", initiator="czj", decision={"period": Period(months=24)})
    problem = refused_filing("REP-04", listing)
    assert "期满" in problem.detail


def test_rep_05_through_the_wrong_channel() -> None:
    listing = make.listing()
    refused_filing("REP-05", listing, channel="national")
    court = make.listing(entry="CJ-001", initiator="zy")
    refused_filing("REP-05", court, channel="city")
    application = make.check(make.filed(court, channel="source").application)
    with clock.at(make.APPLIED):
        refused("REP-05", handling.accept, actor=make.handler(application), application=application)


def test_rep_09_rep_10_without_evidence_or_commitment() -> None:
    listing = make.listing()
    refused_filing("REP-09", listing, materials=make.pieces(MaterialKind.COMMITMENT))
    refused_filing("REP-10", listing, materials=make.pieces(MaterialKind.PERFORMANCE), commitment=" ")
    everything = refused_filing("REP-09", listing, materials=(), commitment="")
    assert {"REP-09", "REP-10"} <= {violation.code for violation in everything.errors}
    signed = make.pieces(MaterialKind.PERFORMANCE, MaterialKind.COMMITMENT)
    assert make.filed(listing, materials=signed, commitment="").application.commitment == ""


def test_rep_07_while_barred() -> None:
    listing = make.listing()
    make.application_in("revoked", listing)
    until = Bar.objects.get().until
    refused_filing("REP-07", listing, on=make.after(40))
    other = make.listing(subjects=[listing.subject], start=date(2025, 6, 2))
    problem = refused_filing("REP-07", other, on=date(2026, 8, 3))
    assert until.isoformat() in problem.detail


def test_rep_08_twice_while_one_is_open() -> None:
    listing = make.listing()
    application = make.filed(listing).application
    refused_filing("REP-08", listing, on=make.after(1))
    with database_refuses("repair_one_open_application"):
        copied("repair_application", application.pk)


def test_rep_42_by_a_stranger() -> None:
    listing = make.listing()
    refused_filing("REP-42", listing, applicant_name="测试路人")
    refused_filing("REP-42", listing, applicant_role="person")
    refused_filing("REP-42", listing, applicant_name="测试乙", applicant_role="agent")
    mandated = make.pieces(MaterialKind.PERFORMANCE, MaterialKind.MANDATE)
    held = make.filed(listing, applicant_name="测试乙", applicant_role="agent", materials=mandated)
    assert held.application.applicant_role == "agent"


def test_rep_42_a_person_applies_with_his_own_number() -> None:
    number = "510802198808080011"
    person = chain.subject_factory.person(number=chain.subject_factory.new_id_number())
    listing = make.listing(subjects=[person])
    own = {"applicant_name": person.name, "applicant_role": "person", "id_type": "id_card"}
    refused_filing("REP-42", listing, **own)
    refused_filing("REP-42", listing, **own, id_number=number)


def test_rep_40_a_listing_is_not_repaired_as_a_disclosure() -> None:
    refused_filing("REP-40", make.listing(), kind="end_disclosure")


def test_rep_03_rep_02_rewards_and_what_is_over() -> None:
    reward = chain.listing(entry=chain.REWARD, start=make.START, subjects=[make.company()])
    refused_filing("REP-03", reward, on=date(2025, 3, 10))
    done = make.application_in("published").listing
    refused_filing("REP-02", done, on=make.after(10))


def test_core_11_no_personal_numbers_in_what_stays() -> None:
    refused_filing("CORE-11", make.listing(), statement="本人 13912345678 已整改")


def test_rep_44_nothing_is_accepted_before_identity_is_checked() -> None:
    application = make.filed().application
    with clock.at(make.APPLIED):
        refused("REP-44", handling.accept, actor=make.handler(application), application=application)
    with database_refuses("repair_identity_first"):
        sql(
            "UPDATE repair_application SET state = 'accepted', accepted_on = received_on WHERE id = %s",
            [application.pk],
        )


def test_an_answer_is_dated_neither_before_acceptance_nor_in_the_future() -> None:
    application = make.application_in("opined")
    who = make.reviewer(application)
    with clock.at(make.after(6)):
        refused("CORE-02", deciding.approve, actor=who, application=application, on=make.after(7))
        refused("CORE-03", deciding.approve, actor=who, application=application, on=make.APPLIED)
        early = {"application": application, "on": make.APPLIED, "reason": "补录"}
        problem = refused("REP-22", deciding.approve, actor=backdating(who), **early)
        assert "早于受理日" in problem.detail
    with database_refuses("repair_answered_after_acceptance"):
        sql(
            "UPDATE repair_application SET state = 'approved', answered_on = received_on, answered_by_key = 'x'"
            " WHERE id = %s",
            [application.pk],
        )


def backdating(actor: Any) -> Any:
    return replace(actor, permissions=actor.permissions | {"core.act.backdate"})


def test_core_05_the_drafter_does_not_sign() -> None:
    application = make.application_in("opined")
    who = chain.actor_of("yjj", "handler")
    both = replace(who, permissions=who.permissions | make.reviewer(application).permissions)
    with clock.at(make.after(6)):
        refused("CORE-05", deciding.approve, actor=both, application=application)
        refused("CORE-05", deciding.reject, actor=both, application=application, reason="否")
    with database_refuses("repair_two_officers"):
        sql(
            "UPDATE repair_application SET state = 'approved', answered_on = accepted_on,"
            " answered_by_key = opined_by_key WHERE id = %s",
            [application.pk],
        )


def test_rep_47_the_second_officer_signs_the_opinion_or_returns_it() -> None:
    application = make.application_in("opined")
    who = make.reviewer(application)
    with clock.at(make.after(6)):
        refused("REP-47", deciding.reject, actor=who, application=application, reason="不同意")
        handling.send_back(actor=who, application=application, reason="核实不充分")
    assert chain.fresh(application).state == "verified"
    make.opine(application, "reject", make.after(6))
    assert make.sign(application, "reject").state == "rejected"
    with database_refuses("CR501"):
        sql("UPDATE repair_application SET state = 'approved' WHERE id = %s", [application.pk])


def test_rep_46_no_consent_without_a_verified_correction() -> None:
    application = make.application_in("accepted")
    make.verify(application, corrected=False)
    with clock.at(make.after(4)):
        call = {"actor": make.handler(application), "application": chain.fresh(application)}
        refused("REP-46", handling.opine, **call, outcome="approve", text="同意")
        refused("REP-46", handling.opine, **call, outcome="reject", text=" ")
    with database_refuses("CR506"):
        sql("UPDATE repair_application SET state = 'opined', opinion = 'approve' WHERE id = %s", [application.pk])


def test_rep_53_one_extension_before_the_term_is_over() -> None:
    application = make.application_in("accepted")
    who = make.handler(application)
    with clock.at(make.after(4)):
        handling.extend(actor=who, application=application, reason="需要向外地核实")
        refused("REP-53", handling.extend, actor=who, application=application, reason="再延长")
    late = make.application_in("accepted")
    with clock.at(make.after(20)):
        refused("REP-53", handling.extend, actor=make.handler(late), application=late, reason="需要核实")


def test_rep_48_a_mirrored_result_bears_the_days_of_its_source() -> None:
    court = make.listing(entry="CJ-001", initiator="zy")
    application = make.check(make.filed(court).application)
    who = make.handler(application)
    with clock.at(make.APPLIED):
        handling.forward(actor=who, application=application)

    def mirror(**facts: Any) -> dict[str, Any]:
        result = {"outcome": "approve", "source": "广元市中级人民法院", "document_number": "（2026）川08执1号"}
        days = {"decided_on": make.after(2), "ended_on": make.after(3)}
        return {"actor": who, "application": application, "result": deciding.Result(**{**result, **days, **facts})}

    with clock.at(make.after(5)):
        for facts in (
            {"ended_on": make.after(6)},
            {"ended_on": None},
            {"ended_on": make.after(1)},
            {"decided_on": make.APPLIED - timedelta(days=1)},
            {"outcome": "reject"},
            {"document_number": ""},
        ):
            refused("REP-48", deciding.mirror_result, **mirror(**facts), reason="依来源结果")
        with nothing_written():
            refused("CORE-07", deciding.mirror_result, **mirror(outcome="reject", ended_on=None))
        deciding.mirror_result(**mirror())
    ended = chain.fresh(court)
    assert (ended.state, ended.ends_on) == ("repaired", make.after(2))  # the day before the source's, not a day later


def test_rep_54_a_revocation_needs_facts_proof_and_two_officers() -> None:
    application = make.application_in("published")
    who = make.handler(application)
    facts = {"ground": "false_material", "findings": "伪造", "proof": chain.attachment(who)}
    with clock.at(make.after(30)):
        refused("REP-54", revoking.propose_revocation, actor=who, application=application, **{**facts, "proof": None})
        refused("REP-54", revoking.revoke, actor=make.reviewer(application), application=application, reason="假")
        revoking.propose_revocation(actor=make.reviewer(application), application=application, **facts)
        refused("CORE-05", revoking.revoke, actor=make.reviewer(application), application=application, reason="假")


def test_rep_52_who_sees_an_application_does_not_therefore_act_on_it() -> None:
    application = make.application_in("checked")
    office = chain.actor_of("fgw", "office")
    with clock.at(make.after(1)):
        problem = refused("REP-52", handling.accept, actor=office, application=application)
        assert problem.status == 403
        with pytest.raises(NotFound):
            handling.accept(actor=chain.stranger(), application=application)


def test_the_database_keeps_what_was_filed_found_and_confirmed() -> None:
    application = make.application_in("verified")
    for statement in (
        "UPDATE repair_application SET statement = 'x' WHERE id = %s",
        "DELETE FROM repair_application WHERE id = %s",
        "UPDATE repair_verification SET corrected = false WHERE application_id = %s",
        "DELETE FROM repair_material WHERE application_id = %s",
    ):
        with database_refuses("CR502"):
            sql(statement, [application.pk])
    with database_refuses("CR501"):
        sql("UPDATE repair_application SET state = 'published' WHERE id = %s", [application.pk])
    with database_refuses("CR501"):
        key = Verification.objects.get(application=application).pk
        copied("repair_material", application.materials.all()[0].pk)
        assert key
    with database_refuses("CR605"):
        sql("UPDATE publicity_regime SET max_months = 1")
    with database_refuses("CR507"):
        sql("DELETE FROM repair_entryterm")


def test_the_database_refuses_applications_under_a_bar_and_of_rewards() -> None:
    revoked = make.application_in("revoked")
    with database_refuses("CR504"):
        copied("repair_application", revoked.pk, state="received", received_on=make.after(40), **BLANK)
    reward = chain.listing(entry=chain.REWARD, start=make.START, subjects=[make.company()])
    with database_refuses("CR503"):
        copied("repair_application", revoked.pk, state="received", listing_id=reward.pk, **BLANK)
    assert Application.objects.count() == 1


BLANK: dict[str, Any] = {
    "accepted_on": None, "answered_on": None, "published_on": None, "number": None, "number_year": None,
    "identity_checked_on": None, "answered_by_key": "", "opined_by_key": "",
}  # fmt: skip
