"""From filing to answer: what the listing's clock does on every step."""

from __future__ import annotations

from datetime import date

import pytest

from core import clock, time_limits
from core.actors import Actor
from core.models import OutboxEvent
from core.periods import Period
from objections import selectors
from objections.models import Complaint, Objection
from sanctions.models import Listing
from tests.factories import objections as make
from tests.factories import sanctions as chain

pytestmark = pytest.mark.django_db
RECEIVED, ANSWERED = date(2026, 3, 11), date(2026, 4, 3)


def span(listing: Listing) -> list[tuple[date, date | None]]:
    return [(row.from_on, row.to_on) for row in listing.pauses.order_by("pk")]


def state(listing: Listing, day: date) -> str:
    return chain.fresh(listing).clock().state_on(day)


def test_ninety_days_end_where_simulation_says(db: None) -> None:
    """From 2026-03-02 for 90 days, paused 03-11 to 04-03 and 04-08 to 04-28: 05-30, then 06-22, then 07-12."""
    listing = chain.listing(start=date(2026, 1, 5), decision={"period": Period(days=90), "starts_on": date(2026, 3, 2)})
    assert listing.ends_on == date(2026, 5, 30)
    row = make.objection(listing, "answered", on=RECEIVED, answered_on=ANSWERED)
    assert chain.fresh(listing).ends_on == date(2026, 6, 22)
    assert (state(listing, RECEIVED), state(listing, ANSWERED)) == ("paused", "in_force")
    make.rule(make.complaint(row, date(2026, 4, 8)), date(2026, 4, 28))
    assert chain.fresh(listing).ends_on == date(2026, 7, 12)


def test_beyond_the_known_calendar_a_date_is_provisional(listing: Listing) -> None:
    row = make.objection(listing, on=date(2026, 12, 28))
    due = {found["rule"]: found for found in selectors.due_days(row)}
    assert not due["OBJ-T01"]["provisional"]
    assert due["OBJ-T02"]["provisional"]
    assert "暂定" in due["OBJ-T02"]["explanation"]
    keeper = Actor.job("calendar", ["core.calendar.manage"])
    with clock.at(date(2026, 12, 28)):
        for day in (date(2027, 1, 1), date(2027, 1, 4)):
            time_limits.set_day(actor=keeper, day=day, is_working=False, source="国办发明电〔2026〕1号")
        time_limits.confirm_year(actor=keeper, year=2027, source="国办发明电〔2026〕1号")
    moved = {found["rule"]: found for found in selectors.due_days(row)}["OBJ-T02"]
    assert (moved["provisional"], moved["due_on"]) == (False, date(2027, 1, 8))


def test_rejected_gives_the_days_back(listing: Listing) -> None:
    before = listing.ends_on
    assert before is not None
    row = make.objection(listing, "accepted", on=RECEIVED)
    assert row.acceptance_number == 1
    assert state(listing, RECEIVED) == "paused"
    make.answer(row, ANSWERED)
    listing.refresh_from_db()
    assert span(listing) == [(RECEIVED, ANSWERED)]
    assert state(listing, ANSWERED) == "in_force"
    assert listing.ends_on is not None
    assert (listing.ends_on - before).days == (ANSWERED - RECEIVED).days
    complaint = make.complaint(chain.fresh(row), date(2026, 4, 8))
    assert state(listing, date(2026, 4, 8)) == "paused"
    make.rule(complaint, date(2026, 4, 28))
    listing.refresh_from_db()
    assert (listing.ends_on - before).days == 23 + 20


def test_upheld_is_revoked(listing: Listing) -> None:
    row = make.answer(make.objection(listing, on=RECEIVED), ANSWERED, "upheld")
    listing.refresh_from_db()
    assert (row.state, listing.revoked_from) == ("upheld", ANSWERED)
    assert state(listing, ANSWERED) == "revoked"


def test_partly_upheld_stands_still_until_the_new_determination(listing: Listing) -> None:
    row = make.answer(make.objection(listing, on=RECEIVED), ANSWERED, "partly_upheld")
    assert state(listing, date(2026, 4, 20)) == "paused"
    row = make.redetermine(row, date(2026, 4, 24), Period(months=36))
    assert row.state == "redetermined"
    assert span(listing) == [(RECEIVED, date(2026, 4, 24))]


def test_an_overdue_objection_is_taken_over(listing: Listing) -> None:
    row = make.objection(listing, on=RECEIVED)
    complaint = make.complaint(row, date(2026, 4, 8))
    assert complaint.took_over
    assert chain.fresh(row).state == "taken_over"
    make.rule(complaint, date(2026, 4, 28))
    assert chain.fresh(row).state == "settled"
    assert span(listing) == [(RECEIVED, date(2026, 4, 28)), (date(2026, 4, 8), date(2026, 4, 28))]
    assert state(listing, date(2026, 4, 28)) == "in_force"


def test_events_carry_no_person(listing: Listing) -> None:
    row = make.answer(make.objection(listing, on=RECEIVED), ANSWERED)
    told = OutboxEvent.objects.filter(aggregate_id=row.public_id).order_by("pk")
    assert [event.event_type for event in told] == ["objection.filed", "objection.accepted", "objection.rejected"]
    assert listing.subject.name not in str([event.payload for event in told])
    assert Complaint.objects.count() == 0
    assert Objection.objects.count() == 1
