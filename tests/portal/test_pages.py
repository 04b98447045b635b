"""The portal's pages: what they answer, how they look to robots and screen readers, and who never stands on them."""

from __future__ import annotations

import re
from datetime import date

from django.conf import settings
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.views.defaults import server_error

from core import clock
from core.actors import Actor, acting
from portal.templatetags.portal import zh_date
from subjects import services
from subjects.models import Subject
from tests.factories import sanctions as make
from tests.factories import subjects as subject_factory
from tests.portal.conftest import PAUSED_ON, PERSON, TODAY, City, code_of

PAGES = (
    "/", "/search", "/search?q=建筑", "/search?q=没有这一家", "/listings/incentive", "/listings/discipline",
    "/catalogue", "/catalogue?on=2026-03-02&kind=incentive", "/catalogue/CJ-003",
)  # fmt: skip


def text(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, address
    return answer.content.decode()


def test_every_page_has_one_title_one_heading_and_a_skip_link(client: Client, city: City) -> None:
    titles = set()
    for address in (*PAGES, f"/subjects/{code_of(city.wages)}"):
        page = text(client, address)
        assert len(re.findall(r"<h1\b", page)) == 1, address
        assert '<a class="skip" href="#main">' in page
        assert '<html lang="zh-Hans">' in page
        assert "演示数据" not in page  # not a demo city
        titles |= set(re.findall(r"<title>(.+)</title>", page))
    assert len(titles) == 9  # the two searches without a query, and the two catalogues, share theirs


def test_nothing_foreign_and_nothing_inline_on_any_page(client: Client, city: City) -> None:
    for address in (*PAGES, "/nowhere", "/catalogue?on=20", "/subjects/none", f"/subjects/{code_of(city.paused)}"):
        answer = client.get(address)
        assert "default-src 'none'" in answer["Content-Security-Policy"], address
        assert "unsafe" not in answer["Content-Security-Policy"], address
        page = answer.content.decode()
        assert not re.findall(r"(?:src|href|action)=\"(?:https?:)?//", page), address
        assert not re.findall(r"<style|<script|\sstyle=|\son\w+=", page), address


def test_links_of_the_front_door_lead_somewhere(client: Client, city: City) -> None:
    for address in ("/", "/listings/discipline", f"/subjects/{code_of(city.wages)}"):
        for link in set(re.findall(r'href="(/[^"#]*)', text(client, address))):
            if not link.startswith(settings.STATIC_URL):
                assert client.get(link).status_code in (200, 302), link


def test_the_front_door_counts_what_is_there(client: Client, city: City) -> None:
    page = text(client, "/")
    plain = re.sub(r"<[^>]+>|\s+", "", page)
    assert "归集主体3企业3" in plain
    assert "失信惩戒名单2项有效其中暂停1项" in plain
    assert "守信激励名单1项有效" in plain
    assert "广元市华盛建筑劳务有限公司" in page


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
    ):  # fmt: skip
        assert words in page, words


def test_a_paused_listing_says_what_a_pause_means_and_that_the_end_may_move(client: Client, city: City) -> None:
    page = text(client, f"/subjects/{code_of(city.paused)}")
    assert "该措施暂停执行，不得作为不予许可、扣分或从严的依据" in page
    assert "今天，措施暂停执行" in page
    moved = city.paused.original_ends_on + (TODAY - PAUSED_ON)
    assert f"最早 {zh_date(moved)}" in page
    assert "办理中" not in page
    assert re.search(r'class="tag warn">暂停</span>', text(client, "/listings/discipline"))


def test_ended_and_revoked_listings_are_not_shown(client: Client, city: City) -> None:
    with acting(Actor.job("test"), "test.revoke"):
        city.wages.state, city.wages.revoked_from, city.wages.delisted_on = "revoked", TODAY, TODAY
        city.wages.save(update_fields=["state", "revoked_from", "delisted_on"])
    address = f"/subjects/{code_of(city.wages)}"
    assert "今天不在任何名单上" in text(client, address)
    assert "华盛" not in text(client, "/listings/discipline")
    with clock.at(date(2030, 1, 1)):
        assert "今天名单上没有主体" in text(client, "/listings/incentive")


def fold(source: Subject, target: Subject) -> None:
    """Retire the duplicate's code and fold the duplicate into the kept record."""
    keeper, own = subject_factory.keeper(), source.identifiers.get()
    services.end_identifier(keeper, identifier=own, valid_to=clock.today(), reason="换发代码")
    services.merge(keeper, source=source, target=target, reason="重复建档")


def test_a_public_id_a_former_code_and_a_merged_record_lead_to_the_one_page(client: Client, db: None) -> None:
    kept, folded = subject_factory.entity("广元市甲示有限公司"), subject_factory.entity("广元市乙示有限公司")
    code, former = kept.identifiers.get().value, folded.identifiers.get().value
    assert client.get(f"/subjects/{kept.public_id}").status_code == 200
    assert client.get(f"/subjects/{code.lower()}")["Location"] == f"/subjects/{code}"
    fold(folded, kept)
    for asked in (former, folded.public_id):
        assert client.get(f"/subjects/{asked}")["Location"] == f"/subjects/{code}"
    page = text(client, f"/subjects/{code}")
    assert former in page
    assert "曾用名 广元市乙示有限公司" in page


