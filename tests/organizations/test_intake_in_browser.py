"""The upload desk in Chromium: the bar moves by itself, the page ends in a receipt, and all of it without scripts too."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from core.intake.running import run
from core.models import IntakeBatch
from core.models.intake import BatchState
from tests.factories import intake as make
from tests.factories import subjects as people
from tests.factories.organizations import make_actor
from tests.support.clicking import looks_like_something, sign_in

pytestmark = pytest.mark.browser
ADD = "/admin/core/intakebatch/add/"


def pictured(page: Any, name: str) -> None:
    """Keep a picture where whoever runs the test asks for pictures."""
    if folder := os.environ.get("PICTURES"):
        for width in (390, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            page.screenshot(path=str(Path(folder) / f"{name}-{width}.png"), full_page=True)


def rows() -> list[dict[str, Any]]:
    known = people.entity("广元明月测试食品有限公司")
    code = known.identifiers.get().value
    good = [make.penalty() for _ in range(8)]
    return [*good, dict(good[0]), make.penalty(CF_NR_FK=""), make.penalty(CF_JDRQ="0202/03/02"),
            make.penalty(CF_XDR_SHXYM=code, CF_XDR_MC="广元清风测试食品有限公司")]  # fmt: skip


def upload(page: Any, mode: str = "partial") -> IntakeBatch:
    page.goto(ADD)
    page.select_option("[name=profile]", "penalties")
    page.set_input_files("[name=file]", {"name": "处罚.csv", "mimeType": "text/csv", "buffer": make.as_csv(rows())})
    page.check(f"[name=mode][value={mode}]")
    pictured(page, "upload")
    page.click("button:has-text('上传并处理')")
    page.wait_for_selector("text=回执")
    return IntakeBatch.objects.latest("pk")


def test_the_bar_moves_and_the_page_ends_in_a_receipt(page: Any) -> None:
    sign_in(page, make_actor("handler", make.UNIT))
    batch = upload(page)
    page.wait_for_selector("progress")
    looks_like_something(page)
    pictured(page, "waiting")
    run(batch.public_id, chunk_rows=5)
    page.wait_for_selector("h2:has-text('须更正的错误')")  # the page asked again by itself
    assert not page.locator("progress").count()
    assert page.text_content(".wb-count-inserted dd") == "8"
    assert page.text_content(".wb-count-questioned dd") == "1"
    looks_like_something(page)
    pictured(page, "receipt")
    page.goto("/admin/core/intakebatch/")
    pictured(page, "list")
    sign_in(page, make_actor("reviewer", make.UNIT))
    page.goto("/admin/core/questionedrow/")
    pictured(page, "questions")
    page.click("#result_list a:has-text('第')")
    looks_like_something(page)
    pictured(page, "question")
    page.click("a:has-text('认定入库')")
    pictured(page, "accept")
    page.fill("[name=reason]", "已核实为同一企业的字号变化")
    page.click("button:has-text('确认认定入库')")
    page.wait_for_selector("text=已入库")
    page.goto(f"/admin/core/intakebatch/{batch.public_id}/change/")
    page.click("a:has-text('撤回批次')")
    pictured(page, "withdraw")
    page.fill("[name=reason]", "报送了测试文件")
    page.click("button:has-text('撤回')")
    page.wait_for_selector("progress")
    pictured(page, "withdrawing")
    run(batch.public_id)
    page.wait_for_selector(".wb-state:has-text('已撤回')")
    assert page.text_content(".wb-count-taken-back dd") == "9"
    pictured(page, "withdrawn")


def test_a_file_sent_back_whole_says_why(page: Any) -> None:
    sign_in(page, make_actor("handler", make.UNIT))
    batch = upload(page, "all_or_nothing")
    run(batch.public_id)
    page.wait_for_selector("h2:has-text('没有入库')")
    assert "IN-55" in page.text_content(".wb-alert")
    pictured(page, "sent-back")


def test_the_desk_works_without_scripts(page: Any, browser: Any, live_site: Any) -> None:
    sign_in(page, make_actor("handler", make.UNIT))
    plain = browser.new_context(base_url=live_site.url, java_script_enabled=False)
    plain.add_cookies(page.context.cookies())
    still = plain.new_page()
    batch = upload(still)
    still.wait_for_selector("progress")
    run(batch.public_id)
    still.wait_for_selector("h2:has-text('须更正的错误')", timeout=20_000)  # the page reloads by its own header
    batch.refresh_from_db()
    assert batch.state == BatchState.DONE
    plain.close()
