"""The navigator: exactly one next step in every state, an earliest day that explains itself, and the reminder."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from core import clock
from core.actors import Actor, acting
from core.models import OutboxEvent
from core.periods import Period, ends_on
from core.problems import Problem
from repair.models import Bar, Notified
from repair.navigator import guide
from repair.permissions import JOB
from repair.services import handling
from repair.services.announcing import latest_start, remind_possible
from repair.terms import Book, Terms
from sanctions.models import Listing
from subjects.delivery import messages_of
from subjects.models import Subject
from tests.factories import repair as make
from tests.factories import sanctions as chain

pytestmark = pytest.mark.django_db
REMINDER = Actor.job("repair.remind_possible", JOB)


def said(record: Any, on: date) -> tuple[str, bool, date | None]:
    found = guide(chain.fresh(record), on)
    assert found.next_step
    assert "。" not in found.next_step.rstrip("。")  # one step, not several
    return found.code, found.possible, found.earliest


def test_from_waiting_to_repaired() -> None:
    listing = make.listing()
    first = listing.starts_on.replace(year=2026)
    assert said(listing, listing.starts_on - timedelta(days=1)) == ("pending", False, first)
    assert said(listing, first - timedelta(days=1)) == ("waiting", False, first)
    assert said(listing, first) == ("possible", True, first)
    found = guide(listing, make.APPLIED)
    assert found.unit == found.place == "广元市应急管理局"
    assert "信用承诺书" in found.evidence
    assert found.answer_by == date(2026, 3, 24)
    assert "10个工作日" in found.answer_why
    assert "满12个月" in found.why
    assert "待核对" in found.why  # the catalogue is not sure of the twelve months
    application = make.filed(listing).application
    for state, act in (
        ("received", lambda: make.check(application)),
        ("received", lambda: make.accept(application)),
        ("accepted", lambda: make.verify(application)),
        ("verified", lambda: make.opine(application)),
        ("opined", lambda: make.sign(application)),
        ("approved", lambda: make.publish(application)),
    ):
        assert said(listing, make.after(2))[:2] == (f"open_{state}", False)
        act()
    assert said(listing, make.after(8))[:2] == ("repaired", False)
    make.propose(application)
    make.revoke(application)
    assert said(listing, make.after(40)) == ("barred", False, date(2029, 4, 11))


def test_what_is_refused_ends_or_cannot_be_repaired() -> None:
    refused = make.application_in("rejected").listing
    assert said(refused, make.after(10))[:2] == ("again", True)
    assert said(refused, date(2030, 1, 1))[:2] == ("ended", False)
    banned = make.listing(entry="CJ-013", initiator="czj", decision={"period": Period(months=24)})
    assert said(banned, make.APPLIED)[:2] == ("unrepairable", False)
    reward = chain.listing(entry=chain.REWARD, start=make.START, subjects=[make.company()])
    assert said(reward, date(2025, 3, 1))[:2] == ("reward", False)
    wages = make.listing(entry="CJ-003", initiator="rsj")
    assert said(wages, make.APPLIED)[:2] == ("possible_after_correction", True)
    shielded = make.listing()
    make.shield(shielded)
    assert said(shielded, make.after(1))[0] == "shielded"


def test_another_channel_decides_elsewhere() -> None:
    court = make.listing(entry="CJ-001", initiator="zy")
    assert said(court, make.APPLIED)[:2] == ("elsewhere", True)
    found = guide(court, make.APPLIED)
    assert "人民法院" in found.place
    application = make.check(make.filed(court).application)
    with clock.at(make.APPLIED):
        handling.forward(actor=make.handler(application), application=application)
    assert "人民法院" in guide(chain.fresh(court), make.APPLIED).next_step


@pytest.mark.parametrize("months", [0, 1, 6, 12, 36])
def test_the_inverse_of_the_period_rule(months: int) -> None:
    for offset in range(0, 800, 7):
        day = date(2026, 1, 1) + timedelta(days=offset)
        start = latest_start(months, day)

        def over(first: date, day: date = day) -> bool:
            last = ends_on(first, Period(months=months)) if months else first - timedelta(days=1)
            return last is not None and last < day

        assert over(start)
        assert not over(start + timedelta(days=1))


def test_no_reminder_while_barred_under_whichever_record_the_subject_stands_by_now() -> None:
    make.application_in("revoked")
    bar = Bar.objects.get()
    other = make.listing(subjects=[make.company()])
    with acting(REMINDER, "test.fold"):
        Subject.objects.filter(pk=bar.subject_id).update(canonical=other.subject)
    day = make.after(40)
    assert bar.from_on <= day <= bar.until
    remind_possible(actor=REMINDER, day=day)
    assert not Notified.objects.filter(listing=other).exists()


def test_a_listing_without_a_regime_of_its_day_holds_up_no_other() -> None:
    lost, told = make.listing(), make.listing()
    with pytest.MonkeyPatch.context() as patch:
        known = Book.terms_of

        def terms_of(book: Book, listing: Listing) -> Terms:
            if listing.pk == lost.pk:
                raise Problem("REP-50", "没有适用的公示期规则", status=409)
            return known(book, listing)

        patch.setattr(Book, "terms_of", terms_of)
        assert remind_possible(actor=REMINDER, day=make.APPLIED) == 1
    assert Notified.objects.get().listing == told


def test_a_reminder_on_the_day_it_becomes_possible_once_however_late_the_job() -> None:
    listing = make.listing()
    make.listing(entry="CJ-013", initiator="czj", decision={"period": Period(months=24)})  # never possible
    make.filed()  # applied already
    first = listing.starts_on.replace(year=2026)
    assert remind_possible(actor=REMINDER, day=first - timedelta(days=1)) == 0
    assert remind_possible(actor=REMINDER, day=first) == 1
    assert remind_possible(actor=REMINDER, day=first) == 0
    assert remind_possible(actor=REMINDER, day=first + timedelta(days=200)) == 0
    told = Notified.objects.get()
    assert (told.listing, told.possible_from, told.told_on) == (listing, first, first)
    assert OutboxEvent.objects.filter(event_type="repair.possible").count() == 1
    assert messages_of(listing.subject).filter(kind="repair.possible").count() == 1