def test_listings_of_a_folded_duplicate_stand_on_the_kept_page(client: Client, city: City) -> None:
    kept = subject_factory.entity("广元市留存有限公司")
    fold(city.wages.subject, kept)
    assert "拖欠农民工工资" in text(client, f"/subjects/{kept.public_id}")
    assert "失信惩戒" in text(client, "/search?q=留存").partition("留存有限公司</a>")[2]


def test_natural_persons_never_appear(client: Client, city: City) -> None:
    person = city.person.subject
    addresses = [*PAGES, f"/search?q={PERSON}", "/api/v1/public/listings", "/api/v1/public/listings?kind=discipline"]
    for address in [*addresses, f"/api/v1/public/subjects?q={PERSON}"]:
        page = client.get(address).content.decode().replace(f"查询“{PERSON}”", "").replace(f"没有找到“{PERSON}”", "")
        assert PERSON not in page.replace(f'value="{PERSON}"', ""), address
        assert person.public_id not in page, address
    assert client.get(f"/subjects/{person.public_id}").status_code == 404
    assert client.get(f"/api/v1/public/subjects/{person.public_id}").status_code == 404


def test_search_says_why_each_stands_there(client: Client, city: City) -> None:
    services.rename(subject_factory.keeper(), subject=city.reward.subject, name="剑阁县剑门茶业有限公司")
    page = text(client, "/search?q=青川茶业")
    assert "曾用名匹配：剑阁县青川茶业有限公司" in page
    assert "剑阁县剑门茶业有限公司" in page
    assert "守信激励" in page
    assert "代码匹配" in text(client, f"/search?q={code_of(city.wages)}")


def test_search_of_one_character_says_what_to_do(client: Client, city: City) -> None:
    page = text(client, "/search?q=华", status=400)
    assert 'role="alert"' in page
    assert 'value="华"' in page


def test_search_pages_without_losing_or_repeating(client: Client, db: None) -> None:
    for number in range(25):
        subject_factory.entity(f"广元市翻页{number:02d}商贸有限公司")
    first = text(client, "/search?q=翻页")
    assert "共" in first
    following = re.search(r'href="(\?[^"]+)">下一页', first)
    assert following
    second = text(client, "/search" + following[1].replace("&amp;", "&"))
    names = re.findall(r"广元市翻页\d\d商贸", first + second)
    assert len(names) == len(set(names)) == 25
    assert "已经是最后一页" in second


def test_lists_page_without_losing_or_repeating(client: Client, city: City, monkeypatch) -> None:
    monkeypatch.setattr("portal.views.listings.PAGE_LENGTH", 1)
    first = text(client, "/listings/discipline")
    following = re.search(r'href="(\?[^"]+)">下一页', first)
    assert following
    second = text(client, "/listings/discipline" + following[1].replace("&amp;", "&"))
    assert ("华盛" in first) != ("华盛" in second)
    assert ("旺达" in first) != ("旺达" in second)
    assert text(client, "/listings/discipline?cursor=forged", status=400)


def test_the_catalogue_of_a_day_names_law_measures_and_units(client: Client, city: City) -> None:
    page = text(client, "/catalogue/CJ-003")
    for words in ("保障农民工工资支付条例", "第四十八条", "市财政局", "限制"):
        assert words in page
    assert "没有有效的事项" in text(client, "/catalogue?on=1999-01-01")
    assert "尚未生效" in text(client, "/catalogue/CJ-003?on=1999-01-01", status=404)
    assert "没有事项" in text(client, "/catalogue/CJ-999", status=404)
    assert "日期应形如" in text(client, "/catalogue?on=2026-13-01", status=400)


def test_robots_keep_the_catalogue_but_no_subject(client: Client, city: City) -> None:
    for address in (f"/subjects/{code_of(city.wages)}", "/search?q=建筑", "/listings/discipline"):
        answer = client.get(address)
        assert "noindex" in answer["X-Robots-Tag"]
        assert 'name="robots" content="noindex' in answer.content.decode()
    for address in ("/", "/catalogue", "/catalogue/CJ-003"):
        assert "X-Robots-Tag" not in client.get(address)


def test_too_many_requests_are_answered_by_a_page(client: Client, db: None, settings) -> None:
    settings.RATE_LIMITS = {"public": "2/60"}
    answers = [client.get("/search", REMOTE_ADDR="192.0.2.77") for _ in range(4)]
    assert answers[-1].status_code == 429
    assert answers[-1]["Retry-After"]
    assert "请求过于频繁" in answers[-1].content.decode()
    assert "信用广元" in answers[-1].content.decode()


def test_only_reading_is_possible(client: Client, db: None) -> None:
    assert client.post("/search").status_code == 405


def test_pages_cost_the_same_however_much_stands_on_them(client: Client, city: City) -> None:
    addresses = ["/", "/listings/discipline", "/search?q=建筑", f"/subjects/{code_of(city.wages)}"]
    before = [_queries(client, address) for address in addresses]
    with clock.at(date(2026, 3, 2)):
        make.listing(subjects=[make.legal_entity("广元市宏达建筑劳务有限公司")])
        make.listing(subjects=[city.wages.subject], entry=make.COURT, initiator="zy")
    assert [_queries(client, address) for address in addresses] == before
    assert max(before) <= 25


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
