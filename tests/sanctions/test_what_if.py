"""What if, from a real listing: the services then do what was foretold."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from core import clock
from sanctions.models import Listing
from sanctions.simulation import Unreadable, what_if
from sanctions.simulation.standing import Standing
from tests.factories import objections as remedies
from tests.factories import repair as repairs
from tests.factories import sanctions as chain

pytestmark = pytest.mark.django_db


def fresh(listing: Listing) -> Listing:
    return Listing.objects.get(pk=listing.pk)


def test_the_open_objection_of_a_real_listing_is_answered_as_foretold() -> None:
    listing = chain.listing()
    accepted = listing.starts_on + timedelta(days=9)
    rejected = accepted + timedelta(days=23)
    row = remedies.objection(listing, "accepted", on=accepted)
    listing = fresh(listing)
    with clock.at(rejected):
        told = what_if(
            listing,
            [{"on": rejected.isoformat(), "act": "reject_objection"}, {"on": rejected.isoformat(), "act": "object"}],
            ask=[accepted.isoformat()],
        )
    assert [line["code"] for line in told["refused"]] == ["OBJ-03"]
    assert told["asked"] == {accepted.isoformat(): "paused"}
    assert fresh(listing).clock() == listing.clock()  # nothing was written
    remedies.answer(row, rejected)
    after = fresh(listing)
    assert told["ends_on"] == after.ends_on.isoformat()
    assert told["ends_on"] == (after.original_ends_on + timedelta(days=23)).isoformat()
    assert told["pauses"] == [[accepted.isoformat(), rejected.isoformat()]]


def test_from_nothing_open_every_remedy_can_be_imagined() -> None:
    listing = chain.listing()
    day = listing.starts_on + timedelta(days=5)
    told = what_if(
        listing,
        [
            {"on": day.isoformat(), "act": "court_stay"},
            {"on": (day + timedelta(days=10)).isoformat(), "act": "court_revoke"},
            {
                "on": (day + timedelta(days=11)).isoformat(),
                "act": "decide",
                "starts_on": "2027-01-01",
                "period": "permanent",
            },
        ],
    )
    assert (told["state"], told["ends_on"]) == ("revoked", (day + timedelta(days=9)).isoformat())
    assert [line["code"] for line in told["refused"]] == ["SAN-26"]


def test_a_revoked_repair_is_foretold_with_its_bar() -> None:
    application = repairs.application_in("published")
    listing = application.listing
    published = listing.over_from
    assert published is not None
    day = published + timedelta(days=30)
    with clock.at(day):
        told = what_if(
            fresh(listing),
            [{"on": day.isoformat(), "act": "revoke_repair"}, {"on": day.isoformat(), "act": "apply_repair"}],
            ask=[published.isoformat(), day.isoformat()],
        )
    assert list(told["asked"].values()) == ["ended", "in_force"]
    assert [line["code"] for line in told["refused"]] == ["REP-07"]
    original = listing.original_ends_on
    assert original is not None
    assert told["ends_on"] == (original + timedelta(days=30)).isoformat()


def test_acts_that_are_none_are_unreadable() -> None:
    with pytest.raises(Unreadable):
        what_if(chain.listing(), [{"on": "2026-03-02", "act": "explode"}])


def test_a_standing_without_a_decision_has_no_clock() -> None:
    with pytest.raises(ValueError, match="nothing is decided"):
        Standing().clock()
    assert Standing().state_on(date(2026, 3, 2)) is None
