"""Who has followed and since when, in Chromium; the page of the program that plays the other side as well."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from core import clock
from publicity.models import Push, Reconciliation
from publicity.push import running
from tests.browser.test_chain import looks_like_something, sign_in
from tests.factories import organizations
from tests.support.peers import playing
from tests.support.pushing import PUSHER, published

pytestmark = pytest.mark.browser


def test_an_officer_sees_who_follows_and_what_differs(page: Any, tmp_path: Path) -> None:
    day = clock.today().replace(day=1)
    unit = organizations.make_unit(name="广元市示例市场监督管理局")
    sign_in(page, organizations.make_actor("office", "fgw"))
    page.goto("/admin/publicity/peer/")
    looks_like_something(page)
    rows = published(unit, 8, day)
    with playing(tmp_path) as peers:
        running.reconcile_once(actor=PUSHER)
        peers.control("drop", uid=rows[0].public_id)
        peers.control("alter", uid=rows[1].public_id)
        running.reconcile_once(actor=PUSHER)
        Push.objects.filter(uid=rows[2].public_id).update(
            state="dead", next_at=None, last_error="E1001 主体不符 uscc", attempts=8
        )
        page.goto("/admin/publicity/peer/")
        page.screenshot(path=tmp_path / "peers-list.png")
        page.click("text=市政府门户网站")
        page.wait_for_selector("text=重新送达全部拒收的记录")
        looks_like_something(page)
        page.screenshot(path=tmp_path / "peer.png", full_page=True)
        page.set_viewport_size({"width": 390, "height": 900})
        page.screenshot(path=tmp_path / "peer-390.png", full_page=True)
        page.set_viewport_size({"width": 1280, "height": 900})
        run = Reconciliation.objects.order_by("-pk")[0]
        page.goto(f"/admin/publicity/reconciliation/{run.public_id}/change/")
        assert page.locator(f"text={rows[0].document_number}").is_visible()
        looks_like_something(page)
        page.screenshot(path=tmp_path / "reconciliation.png", full_page=True)
        page.goto("/admin/publicity/push/")
        looks_like_something(page)
        page.screenshot(path=tmp_path / "pushes.png", full_page=True)
        page.set_viewport_size({"width": 390, "height": 900})
        page.screenshot(path=tmp_path / "pushes-390.png", full_page=True)
        page.set_viewport_size({"width": 1280, "height": 900})
        page.click(f"text={rows[2].document_number}")
        page.click("text='重新送达'")
        page.fill("[name=reason]", "主体信息已核对")
        page.click("button[type=submit]:has-text('确认重新送达')")
        page.wait_for_selector("text=已列入送达队列")
        page.goto(peers.url)
        page.screenshot(path=tmp_path / "program.png", full_page=True)
