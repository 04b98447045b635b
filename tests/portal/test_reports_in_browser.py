"""From a search to a verified report in Chromium, by keys and without scripts; its pages fit at both widths."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from core import clock
from subjects.selectors import code_of
from tests.factories import sanctions as make
from tests.support.clicking import SIDEWAYS

pytestmark = pytest.mark.browser
NAME = (
    "广元市利州区示例街道示例社区股份经济合作联合社农业产业化示范基地建设运营管理有限责任公司第一分公司暨物流配送中心"
)


def test_a_company_is_searched_its_report_made_and_verified_by_keys_alone(
    browser: Any, live_site: Any, tmp_path: Path
) -> None:
    start = clock.today() - timedelta(days=40)
    with clock.at(start):
        company = make.legal_entity(NAME)
    make.listing(start=start, subjects=[company])
    context = browser.new_context(base_url=live_site.url, java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    try:
        page.goto("/search")
        box = page.locator("main input[name=q]")
        box.fill("农业产业化示范")
        box.press("Enter")
        page.locator(f"a:has-text('{NAME}')").first.press("Enter")
        page.wait_for_url(f"**/subjects/{code_of(company)}*")
        page.locator("button:has-text('出具信用报告')").press("Enter")
        page.wait_for_url("**/reports/*")
        report = page.url
        assert "有效" in page.text_content("[role=status]")
        with page.expect_download() as coming:
            page.locator("a:has-text('下载 PDF')").press("Enter")
        file = tmp_path / "report.pdf"
        coming.value.save_as(file)
        changed = bytearray(file.read_bytes())
        changed[len(changed) // 2] ^= 1
        (tmp_path / "changed.pdf").write_bytes(changed)
        for name, words in (("report.pdf", "文件真实，与出具时一致"), ("changed.pdf", "这份文件不能作为信用报告")):
            page.goto("/reports")
            page.set_input_files("input[name=file]", tmp_path / name)
            page.locator("button:has-text('核验文件')").press("Enter")
            page.wait_for_selector("#finding")
            assert words in page.text_content("#finding")
    finally:
        context.close()
    _looks_right(browser, live_site.url, ["/reports", "/reports?number=20260101000000ABCDEFGH", report])


def _looks_right(browser: Any, site: str, addresses: list[str]) -> None:
    for width in (1440, 390):
        context = browser.new_context(base_url=site, locale="zh-CN", viewport={"width": width, "height": 900})
        page = context.new_page()
        try:
            for address in addresses:
                page.goto(address)
                assert page.evaluate(SIDEWAYS) <= 0, (width, address)
        finally:
            context.close()
