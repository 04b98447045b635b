"""Public statistics: what is counted, kept as it was published, drawn with the figures beside it."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core import clock
from core.actors import Actor
from portal.models import PublishedFigures
from portal.statistics import charts
from portal.statistics.selectors import rows
from portal.statistics.services import count_figures
from portal.tasks import count_statistics_job
from publicity import loading
from supervision.statistics import figures
from tests.factories import objections as disputes
from tests.factories import publicity as disclosed
from tests.factories import repair as repairs
from tests.factories import sanctions as chain
from tests.portal.conftest import TODAY, City
from tests.support.workbench import words

JOB = Actor.job("test")


def test_the_figures_of_a_year_are_those_of_its_records(city: City) -> None:
    loading.load_reference(JOB)
    for day in (date(2026, 4, 13), date(2026, 5, 11)):
        with clock.at(day + timedelta(days=2)):
            disclosed.published_penalty("scjgj", day)
            disclosed.published_licence("zjj", day)
    with clock.at(date(2026, 5, 29)):
        disclosed.published_licence("zjj", date(2026, 4, 2))  # too late
    contested = chain.listing(subjects=[chain.legal_entity("广元市甲建筑劳务有限公司")])
    filed = contested.starts_on + timedelta(days=7)
    disputes.objection(contested, "answered", on=filed, answered_on=filed + timedelta(days=3), outcome="upheld")
    repaired = repairs.application_in("published")
    found = figures(TODAY)
    months = {row["month"]: row for row in found["disclosures"]}
    assert len(months) == 12
    assert months["2026-04-01"] == {"month": "2026-04-01", "licence": 2, "penalty": 1, "due": 3, "in_time": 2}
    assert months["2026-05-01"] == {"month": "2026-05-01", "licence": 1, "penalty": 1, "due": 2, "in_time": 2}
    assert [(row["licence"], row["penalty"]) for row in found["units"]] == [(3, 0), (0, 2)]
    assert sum(row["incentive"] for row in found["fields"]) == 1
    assert sum(row["discipline"] for row in found["fields"]) == 2  # a person stands on no public list
    assert sum(row["upheld"] for row in found["objections"]) == 1
    published = found["repairs_total"]
    assert published["published"] == 1
    assert published["median_days"] == (repaired.published_on - repaired.received_on).days
    with CaptureQueriesContext(connection) as once:
        figures(TODAY)
    chain.listing(subjects=[chain.legal_entity("广元市乙建筑劳务有限公司")])
    with CaptureQueriesContext(connection) as again:
        figures(TODAY)
    assert len(once) == len(again)


def test_the_page_says_what_was_counted_and_when_nothing_was(client: Client, city: City) -> None:
    assert "还没有统计" in words(client.get("/statistics"))
    count_figures(actor=JOB)
    with CaptureQueriesContext(connection) as seen:
        page = words(client.get("/statistics"))
    assert len(seen) == 1
    assert "今天有效的失信惩戒 2 项、守信激励 1 项。" in page
    for code in ("disclosures", "timeliness", "units", "fields", "repairs", "objections"):
        assert f'id="{code}"' in page
    assert "近十二个月没有已公示的决定。" in page  # empties are told, not drawn as zeros
    pictures = re.findall(r'<svg class="chart.*?</svg>', page, re.DOTALL)
    assert pictures
    for picture in pictures:
        assert re.search(
            r'role="img" aria-labelledby="(\w+)-t \1-d"><title id="\1-t">.+</title><desc id="\1-d">', picture
        )
    assert page.count('<table class="compact">') == len(pictures)
    assert not re.findall(r"\sstyle=", page)


def test_figures_are_kept_as_published_and_the_job_counts_once_a_day(city: City) -> None:
    assert count_statistics_job() == 1
    assert count_statistics_job() == 0
    kept = PublishedFigures.objects.get()
    assert kept.on == TODAY
    assert any(
        row[:3] == ("名单有效项数", "失信惩戒", kept.figures["fields"][0]["field"]) for row in rows(kept.figures)
    )
    for statement in ("UPDATE portal_publishedfigures SET figures = '{}'", "DELETE FROM portal_publishedfigures"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    with clock.at(TODAY + timedelta(days=1)):
        assert count_statistics_job() == 1


def test_pictures_stay_inside_their_frame() -> None:
    names = charts.month_names([f"2025-{month:02d}-01" for month in range(1, 13)])
    assert names[0] == ("1月", "2025年")
    assert names[5] == ("6月", "")
    drawn = charts.columns(names, (("甲", range(12)), ("乙", [1_000_000] * 12)), "件")
    assert len(drawn.parts) == 23  # nothing is drawn for none
    for part in drawn.parts:
        assert 0 <= part.x <= 100 - part.width
        assert 0 < part.height <= charts.PLOT
        assert round(part.y + part.height, 1) == charts.BASE
    broken = charts.line(names[:4], [1.0, None, 0.5, 0.999])
    assert (len(broken.points), len(broken.strokes)) == (3, 1)
    assert [point.words for point in broken.points] == ["100%", "50%", "99.9%"]
    assert [charts.ceiling(value) for value in (0, 1, 3, 99, 101, 2_000_001)] == [1, 1, 5, 100, 200, 5_000_000]
    wide = charts.bars([("单位", (3, 1)), ("另一", (0, 0))], ("甲", "乙"), "项")
    assert [part.width for part in wide.parts] == [61.5, 20.5]
