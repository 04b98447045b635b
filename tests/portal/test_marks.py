"""What is being contested says so wherever the public reads it: the lists, the subject's page, search, and their API."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core import clock
from core.periods import Period
from objections.models import Objection
from portal import selectors
from sanctions.models import Listing
from sanctions.services.court import Ruling, lift_stay, stay
from subjects.selectors import code_of
from tests.factories import objections as make
from tests.factories import sanctions as chain

pytestmark = pytest.mark.django_db
START, FROM, DAY, LATER = date(2026, 1, 5), date(2026, 3, 2), date(2026, 3, 11), date(2026, 4, 3)
PAUSED, CONTESTED = "异议处理中，措施暂停执行", "异议处理中"


@pytest.fixture
def listing() -> Listing:
    with clock.at(START):
        company = chain.legal_entity()
    return chain.listing(start=START, subjects=[company], decision={"period": Period(months=36), "starts_on": FROM})


def contest(listing: Listing, kind: str, key: str) -> Objection:
    row = make.file(listing, DAY, target_kind=kind, target_key=key).record
    assert isinstance(row, Objection)
    who = chain.actor_of(row.answering_unit.code, "handler", 11)
    if kind == "listing":
        who = make.answerer(make.case_of(listing))
    make.check(row, DAY, actor=who)
    return make.accept(row, DAY, actor=who)


def reject(row: Objection, kind: str) -> None:
    unit = row.answering_unit.code
    first, second = chain.actor_of(unit, "handler", 11), chain.actor_of(unit, "reviewer", 12)
    make.draft(row, LATER, actor=first)
    make.sign(row, LATER, actor=second)


def doors(listing: Listing, day: date) -> dict[str, Any]:
    """What every public door says of the listing and its subject on a day."""
    web, code = Client(), code_of(listing.subject)
    with clock.at(day):
        items = web.get("/api/v1/public/listings?kind=discipline").json()["items"]
        hits = web.get("/api/v1/public/subjects", {"q": code}).json()["items"]
        return {
            "api_list": next(item["mark"] for item in items if item["id"] == listing.public_id),
            "list": web.get("/listings/discipline").content.decode(),
            "page": web.get(f"/subjects/{code}").content.decode(),
            "api_subject": web.get(f"/api/v1/public/subjects/{code}").json()["mark"],
            "search": web.get("/search", {"q": code}).content.decode(),
            "api_search": hits[0]["mark"],
        }


def test_nothing_is_marked_that_nobody_contests(listing: Listing) -> None:
    seen = doors(listing, DAY)
    assert (seen["api_list"], seen["api_subject"], seen["api_search"]) == ("", "", "")
    assert not any(CONTESTED in seen[name] for name in ("list", "page", "search"))


def test_a_contested_determination_is_marked_everywhere_until_the_answer(listing: Listing) -> None:
    row = make.objection(listing, on=DAY)
    seen = doors(listing, DAY)
    assert seen["api_list"] == PAUSED
    assert PAUSED in seen["list"]
    assert PAUSED in seen["page"]
    make.answer(row, LATER)
    assert CONTESTED not in str(doors(listing, LATER))


def test_contested_facts_mark_the_listing_that_rests_on_them(listing: Listing) -> None:
    row = contest(listing, "facts", listing.case_subject.public_id)
    seen = doors(listing, DAY)
    assert seen["api_list"] == CONTESTED
    assert CONTESTED in seen["list"]
    assert CONTESTED in seen["page"]
    assert "暂停" not in seen["api_list"]  # no measure stands still for it
    reject(row, "facts")
    assert CONTESTED not in str(doors(listing, LATER))


def test_a_contested_measure_is_marked_at_the_measure(listing: Listing) -> None:
    task = listing.tasks.order_by("pk").first()
    assert task is not None
    contest(listing, "measure", task.public_id)
    seen = doors(listing, DAY)
    assert seen["api_list"] == ""
    assert seen["page"].count(CONTESTED) == 1


def test_a_contested_base_record_marks_its_subject(listing: Listing) -> None:
    contest(listing, "base_record", listing.subject.public_id)
    seen = doors(listing, DAY)
    assert (seen["api_subject"], seen["api_search"]) == (CONTESTED, CONTESTED)
    assert f"基础信息{CONTESTED}" in seen["page"]
    assert f"基础信息{CONTESTED}" in seen["search"]


def test_a_court_s_stay_is_not_called_an_objection(listing: Listing) -> None:
    lead = chain.lead_of(listing.case_subject.case)
    with clock.at(DAY):
        stay(actor=lead, listing=listing, ruling=Ruling("示例市中级人民法院", "（2026）测08行初1号", DAY))
    seen = doors(listing, DAY)
    assert seen["api_list"] == "依法停止执行，措施暂停执行"
    assert CONTESTED not in seen["list"]
    make.objection(listing, on=DAY)
    assert doors(listing, DAY)["api_list"] == PAUSED
    with clock.at(LATER):
        lift_stay(actor=lead, listing=listing, ruling=Ruling("示例市中级人民法院", "（2026）测08行初2号", LATER))
    assert doors(listing, LATER)["api_list"] == PAUSED


def test_marks_of_a_page_are_one_query() -> None:
    counts = []
    for number in (1, 6):
        with clock.at(START):
            companies = [chain.legal_entity() for _ in range(number)]
        chain.case_in("listed", start=START, subjects=companies)
        with clock.at(DAY), CaptureQueriesContext(connection) as queries:
            selectors.listing_page(DAY, "discipline", cursor=None, limit=50)
        counts.append(len(queries))
    assert counts[0] == counts[1]
