"""The workbench of deliveries and the printed 送达回证: what stands on it, and who may open it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from core import clock
from core.actors import acting
from organizations.acts.pages import address
from sanctions.models import Service
from subjects.delivery import declare_kinds, send
from subjects.models import Delivery, Message
from tests.factories import sanctions as make
from tests.factories import subjects as subject_factory
from tests.support.workbench import page_of, signed_in

pytestmark = pytest.mark.django_db
declare_kinds({"test.letter": "测试函"})
TODAY = date(2026, 3, 10)


def sheet(kind: str, public_id: str) -> str:
    return reverse("admin:subjects_sheet", args=[kind, public_id])


def told(*channels: str, **more: Any) -> Message:
    who = make.actor_of("rsj", "handler")
    subject = subject_factory.entity()
    with clock.at(TODAY), acting(who, "test.send"):
        return send(
            subject=subject, kind="test.letter", title="整改提示", body="请按期整改。", number="测函〔2026〕3号",
            about=subject, channels=channels or ("print",), **more,
        )  # fmt: skip


def test_a_unit_serves_on_paper_from_list_to_proof() -> None:
    row = told().deliveries.get(channel="print")
    client = signed_in(make.actor_of("rsj", "handler"))
    listed = client.get(reverse("admin:subjects_delivery_changelist")).content.decode()
    assert "整改提示" in listed
    page = client.get(address(row)).content.decode()
    assert sheet("delivery", row.public_id) in page
    printed = client.get(sheet("delivery", row.public_id)).content.decode()
    assert "测函〔2026〕3号" in printed
    assert row.message.subject.name in printed
    assert "☑" not in printed
    act = reverse("admin:subjects_delivery_act", args=[row.public_id, "prove"])
    with clock.at(TODAY):
        wrong = client.post(act, {"method": "direct", "recipient": "李某（前台）", "served_on": "2026-03-11"})
        assert "送达日" in wrong.content.decode()
        assert "李某（前台）" in wrong.content.decode()
        done = client.post(act, {"method": "direct", "recipient": "李某（前台）", "served_on": "2026-03-10"})
    assert done.status_code == 302
    row.refresh_from_db()
    assert (row.state, row.served_on) == ("delivered", TODAY)
    printed = client.get(sheet("delivery", row.public_id)).content.decode()
    assert "☑&nbsp;直接送达" in printed
    assert "2026年3月10日" in printed
    assert "登记送达" not in client.get(address(row)).content.decode()


def test_strangers_find_neither_record_nor_sheet() -> None:
    row = told().deliveries.get(channel="print")
    for actor, answer in (
        (make.actor_of("cgj", "handler"), 404),
        (make.actor_of("fgw", "office"), 200),
        (make.actor_of("fgw", "system_admin"), 403),
    ):
        client = signed_in(actor)
        assert client.get(address(row)).status_code == answer
        assert client.get(sheet("delivery", row.public_id)).status_code == answer
    office = signed_in(make.actor_of("fgw", "office"))
    assert office.get(sheet("nothing", row.public_id)).status_code == 404
    assert office.post(sheet("delivery", row.public_id)).status_code == 405
    assert office.get(reverse("admin:subjects_delivery_proof", args=[row.public_id])).status_code == 404
    act = reverse("admin:subjects_delivery_act", args=[row.public_id, "prove"])
    office.post(act, {"method": "direct", "recipient": "李某", "served_on": str(TODAY)})
    assert Delivery.objects.get(pk=row.pk).state == "queued"


def test_a_service_of_the_chain_prints_its_sheet_and_so_does_what_is_still_to_be_served() -> None:
    case = make.case_in("noticed")
    row = case.subjects.get()
    client, stranger = signed_in(make.actor_of("rsj", "handler")), signed_in(make.stranger())
    blank = client.get(sheet("notice", row.notice.public_id)).content.decode()
    assert "拟认定告知书" in blank
    assert "☑" not in blank
    assert sheet("notice", row.notice.public_id) in client.get(page_of(case)).content.decode()
    assert client.get(sheet("decision", row.public_id)).status_code == 404
    make.hear(case)
    service = Service.objects.get(case_subject=row)
    filled = client.get(sheet("service", service.public_id)).content.decode()
    assert "☑&nbsp;直接送达" in filled
    assert "签收人" in filled
    assert sheet("service", service.public_id) in client.get(page_of(case)).content.decode()
    for address_ in (sheet("notice", row.notice.public_id), sheet("service", service.public_id)):
        assert stranger.get(address_).status_code == 404


def test_the_sheet_of_a_decision_bears_its_official_number() -> None:
    case = make.case_in("issued")
    row = case.subjects.get()
    printed = signed_in(make.lead_of(case)).get(sheet("decision", row.public_id)).content.decode()
    assert case.determination.official_number in printed
