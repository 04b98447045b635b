"""The doors that the portal uses: file, follow, add, withdraw, complain; every fault named, nothing of a person told."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client

from core import clock
from core.models import Attachment, OutboxEvent, TransitionRecord
from objections.admin.common import identity_words
from objections.models import Complaint, Objection
from sanctions.models import Listing
from subjects.models import LoginProof
from subjects.selectors import code_of
from tests.factories import objections as make
from tests.factories import sanctions as chain
from tests.factories.login import NUMBER, joined

URL = "/api/v1/public/objections"
DAY = date(2026, 3, 11)


def file_of(kind: str, text: str = "材料") -> dict[str, str]:
    return {"kind": kind, "name": f"{kind}.txt", "content": base64.b64encode(text.encode()).decode()}


def body(listing: Listing, **changes: Any) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "target_kind": "listing",
        "target_key": listing.public_id,
        "subject_code": code_of(listing.subject),
        "filer_name": listing.subject.name,
        "relation": "self",
        "phone": "13800138000",
        "grounds": make.GROUNDS,
        "claims": make.CLAIMS,
        "files": [file_of("application"), file_of("licence")],
    }
    return {name: value for name, value in {**facts, **changes}.items() if value is not None}


def post(url: str, document: Any) -> HttpResponse:
    return Client().post(url, document, content_type="application/json")


def follow(number: str, secret: str, url: str = URL) -> HttpResponse:
    return Client().get(f"{url}/{number}", headers={"X-Follow-Secret": secret})


@pytest.fixture
def today(listing: Listing) -> Iterator[date]:
    with clock.at(DAY):
        yield DAY


def test_file_follow_withdraw(listing: Listing, today: date) -> None:
    answer = post(URL, body(listing))
    assert answer.status_code == 201, answer.json()
    told = answer.json()
    assert [row["due_on"] for row in told["due"]] == ["2026-03-13"]
    assert "OBJ-T01" in told["due"][0]["why"]
    row = Objection.objects.get(public_id=told["number"])
    assert (row.channel, row.state, row.papers.count()) == ("public", "received", 2)
    assert told["secret"] not in str(vars(row))
    shown = follow(told["number"], told["secret"].lower())
    assert shown.status_code == 200
    assert shown["Cache-Control"] == "private, no-store"
    assert listing.subject.name not in shown.content.decode()
    assert "13800138000" not in shown.content.decode()
    gone = post(f"{URL}/{told['number']}/withdrawal", {"secret": told["secret"], "reason": "已协商解决"})
    assert gone.json()["state"] == "withdrawn"
    again = post(f"{URL}/{told['number']}/withdrawal", {"secret": told["secret"], "reason": "再次"})
    assert (again.status_code, again.json()["code"]) == (409, "OBJ-10")


def test_the_secret_goes_in_the_header_only(listing: Listing, today: date) -> None:
    told = post(URL, body(listing)).json()
    assert Client().get(f"{URL}/{told['number']}").json()["code"] == "required"
    in_url = Client().get(f"{URL}/{told['number']}?secret={told['secret']}")
    assert in_url.json()["code"] == "unknown_parameter"
    wrong = follow(told["number"], "0" * 16)
    unknown = follow("0" * 16, told["secret"])
    assert (wrong.status_code, unknown.status_code) == (404, 404)
    assert wrong.json() == unknown.json()
    kept = str(list(TransitionRecord.objects.values())) + str(list(OutboxEvent.objects.values()))
    assert told["secret"] not in kept


def test_withdrawing_an_accepted_one_lets_the_clock_run(listing: Listing, today: date) -> None:
    told = post(URL, body(listing)).json()
    row = Objection.objects.get(public_id=told["number"])
    make.check(row, DAY, actor=make.answerer(make.case_of(row)))
    make.accept(row, DAY)
    with clock.at(date(2026, 3, 18)):
        answer = post(f"{URL}/{told['number']}/withdrawal", {"secret": told["secret"], "reason": "已协商解决"})
    assert answer.status_code == 200, answer.json()
    pause = listing.pauses.get()
    assert (pause.from_on, pause.to_on) == (DAY, date(2026, 3, 18))


def test_complain_and_withdraw(listing: Listing, today: date) -> None:
    told = post(URL, body(listing)).json()
    row = Objection.objects.get(public_id=told["number"])
    url = f"{URL}/{told['number']}/complaints"
    words = {"secret": told["secret"], "grounds": "没有回应证据", "claims": "撤销"}
    assert post(url, words).json()["code"] == "OBJ-20"
    make.check(row, DAY, actor=make.answerer(make.case_of(row)))
    make.accept(row, DAY)
    make.answer(row, date(2026, 4, 3))
    with clock.at(date(2026, 4, 21)):
        assert post(url, words).json()["code"] == "OBJ-21"
    with clock.at(date(2026, 4, 8)):
        answer = post(url, words | {"files": [file_of("evidence")]})
        assert answer.status_code == 201, answer.json()
        assert post(url, words).json()["code"] == "OBJ-22"
        receipt = answer.json()
        shown = follow(receipt["number"], receipt["secret"], "/api/v1/public/complaints")
        assert shown.json()["state"] == "received"
        path = f"/api/v1/public/complaints/{receipt['number']}/withdrawal"
        assert post(path, {"secret": receipt["secret"], "reason": "不再投诉"}).json()["state"] == "withdrawn"
    assert Complaint.objects.get().state == "withdrawn"


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        pytest.param({"target_key": "0" * 16}, 409, "OBJ-43", id="OBJ-43-unknown-target"),
        pytest.param({"target_kind": "weather"}, 400, "bad_parameter", id="unknown-kind"),
        pytest.param({"subject_code": "91510899000000000X"}, 409, "OBJ-40", id="OBJ-40-another-code"),
        pytest.param({"filer_name": "广元市别家有限公司"}, 409, "OBJ-40", id="OBJ-40-another-name"),
        pytest.param({"relation": "agent", "filer_name": "测试乙"}, 409, "OBJ-41", id="OBJ-41-no-mandate"),
        pytest.param({"grounds": "　"}, 409, "OBJ-42", id="OBJ-42-blank-grounds"),
        pytest.param({"grounds": None}, 400, "required", id="no-grounds"),
        pytest.param({"grounds": "证件 51080219900101123X 被冒用"}, 409, "CORE-11", id="CORE-11-number-in-the-text"),
        pytest.param({"phone": "0839-1"}, 409, "ID-09", id="ID-09-no-mobile"),
        pytest.param({"files": [{"kind": "evidence", "name": "a.txt", "content": "%%"}]}, 400, "bad_file", id="base64"),
        pytest.param({"files": [file_of("evidence", "")]}, 400, "required", id="empty-file"),
        pytest.param(
            {"files": [{"kind": "evidence", "name": "a.exe", "content": "TVo="}]}, 415, "ATT-04", id="ATT-04-program"
        ),
        pytest.param({"received_on": "2026-01-01"}, 400, "unknown_field", id="no-day-of-his-own"),
        pytest.param({"colour": "red"}, 400, "unknown_field", id="unknown-field"),
    ],
)
def test_bad_input_is_named_and_leaves_nothing(
    listing: Listing, today: date, changes: dict[str, Any], status: int, code: str
) -> None:
    before = Attachment.objects.count()
    answer = post(URL, body(listing, **changes))
    document = answer.json()
    assert (answer.status_code, document["code"]) == (status, code), document
    assert document["detail"]
    assert listing.subject.name not in answer.content.decode()
    assert Objection.objects.count() == 0
    assert Attachment.objects.count() == before


def test_twice_and_before_the_decision(listing: Listing, today: date) -> None:
    assert post(URL, body(listing)).status_code == 201
    twice = post(URL, body(listing))
    assert (twice.status_code, twice.json()["code"]) == (409, "OBJ-02")
    case = chain.case_in("decided", start=date(2026, 2, 2))
    row = case.subjects.get()
    early = body(listing, target_kind="facts", target_key=row.public_id)
    early |= {"subject_code": code_of(row.subject), "filer_name": row.subject.name}
    answer = post(URL, early)
    assert (answer.status_code, answer.json()["code"]) == (409, "OBJ-01")
    assert answer.json()["remedy"]


def test_after_the_answer_and_after_the_ruling(listing: Listing) -> None:
    row = make.objection(listing, "answered", on=DAY, answered_on=date(2026, 4, 3))
    with clock.at(date(2026, 4, 3)):
        answer = post(URL, body(listing))
    assert (answer.status_code, answer.json()["code"]) == (409, "OBJ-03")
    make.rule(make.complaint(row, date(2026, 4, 8)), date(2026, 4, 28))
    with clock.at(date(2026, 4, 29)):
        answer = post(URL, body(listing))
    assert (answer.status_code, answer.json()["code"]) == (409, "OBJ-04")
    assert "行政复议" in answer.json()["remedy"]


def test_a_person_proves_himself_by_number(db: None) -> None:
    number = chain.subject_factory.new_id_number()
    person = chain.subject_factory.person("测试丙", number=number)
    row = chain.listing(subjects=[person], start=date(2026, 1, 5), decision={"starts_on": date(2026, 3, 2)})
    words = body(row, subject_code=person.public_id, filer_name="测试丙", files=[file_of("identity")])
    with clock.at(DAY):
        assert post(URL, words).json()["code"] == "OBJ-40"
        other = chain.subject_factory.new_id_number()
        refused = post(URL, words | {"id_number": other})
        assert refused.json()["code"] == "OBJ-40"
        assert "测试丙" not in refused.content.decode()
        answer = post(URL, words | {"id_number": number})
    assert answer.status_code == 201, answer.json()
    assert number not in str(list(Objection.history.values()))


def test_filing_is_limited_per_caller(listing: Listing, today: date, settings: Any) -> None:
    settings.RATE_LIMITS = {"filing": "2/3600"}
    cache.clear()
    codes = [post(URL, body(listing, target_key="0" * 16)).status_code for _ in range(3)]
    cache.clear()
    assert codes == [409, 409, 429]


def test_a_login_stands_for_papers(listing: Listing, today: date, tmp_path: Path) -> None:
    agent = {"relation": "agent", "filer_name": "示例李四", "files": [file_of("application")]}
    with joined(tmp_path) as login:
        unbound = login.token("示例李四")
        refused = post(URL, body(listing, **agent, login=unbound))
        assert [row["code"] for row in refused.json()["errors"]] == ["OBJ-41"]
        assert not LoginProof.objects.exists()  # refused: the token is still good
        bound = login.token("示例李四", org_code=code_of(listing.subject), capacity="agent")
        other = post(URL, body(listing, **agent | {"filer_name": "示例王五"}, login=bound))
        assert "SUB-34" in [row["code"] for row in other.json()["errors"]]
        told = post(URL, body(listing, **agent, login=bound))
        assert told.status_code == 201, told.json()
        assert post(URL, body(listing, **agent, login=bound)).json()["errors"][0]["code"] == "SUB-33"
    row = Objection.objects.get(public_id=told.json()["number"])
    assert row.login is not None
    assert row.filer_identifier == row.login.identifier
    assert "证件号码已核实" in identity_words(row)
    make.check(row, DAY, actor=make.answerer(make.case_of(row)))  # an officer still looks: no paper is missing
    row.refresh_from_db()
    assert row.identity_result == "passed"
    kept = str(list(TransitionRecord.objects.values())) + str(list(OutboxEvent.objects.values()))
    assert NUMBER not in kept


def test_SUB_30_without_a_joined_login_the_papers_are_asked_for(listing: Listing, today: date) -> None:
    answer = post(URL, body(listing, login="a.b.c"))
    assert (answer.status_code, answer.json()["code"]) == (409, "SUB-30")
    assert "身份证件" in answer.json()["errors"][0]["remedy"]
