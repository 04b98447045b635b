"""如果…会怎样 in Chromium: answers at once, by keyboard alone, and without scripts by sending the form."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from core import clock
from tests.factories import sanctions as make
from tests.support.clicking import looks_like_something, sign_in
from tests.support.workbench import page_of

pytestmark = pytest.mark.browser


def test_an_officer_asks_what_would_be(page: Any) -> None:
    today = clock.today()
    listing = make.listing(start=today - timedelta(days=40))
    sign_in(page, make.actor_of("fgw", "office"))
    page.goto(page_of(listing))
    looks_like_something(page)
    page.focus(".wi-fold > summary")
    page.keyboard.press("Enter")
    page.focus("[name=act-0]")
    page.select_option("[name=act-0]", "court_stay")
    assert page.input_value("[name=on-0]") == today.isoformat()
    page.wait_for_selector("#what-if-answer >> text=待恢复后确定")
    page.select_option("[name=act-1]", "reject_objection")
    page.wait_for_selector(".wi-refused >> text=怎样办理")
    page.click("[data-wi-more]")
    assert page.evaluate("document.activeElement.name") == "act-2"
    page.click("[data-story]:has-text('答复期满驳回')")
    page.wait_for_selector("#what-if-answer >> text=推后")
    looks_like_something(page)
    page.click("text=单独打开")
    page.wait_for_selector("h1:has-text('如果…会怎样')")
    looks_like_something(page)


def test_the_form_answers_without_scripts(page: Any, browser: Any, live_site: Any) -> None:
    today = clock.today()
    listing = make.listing(start=today - timedelta(days=40))
    sign_in(page, make.actor_of("fgw", "office"))
    plain = browser.new_context(base_url=live_site.url, java_script_enabled=False)
    plain.add_cookies(page.context.cookies())
    still = plain.new_page()
    still.goto(page_of(listing))
    still.click(".wi-fold > summary")
    still.select_option("[name=act-0]", "object")
    still.fill("[name=on-0]", today.isoformat())
    still.click("[data-wi-more]")
    still.wait_for_selector("[data-wi-row]:not([hidden]) >> nth=2")
    assert still.locator("[data-wi-row]:not([hidden])").count() == 3
    still.click("button:has-text('推算')")
    assert "待恢复后确定" in still.text_content(".wi-table")
    plain.close()
