"""Repair in Chromium: the counter, the handler, the reviewer and the office do the whole flow by clicking."""

from __future__ import annotations

from typing import Any

import pytest

from repair.models import Application
from subjects.selectors import code_of
from tests.factories import repair as make
from tests.factories import sanctions as chain
from tests.support.clicking import looks_like_something, sign_in

pytestmark = pytest.mark.browser
FILE = {"name": "验收意见书.txt", "mimeType": "text/plain", "buffer": "验收合格\n".encode()}


def test_a_repair_from_the_counter_to_its_publication_by_clicking(page: Any) -> None:
    listing = make.listing(subjects=[make.company("广元市测试嘉陵江矿业有限公司")])
    window, handler, reviewer = make.window(), make.handler(listing), make.reviewer(listing)

    sign_in(page, window)
    page.goto("/admin/repair/application/add/")
    page.fill("[name=code]", code_of(listing.subject))
    page.fill("[name=applicant_name]", "测试路人")
    page.fill("[name=statement]", "隐患已整改并通过验收，罚款已缴清")
    page.set_input_files("[name=performance]", FILE)
    looks_like_something(page)
    page.click("button:has-text('确认登记修复申请')")
    assert "没有办成" in page.text_content("#refusal")
    assert page.input_value("[name=statement]") == "隐患已整改并通过验收，罚款已缴清"
    assert "已收下：验收意见书.txt" in page.text_content(".wb-kept")
    looks_like_something(page)
    page.fill("[name=applicant_name]", make.CHIEF)
    page.check("[name=commitment]")
    page.click("button:has-text('确认登记修复申请')")
    page.wait_for_selector("text=只显示这一次")
    looks_like_something(page)
    page.click("text=办理这件申请")
    page.click(".wb-do >> text=核验身份")
    page.fill("[name=note]", "营业执照、身份证原件一致")
    page.click("button:has-text('确认核验身份')")
    page.wait_for_selector("text=身份核验已登记")
    address = page.url

    sign_in(page, handler)
    looks_like_something(page)
    page.click(".wb-count:has-text('修复申请待受理')")
    looks_like_something(page)
    page.click(f"#result_list a:has-text('{listing.subject.name}')")
    page.click(".wb-do >> text=受理")
    page.click("button:has-text('确认受理')")
    page.wait_for_selector("text=已受理，请在期限内核实")
    looks_like_something(page)
    page.click(".wb-do >> text=记录核实")
    page.fill("[name=method]", "现场核查")
    page.fill("[name=findings]", "隐患已整改，验收意见书属实")
    page.check("[name=corrected][value=yes]")
    page.check("[name=materials_true][value=yes]")
    looks_like_something(page)
    page.click("button:has-text('确认记录核实')")
    page.click(".wb-do >> text=拟办意见")
    page.check("[name=outcome][value=approve]")
    page.fill("[name=text]", "核实无误，符合修复条件")
    page.click("button:has-text('确认拟办意见')")
    page.wait_for_selector("text=等待审核人员签发")

    sign_in(page, reviewer)
    page.click(".wb-count:has-text('修复决定待签发')")
    page.click(f"#result_list a:has-text('{listing.subject.name}')")
    page.click(".wb-do >> text=签发同意修复")
    page.click("button:has-text('确认签发同意修复')")
    page.click(".wb-do >> text=公布修复结果")
    page.click("button:has-text('确认公布修复结果')")
    page.wait_for_selector("text=谁已跟进")
    assert Application.objects.get().state == "published"

    sign_in(page, chain.actor_of("fgw", "office"))
    page.goto(address)
    looks_like_something(page)
    page.click("text=修复决定书")
    looks_like_something(page)
