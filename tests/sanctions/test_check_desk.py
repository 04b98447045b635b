"""The check desk of officers: ask, read, print, ask what has changed since, tell what was decided; nobody else's."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from core import clock
from sanctions.models import Check, CheckFeedback
from tests.factories import checks as make
from tests.factories import sanctions as chain
from tests.factories import subjects
from tests.factories.organizations import make_actor
from tests.support.workbench import signed_in, words

pytestmark = pytest.mark.django_db
DAY = date(2026, 4, 2)
MATTER = {"matter_kind": "licence", "matter_name": "施工许可", "business_number": "SL-9"}
ASK = "admin:sanctions_check_add"


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with clock.at(DAY):
        yield


def asked(client: Any, **fields: Any) -> Any:
    return client.post(reverse(ASK), {**MATTER, "id_type": "id_card", **fields})


def test_an_officer_checks_prints_looks_again_and_feeds_back() -> None:
    task = chain.task("P02", at="zjj")
    make.rule(task, "licence", "forbid")
    subject = task.listing.subject
    code = subject.identifiers.get(type="uscc").value
    client = signed_in(chain.actor_of("zjj", "handler"))
    assert client.get(reverse(ASK)).status_code == 200
    answer = asked(client, codes=f"代码\n{code}\n")
    check = Check.objects.get()
    address = reverse("admin:sanctions_check_change", args=[check.public_id])
    assert (answer.status_code, answer["Location"]) == (302, address)
    page = words(client.get(address))
    for expected in ("禁止", subject.name, check.public_id, "反馈办理结果", "回执签名有效", "信用广元（本平台）"):
        assert expected in page
    assert "没有变化" in words(client.get(address, {"changes": "1"}))
    paper = words(client.get(reverse("admin:sanctions_check_paper", args=[check.public_id])))
    assert check.public_id in paper
    assert "签名：" in paper

    act = reverse("admin:sanctions_check_act_on", args=[check.public_id, "feedback", f"1-{task.public_id}"])
    assert "不予办理" in words(client.get(act))
    wrong = client.post(act, {"decision": "granted_despite", "decided_on": "2026-04-02", "reason": ""})
    assert wrong.status_code == 409
    assert "仍予办理须写明理由" in words(wrong)
    assert client.post(act, {"decision": "refused", "decided_on": "2026-04-02"}).status_code == 302
    assert CheckFeedback.objects.get().task == task
    assert chain.fresh(task).state == "applied"
    assert "不予办理" in words(client.get(address))

    stranger = signed_in(chain.stranger())
    for where in (address, reverse("admin:sanctions_check_paper", args=[check.public_id]), act):
        assert stranger.get(where).status_code == 404, where
    assert check.public_id not in words(stranger.get(reverse("admin:sanctions_check_changelist")))
    assert check.public_id in words(signed_in(make_actor("office", "fgw")).get(address))


def test_a_list_a_file_a_person_and_what_is_wrong() -> None:
    bodies = [subjects.entity() for _ in range(3)]
    codes = [str(body.identifiers.get(type="uscc").value) for body in bodies]
    number = subjects.new_id_number()
    subjects.person("测试乙丙", number=number)
    client = signed_in(make_actor("window", "ggzy"))
    upload = SimpleUploadedFile("代码.csv", f"名称,代码\n甲公司,{codes[1]}\n乙公司,{codes[2]}\n".encode("gb18030"))
    answer = asked(client, codes=f"{codes[0]} {codes[1]} 91510800MA00000000", file=upload)
    assert answer.status_code == 302, words(answer)
    page = words(client.get(answer["Location"]))
    assert "4 个主体" in page
    assert "有误，未核查" in page

    answer = asked(client, person_name="测试乙丙", id_number=number)
    assert number not in answer["Location"]
    page = words(client.get(answer["Location"]))
    assert "没有应当采取的措施" in page
    assert number not in page
    assert "测试乙丙" not in page

    count = Check.objects.count()
    for fields, said in (
        ({}, "填写代码，或者自然人的姓名和证件号码"),
        ({"codes": "某某公司"}, "没有读到代码"),
        ({"codes": codes[0], "person_name": "测试乙丙", "id_number": number}, "分开核查"),
        ({"person_name": "测试乙丙"}, "号码和姓名须同时填写"),
        ({"person_name": "测试乙丙", "id_number": "510802198808080001"}, "号码"),
        ({"codes": "91510800MA00000000"}, "怎样办理"),
        ({"file": SimpleUploadedFile("代码.xlsx", b"PK\x03\x04\x00\x00")}, "不是文本或 CSV"),
    ):
        answer = asked(client, **fields)
        assert answer.status_code in {400, 409, 422}, fields
        assert said in words(answer), fields
        assert "施工许可" in words(answer)  # what was typed stays
    assert Check.objects.count() == count
    assert client.post(reverse(ASK), {**MATTER, "matter_kind": "x", "codes": codes[0]}).status_code == 422
