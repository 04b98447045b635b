"""如果…会怎样 on a listing's page: answers at once, refuses with codes and remedies, keeps what was typed, writes nothing."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import clock
from core.actors import Actor
from sanctions import bars
from sanctions.models import Listing
from sanctions.simulation import standing_of
from tests.factories import objections as remedies
from tests.factories import repair as repairs
from tests.factories import sanctions as make
from tests.support.workbench import page_of, signed_in, words

pytestmark = pytest.mark.django_db


def address_of(listing: Listing, **fields: object) -> str:
    page = reverse("admin:sanctions_listing_what_if", args=[listing.public_id])
    query = urlencode({name.replace("_", "-"): value for name, value in fields.items()})
    return f"{page}?{query}" if query else page


def office() -> Actor:
    return make.actor_of("fgw", "office")


def zh(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def test_the_panel_tells_what_the_services_then_do() -> None:
    listing = make.listing()
    accepted = listing.starts_on + timedelta(days=9)
    rejected = accepted + timedelta(days=23)
    with clock.at(accepted):
        told = words(
            signed_in(office()).get(
                address_of(listing, act_0="object", on_0=accepted, act_1="reject_objection", on_1=rejected)
            )
        )
    row = remedies.objection(listing, "accepted", on=accepted)
    remedies.answer(row, rejected)
    after = make.fresh(listing)
    assert zh(after.ends_on) in told
    assert "推后 23 日" in told
    assert f"{zh(accepted)}起 23 日，{zh(rejected)}恢复" in told
    assert "异议答复" in told
    assert "为什么是这一天" in told
    assert "没有写入任何内容" in told


def test_OBJ_03_a_refused_act_is_told_with_code_and_remedy_and_changes_nothing() -> None:
    listing = make.listing()
    day = listing.starts_on + timedelta(days=1)
    with clock.at(day):
        told = words(signed_in(office()).get(address_of(listing, act_0="reject_objection", on_0=day)))
    assert "什么都不会改变" in told
    assert "OBJ-" in told
    assert "怎样办理" in told
    assert "推后" not in told


@pytest.mark.parametrize(
    ("fields", "said", "kept"),
    [
        ({"act_0": "object", "on_0": "2026-02-31"}, "不是有效的日期", 'value="2026-02-31"'),
        ({"act_0": "object"}, "请填写日期", 'value="object" selected'),
        ({"on_0": "2026-04-01"}, "请选择办理事项", 'value="2026-04-01"'),
        ({"act_0": "decide", "on_0": "2026-04-01"}, "没有这个办理事项", 'value="2026-04-01"'),
        ({"act_0": "object", "on_0": "9999-12-31"}, "至 2199-12-31 之间", 'value="9999-12-31"'),
        ({"act_0": "partly_uphold_objection", "on_0": "2026-04-01"}, "请填写缩短后的期限", 'value="2026-04-01"'),
        (
            {"act_0": "partly_uphold_objection", "on_0": "2026-04-01", "n_0": "5000", "unit_0": "years"},
            "至多 100年",
            'value="5000"',
        ),
        ({"ask_0": "明天"}, "不是有效的日期", 'value="明天"'),
        ({"act_5": "object", "on_5": "x" * 50, "rows": "many"}, "不是有效的日期", "x" * 50),
    ],
)
def test_bad_input_is_told_and_kept(fields: dict[str, str], said: str, kept: str) -> None:
    listing = make.listing()
    answer = signed_in(office()).get(address_of(listing, **fields))
    assert answer.status_code == 200
    assert said in words(answer)
    assert kept in words(answer)
    assert "wi-table" not in words(answer)


def test_whoever_sees_the_listing_may_ask_and_strangers_find_nothing(client: Any) -> None:
    listing = make.listing()
    asked = address_of(listing, act_0="object", on_0=listing.starts_on)
    assert client.get(asked).status_code == 302
    for actor in (office(), make.actor_of("rsj", "handler"), make.lead_of(listing.case_subject.case)):
        assert signed_in(actor).get(asked).status_code == 200
    assert signed_in(make.stranger()).get(asked).status_code == 404
    assert signed_in(make.stranger()).get(page_of(listing)).status_code == 404
    for role in ("window", "system_admin"):
        place = "ggzy" if role == "window" else "fgw"
        assert signed_in(make.actor_of(place, role)).get(asked).status_code == 403
    assert signed_in(office()).post(asked, {}).status_code == 405


def test_asking_writes_nothing_and_costs_the_same_for_one_act_and_six() -> None:
    listing = make.listing()
    day, client = listing.starts_on, signed_in(office())
    one = address_of(listing, act_0="object", on_0=day)
    many = {f"act_{n}": name for n, name in enumerate(("object", "reject_objection", "complain", "court_stay"))}
    many |= {f"on_{n}": str(day + timedelta(days=n)) for n in range(4)}
    client.get(one)
    counts = []
    for address in (one, address_of(listing, **many)):
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert client.get(address).status_code == 200
        counts.append(len(seen))
        verbs = {row["sql"].split()[0].upper() for row in seen if "django_session" not in row["sql"]}
        assert not verbs & {"INSERT", "UPDATE", "DELETE"}
    assert counts[0] == counts[1]
    assert make.fresh(listing).clock() == listing.clock()


def test_the_answer_alone_is_given_to_the_script_of_the_page() -> None:
    listing = make.listing()
    asked = address_of(listing, act_0="court_stay", on_0=listing.starts_on)
    answer = signed_in(office()).get(asked, headers={"X-Requested-With": "fetch"})
    assert "<html" not in words(answer)
    assert "待恢复后确定" in words(answer)
    assert "最早结束" in words(answer)
    assert answer["Vary"]


def test_only_courses_that_the_law_allows_are_proposed() -> None:
    listing = make.listing()
    day = listing.starts_on + timedelta(days=4)
    with clock.at(day):
        assert "今天受理异议，答复期满驳回" in words(signed_in(office()).get(page_of(listing)))
    remedies.objection(listing, "accepted", on=day)
    with clock.at(day + timedelta(days=1)):
        told = words(signed_in(office()).get(page_of(listing)))
    assert "今天受理异议" not in told
    assert "今天驳回异议" in told
    assert "在办的异议和投诉" in told
    assert "修复导航" in told
    assert told.count('<svg class="tl"') == 1


def test_the_bar_shows_pauses_lapses_repair_and_revocation() -> None:
    listing = make.listing()
    start = listing.starts_on
    row = remedies.objection(listing, "accepted", on=start + timedelta(days=9))
    listing = make.fresh(listing)
    today = start + timedelta(days=20)
    standing = standing_of(listing)
    bar = bars.draw(standing, today, bars.span_of(standing, today))
    known = [part for part in bar.segments if not part.ahead]
    assert [part.state for part in known if part.state != "pending"] == ["in_force", "paused"]
    assert (known[-1].to_on, known[-1].why) == (None, "异议")
    assert bar.segments[-1].ahead
    assert bar.open_ended
    assert [mark.on for mark in bar.marks if mark.kind == "earliest"] == [standing.clock().earliest_ends_on(today)]
    remedies.answer(row, start + timedelta(days=32), "upheld")
    listing = make.fresh(listing)
    standing = standing_of(listing)
    bar = bars.draw(standing, today, bars.span_of(standing, today), bars.events_of(listing))
    assert [part.state for part in bar.segments if part.state != "pending"] == ["in_force", "paused", "revoked"]
    assert [mark.word for mark in bar.marks if mark.kind == "revoked"] == ["撤销"]
    assert sum(float(part.width.rstrip("%")) for part in bar.segments) == pytest.approx(100, abs=0.1)
    application = repairs.application_in("revoked")
    repaired = make.fresh(application.listing)
    standing = standing_of(repaired)
    bar = bars.draw(standing, today, bars.span_of(standing, today), bars.events_of(repaired))
    lapsed = [part for part in bar.segments if "修复后被撤销" in part.why]
    assert [part.state for part in lapsed] == ["ended"]
