"""The browser can drive the live site."""

import pytest


@pytest.mark.browser
def test_the_sign_in_page_is_shown_in_chinese(page) -> None:
    page.goto("/admin/login/")
    assert page.locator("input[name=username]").is_visible()
    assert page.locator("html").get_attribute("lang") == "zh-hans"
    assert page.get_by_role("button", name="登录").is_visible()
