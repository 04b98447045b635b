"""Services online in Chromium: an objection by keyboard alone with scripts, a repair without any script."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from core import clock
from objections.models import Objection
from objections.services import acceptance
from repair.models import Application
from subjects.selectors import code_of
from tests.factories import objections as make
from tests.factories import repair as repairs
from tests.factories import sanctions as chain
from tests.factories.online import PNG
from tests.support.clicking import looks_like_something

pytestmark = pytest.mark.browser
FILE = {"name": "执照.png", "mimeType": "image/png", "buffer": PNG}


def tab_to(page: Any, selector: str, most: int = 120) -> None:
    """Press Tab until the element has the focus; fails where the keyboard does not come there."""
    for _ in range(most):
        if page.evaluate("s => !!document.activeElement && document.activeElement.matches(s)", selector):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"the keyboard does not reach {selector} on {page.url}")


def press(page: Any, selector: str, key: str = "Enter") -> None:
    tab_to(page, selector)
    page.keyboard.press(key)


def write(page: Any, selector: str, text: str) -> None:
    tab_to(page, selector)
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(text)


def test_an_objection_by_keyboard_from_filing_to_the_mark_on_the_public_page(page: Any) -> None:
    listing = chain.listing()
    page.goto("/services/object")
    write(page, "#code", code_of(listing.subject))
    page.keyboard.press("Enter")
    page.wait_for_url("**code=**")
    press(page, f"a[href*='{listing.public_id}']")
    page.wait_for_url("**key=**")
    press(page, "form[action='/services/start'] button")
    page.wait_for_url("**/services/drafts/*")
    looks_like_something(page)
    tab_to(page, "[name=relation]")
    page.keyboard.press("Space")
    write(page, "[name=filer_name]", listing.subject.name)
    write(page, "[name=grounds]", make.GROUNDS)
    write(page, "[name=claims]", make.CLAIMS)
    page.wait_for_selector("[data-saved]:has-text('已保存')")
    tab_to(page, "#file_kind")
    page.keyboard.press("ArrowDown")
    tab_to(page, "#file")
    # The window that Enter would open is the system's, not the page's: what is chosen there lands in this input.
    page.locator("#file:focus").set_input_files([FILE, {**FILE, "name": "假.pdf"}])
    page.wait_for_selector("#held li:has-text('执照.png')")
    page.wait_for_selector(".sv-bars :text('伪装')")
    press(page, "button.btn[value=check]")
    page.wait_for_url("**step=confirm")
    looks_like_something(page)
    press(page, "button[value=file]")
    page.wait_for_url("**/receipt")
    looks_like_something(page)
    number, secret = (page.text_content(f"#{name}").strip() for name in ("number", "secret"))
    press(page, "a[href='/services/follow'].btn, main a[href='/services/follow']")
    page.wait_for_url("**/services/follow")
    write(page, "#number", number)
    write(page, "#secret", secret)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/services/follow/{number}")
    looks_like_something(page)
    row, today = Objection.objects.get(), clock.today()
    make.check(row, today, actor=make.answerer(make.case_of(row)))
    acceptance.accept_objection(actor=make.answerer(make.case_of(row)), objection=row)
    page.reload()
    assert "措施暂停执行" in page.text_content("main")
    page.goto(f"/subjects/{code_of(listing.subject)}")
    assert "异议处理中" in page.text_content("main")


@pytest.fixture
def plain_page(browser: Any, live_site: Any) -> Iterator[Any]:
    """A page of a browser that runs no scripts."""
    context = browser.new_context(base_url=live_site.url, locale="zh-CN", java_script_enabled=False)
    yield context.new_page()
    context.close()


def test_a_repair_without_scripts_from_the_navigator_to_the_announcement(plain_page: Any) -> None:
    page, listing, today = plain_page, repairs.listing(), clock.today()
    page.goto(f"/services/repair?code={code_of(listing.subject)}")
    assert "现在可以申请" in page.text_content("main")
    page.click("form[action='/services/start'] button:has-text('申请信用修复')")
    page.check("[name=applicant_role][value=representative]")
    page.fill("[name=applicant_name]", repairs.CHIEF)
    page.fill("[name=statement]", "罚款已经缴清，隐患已经整改并通过验收")
    page.click("button.btn[value=check]")
    assert "REP-09" in page.text_content("main")
    assert page.input_value("[name=statement]").startswith("罚款")
    page.check("[name=commitment]")
    page.select_option("#file_kind", "performance")
    page.set_input_files("#file", [FILE])
    page.click("button[value=upload]")
    assert "执照.png" in page.text_content("#held")
    page.click("button.btn[value=check]")
    page.click("button[value=file]")
    number, secret = (page.text_content(f"#{name}").strip() for name in ("number", "secret"))
    application = Application.objects.get()
    for step in (repairs.check, repairs.accept, repairs.verify, repairs.opine, repairs.sign, repairs.publish):
        step(chain.fresh(application), on=today)
    page.goto("/services/follow")
    page.fill("#number", number)
    page.fill("#secret", secret)
    page.click("main form button.btn")
    assert "已公布" in page.text_content("main h1")
    page.goto(f"/subjects/{code_of(listing.subject)}")
    assert "不在失信惩戒名单上" in page.text_content("main")
