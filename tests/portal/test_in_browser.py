"""The portal in Chromium: phone width and keyboard."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.clicking import SIDEWAYS

pytestmark = pytest.mark.browser
ADDRESSES = ("/", "/search?q=没有这一家", "/listings/discipline", "/catalogue", "/catalogue/CJ-001", "/nowhere")


def test_no_page_scrolls_sideways_and_the_keyboard_finds_its_way(page: Any) -> None:
    for width in (360, 390, 768, 1440):
        page.set_viewport_size({"width": width, "height": 800})
        for address in ADDRESSES:
            page.goto(address)
            assert page.evaluate(SIDEWAYS) <= 0, (width, address)
    page.goto("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "跳到正文"
    page.keyboard.press("Enter")
    page.wait_for_url("**/#main")
    page.fill("input[name=q]", "没有这一家")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?**")
    assert "没有找到" in page.text_content("main")
