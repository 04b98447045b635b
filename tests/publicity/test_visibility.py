"""What the public sees on which day: boundaries on every way out with the scheduler stopped, canaries, natural persons."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core import clock, outbox
from core.actors import Actor
from core.models import OutboxEvent
from publicity.law import Law
from publicity.models import Penalty
from publicity.permissions import FROM_ABOVE, PERMISSIONS
from publicity.selectors import public_document, publicly_visible, ranked
from publicity.services import adjusting, reference, reviewing
from subjects.selectors import code_of
from tests.factories import publicity as make
from tests.factories import sanctions as chain
from tests.factories import subjects
from tests.support.refusals import refused

pytestmark = pytest.mark.django_db
DAY, TODAY = date(2026, 5, 6), date(2026, 5, 8)
API, PAGE = "/api/v1/public/disclosures", "/disclosures/"
ABOVE = Actor.job("test.above", FROM_ABOVE)
DAYS = timedelta


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    cache.clear()
    with clock.at(TODAY):
        yield
    cache.clear()


def every_way(record: Any, client: Client) -> dict[str, bool]:
    """Return on which public ways a record is found today; nothing was announced by any job."""
    kind = "penalty" if isinstance(record, Penalty) else "licence"
    number, code = record.document_number, code_of(record.subject)
    listed = client.get(API, {"kind": kind}).json()["items"]
    searched = client.get(API, {"kind": kind, "number": number}).json()["items"]
    named = client.get(API, {"kind": kind, "name": record.party_name}).json()["items"]
    return {
        "api list": record.public_id in {row["id"] for row in listed},
        "api number": bool(searched),
        "api name": bool(named),
        "api one": client.get(f"{API}/{record.public_id}").status_code == 200,
        "page list": number in client.get(PAGE, {"kind": kind}).content.decode(),
        "page one": client.get(f"{PAGE}{record.public_id}").status_code == 200,
        "subject page": number in client.get(f"/subjects/{code}").content.decode(),
        "selector": publicly_visible(clock.today(), kind).filter(pk=record.pk).exists(),
    }


def test_on_the_maximum_day_everything_shows_it_and_the_day_after_nothing_does(client: Client) -> None:
    record = make.published_penalty("scjgj", DAY)
    last = record.last_public_day
    assert last == date(2027, 5, 5)
    with clock.at(last):
        assert set(every_way(record, client).values()) == {True}
    with clock.at(last + DAYS(1)):  # the scheduler never ran
        assert set(every_way(record, client).values()) == {False}
        tag = client.get(API, {"kind": "penalty"})["ETag"]
        assert client.get(API, {"kind": "penalty"}, headers={"if-none-match": tag}).status_code == 304
    with clock.at(last):
        answer = client.get(API, {"kind": "penalty"}, headers={"if-none-match": tag})
        assert answer.status_code == 200  # a cached empty list is not served for another day's list
        assert answer["Cache-Control"] == "no-cache"
    assert OutboxEvent.objects.filter(event_type="disclosure.ended").count() == 0
    assert make.announce(last) == (0, 0)
    assert make.announce(last + DAYS(30)) == (0, 1)
    told = OutboxEvent.objects.get(event_type="disclosure.ended")
    assert told.payload == {"kind": "penalty", "version": 1, "from": "2027-05-06", "ground": "maximum"}
    assert make.announce(last + DAYS(31)) == (0, 0)


@pytest.mark.parametrize(("severity", "last"), [
    ("minor", date(2026, 8, 5)), ("ordinary", date(2027, 5, 5)), ("serious", date(2029, 5, 5)),
])  # fmt: skip
def test_the_maximum_follows_the_severity(severity: str, last: date) -> None:
    record = make.published_penalty("scjgj", DAY, severity=severity)
    assert record.last_public_day == last
    assert publicly_visible(last, "penalty").exists()
    assert not publicly_visible(last + DAYS(1), "penalty").exists()


def test_month_ends_and_the_regime_of_the_day() -> None:
    law = Law()
    assert law.span("ordinary", date(2026, 8, 31))[2] == date(2027, 8, 30)
    assert law.span("minor", date(2026, 11, 30))[2] == date(2027, 2, 28)
    assert law.span("ordinary", date(2026, 3, 31))[0].code == "order-58"
    assert law.span("ordinary", date(2026, 4, 1))[0].code == "order-36"
    assert law.span("ordinary", date(2026, 3, 31), "order-36")[0].code == "order-36"


def test_pub_t01_seven_working_days_over_spring_festival() -> None:
    law = Law()
    # 2026: off 15–23 February, 14 and 28 February are worked.
    assert law.due(date(2026, 2, 12)) == (date(2026, 2, 28), False)
    assert law.due(date(2026, 2, 13)) == (date(2026, 3, 2), False)
    assert law.due(date(2026, 5, 6)) == (date(2026, 5, 14), False)  # 9 May is worked
    assert law.due(date(2026, 2, 12), vertical=True) == (None, False)
    assert law.due(date(2026, 12, 28))[1]  # next year's arrangement is not known
    words = law.why_due(date(2026, 2, 12))
    assert "PUB-T01" in words
    assert "2026年2月28日到期" in words
    assert "垂直管理" in law.why_due(date(2026, 2, 12), vertical=True)


def test_vertical_units_are_left_out_of_the_ranking() -> None:
    own, vertical = make.published_penalty("scjgj", DAY), make.published_penalty("swj", DAY)
    assert vertical.unit.vertical
    assert (own.due_on, vertical.due_on) == (date(2026, 5, 14), None)
    assert list(ranked("penalty")) == [own]


CANARIES = ("510802199003071234", "13808129876", "南河路99号", "隐名代表", "510802198808081111")


def test_canaries_never_come_out(client: Client) -> None:
    company = subjects.entity(legal_representative="隐名代表", address="南河路99号")
    record = make.published_penalty(
        "scjgj", DAY, subject=company, legal_representative="隐名代表", remark="联系人13808129876",
        facts="负责人（身份证510802199003071234，电话13808129876）承认", stated_until=date(2099, 1, 1),
    )  # fmt: skip
    pending = make.penalty("scjgj", DAY, facts="未审核的事实", document_number="未审核文号")
    returned = make.record_in("penalty", "scjgj", "returned", DAY)
    over = make.published_penalty("scjgj", DAY, document_number="已终止文号")
    adjusting.end_early(actor=ABOVE, record=over, from_on=TODAY, reason="信用修复")
    bodies = [
        client.get(API, {"kind": "penalty", "limit": 200}).content.decode(),
        client.get(f"{API}/{record.public_id}").content.decode(),
        client.get(PAGE).content.decode(),
        client.get(f"{PAGE}{record.public_id}").content.decode(),
        str(public_document(record)),
        str(outbox.changes(0, 1000)),
        "".join(str(row.payload) for row in OutboxEvent.objects.all()),
    ]
    for body in bodies:
        for canary in (*CANARIES, "未审核文号", "未审核的事实", "已终止文号", returned.document_number, "2099-01-01"):
            assert canary not in body
    assert "138****9876" in bodies[1]
    for row in (pending, returned, over):
        assert client.get(f"{API}/{row.public_id}").status_code == 404
        assert client.get(f"{PAGE}{row.public_id}").status_code == 404


def test_persons_appear_only_by_a_rule_of_two_officers_and_masked(client: Client) -> None:
    person = subjects.person("隐名氏")
    closed = make.penalty("scjgj", DAY, subject=person, scope="not_open", scope_reason="自然人默认不公示")
    make.publish(closed)
    first, second = (Actor("officer", f"law-{n}", f"测试{n}", permissions=frozenset(PERMISSIONS)) for n in "甲乙")
    values = {"record_kind": "penalty", "valid_from": DAY, "basis": "某名单规定", "confidence": "sure"}
    row = reference.propose(actor=first, model=reference.PersonRule, values=values, reason="依规定")
    fresh = make.penalty("scjgj", DAY, subject=person)
    call = {"record": fresh, "scope": "open", "reason": "依规定"}
    refused("PUB-02", adjusting.set_scope, actor=make.handler_of(fresh), **call)
    reference.confirm(actor=second, row=row)
    adjusting.set_scope(actor=make.handler_of(fresh), **call)
    make.publish(fresh)
    items = client.get(API, {"kind": "penalty"}).json()["items"]
    assert [(item["id"], item["name"], item["code"], item["subject"]) for item in items] == [
        (fresh.public_id, "隐*", "", "")
    ]
    assert client.get(API, {"kind": "penalty", "name": "隐名氏"}).json()["items"] == []
    assert "隐名氏" not in client.get(f"{PAGE}{fresh.public_id}").content.decode()


def test_repair_ends_the_publication_early_and_its_revocation_gives_the_rest_back(client: Client) -> None:
    record = make.published_penalty("scjgj", DAY)
    with clock.at(date(2026, 9, 1)):
        adjusting.end_early(actor=ABOVE, record=record, from_on=date(2026, 9, 1), reason="修复决定")
        assert set(every_way(record, client).values()) == {False}
        refused("PUB-20", adjusting.end_early, actor=ABOVE, record=record, from_on=date(2026, 9, 1), reason="再来")
    with clock.at(date(2026, 10, 9)):
        adjusting.restore(actor=ABOVE, record=record, reason="修复被撤销")
        assert set(every_way(record, client).values()) == {True}
    with clock.at(record.last_public_day + DAYS(1)):
        assert set(every_way(record, client).values()) == {False}
    told = OutboxEvent.objects.filter(aggregate_id=record.public_id).order_by("pk")
    assert [row.event_type for row in told] == ["disclosure.published", "disclosure.ended", "disclosure.published"]


def test_the_mark_stands_beside_a_contested_record_and_its_publicity_goes_on(client: Client) -> None:
    record = make.published_penalty("scjgj", DAY)
    adjusting.contest(actor=ABOVE, record=record, since=TODAY)
    assert client.get(f"{API}/{record.public_id}").json()["mark"] == "异议中"
    assert "异议中" in client.get(f"{PAGE}{record.public_id}").content.decode()
    adjusting.contest(actor=ABOVE, record=record, since=None)
    assert client.get(f"{API}/{record.public_id}").json()["mark"] == ""


def test_an_officer_rates_and_the_last_day_follows_at_once(client: Client) -> None:
    record = make.published_penalty("scjgj", DAY)
    reviewer = chain.actor_of("scjgj", "reviewer")
    refused("CORE-07", adjusting.rate, actor=reviewer, record=record, severity="minor", reason="")
    refused("PUB-51", adjusting.rate, actor=reviewer, record=record, severity="minor", regime_code="x", reason="试")
    with clock.at(date(2026, 9, 1)):
        adjusting.rate(actor=reviewer, record=record, severity="minor", reason="行业标准：数额较小")
        assert record.last_public_day == date(2026, 8, 5)
        assert set(every_way(record, client).values()) == {False}
    assert OutboxEvent.objects.filter(event_type="disclosure.ended").count() == 1


def test_the_api_pages_by_key_refuses_what_it_does_not_know_and_asks_a_constant_number_of_questions(
    client: Client,
) -> None:
    made = [make.published_penalty("scjgj", DAY - DAYS(n)) for n in range(5)]
    seen, cursor = [], ""
    while True:
        page = client.get(API, {"kind": "penalty", "limit": 2, "cursor": cursor}).json()
        assert (page["count"], page["count_capped"]) == (5, False)
        seen += [row["id"] for row in page["items"]]
        cursor = page["next"]
        if not cursor:
            break
    assert seen == [row.public_id for row in made]
    for query, code in (
        ({}, "required"), ({"kind": "list"}, "bad_parameter"), ({"kind": "penalty", "id_number": "1"}, "unknown_parameter"),
        ({"kind": "penalty", "decided_from": "2026"}, "bad_parameter"), ({"kind": "penalty", "cursor": "x"}, "bad_cursor"),
    ):  # fmt: skip
        answer = client.get(API, query)
        assert (answer.status_code, answer.json()["code"]) == (400, code)
    narrowed = client.get(API, {"kind": "penalty", "decided_to": "2026-05-03"}).json()["items"]
    assert [row["id"] for row in narrowed] == [row.public_id for row in made[3:]]
    assert client.get(API, {"kind": "penalty", "authority": "市场监督"}).json()["count"] == 5
    assert client.get(API, {"kind": "licence"}).json()["items"] == []
    counts = set()
    for limit in (1, 5):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            client.get(API, {"kind": "penalty", "limit": limit})
        counts.add(len(asked))
    assert len(counts) == 1


def test_a_decision_is_found_by_code_body_and_number_in_any_brackets(client: Client) -> None:
    company = subjects.entity()
    record = make.published_penalty("scjgj", DAY, subject=company, document_number="广市监处罚〔2026〕88号")
    outside = make.published_penalty(
        "yjj", DAY, authority=None, authority_name="示例外地应急管理局", authority_code="11510899MB1DEM12XX"[:18]
    )
    code = code_of(company)

    def found(**asked: str) -> set[str]:
        rows = client.get(API, {"kind": "penalty", **asked}).json()["items"]
        return {row["id"] for row in rows}

    for number in ("广市监处罚(2026)88号", "广市监处罚〔2026〕 88号", "广市监处罚【2026】88号", "广市监处罚[2026]88号"):
        assert found(number=number) == {record.public_id}, number
    assert found(code=code.lower()) == found(code=code, authority="市场监管") == {record.public_id}
    assert found(authority="外地应急") == found(authority=outside.authority_code) == {outside.public_id}
    assert (
        found(authority="没有这样的机关")
        == found(name="没有这样的企业")
        == found(code="1" * 18)
        == found(name="（）")
        == set()
    )
    assert found(name=company.name, decided_from="2026-05-06", decided_to="2026-05-06") == {record.public_id}


def test_robots_keep_nothing_of_penalties(client: Client) -> None:
    record = make.published_penalty("scjgj", DAY)
    for address in (PAGE, f"{PAGE}{record.public_id}"):
        answer = client.get(address)
        assert "noindex" in answer["X-Robots-Tag"]
        assert 'name="robots" content="noindex' in answer.content.decode()


def test_resettle_follows_a_corrected_table_and_leaves_what_an_officer_said() -> None:
    by_table, by_officer = make.published_penalty("scjgj", DAY, kinds=["fine"]), make.published_penalty("scjgj", DAY)
    adjusting.rate(actor=chain.actor_of("scjgj", "reviewer"), record=by_officer, severity="ordinary", reason="行业标准")
    first, second = (Actor("officer", f"law-{n}", f"测试{n}", permissions=frozenset(PERMISSIONS)) for n in "甲乙")
    values = {
        "regime_code": "order-36", "kind": "fine", "fine_from": 1, "severity": "serious", "valid_from": date(2026, 4, 1),
        "basis": "行业标准", "confidence": "sure",
    }  # fmt: skip
    row = reference.propose(actor=first, model=reference.SeverityRule, values=values, reason="标准公布")
    adjusting.resettle(actor=Actor.job("publicity.resettle"))
    by_table.refresh_from_db()
    assert by_table.severity == "ordinary"
    reference.confirm(actor=second, row=row)
    assert adjusting.resettle(actor=Actor.job("publicity.resettle")) == 1
    by_table.refresh_from_db()
    by_officer.refresh_from_db()
    assert (by_table.severity, by_table.last_public_day, by_table.severity_sure) == ("serious", date(2029, 5, 5), True)
    assert by_officer.severity == "ordinary"
    assert adjusting.resettle(actor=Actor.job("publicity.resettle")) == 0


def test_a_deferral_does_not_show_the_old_version_in_its_place() -> None:
    old = make.published_penalty("scjgj", DAY)
    fresh = make.new_version(old, scope="deferred", scope_reason="复核", deferred_until=TODAY + DAYS(3))
    reviewing.check(actor=make.handler_of(fresh), record=fresh)
    reviewing.approve(actor=make.reviewer_of(fresh), record=fresh)
    assert not publicly_visible(TODAY, "penalty").exists()
    assert publicly_visible(TODAY + DAYS(4), "penalty").get() == fresh
