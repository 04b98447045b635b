"""The whole flow by clicking: window, answering unit, reviewer, office; doors, scopes, files and printed documents."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from core import clock
from core.actors import Actor
from objections.forms.filing import FileObjection
from objections.models import Complaint, ContestedSubject, Objection
from objections.services import filing
from organizations.acts.pages import act_address, address
from organizations.models import Officer
from sanctions.models import Listing
from subjects.models import Message
from subjects.selectors import code_of
from tests.factories import objections as make
from tests.factories import sanctions as chain
from tests.factories.organizations import make_actor
from tests.support.refusals import refused
from tests.support.workbench import OfficerClient

pytestmark = pytest.mark.django_db
DAY, LATER = date(2026, 3, 11), date(2026, 4, 3)


def client_of(actor: Actor) -> Client:
    client = OfficerClient()
    client.force_login(Officer.objects.get(pk=actor.officer_id))
    return client


def page(actor: Actor, record: Any) -> str:
    answer = client_of(actor).get(address(record))
    assert answer.status_code == 200, answer.content.decode()[:400]
    return answer.content.decode()


def act(actor: Actor, record: Any, name: str, key: str = "", **fields: Any) -> Any:
    """Open the form as a person does and post it."""
    meta = record._meta
    base = f"admin:{meta.app_label}_{meta.model_name}_act"
    url = reverse(f"{base}_on" if key else base, args=[record.public_id, name, *([key] if key else [])])
    client = client_of(actor)
    assert client.get(url).status_code in {200, 302, 403, 404}
    return client.post(url, fields)


def upload(text: str = "材料") -> SimpleUploadedFile:
    return SimpleUploadedFile("材料.txt", text.encode(), content_type="text/plain")


def register(listing: Listing, **fields: Any) -> Any:
    who = make.window()
    found = client_of(who).post(reverse("admin:objections_objection_add"), {"code": code_of(listing.subject)})
    assert found.status_code == 302, found.content.decode()[-2000:]
    subject = ContestedSubject.objects.get(pk=listing.subject_id)
    assert found["Location"] == address(subject)
    assert "提出异议" in page(who, subject)
    given = {
        "relation": "self",
        "filer_name": listing.subject.name,
        "grounds": make.GROUNDS,
        "claims": make.CLAIMS,
        "application": upload(),
        "licence": upload("执照"),
    }
    return act(who, subject, "object", f"listing-{listing.public_id}", **{**given, **fields})


def test_window_unit_reviewer_office(listing: Listing) -> None:
    with clock.at(DAY):
        shown = register(listing)
        assert shown.status_code == 200
        row = Objection.objects.get()
        text = shown.content.decode()
        assert row.public_id in text
        assert "查询码" in text
        assert "OBJ-T01" in text
        assert act(make.window(), row, "check", result="passed", note="已核对执照公章").status_code == 302
        handler = make.answerer(make.case_of(row))
        assert "受理" in page(handler, row)
        assert act(handler, row, "accept").status_code == 302
    reviewer = make.answerer(make.case_of(row), 4)
    with clock.at(LATER):
        text = page(handler, row)
        assert "暂停" in text
        assert "为什么是这一天" in text
        drafted = act(handler, row, "draft", outcome="rejected", answer_text="经核查，证据不足")
        assert drafted.status_code == 302
        assert "由另一名审核人员签发" in page(handler, row)
        assert "证据不足" in client_of(reviewer).get(act_address(row, _act("sign"))).content.decode()
        assert act(reviewer, row, "sign").status_code == 302
        assert "异议答复书" in page(make.window(), row)
    with clock.at(date(2026, 4, 8)):
        told = act(make.window(), row, "complain", grounds="没有回应证据", claims="撤销")
        assert told.status_code == 200
        complaint = Complaint.objects.get()
        office, second = make.office(), make.office(8)
        assert act(office, complaint, "accept").status_code == 302
    with clock.at(date(2026, 4, 28)):
        words = {"outcome": "upheld", "answer_text": "证据成立", "remedies": "可以申请行政复议或者提起行政诉讼"}
        assert act(office, complaint, "draft", **words).status_code == 302
        assert act(second, complaint, "sign").status_code == 302
        assert chain.fresh(complaint).state == "upheld"
        assert chain.fresh(listing).revoked_from == date(2026, 4, 28)
        assert "投诉处理决定书" in page(office, complaint)
    kinds = set(Message.objects.filter(subject=listing.subject).values_list("kind", flat=True))
    assert kinds >= {"objection.acceptance", "objection.answer", "complaint.acceptance", "complaint.ruling"}


def _act(name: str) -> Any:
    return type("Named", (), {"name": name})


def test_a_lost_secret_is_replaced_at_the_counter(listing: Listing) -> None:
    receipt = make.file(listing, DAY)
    row, url = receipt.record, f"/api/v1/public/objections/{receipt.number}"
    with clock.at(DAY):
        refused("OBJ-45", filing.renew_secret, actor=make.window(), record=row, reason="核对执照")
        make.check(row, DAY)
        answer = act(make.window(), row, "secret", reason="核对营业执照和公章")
        assert answer.status_code == 200
        fresh = answer.context["receipt"].secret
        assert Client().get(url, headers={"X-Follow-Secret": receipt.secret}).status_code == 404
        assert Client().get(url, headers={"X-Follow-Secret": fresh}).status_code == 200
        assert act(chain.stranger(), row, "secret", reason="核对").status_code == 404


def test_a_refusal_stands_at_its_field_and_nothing_typed_is_lost(listing: Listing) -> None:
    with clock.at(DAY):
        answer = register(listing, relation="agent", filer_name="测试乙")
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "OBJ-41" in text
    assert "缺少授权委托书" in text
    assert make.GROUNDS in text
    assert "已收下：材料.txt" in text
    assert Objection.objects.count() == 0


def test_a_person_is_found_by_name_and_number_only(db: None) -> None:
    number = chain.subject_factory.new_id_number()
    person = chain.subject_factory.person("测试丙", number=number)
    chain.listing(subjects=[person], start=date(2026, 1, 5))
    client, url = client_of(make.window()), reverse("admin:objections_objection_add")
    with clock.at(DAY):
        wrong = client.post(url, {"person": "测试丁", "id_type": "id_card", "id_number": number})
        assert wrong.status_code == 409
        assert "测试丙" not in wrong.content.decode()
        found = client.post(url, {"person": "测试丙", "id_type": "id_card", "id_number": number})
        assert found.status_code == 302
        assert number not in found["Location"]
        listed = client.get(reverse("admin:objections_contestedsubject_changelist")).content.decode()
    assert "测试丙" not in listed


def test_OBJ_59_a_person_s_page_opens_to_who_stated_the_number_or_has_the_matter_at_hand() -> None:
    number = chain.subject_factory.new_id_number()
    person = chain.subject_factory.person("测试丙", number=number)
    chain.listing(subjects=[person], start=date(2026, 1, 5))
    page_of_person = address(ContestedSubject(pk=person.pk, public_id=person.public_id))
    target = ContestedSubject.objects.get(pk=person.pk)
    elsewhere = client_of(chain.actor_of("cgj", "handler"))
    filing_act = act_address(target, FileObjection, f"base_record-{person.public_id}")
    with clock.at(DAY):
        assert elsewhere.get(page_of_person).status_code == 404
        assert elsewhere.get(filing_act).status_code == 404
        said = {"person": "测试丙", "id_type": "id_card", "id_number": number}
        assert elsewhere.post(reverse("admin:objections_objection_add"), said).status_code == 302
        assert elsewhere.get(page_of_person).status_code == 200
        assert number not in str(dict(elsewhere.session))
        assert client_of(chain.actor_of("cgj", "handler", 2)).get(page_of_person).status_code == 404
    with clock.at(date(2026, 3, 12)):  # stated too long ago
        assert elsewhere.get(page_of_person).status_code == 404
    assert client_of(chain.actor_of("rsj", "handler")).get(page_of_person).status_code == 200


def test_lists_filter_and_strangers_find_nothing(listing: Listing) -> None:
    row = make.objection(listing, on=DAY)
    url = reverse("admin:objections_objection_changelist")
    handler = make.answerer(make.case_of(row))
    with clock.at(date(2026, 3, 25)):
        for query, shown in (("?due=late", True), ("?due=near", False), ("?state__exact=accepted", True)):
            assert (row.public_id in client_of(handler).get(url + query).content.decode()) is shown, query
        assert row.public_id in client_of(handler).get(url + "?todo=draft").content.decode()
        assert row.public_id not in client_of(chain.stranger()).get(url).content.decode()
        assert client_of(chain.stranger()).get(address(row)).status_code == 404
        assert client_of(make_actor("audit_admin", "fgw")).get(address(row)).status_code == 403
        assert "异议待答复" in client_of(handler).get(reverse("admin:index")).content.decode()


def test_files_and_documents_are_scoped(listing: Listing) -> None:
    row = make.objection(listing, "answered", on=DAY, answered_on=LATER)
    held = row.papers.first()
    file_url = reverse("admin:objections_attachment", args=[held.attachment.public_id])
    handler = make.answerer(make.case_of(row))
    with clock.at(LATER):
        assert client_of(handler).get(file_url).status_code == 200
        assert client_of(chain.stranger()).get(file_url).status_code == 404
        for kind, words in (
            ("objection.acceptance", "暂停执行"),
            ("objection.answer", "2026年4月20日前向联席会议办公室投诉"),
            ("objection.receipt", "视为受理"),
        ):
            url = reverse("admin:objections_objection_letter", args=[row.public_id, kind])
            assert words in client_of(handler).get(url).content.decode()
            assert client_of(chain.stranger()).get(url).status_code == 404
        missing = reverse("admin:objections_objection_letter", args=[row.public_id, "objection.refusal"])
        assert client_of(handler).get(missing).status_code == 404


def test_the_office_corrects_who_answers(db: None) -> None:
    words = {
        "target_kind": "measure",
        "answerer": "lead_unit",
        "basis": "会议纪要",
        "confidence": "sure",
        "valid_from": "2026-03-01",
        "reason": "统一归口",
    }
    with clock.at(DAY):
        made = client_of(make.office()).post(reverse("admin:objections_targetroute_add"), words)
        assert made.status_code == 302, made.content.decode()[-1500:]
        row = make_route()
        assert act(make.office(), row, "confirm").status_code == 409
        assert act(make.office(8), row, "confirm").status_code == 302
        assert client_of(make.window()).get(reverse("admin:objections_targetroute_changelist")).status_code == 403


def make_route() -> Any:
    return make.Objection._meta.get_field("route").related_model.objects.order_by("-pk").first()


def test_a_record_leads_with_the_next_step_and_its_due_day(listing: Listing) -> None:
    row = make.objection(listing, "received", on=DAY)
    with clock.at(DAY):
        shown = page(make.window(), row)
        for part in ("先核验申请人身份和授权", "异议受理期限", "2026年3月13日"):
            assert part in shown, part
        answerer = client_of(make.answerer(make.case_of(listing)))
        assert f"异议受理：{row.subject.name}" in answerer.get("/admin/").content.decode()


def test_what_is_missing_is_named_at_the_head_and_at_the_field(listing: Listing) -> None:
    row = make.objection(listing, "received", on=DAY)
    with clock.at(DAY):
        answer = act(make.window(), row, "check", note="")
    assert answer.status_code == 422
    told = answer.content.decode()
    for part in ('<a href="#id_result">核验结果</a>', "请选择核验结果", "请填写核验说明"):
        assert part in told, part
