"""Court orders about a listing: stay, lifting, revocation; and what readers see while a pause is being accepted."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from core import clock
from core.problems import NotFound
from sanctions import effects
from sanctions.models import CourtOrder, Listing
from sanctions.selectors import explain_listing, timeline
from sanctions.services.court import Ruling, court_revoke, lift_stay, stay
from tests.factories import sanctions as make
from tests.sanctions.test_clocks import DAY, act, pause, states
from tests.support.readers import Watch
from tests.support.refusals import database_refuses, nothing_written, refused, sql


def ruling(on: date, document: str = "（2026）测08行初1号") -> Ruling:
    return Ruling("示例市中级人民法院", document, on)


@pytest.mark.django_db
def test_a_stay_holds_the_clock_until_it_is_lifted() -> None:
    listing = make.listing()
    last, day, lead = listing.ends_on, listing.starts_on + 10 * DAY, make.lead_of(listing.case_subject.case)
    with clock.at(day):
        refused("OBJ-32", lift_stay, actor=lead, listing=listing, ruling=ruling(day))
        order = stay(actor=lead, listing=listing, ruling=ruling(day))
        refused("OBJ-31", stay, actor=lead, listing=listing, ruling=ruling(day, "另一份"))
        refused("SAN-26", stay, actor=lead, listing=listing, ruling=ruling(day))
    assert listing.pauses.get().ref == order.public_id
    assert states(listing, day) == ["paused"]
    with clock.at(day + 30 * DAY):
        lift_stay(actor=lead, listing=listing, ruling=ruling(day + 29 * DAY, "（2026）测08行初1号之二"))
    assert make.fresh(listing).ends_on == last + 30 * DAY
    assert "因司法裁定" in explain_listing(make.fresh(listing))
    with database_refuses("CR002"):
        sql("UPDATE sanctions_courtorder SET court = '别的法院'")


@pytest.mark.django_db
def test_a_court_revokes_once_and_what_is_open_elsewhere_becomes_moot(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[Any] = []
    monkeypatch.setattr(effects, "_revoked", [])
    effects.register_revoked(lambda *facts: told.append((facts[1].pk, facts[2])))
    listing = make.listing()
    day, lead = listing.starts_on + 10 * DAY, make.lead_of(listing.case_subject.case)
    pause(listing, day - 3 * DAY)
    with clock.at(day):
        court_revoke(actor=lead, listing=listing, ruling=ruling(day))
        refused("OBJ-34", court_revoke, actor=lead, listing=listing, ruling=ruling(day, "再判"))
        refused("OBJ-34", stay, actor=lead, listing=listing, ruling=ruling(day, "再裁"))
    assert told == [(listing.pk, day)]
    assert states(listing, day - DAY, day) == ["paused", "revoked"]
    assert "自始不计入信用记录" in explain_listing(make.fresh(listing))
    labels = [row["label"] for row in timeline(listing.case_subject.case)]
    assert any("撤销，自始无效" in label for label in labels)
    assert "撤销列入" in labels


@pytest.mark.django_db
def test_obj_30_07_and_scope_of_court_orders() -> None:
    listing, reward = make.listing(), make.listing(entry=make.REWARD)
    day = listing.starts_on + DAY
    lead = make.lead_of(listing.case_subject.case)
    with clock.at(day), nothing_written():
        early = ruling(listing.served_on - DAY)
        refused("OBJ-30", stay, actor=lead, listing=listing, ruling=early)
        refused("SAN-11", stay, actor=lead, listing=listing, ruling=ruling(day, " "))
        refused("OBJ-07", stay, actor=make.lead_of(reward.case_subject.case), listing=reward, ruling=ruling(day))
        with pytest.raises((NotFound, Exception), match=r"登记法院裁判文书|列入记录"):
            stay(actor=make.stranger(), listing=listing, ruling=ruling(day))
    assert not CourtOrder.objects.exists()


@pytest.mark.django_db
def test_a_lapse_and_an_amendment_are_told() -> None:
    listing = make.listing()
    day = listing.starts_on + 100 * DAY
    act("repair", listing, day)
    assert "因信用修复" in explain_listing(make.fresh(listing))
    act("restore", listing, day + 40 * DAY)
    assert "其间40日不计入期限" in explain_listing(make.fresh(listing))
    labels = {row["label"] for row in timeline(listing.case_subject.case)}
    assert {"信用修复", "撤销修复后恢复"} <= labels


def test_no_reader_is_told_forbid_after_the_pause_is_committed(own_database: str) -> None:
    listing = make.listing()
    day, lead = listing.starts_on + DAY, make.lead_of(listing.case_subject.case)
    Watch(
        listing.subject,
        day,
        lambda: stay(actor=lead, listing=Listing.objects.get(pk=listing.pk), ruling=ruling(day)),
        CourtOrder.objects.filter(listing=listing).exists,
    ).check()
