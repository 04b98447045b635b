"""The portal's pages: what they answer, how they look to robots and screen readers, and who never stands on them."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.views.defaults import server_error

from core import clock
from core.actors import Actor, acting
from portal.templatetags.portal import highlight, zh_date
from subjects import services
from subjects.models import Subject
from tests.factories import publicity as publish
from tests.factories import sanctions as make
from tests.factories import subjects as subject_factory
from tests.portal.conftest import PAUSED_ON, PERSON, TODAY, City, code_of

PAGES = (
    "/", "/search", "/search?q=建筑", "/search?q=没有这一家", "/listings/incentive", "/listings/discipline",
    "/disclosures/", "/disclosures/?kind=licence", "/repairs", "/rights", "/about",
    "/catalogue", "/catalogue?on=2026-03-02&kind=incentive", "/catalogue/CJ-003",
)  # fmt: skip
LOST = ("/nowhere", "/catalogue?on=20", "/subjects/none")
LARGEST_LOAD, MOST_BLOCKING = 120_000, 3


def text(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, address
    return answer.content.decode()


def first_load(page: str) -> tuple[int, int]:
    """Return what a page loads with its own files, uncompressed, and how many of them block drawing."""
    blocking = re.findall(r'<link rel="stylesheet" href="([^"]+)"|<script src="([^"]+)"></script>', page)
    names = set(re.findall(rf'(?:href|src)="{settings.STATIC_URL}([^"]+)"', page))
    files = [finders.find(re.sub(r"\.[0-9a-f]{12}(?=\.\w+$)", "", name)) for name in names]
    assert all(files), names
    return len(page.encode()) + sum(Path(file).stat().st_size for file in files), len(blocking)


@pytest.mark.long
def test_every_page_is_whole_light_and_its_own(client: Client, city: City) -> None:
    titles = set()
    record = publish.published_penalty("scjgj", date(2026, 5, 6))
    own = (f"/subjects/{code_of(city.wages)}", f"/subjects/{code_of(city.paused)}", f"/disclosures/{record.public_id}")
    for address in (*PAGES, *own, *LOST):
        answer = client.get(address)
        page = answer.content.decode()
        assert len(re.findall(r"<h1\b", page)) == 1, address
        for part in ('<a class="skip" href="#main">', '<html lang="zh-Hans">', "<main id=", "<header ", "<footer "):
            assert part in page, (address, part)
        assert len(re.findall(r'\sid="([^"]+)"', page)) == len(set(re.findall(r'\sid="([^"]+)"', page))), address
        assert "演示数据" not in page  # not a demo city
        titles |= set(re.findall(r"<title>(.+)</title>", page.partition("</head>")[0]))
        # Nothing foreign, nothing inline, and the policy says so.
        policy = answer["Content-Security-Policy"]
        assert "default-src 'none'" in policy, address
        assert "unsafe" not in policy, address
        assert not re.findall(r"(?:src|href|action)=\"(?:https?:)?//(?!testserver)", page), address
        assert not re.findall(r"<style|<script(?! src=)|\sstyle=|\son\w+=", page), address
        size, blocking = first_load(page)
        assert size <= LARGEST_LOAD, (address, size)
        assert blocking <= MOST_BLOCKING, address
        for name, value in (("X-Content-Type-Options", "nosniff"), ("X-Frame-Options", "DENY")):
            assert answer[name] == value, address
    assert len(titles) == len({*PAGES, *own, *LOST}) - 1  # the two catalogues share theirs
    for address in ("/", "/listings/discipline", "/rights", "/about", *own):
        for link in set(re.findall(r'href="(/[^"#]*)', text(client, address))):
            if not link.startswith(settings.STATIC_URL):
                assert client.get(link.replace("&amp;", "&")).status_code in (200, 302), link


def test_the_demo_city_says_so_on_every_page(client: Client, city: City, settings) -> None:
    settings.DEMO = True
    for address in (*PAGES, "/nowhere", f"/subjects/{code_of(city.wages)}"):
        assert "<strong>演示数据</strong>" in client.get(address).content.decode(), address


def test_a_listed_subject_shows_state_decision_law_dates_and_rights(client: Client, city: City) -> None:
    page = text(client, f"/subjects/{code_of(city.wages)}")
    determination = city.wages.determination
    for words in (
        "失信惩戒对象", "实施中", determination.official_number, determination.lead_unit.name, "第四十八条",
        zh_date(city.wages.starts_on), zh_date(city.wages.ends_on), "为什么是这些日期", "移出条件和程序", "救济途径", "今天，还有",
        "严重失信", "诚实守信", "行政处罚", "行政许可", "没有公示中的行政处罚", "不在守信激励名单上", "经营异常信息",
    ):  # fmt: skip
        assert words in page, words
    paused = text(client, f"/subjects/{code_of(city.paused)}")
    moved = city.paused.original_ends_on + (TODAY - PAUSED_ON)
    for words in ("该措施暂停执行，不得作为不予许可、扣分或从严的依据", "今天，措施暂停执行", f"最早 {zh_date(moved)}"):
        assert words in paused, words
    assert "办理中" not in paused
    assert re.search(r'class="tag warn">暂停</span>', text(client, "/listings/discipline"))


def test_disclosures_stand_on_the_subjects_page_with_law_days_and_reason(client: Client, db: None) -> None:
    with clock.at(date(2026, 5, 8)):
        company = make.legal_entity("广元市公示有限公司")
        code = company.identifiers.get().value
        record = publish.published_penalty("scjgj", date(2026, 5, 6), subject=company, uscc=code)
        page = text(client, f"/subjects/{code}")
        for words in (
            record.document_number,
            record.basis,
            record.authority_name,
            "公示中",
            "最短",
            zh_date(record.last_public_day),
        ):
            assert words in page, words
        found = text(client, f"/disclosures/?kind=penalty&code={code}")
        assert record.document_number in found
        assert "没有符合条件的公示" in text(client, "/disclosures/?kind=penalty&name=%25")
        assert "起日晚于止日" in text(client, "/disclosures/?decided_from=2026-05-06&decided_to=2026-05-01", 400)


def test_ended_and_revoked_listings_are_not_shown(client: Client, city: City) -> None:
    with acting(Actor.job("test"), "test.revoke"):
        city.wages.state, city.wages.revoked_from, city.wages.delisted_on = "revoked", TODAY, TODAY
        city.wages.save(update_fields=["state", "revoked_from", "delisted_on"])
    assert "不在失信惩戒名单上" in text(client, f"/subjects/{code_of(city.wages)}")
    assert "华盛" not in text(client, "/listings/discipline")
    with clock.at(date(2030, 1, 1)):
        assert "今天名单上没有主体" in text(client, "/listings/incentive")


def fold(source: Subject, target: Subject) -> None:
    """Retire the duplicate's code and fold the duplicate into the kept record."""
    keeper, own = subject_factory.keeper(), source.identifiers.get()
    services.end_identifier(keeper, identifier=own, valid_to=clock.today(), reason="换发代码")
    services.merge(keeper, source=source, target=target, reason="重复建档")


