"""The page of timeliness and quality in Chromium: on a desk, on a telephone, on paper, and with nothing to show."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from core import clock
from core.actors import Actor
from publicity.services import quality as services
from tests.browser.test_chain import looks_like_something, sign_in
from tests.factories import organizations, subjects
from tests.factories import publicity as make

pytestmark = pytest.mark.browser
ADDRESS = "/admin/publicity/qualityboard/"


def a_city_of_decisions() -> None:
    """Units that are quick, slow and late, over several months; one under its own authority's rule."""
    today = clock.today()
    subject = subjects.entity()
    units = [organizations.make_unit(name=f"广元市示例{name}局") for name in ("市场监督管理", "交通运输", "生态环境")]
    units.append(organizations.make_unit(name="国家税务总局示例市税务局", vertical=True))
    for number in range(120):
        unit = units[number % 4]
        day = today - timedelta(days=20 + number)
        late = (number * 7 + number % 4 * 3) % 14
        received = day + timedelta(days=late % 9)
        row = make.reported_penalty(subject, unit, day, reported_on=received, first_reported_on=received)
        if number % 11:
            make.shown([row], min(received + timedelta(days=late % 5), today))
    keeper = Actor.job("platform", [services.FILL])
    services.take_platform_counts(
        actor=keeper, kind="penalty", counts=[(unit, today.replace(day=1), 9) for unit in units]
    )


def test_the_page_on_a_desk_on_a_telephone_and_on_paper(page: Any, tmp_path: Any) -> None:
    sign_in(page, organizations.make_actor("office", "fgw"))
    page.goto(f"{ADDRESS}?first=2020-01&last=2020-03")
    assert page.locator("text=还没有可以统计的决定").is_visible()
    looks_like_something(page)
    a_city_of_decisions()
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(ADDRESS)
        assert page.locator(".q-column").count() == 9
        assert page.locator("text=垂直管理单位").first.is_visible()
        page.screenshot(path=tmp_path / f"quality-{width}.png", full_page=True)
    looks_like_something(page)
    page.emulate_media(media="print")
    assert not page.locator(".q-asked").is_visible()
    assert page.locator(".q-tile").first.is_visible()
