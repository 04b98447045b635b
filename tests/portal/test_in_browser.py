"""The portal in Chromium: every width, keyboard only, no scripts, large text, and no serious finding of axe-core."""

from __future__ import annotations

from datetime import timedelta
from importlib import resources
from typing import Any

import pytest

from core import clock
from sanctions.models import Listing
from subjects.selectors import code_of
from tests.factories import publicity as publish
from tests.factories import sanctions as make
from tests.support.clicking import SIDEWAYS

pytestmark = pytest.mark.browser
NAME = "广元市长名字建筑劳务工程总承包有限责任公司"
WIDTHS, EXAMINED = (360, 390, 768, 1440), (390, 1440)
ADDRESSES = (
    "/", "/search", "/search?q=建筑劳务", "/search?q=没有这一家", "/search?q=华", "/listings/discipline",
    "/listings/incentive?name=没有", "/disclosures/?kind=penalty", "/repairs", "/rights", "/about", "/catalogue",
    "/catalogue/CJ-001", "/nowhere", "/search?colour=red", "/tips", "/statistics", "/open-data", "/articles",
    "/reports", "/services/", "/services/repair", "/services/object", "/services/complain", "/services/resume",
    "/services/follow",
)  # fmt: skip
FINDINGS = """async () => (await axe.run(document, {resultTypes: ['violations']})).violations
    .filter(found => ['serious', 'critical'].includes(found.impact))
    .map(found => found.id + ': ' + found.nodes.slice(0, 3).map(node => node.html.slice(0, 120)).join(' | '))"""


def listed_company() -> tuple[Listing, str]:
    """A company on the list today, with a penalty; returns its listing and the penalty's address."""
    start = clock.today() - timedelta(days=40)
    with clock.at(start):
        company = make.legal_entity(NAME)
    listing = make.listing(start=start, subjects=[company])
    day = clock.today() - timedelta(days=10)
    with clock.at(day):
        penalty = publish.published_penalty("scjgj", day, subject=company)
    return listing, f"/disclosures/{penalty.public_id}"


def test_every_page_holds_at_every_width_and_in_large_text_and_axe_finds_nothing_serious(page: Any) -> None:
    """No script of the portal asks for the width, so a page is loaded once and tried at all of them."""
    axe = (resources.files("axe_playwright_python") / "axe.min.js").read_text("utf-8")
    listing, penalty = listed_company()
    addresses = [*ADDRESSES, f"/subjects/{code_of(listing.subject)}", penalty]
    found = {}
    for address in addresses:
        page.goto(address)
        page.evaluate(axe)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate(SIDEWAYS) <= 0, (width, address)
            if width in EXAMINED:
                found[width, address] = page.evaluate(FINDINGS)
    assert {place: serious for place, serious in found.items() if serious} == {}
    page.goto("/large-text?on=1")
    page.set_viewport_size({"width": WIDTHS[0], "height": 800})
    for address in addresses:
        page.goto(address)
        assert page.evaluate(SIDEWAYS) <= 0, address


SHIFTS = """new PerformanceObserver(list => { for (const one of list.getEntries()) window.shifted =
    (window.shifted || 0) + one.value; }).observe({type: 'layout-shift', buffered: true})"""


def test_nothing_moves_while_a_page_is_drawn(page: Any) -> None:
    """Cumulative layout shift is nought, the scripts' own changes and the browser's late ones included."""
    listing, penalty = listed_company()
    page.add_init_script(SHIFTS)
    found = {}
    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto("/services/object?kind=listing&key=" + listing.public_id)
        page.click("button:has-text('开始填写')")
        form = page.url
        for address in (
            "/", "/search?q=建筑劳务", f"/subjects/{code_of(listing.subject)}", "/listings/discipline",
            "/disclosures/?kind=penalty", penalty, form,
        ):  # fmt: skip
            page.goto(address, wait_until="networkidle")
            page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
            found[width, address] = page.evaluate("window.shifted || 0")
    assert {place: shift for place, shift in found.items() if shift} == {}


def test_the_keyboard_alone_finds_a_company(page: Any) -> None:
    listing, _ = listed_company()
    page.goto("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "跳到正文"
    page.keyboard.press("Enter")
    page.wait_for_url("**/#main")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.name") == "q"
    page.keyboard.type("长名字")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?**")
    while page.evaluate("document.activeElement.className") != "name":
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/subjects/{code_of(listing.subject)}")
    assert "失信惩戒对象" in page.text_content("main")


def test_without_scripts_the_phone_finds_menu_company_and_large_text(browser: Any, live_site: Any) -> None:
    listing, _ = listed_company()
    context = browser.new_context(
        base_url=live_site.url, java_script_enabled=False, locale="zh-CN", viewport={"width": 390, "height": 800}
    )
    page = context.new_page()
    try:
        page.goto("/")
        page.click("summary:has-text('菜单')")
        page.click(".fold a:has-text('失信惩戒')")
        page.click(f"a:has-text('{NAME}')")
        page.wait_for_url(f"**/subjects/{code_of(listing.subject)}*")
        page.click("a:has-text('长者模式')")
        page.wait_for_selector("html.large")
        assert NAME in page.text_content("h1")
        assert page.locator("[data-print]").first.is_hidden()
    finally:
        context.close()