def test_a_public_id_a_former_code_and_a_merged_record_lead_to_the_one_page(client: Client, city: City) -> None:
    kept, folded = subject_factory.entity("广元市留存有限公司"), city.wages.subject
    code, former = kept.identifiers.get().value, folded.identifiers.get().value
    assert client.get(f"/subjects/{kept.public_id}").status_code == 200
    assert client.get(f"/subjects/{code.lower()}")["Location"] == f"/subjects/{code}"
    fold(folded, kept)
    for asked in (former, folded.public_id):
        assert client.get(f"/subjects/{asked}")["Location"] == f"/subjects/{code}"
    page = text(client, f"/subjects/{code}")
    assert former in page
    assert "曾用名 广元市华盛建筑劳务有限公司" in page
    assert "拖欠农民工工资" in page  # the duplicate's listing stands on the kept page
    assert "失信惩戒" in text(client, "/search?q=留存&tag=discipline").partition("</mark>有限公司</a>")[2]


def test_natural_persons_never_appear(client: Client, city: City) -> None:
    person = city.person.subject
    addresses = [*PAGES, f"/search?q={PERSON}", "/api/v1/public/listings", "/api/v1/public/listings?kind=discipline"]
    addresses += [f"/listings/discipline?name={PERSON}", f"/disclosures/?name={PERSON}"]
    for address in [*addresses, f"/api/v1/public/subjects?q={PERSON}"]:
        page = client.get(address).content.decode().replace(f"查询“{PERSON}”", "").replace(f"没有找到“{PERSON}”", "")
        assert PERSON not in page.replace(f'value="{PERSON}"', ""), address
        assert person.public_id not in page, address
    assert client.get(f"/subjects/{person.public_id}").status_code == 404
    assert client.get(f"/api/v1/public/subjects/{person.public_id}").status_code == 404


