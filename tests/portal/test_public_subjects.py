"""The public doors on subjects: what comes out, what never does, and what is refused by name."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from subjects import services
from tests.factories import subjects as make

pytestmark = pytest.mark.usefixtures("db")
URL = "/api/v1/public/subjects"


def test_search_answers_with_reason_and_page(client: Client) -> None:
    for number in range(3):
        make.entity(f"广元市华盛{number}号建筑有限公司", district_code="510802", address="广元市某路1号")
    answer = client.get(URL, {"q": "華盛", "limit": "2"}).json()
    assert (answer["count"], answer["count_capped"], len(answer["items"])) == (3, False, 2)
    first = answer["items"][0]
    assert (first["reason_label"], first["kind_label"], first["status_label"]) == ("名称", "企业", "存续")
    assert "id" not in first
    assert "subject_id" not in first
    rest = client.get(URL, {"q": "華盛", "limit": "2", "cursor": answer["next"]}).json()
    assert len(rest["items"]) == 1
    assert rest["next"] is None


@pytest.mark.parametrize(
    ("query", "code", "field"),
    [
        ({"q": "华"}, "SUB-20", "q"),
        ({}, "required", "q"),
        ({"q": "华盛", "name": "x"}, "unknown_parameter", "name"),
        ({"q": "华盛", "kind": "natural_person"}, "bad_parameter", "kind"),
        ({"q": "华盛", "cursor": "forged"}, "bad_cursor", "cursor"),
    ],
)
def test_bad_questions_are_refused_by_name(client: Client, query: dict[str, str], code: str, field: str) -> None:
    answer = client.get(URL, query)
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert (answer.json()["code"], answer.json()["field"]) == (code, field)


def test_the_page_of_an_entity_shows_the_allowed_members_only(client: Client) -> None:
    subject = make.entity("广元市旧名有限公司")
    services.rename(make.keeper(), subject=subject, name="广元市新名有限公司")
    answer = client.get(f"{URL}/{subject.identifiers.get().value}")
    assert answer.status_code == 200
    document = answer.json()
    assert set(document) == {
        "code", "public_id", "name", "kind", "kind_label", "status", "status_label", "status_on", "established_on",
        "district_code", "address", "industry", "legal_representative", "registrar", "is_demo", "former_names",
        "life_events", "branch_of", "mark",
    }  # fmt: skip
    assert [name["name"] for name in document["former_names"]] == ["广元市旧名有限公司"]
    assert document["life_events"][0]["kind_label"] == "更名"


def test_former_codes_and_folded_duplicates_redirect(client: Client) -> None:
    subject = make.entity()
    old = subject.identifiers.get()
    services.end_identifier(make.keeper(), identifier=old, valid_to=subject.registered_on, reason="换照")
    new = services.add_identifier(make.keeper(), subject=subject, type_="uscc", value=make.new_code())
    twice = services.register_subject(make.keeper(), kind="enterprise", name="广元重复有限公司", is_provisional=True)
    services.merge(make.keeper(), source=twice, target=subject, reason="重复")
    for code in (old.value, twice.public_id):
        answer = client.get(f"{URL}/{code}")
        assert (answer.status_code, answer["Location"]) == (308, f"{URL}/{new.value}")
    assert client.get(f"{URL}/{subject.public_id.lower()}").status_code == 200


def test_persons_and_unverified_records_are_not_found(client: Client) -> None:
    number = make.new_id_number()
    person = make.person("欧阳测试", number=number)
    unverified = services.register_subject(make.keeper(), kind="enterprise", name="待核实有限公司", is_provisional=True)
    for code in (person.public_id, number, unverified.public_id, "91510802MA00000000"):
        answer = client.get(f"{URL}/{code}")
        assert answer.status_code == 404
        assert number not in answer.content.decode()
    found = json.loads(client.get(URL, {"q": "欧阳测试"}).content)
    assert found["items"] == []
    assert client.get(URL, {"q": "待核实"}).json()["items"] == []
