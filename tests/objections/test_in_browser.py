"""The workbench in Chromium: an objection from the window to the signed answer by clicking, readable on a phone."""

from __future__ import annotations

import re
from typing import Any

import pytest

from objections.models import Objection
from subjects.selectors import code_of
from tests.factories import objections as make
from tests.factories import sanctions as chain
from tests.support.clicking import looks_like_something, sign_in

pytestmark = pytest.mark.browser


def test_an_objection_from_the_window_to_the_answer(page: Any) -> None:
    listing = chain.listing()
    handler, reviewer = make.answerer(make.case_of(listing)), make.answerer(make.case_of(listing), 4)
    sign_in(page, make.window())
    page.goto("/admin/objections/objection/")
    page.click("text=登记异议 >> nth=0")
    page.fill("[name=code]", code_of(listing.subject))
    page.click("button:has-text('确认查找当事人')")
    looks_like_something(page)
    page.click("tr:has-text('联合认定') >> text=提出异议")
    page.fill("[name=grounds]", make.GROUNDS)
    page.fill("[name=claims]", make.CLAIMS)
    for name in ("application", "licence"):
        page.set_input_files(f"[name={name}]", {"name": "材料.txt", "mimeType": "text/plain", "buffer": b"paper\n"})
    looks_like_something(page)
    assert page.input_value("[name=filer_name]") == listing.subject.name  # a chosen file leaves other fields alone
    page.click("button:has-text('确认提出异议')")
    assert "查询码" in page.text_content("main, .wb-form-page")
    looks_like_something(page)
    page.click("text=查看办理页面")
    page.click(".wb-do >> text=核验身份和授权")
    page.check("[name=result][value=passed]")
    page.fill("[name=note]", "已核对营业执照和公章")
    page.click("button:has-text('确认核验身份和授权')")
    page.wait_for_url(re.compile("/change/"))
    address = page.url
    sign_in(page, handler)
    looks_like_something(page)
    page.goto(address)
    page.click(".wb-do >> text=受理 >> nth=0")
    page.click("button:has-text('确认受理')")
    looks_like_something(page)
    page.click(".wb-do >> text=拟写答复")
    page.check("[name=outcome][value=rejected]")
    page.fill("[name=answer_text]", "经核查，所附证据不能证明工资已经支付")
    page.click("button:has-text('确认拟写答复')")
    sign_in(page, reviewer)
    page.goto(address)
    page.click(".wb-do >> text=签发答复")
    looks_like_something(page)
    page.click("button:has-text('确认签发答复')")
    looks_like_something(page)
    assert Objection.objects.get().state == "rejected"
    page.click("text=异议答复书")
    looks_like_something(page)