def test_lists_narrow_and_page_without_losing_or_repeating(client: Client, city: City, monkeypatch) -> None:
    assert "旺达" not in text(client, "/listings/discipline?name=华盛")
    assert "华盛" in text(client, f"/listings/discipline?name={code_of(city.wages)}")
    assert "华盛" not in text(client, "/listings/discipline?state=paused").partition("<table")[2]
    assert "没有符合条件的" in text(client, "/listings/discipline?entry=CJ-099")
    monkeypatch.setattr("portal.views.listings.PAGE_LENGTH", 1)
    first = text(client, "/listings/discipline")
    following = re.search(r'href="(\?[^"]+)">下一页', first)
    assert following
    second = text(client, "/listings/discipline" + following[1].replace("&amp;", "&"))
    assert ("华盛" in first) != ("华盛" in second)
    assert ("旺达" in first) != ("旺达" in second)
    stale = text(client, "/listings/discipline?cursor=forged&name=华盛", status=400)
    assert "翻页标记已经失效" in stale
    assert 'href="/listings/discipline?name=' in stale


def test_the_catalogue_of_a_day_names_law_measures_and_units(client: Client, city: City) -> None:
    page = text(client, "/catalogue/CJ-003")
    for words in ("保障农民工工资支付条例", "第四十八条", "市财政局", "限制"):
        assert words in page
    assert "没有有效的事项" in text(client, "/catalogue?on=1999-01-01")
    assert "尚未生效" in text(client, "/catalogue/CJ-003?on=1999-01-01", status=404)
    assert "没有事项" in text(client, "/catalogue/CJ-999", status=404)
    assert "形如 2026-03-02" in text(client, "/catalogue?on=2026-13-01", status=400)


def test_pages_cost_the_same_however_much_stands_on_them(client: Client, city: City) -> None:
    with clock.at(date(2026, 5, 8)):
        record = publish.published_penalty("scjgj", date(2026, 5, 6), subject=city.wages.subject)
    addresses = [
        "/", "/listings/discipline", "/search?q=建筑", f"/subjects/{code_of(city.wages)}", "/repairs",
        "/disclosures/?kind=penalty", f"/disclosures/{record.public_id}",
    ]  # fmt: skip
    before = [_queries(client, address) for address in addresses]
    with clock.at(date(2026, 3, 2)):
        make.listing(subjects=[make.legal_entity("广元市宏达建筑劳务有限公司")])
        make.listing(subjects=[city.wages.subject], entry=make.COURT, initiator="zy")
    with clock.at(date(2026, 5, 9)):
        publish.published_penalty("scjgj", date(2026, 5, 7), subject=city.wages.subject)
    assert [_queries(client, address) for address in addresses] == before
    # On a list and with a penalty: both with their law, their marks and what is under repair.
    assert before == [7, 6, 4, 12, 2, 5, 7]


def _queries(client: Client, address: str) -> int:
    client.get(address)  # what is kept after the first time is kept
    with CaptureQueriesContext(connection) as seen:
        assert client.get(address).status_code == 200
    return len(seen)


def test_the_page_after_an_error_stands_without_database_or_context(rf: RequestFactory, settings) -> None:
    settings.DEMO = True
    page = server_error(rf.get("/")).content.decode()
    assert "系统出了问题" in page
    assert "<strong>演示数据</strong>" in page


@pytest.mark.parametrize(
    ("name", "query", "marked"),
    [
        ("广元<b>建筑", "建筑", "广元&lt;b&gt;<mark>建筑</mark>"),
        ("ABC公司", "abc .*", "<mark>ABC</mark>公司"),
        ("甲", " ", "甲"),
    ],
)
def test_what_was_searched_is_marked_and_nothing_becomes_html(name: str, query: str, marked: str) -> None:
    assert highlight(name, query) == marked
