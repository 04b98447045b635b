"""What the site does beside its pages: figures, robots, caching, large text, and that nothing of a person ever gets out."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

from django.core.cache import cache
from django.db import connection
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from core import clock
from core.models import JobRun
from credit_platform.handler import Application, LeanHandler
from portal import figures, tasks
from sanctions.services.cases import ReportedSubject
from tests.factories import publicity as publish
from tests.factories import repair, subjects
from tests.factories import sanctions as make
from tests.portal.conftest import TODAY, City, code_of
from tests.portal.test_pages import LOST, PAGES

HOME = "/"


def plain(client: Client, address: str = HOME) -> str:
    return re.sub(r"<[^>]+>|\s+", "", client.get(address).content.decode())


def test_figures_are_counted_by_a_job_and_read_from_its_record(client: Client, city: City) -> None:
    assert "归集主体3企业3" in plain(client)  # no job ever ran: the page counts for itself
    with clock.at(TODAY - timedelta(days=1)):
        publish.published_penalty("scjgj", TODAY - timedelta(days=3))
    cache.clear()
    tasks.count_figures_job()
    make.listing(subjects=[make.legal_entity("广元市后来建筑有限公司")])
    page = plain(client)
    assert "失信惩戒名单2项" in page  # as counted, not as it is now
    assert "其中暂停1项" in page
    assert "守信激励名单1项" in page
    assert "行政处罚公示1" in page
    assert "近七日新增1件" in page
    found = figures.figures(TODAY)
    assert [bar.number for bar in found.trends["penalty"].bars] == [0, 0, 0, 0, 0, 1, 0]
    assert "5月31日 1" in found.trends["penalty"].words
    cache.clear()
    with CaptureQueriesContext(connection) as seen:
        client.get(HOME)
    counted = [row["sql"] for row in seen if "COUNT(" in row["sql"]]
    assert counted == []
    for _ in range(3):
        tasks.count_figures_job()
    assert JobRun.objects.filter(name=figures.JOB).count() == 2  # this one and the last, however often it counts
    # Search engines keep the first page: rewards stand there, the names of the punished do not.
    body = client.get(HOME).content.decode()
    assert "青川茶业" in body
    assert "华盛" not in body


def test_robots_keep_what_names_nobody_and_forget_the_rest(client: Client, city: City) -> None:
    record = publish.published_penalty("scjgj", date(2026, 5, 6))
    subject = f"/subjects/{code_of(city.wages)}"
    for address in (
        subject,
        "/search?q=建筑",
        "/listings/discipline",
        "/disclosures/",
        f"/disclosures/{record.public_id}",
        "/repairs",
    ):
        answer = client.get(address)
        assert answer["X-Robots-Tag"] == "noindex, nofollow, noarchive"
        assert 'name="robots" content="noindex, nofollow, noarchive"' in answer.content.decode()
        assert "canonical" not in answer.content.decode()
    for address in ("/", "/catalogue", "/catalogue/CJ-003", "/rights", "/about"):
        answer = client.get(address)
        assert "X-Robots-Tag" not in answer
        assert f'<link rel="canonical" href="http://testserver{address}">' in answer.content.decode()
        assert 'property="og:title"' in answer.content.decode()
    site_map = client.get("/sitemap.xml").content.decode()
    assert "<loc>http://testserver/catalogue/CJ-003</loc>" in site_map
    assert not re.search(r"subjects|listings|disclosures|repairs|reports", site_map)
    robots = client.get("/robots.txt").content.decode()
    assert "Sitemap: http://testserver/sitemap.xml" in robots
    # A robot that may not open a page never learns that it must forget it.
    assert not re.search(r"Disallow: /(subjects|listings|disclosures)", robots)


def test_a_page_is_sent_again_only_where_it_changed(client: Client, city: City) -> None:
    address = f"/subjects/{code_of(city.wages)}"
    first = client.get(address)
    assert first["Cache-Control"] == "no-cache"
    again = client.get(address, headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    with clock.at(TODAY + timedelta(days=1)):
        assert client.get(address, headers={"if-none-match": first["ETag"]}).status_code == 200
    assert client.post("/search").status_code == 405


def test_large_text_is_remembered_and_leads_back_on_this_site_only(client: Client, db: None) -> None:
    there = client.get("/large-text?on=1", headers={"referer": "http://testserver/search?q=建筑"})
    assert there["Location"].startswith("/search?q=")
    cookie = there.cookies["large_text"]
    assert (cookie.value, cookie["httponly"], cookie["samesite"]) == ("1", True, "Lax")
    page = client.get("/about").content.decode()
    assert '<html lang="zh-Hans" class="large">' in page
    assert "标准字号" in page
    for elsewhere in ("https://evil.example/x", "http://testserver.evil.example/", "javascript:alert(1)"):
        assert client.get("/large-text?on=0", headers={"referer": elsewhere})["Location"] == "/"
    assert 'class="large"' not in client.get("/about").content.decode()


NUMBER, PHONE, ADDRESS = "510802198808081235", "13800138000", "利州区某路9号2单元"
CANARY = "金丝雀"


def test_nothing_of_a_person_and_nothing_unpublished_or_ended_gets_out(client: Client, city: City) -> None:
    number = subjects.new_id_number()
    person = subjects.person(f"{CANARY}甲", number=number)
    company = make.legal_entity(f"广元市示范{CANARY[:2]}有限公司")
    written = f"负责人身份证{number}，电话{PHONE}"
    with clock.at(date(2026, 5, 6)):
        shown = publish.published_penalty("scjgj", date(2026, 5, 6), subject=company, facts=written, content=written)
        waiting = publish.penalty("scjgj", date(2026, 5, 6), subject=company, violation=f"{CANARY}待审")
        closed = publish.penalty(
            "scjgj", date(2026, 5, 6), subject=person, scope="not_open", scope_reason="自然人默认不公示"
        )
        publish.publish(closed)
    with clock.at(date(2023, 6, 1)):
        ended = publish.published_penalty("scjgj", date(2023, 6, 1), subject=company, violation=f"{CANARY}期满")
    code = company.identifiers.get().value
    secrets = (
        number,
        PHONE,
        person.public_id,
        f"{CANARY}甲",
        f"{CANARY}待审",
        f"{CANARY}期满",
        waiting.public_id,
        ended.public_id,
    )
    api = "/api/v1/public"
    walked = [
        "/", f"/search?q={code}", f"/subjects/{code}", "/disclosures/?kind=penalty", f"/disclosures/?kind=penalty&code={code}",
        f"/disclosures/{shown.public_id}", "/listings/discipline", "/listings/incentive", "/repairs", "/catalogue", "/sitemap.xml",
        f"{api}/subjects?q={code}", f"{api}/subjects/{code}", f"{api}/disclosures?kind=penalty", f"{api}/listings",
        f"{api}/disclosures/{shown.public_id}", f"{api}/catalogue",
    ]  # fmt: skip
    for address in walked:
        answer = client.get(address)
        assert answer.status_code == 200, address
        body = answer.content.decode()
        assert [secret for secret in secrets if secret in body] == [], address
    assert shown.document_number in client.get(f"/subjects/{code}").content.decode()
    for hidden in (waiting, closed, ended):
        for door in ("/disclosures", f"{api}/disclosures"):
            assert client.get(f"{door}/{hidden.public_id}").status_code == 404
    for asked in (f"{CANARY}甲", number, PHONE):
        assert person.public_id not in client.get("/search", {"q": asked}).content.decode()


def test_a_rewarded_person_who_agreed_is_found_by_the_whole_name_only_and_masked(client: Client, city: City) -> None:
    person = make.person(name="守信佳")
    with clock.at(date(2026, 3, 2)):
        make.listing(
            entry="JL-010", initiator="wmb", subjects=[ReportedSubject(person, "好人", consented_on=date(2026, 3, 1))]
        )
    found = client.get("/listings/incentive", {"name": "守信佳"}).content.decode()
    assert "守*" in found
    assert "守信佳" not in found.replace('value="守信佳"', "")
    assert person.public_id not in found
    assert "守*" not in client.get("/listings/incentive", {"name": "守信"}).content.decode()
    for door in ("/listings/incentive", "/search?q=守信佳", "/api/v1/public/listings"):
        assert "守*" not in client.get(door).content.decode()


def test_a_repair_is_announced_for_a_while_and_then_forgotten(client: Client, db: None) -> None:
    row = repair.application_in("published")
    name = row.listing.subject.name
    with clock.at(row.published_on + timedelta(days=29)):
        page = client.get("/repairs").content.decode()
        assert name in page
        assert row.applicant_name not in page
    with clock.at(row.published_on + timedelta(days=30)):
        assert name not in client.get("/repairs").content.decode()


def test_what_is_too_large_is_said_in_the_form_that_its_sender_reads(client: Client, db: None) -> None:
    page = client.get("/too-large")
    assert page.status_code == 413
    assert "每份文件不超过" in page.content.decode()
    document = client.get("/too-large.json")
    assert (document.status_code, document.json()["code"]) == (413, "too_large")
    proxy = Path("deploy/nginx.conf").read_text()
    assert re.findall(r"error_page 413 (\S+);", proxy) == ["/too-large", "/too-large.json"]


def test_pages_are_the_same_on_the_short_chain(client: Client, city: City, rf: RequestFactory) -> None:
    """The test client takes the full chain, readers the short one: the same words and the same headers."""
    short = LeanHandler("PAGE_MIDDLEWARE")
    record = publish.published_penalty("scjgj", date(2026, 5, 6))
    for address in (*PAGES, *LOST, f"/subjects/{code_of(city.wages)}", f"/disclosures/{record.public_id}"):
        assert Application().chosen(address.partition("?")[0], "GET").__class__ is LeanHandler or address == "/nowhere"
        full, found = client.get(address), short.get_response(rf.get(address, headers={"host": "testserver"}))
        assert (found.status_code, found.content) == (full.status_code, full.content), address
        assert _lasting(found) == _lasting(full), address
        assert "csrfmiddlewaretoken" not in full.content.decode(), address  # the short chain has no cookie for it


def _lasting(answer: HttpResponse) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name != "X-Request-ID"}
