"""How browser tests use the workbench: sign in by the form, and see that a page is a picture at every width."""

from __future__ import annotations

from typing import Any

from core.actors import Actor
from organizations.models import Officer
from tests.factories.organizations import PASSWORD

SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
WIDTHS = (390, 1280, 1440)


def sign_in(page: Any, actor: Actor) -> None:
    """Sign in as the officer behind the actor; whoever was signed in is forgotten."""
    page.context.clear_cookies()
    page.goto("/admin/login/?next=/admin/")
    page.fill("[name=username]", Officer.objects.get(pk=actor.officer_id).username)
    page.fill("[name=password]", PASSWORD)
    page.click("#login-form button[type=submit]")
    page.wait_for_selector(".wb-hello")


def looks_like_something(page: Any) -> None:
    """The page is a picture, not a blank: it does not scroll sideways and holds more than a few kilobytes.

    A click returns when the next page has begun, and on a busy machine that page has no root element yet.
    """
    page.wait_for_load_state()
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate(SIDEWAYS) <= 0, (page.url, width)
        assert len(page.screenshot()) > 12_000, (page.url, width)
    page.set_viewport_size({"width": 1280, "height": 900})
