"""The public doors: filing with a receipt and a secret, following with both, the navigator, and every refusal."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from core import clock
from core.models import Attachment, OutboxEvent
from repair.models import Application
from subjects.selectors import code_of
from tests.factories import repair as make
from tests.factories import sanctions as chain
from tests.factories.login import joined

pytestmark = pytest.mark.django_db
DOOR = "/api/v1/public/repairs"


@pytest.fixture
def listing() -> Iterator[Any]:
    made = make.listing()
    cache.clear()
    with clock.at(make.APPLIED):
        yield made
    cache.clear()


def encoded(text: str) -> str:
    return base64.b64encode(f"{text}\n".encode()).decode()


def body(record: Any, **changes: Any) -> dict[str, Any]:
    code = record.subject.identifiers.filter(value__isnull=False).values_list("value", flat=True).first()
    facts: dict[str, Any] = {
        "subject": code or record.subject.public_id,
        "listing": record.public_id,
        "applicant": {"name": make.CHIEF, "role": "representative"},
        "statement": "隐患已经整改并通过验收",
        "commitment": "承诺材料真实",
        "materials": [
            {"kind": "performance", "title": "验收意见书", "name": "验收.txt", "content": encoded("验收合格")}
        ],
    }
    return {**facts, **changes}


def post(data: Any, **more: Any) -> Any:
    return Client().post(DOOR, json.dumps(data), content_type="application/json", **more)


def test_file_follow_and_withdraw(listing: Any) -> None:
    answer = post(body(listing))
    assert answer.status_code == 201, answer.content
    assert "no-store" in answer["Cache-Control"]
    receipt = answer.json()
    assert receipt["unit"] == "广元市应急管理局"
    assert [row["due_on"] for row in receipt["due"]] == ["2026-03-13", "2026-03-24"]
    address = f"{DOOR}/{receipt['receipt']}"
    seen = Client().get(address, HTTP_X_RECEIPT_SECRET=receipt["secret"])
    assert seen.status_code == 200
    assert "no-store" in seen["Cache-Control"]
    shown = seen.json()
    assert shown["state"] == "received"
    assert shown["next_step"]
    assert make.CHIEF not in seen.content.decode()
    withdrawn = Client().post(
        f"{address}/withdrawal", "{}", content_type="application/json", HTTP_X_RECEIPT_SECRET=receipt["secret"]
    )
    assert withdrawn.json()["state"] == "withdrawn"
    told = json.dumps(list(OutboxEvent.objects.values_list("payload", flat=True)), ensure_ascii=False)
    assert receipt["secret"] not in told
    assert make.CHIEF not in told


def test_number_or_secret_alone_open_nothing(listing: Any) -> None:
    receipt = post(body(listing)).json()
    address = f"{DOOR}/{receipt['receipt']}"
    assert Client().get(address).status_code == 404
    assert Client().get(address, HTTP_X_RECEIPT_SECRET="wrong").status_code == 404
    assert Client().get(f"{DOOR}/0000000000000000", HTTP_X_RECEIPT_SECRET=receipt["secret"]).status_code == 404
    in_address = Client().get(address, {"secret": receipt["secret"]})
    assert in_address.status_code == 400  # an undeclared parameter: the secret has no place in an address
    assert Client().post(f"{address}/withdrawal", "{}", content_type="application/json").status_code == 404


def test_refusals_come_as_problems_and_keep_nothing(listing: Any) -> None:
    files = Attachment.objects.count()
    for code, status, changes in (
        ("REP-09", 409, {"materials": []}),
        ("REP-10", 409, {"commitment": ""}),
        ("REP-05", 409, {"channel": "national"}),
        ("REP-40", 409, {"kind": "end_disclosure"}),
        ("REP-42", 409, {"applicant": {"name": "测试路人", "role": "representative"}}),
        ("NOT-FOUND", 404, {"subject": chain.legal_entity().public_id}),
        ("NOT-FOUND", 404, {"listing": "0000000000000000"}),
        ("required", 400, {"statement": ""}),
        ("unknown_field", 400, {"secret": "x"}),
        ("bad_parameter", 400, {"materials": [body(listing)["materials"][0] | {"content": "%%%"}]}),
        ("CORE-11", 409, {"statement": "本人电话 13912345678"}),
    ):
        answer = post(body(listing, **changes))
        problem = answer.json()
        codes = {problem["code"], *(row["code"] for row in problem.get("errors", []))}
        assert answer.status_code == status, problem
        assert code in codes, problem
        assert problem["detail"]
        assert problem.get("remedy") or status == 400
    with clock.at(listing.starts_on.replace(year=2026, day=1)):
        early = post(body(listing)).json()
    assert early["code"] == "REP-06"
    assert Application.objects.count() == 0
    assert Attachment.objects.count() == files


def test_files_are_checked_and_bounded(listing: Any) -> None:
    one = body(listing)["materials"][0]
    false = post(body(listing, materials=[one | {"name": "验收.pdf"}]))
    assert false.status_code in {400, 415}
    assert false.json()["code"].startswith("ATT-")
    large = base64.b64encode(b"x" * (3 * 1024 * 1024 + 1)).decode()
    assert post(body(listing, materials=[one | {"content": large}])).json()["code"] == "ATT-01"
    assert Application.objects.count() == 0


def test_twice_and_the_navigator(listing: Any) -> None:
    guide = Client().get(f"{DOOR}/guide", {"listing": listing.public_id}).json()
    assert (guide["code"], guide["possible"], guide["answer_by"]) == ("possible", True, "2026-03-24")
    assert post(body(listing)).status_code == 201
    assert post(body(listing)).json()["code"] == "REP-08"
    guide = Client().get(f"{DOOR}/guide", {"listing": listing.public_id}).json()
    assert guide["code"] == "open_received"
    assert Client().get(f"{DOOR}/guide", {"listing": "0000000000000000"}).status_code == 404


def test_a_natural_person_is_not_shown_by_the_navigator(db: None) -> None:
    listing = make.listing(subjects=[chain.person()])
    with clock.at(make.APPLIED):
        assert Client().get(f"{DOOR}/guide", {"listing": listing.public_id}).status_code == 404


def test_the_doors_are_rate_limited(listing: Any, settings: Any) -> None:
    settings.RATE_LIMITS = {"filing": "2/60"}
    answers = [post(body(listing, materials=[])).status_code for _ in range(3)]
    assert answers[-1] == 429


ODD = (None, "", "\x00", "\ud800", 0, [], {}, [None], "１２３", True, 1e300, "x" * 5000)


def test_odd_input_is_named_and_is_no_fault(settings: Any) -> None:
    settings.RATE_LIMITS = dict.fromkeys(settings.RATE_LIMITS, "100000/m")
    listing = make.listing()
    good: dict[str, Any] = {
        "subject": code_of(listing.subject),
        "listing": listing.public_id,
        "applicant": {"name": make.CHIEF, "role": "representative"},
        "statement": "已整改",
        "commitment": "承诺",
        "materials": [{"kind": "performance", "title": "证明", "name": "a.txt", "content": "aGk="}],
    }
    bodies = [good | {name: value} for name in good for value in ODD if not (name == "commitment" and not value)]
    bodies += [good | {"corrected_on": day} for day in ("0001-01-01", "9999-12-31", "2026-02-30", 5)]
    bodies += [good | {"applicant": {"name": "\ud800", "role": "agent"}}, good | {"\ud800": 1}]
    with clock.at(make.APPLIED):
        for body in bodies:
            answer = Client().post(DOOR, json.dumps(body), content_type="application/json")
            assert 200 <= answer.status_code < 500, (body, answer.content)
        for path in ("/%00", f"/{'a' * 500}", "/guide?listing=%00"):
            assert Client().get(DOOR + path, HTTP_X_RECEIPT_SECRET="x").status_code in {400, 404}, path
        for on in ("0001-01-01", "9999-12-31"):
            asked = Client().get(f"{DOOR}/guide", {"listing": listing.public_id, "on": on})
            assert asked.json()["code"] == "bad_parameter"


def test_a_login_stands_for_a_mandate(listing: Any, tmp_path: Path) -> None:
    agent = {"name": "示例李四", "role": "agent"}
    assert "REP-42" in [row["code"] for row in post(body(listing, applicant=agent)).json()["errors"]]
    with joined(tmp_path) as login:
        stranger = login.token("示例李四", org_code="91510899MA00000X0B", capacity="agent")
        refused = post(body(listing, applicant=agent, login=stranger))
        assert "REP-42" in [row["code"] for row in refused.json()["errors"]]
        token = login.token("示例李四", org_code=code_of(listing.subject), capacity="agent")
        answer = post(body(listing, applicant=agent, login=token))
        assert answer.status_code == 201, answer.content
    application = Application.objects.get(public_id=answer.json()["receipt"])
    assert application.login is not None
    assert application.applicant_number == application.login.identifier
