"""The workbench in Chromium: a report drafted, signed and accepted by clicking; landing pages at both widths."""

from __future__ import annotations

from typing import Any

import pytest

from organizations.enums import Role
from organizations.selectors import unit
from sanctions.models import Case
from tests.factories import sanctions as make
from tests.support.clicking import looks_like_something, sign_in

pytestmark = pytest.mark.browser


def test_a_report_is_drafted_signed_and_accepted_by_clicking(page: Any) -> None:
    subject = make.legal_entity("广元市测试白龙江建材有限公司")
    handler, reviewer = make.actor_of("rsj", "handler"), make.actor_of("rsj", "reviewer")
    lead = make.actor_of("scjgj", "group_lead")

    sign_in(page, handler)
    looks_like_something(page)
    page.click("text=起草事项")
    page.select_option("[name=entry_code]", "CJ-003")
    page.fill("[name=act_on]", "2026-01-05")
    page.fill("[name=document_number]", "测试罚〔2026〕3号")
    page.fill("[name=facts]", "拖欠工资，经责令限期支付逾期未支付")
    page.type("[name=subjects-0-subject]", "白龙江建材")
    page.click(f"[data-options] button:has-text('{subject.name}')")
    assert subject.name in page.text_content("[data-chosen]")
    page.click("button:has-text('确认起草')")
    assert "没有办成" in page.text_content("#refusal")
    assert page.input_value("[name=document_number]") == "测试罚〔2026〕3号"
    assert subject.name in page.text_content("[data-chosen]")
    page.fill("[name=recognized_on]", "2026-02-20")
    page.click("button:has-text('确认起草')")
    page.wait_for_selector(".wb-steps")
    page.click(".wb-do >> text=上传证据材料")
    page.set_input_files("[name=file]", {"name": "指令书.txt", "mimeType": "text/plain", "buffer": "指令书\n".encode()})
    page.click("button:has-text('确认上传')")
    page.wait_for_selector("text=证据已收存")
    address = page.url

    sign_in(page, reviewer)
    page.click(".wb-count:has-text('待复核报送')")
    page.click("#result_list a:has-text('CJ-003')")
    page.click(".wb-do >> text=复核报送")
    page.click("button:has-text('确认复核报送')")
    page.wait_for_selector("text=等待受理")

    sign_in(page, lead)
    looks_like_something(page)
    page.goto(address)
    looks_like_something(page)
    page.click(".wb-do >> text=受理")
    page.click("button:has-text('确认受理')")
    page.wait_for_selector(".wb-do >> text=制发拟认定告知书")
    assert Case.objects.get().state == "accepted"


def test_every_landing_page_is_a_picture(page: Any) -> None:
    for role in ("office", "district_credit", "window", "system_admin", "security_admin", "audit_admin"):
        place = {"district_credit": "lzq_fgj", "window": "ggzy"}.get(role, "fgw")
        sign_in(page, make.actor_of(place, role))
        greeting = page.text_content(".wb-hello")
        assert unit(place).name in greeting, role
        assert Role(role).label in greeting
        looks_like_something(page)
