"""Bad input of objections and complaints at the officers' forms and the public API: refused with code, Chinese words
and field; what was typed stays, files stay taken in, and nothing else is written.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from core import clock
from objections.models import Complaint, ContestedSubject, Objection
from organizations.acts.pages import address
from sanctions.models import Listing
from subjects.selectors import code_of
from tests.factories import objections as make
from tests.factories import sanctions as chain
from tests.objections.test_admin import act, client_of, upload
from tests.objections.test_api import URL, body, post
from tests.support.forms import shows_refusal, tokens
from tests.support.threads import at_once

DAY, LATER, COMPLAINED, RULED = date(2026, 3, 11), date(2026, 4, 3), date(2026, 4, 8), date(2026, 4, 28)
COMPLAINT = {"grounds": "答复没有回应新证据", "claims": "请求撤销"}
OWN_WORDS = "逐项核查后的答复内容"


def filing(listing: Listing, **fields: Any) -> dict[str, Any]:
    form = {
        "relation": "self",
        "filer_name": listing.subject.name,
        "grounds": make.GROUNDS,
        "claims": make.CLAIMS,
        "application": upload(),
        "licence": upload("执照"),
    }
    return {**form, **fields}


def at_the_counter(listing: Listing, day: date, **fields: Any) -> Any:
    subject = ContestedSubject.objects.get(pk=listing.subject_id)
    with clock.at(day):
        return act(make.window(), subject, "object", f"listing-{listing.public_id}", **filing(listing, **fields))


def complained(row: Objection, day: date) -> Any:
    with clock.at(day):
        return act(make.window(), row, "complain", **COMPLAINT, evidence=upload())


def refused_by_api(answer: Any, code: str) -> None:
    document = answer.json()
    assert (answer.status_code, document["code"]) == (409, code), document
    assert document["detail"]
    assert document["remedy"]


# --- filing ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "code", "field"),
    [
        pytest.param({"filer_name": "广元市别家有限公司"}, "OBJ-40", "filer_name", id="OBJ-40-not-the-subject"),
        pytest.param({"relation": "agent", "filer_name": "测试乙"}, "OBJ-41", "mandate", id="OBJ-41-no-mandate"),
        pytest.param({"received_on": "2026-03-12"}, "OBJ-44", "received_on", id="OBJ-44-received-tomorrow"),
        pytest.param({"claims": "联系 13800138000"}, "CORE-11", "claims", id="CORE-11-number-in-the-text"),
    ],
)
def test_a_filing_refused_at_the_counter_loses_nothing(
    listing: Listing, fields: dict[str, Any], code: str, field: str
) -> None:
    answer = at_the_counter(listing, DAY, **fields)
    shows_refusal(answer, code, field, typed=(make.GROUNDS, *map(str, fields.values())), kept=2)
    assert Objection.objects.count() == 0
    again = filing(listing) | {"application": "", "licence": "", **tokens(answer)}
    with clock.at(DAY):  # mended, without choosing the files again
        subject = ContestedSubject.objects.get(pk=listing.subject_id)
        done = act(make.window(), subject, "object", f"listing-{listing.public_id}", **again)
    assert done.status_code == 200
    assert sorted(Objection.objects.get().papers.values_list("kind", flat=True)) == ["application", "licence"]


def test_OBJ_01_before_the_decision_at_both_doors(listing: Listing) -> None:
    answer = at_the_counter(listing, DAY, received_on="2026-01-05")
    shows_refusal(answer, "OBJ-01", typed=(make.GROUNDS, "2026-01-05"), kept=2)
    row = chain.case_in("decided", start=date(2026, 2, 2)).subjects.get()
    subject = ContestedSubject.objects.get(pk=row.subject_id)
    with clock.at(DAY):
        key = f"facts-{row.public_id}"  # not among what the counter offers, and nothing that could be posted to
        assert key not in client_of(make.window()).get(address(subject)).content.decode()
        assert act(make.window(), subject, "object", key, **filing(listing)).status_code == 404
        early = {"target_kind": "facts", "target_key": row.public_id, "subject_code": code_of(row.subject)}
        refused_by_api(post(URL, body(listing, **early, filer_name=row.subject.name)), "OBJ-01")
    assert Objection.objects.count() == 0


def test_OBJ_02_03_04_twice_after_the_answer_and_after_the_ruling_at_the_counter(listing: Listing) -> None:
    row = make.objection(listing, on=DAY)
    shows_refusal(at_the_counter(listing, DAY), "OBJ-02", typed=(make.GROUNDS,), kept=2)
    make.answer(row, LATER)
    shows_refusal(at_the_counter(listing, LATER), "OBJ-03", typed=(make.GROUNDS,), kept=2)
    make.rule(make.complaint(row, COMPLAINED), RULED)
    answer = at_the_counter(listing, date(2026, 4, 29))
    shows_refusal(answer, "OBJ-04", typed=(make.GROUNDS,), kept=2)
    assert "行政复议" in answer.content.decode()
    assert Objection.objects.count() == 1


# --- complaint -------------------------------------------------------------------------------------------------------


def test_OBJ_20_21_22_23_complaints_out_of_turn_and_window_at_the_counter(listing: Listing) -> None:
    typed = tuple(COMPLAINT.values())
    row = make.objection(listing, on=DAY)
    shows_refusal(complained(row, date(2026, 3, 20)), "OBJ-20", typed=typed, kept=1)
    make.answer(row, LATER)
    shows_refusal(complained(row, date(2026, 4, 21)), "OBJ-21", typed=typed, kept=1)
    complaint = make.complaint(row, COMPLAINED)
    shows_refusal(complained(row, COMPLAINED), "OBJ-22", typed=typed, kept=1)
    make.rule(complaint, RULED)
    shows_refusal(complained(row, date(2026, 4, 29)), "OBJ-23", typed=typed, kept=1)
    assert Complaint.objects.count() == 1


def test_OBJ_22_23_complaints_twice_and_after_the_ruling_by_api(listing: Listing) -> None:
    with clock.at(DAY):
        told = post(URL, body(listing)).json()
    row = Objection.objects.get()
    make.check(row, DAY, actor=make.answerer(make.case_of(row)))
    make.accept(row, DAY)
    make.answer(row, LATER)
    words, door = {"secret": told["secret"], **COMPLAINT}, f"{URL}/{told['number']}/complaints"
    with clock.at(COMPLAINED):
        assert post(door, words).status_code == 201
        refused_by_api(post(door, words), "OBJ-22")
    make.rule(make.accept_complaint(Complaint.objects.get(), COMPLAINED), RULED)
    with clock.at(date(2026, 4, 29)):
        refused_by_api(post(door, words), "OBJ-23")
        dated = post(door, words | {"received_on": "2026-04-08"})
        assert (dated.status_code, dated.json()["code"]) == (400, "unknown_field")


# --- answer ----------------------------------------------------------------------------------------------------------


def test_OBJ_46_nobody_drafts_or_signs_about_his_own_decision_at_the_form(listing: Listing) -> None:
    row = make.objection(listing, on=DAY)
    words = {"outcome": "rejected", "answer_text": OWN_WORDS}
    with clock.at(LATER):
        answer = act(chain.lead_of(make.case_of(row), 1), row, "draft", **words)
        shows_refusal(answer, "OBJ-46", typed=(OWN_WORDS,))
        make.draft(row, LATER)
        shows_refusal(act(chain.lead_of(make.case_of(row), 2), row, "sign"), "OBJ-46")
        shows_refusal(act(make.answerer(make.case_of(row)), row, "sign"), "CORE-05")  # nor what he drafted himself
    assert chain.fresh(row).state == "drafted"


def test_OBJ_12_an_answer_is_dated_neither_before_acceptance_nor_ahead_at_the_form(listing: Listing) -> None:
    row = make.objection(listing, on=DAY)
    words = {"outcome": "rejected", "answer_text": OWN_WORDS}
    with clock.at(date(2026, 3, 10)):
        answer = act(make.answerer(make.case_of(row)), row, "draft", **words)
    shows_refusal(answer, "OBJ-12", typed=(OWN_WORDS,))
    with clock.at(LATER):  # no other day can be chosen: an officer without the right to backdate has no field for it
        done = act(make.answerer(make.case_of(row)), row, "draft", **words, on="2026-04-30")
        assert done.status_code == 302
        assert act(make.answerer(make.case_of(row), 4), row, "sign", on="2026-03-01").status_code == 302
    assert chain.fresh(row).answered_on == LATER


def test_OBJ_10_two_officers_answer_at_once_at_the_form(own_database: str) -> None:
    listing = chain.listing(start=date(2026, 1, 5))
    row = make.objection(listing, "drafted", on=DAY, answered_on=LATER)
    officers = [make.answerer(make.case_of(row), number) for number in (4, 5)]
    where = reverse("admin:objections_objection_act", args=[row.public_id, "sign"])
    with clock.at(LATER):
        clients = [client_of(who) for who in officers]
        given, raised = at_once(*[lambda client=client: client.post(where, {}) for client in clients])
    assert not raised
    done, late = sorted(given, key=lambda answer: answer.status_code)
    assert done.status_code == 302
    shows_refusal(late, "OBJ-10")
    assert chain.fresh(row).answer_number == 1


# --- beyond the known calendar ---------------------------------------------------------------------------------------


def test_a_day_beyond_the_known_calendar_is_marked_provisional_at_both_doors(listing: Listing) -> None:
    last = date(2026, 12, 31)
    told = at_the_counter(listing, last)
    assert told.status_code == 200
    assert "暂定" in told.content.decode()
    row = Objection.objects.get()
    with clock.at(last):
        assert (
            "暂定"
            in client_of(make.window())
            .get(reverse("admin:objections_objection_change", args=[row.public_id]))
            .content.decode()
        )
        make.answering.withdraw_objection(actor=make.window(), objection=row, reason="书面撤回")
        (due,) = post(URL, body(listing)).json()["due"]
    assert due["provisional"] is True
    assert due["due_on"] > "2026-12-31"
    assert "暂定" in due["why"]
