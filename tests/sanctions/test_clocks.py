"""The acts that stop, move or end a listing's clock, and what follows from them in the same transaction."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from core import clock
from core.actors import Actor, acting
from core.models import OutboxEvent, TransitionRecord
from core.periods import Period
from sanctions.models import Amendment, ExecutionTask, Listing, ListingPause
from sanctions.permissions import JOB_PERMISSIONS, REMEDY
from sanctions.services import clocks
from sanctions.services.listings import delist_expired
from sanctions.workflow import LISTING
from tests.factories import sanctions as make
from tests.support.refusals import database_refuses, refused

pytestmark = pytest.mark.django_db
JOB = Actor.job("test.clock", JOB_PERMISSIONS)
DAY = timedelta(days=1)


def act(name: str, listing: Listing, on: date, **more: Any) -> Any:
    """Do one act of the clock as its caller would: inside an act of his own, on its day."""
    call = {"actor": JOB, "listing": listing, "on": on, "reason": "测试", **more}
    with clock.at(on), acting(JOB, f"test.{name}", reason="测试", on=on):
        return getattr(clocks, f"{name}_listing")(**call)


def pause(listing: Listing, on: date, ref: str = "A", cause: str = "objection") -> ListingPause | None:
    found: ListingPause | None = act("pause", listing, on, cause=cause, ref=ref)
    return found


def resume(listing: Listing, on: date, ref: str = "A") -> None:
    act("resume", listing, on, ref=ref)


def states(listing: Listing, *days: date) -> list[str]:
    """Return the states by SQL, which must be those by Python."""
    by_sql = [str(Listing.objects.with_state_on(day).get(pk=listing.pk).state_on) for day in days]
    assert by_sql == [str(make.fresh(listing).clock().state_on(day)) for day in days]
    return by_sql


def projections_hold(listing: Listing) -> None:
    """Assert that what is stored is what the dates say, for the listing and the tasks that follow it."""
    fresh = make.fresh(listing)
    assert fresh.ends_on == fresh.clock().projected_ends_on()
    following = fresh.tasks.filter(follows_listing=True).exclude(state="released")
    assert {task.ends_on for task in following} <= {fresh.ends_on}


def test_a_pause_stops_the_clock_and_its_end_moves_the_last_day() -> None:
    listing = make.listing()
    last, opened, closed = listing.ends_on, listing.starts_on + 9 * DAY, listing.starts_on + 32 * DAY
    row = pause(listing, opened)
    assert row is not None
    assert (row.cause, row.ref, row.from_on, row.to_on) == ("objection", "A", opened, None)
    assert listing.ends_on is None
    projections_hold(listing)
    assert states(listing, opened - DAY, opened) == ["in_force", "paused"]
    resume(listing, closed)
    assert make.fresh(listing).ends_on == last + 23 * DAY
    projections_hold(listing)
    assert states(listing, closed - DAY, closed, last + 23 * DAY, last + 24 * DAY) == [
        "paused",
        "in_force",
        "in_force",
        "ended",
    ]
    acts = TransitionRecord.objects.filter(workflow=LISTING.name, object_id=listing.pk).order_by("pk")
    assert list(acts.values_list("transition", "legal_on")) == [("pause", opened), ("resume", closed)]
    events = OutboxEvent.objects.filter(aggregate_id=listing.public_id, event_type="listing.resumed")
    assert events.get().payload["ends_on"] == (last + 23 * DAY).isoformat()


def test_two_causes_are_one_pause_and_each_closes_its_own() -> None:
    listing = make.listing()
    last, first = listing.ends_on, listing.starts_on + 10 * DAY
    one = pause(listing, first)
    assert pause(listing, first + DAY) == one  # the same record again
    pause(listing, first + 5 * DAY, ref="B", cause="court")
    resume(listing, first + 8 * DAY)
    assert states(listing, first + 8 * DAY) == ["paused"]
    resume(listing, first + 8 * DAY)  # nothing is open under this record any more
    resume(listing, first + 20 * DAY, ref="B")
    assert make.fresh(listing).ends_on == last + 20 * DAY
    projections_hold(listing)


def test_opened_and_closed_on_one_day_is_no_pause() -> None:
    listing = make.listing()
    day, last = listing.starts_on + 3 * DAY, listing.ends_on
    pause(listing, day)
    resume(listing, day)
    assert states(listing, day) == ["in_force"]
    assert make.fresh(listing).ends_on == last


def test_what_is_over_or_a_reward_does_not_pause() -> None:
    listing, reward = make.listing(), make.listing(entry=make.REWARD)
    assert pause(listing, listing.ends_on + DAY) is None
    assert pause(reward, reward.starts_on) is None
    assert pause(listing, listing.ends_on) is not None


def test_a_pause_earlier_than_the_announced_removal_brings_the_listing_back() -> None:
    """Silence became acceptance on its day, though the job that says so ran after the one that removes."""
    listing = make.listing()
    last = listing.ends_on
    assert delist_expired(actor=JOB, day=last + DAY) == 1
    with clock.at(last + 5 * DAY), acting(JOB, "test.pause", on=last):
        clocks.pause_listing(actor=JOB, listing=listing, cause="objection", ref="A", on=last, reason="视为受理")
    listing.refresh_from_db()
    assert (listing.state, listing.delisted_on, listing.ends_on) == ("issued", None, None)
    assert {task.state for task in listing.tasks.filter(follows_listing=True)} == {"assigned"}
    assert states(listing, last - DAY, last, last + 9 * DAY) == ["in_force", "paused", "paused"]


def test_a_revocation_closes_the_pause_and_lifts_every_task() -> None:
    listing = make.listing(entry="CJ-005", initiator="scjgj")
    day = listing.starts_on + 20 * DAY
    pause(listing, day - 5 * DAY)
    act("revoke", listing, day)
    listing.refresh_from_db()
    assert (listing.state, listing.revoked_from, listing.delisted_on) == ("revoked", day, day)
    assert listing.ends_on == day - DAY
    assert not listing.pauses.filter(to_on=None).exists()
    assert set(listing.tasks.values_list("state", "ends_on")) == {("released", day - DAY)}
    assert states(listing, day - 6 * DAY, day - DAY, day) == ["in_force", "paused", "revoked"]
    refused("CORE-04", act, name="revoke", listing=listing, on=day)
    assert delist_expired(actor=JOB, day=day + DAY) == 0


def test_a_listing_that_was_removed_or_repaired_can_still_be_revoked() -> None:
    removed, repaired = make.listing(), make.listing()
    act("repair", repaired, repaired.starts_on + 100 * DAY)
    assert delist_expired(actor=JOB, day=removed.ends_on + DAY) == 1
    removed.refresh_from_db()
    for listing in (removed, repaired):
        act("revoke", listing, listing.ends_on + 30 * DAY)
        assert make.fresh(listing).state == "revoked"
        projections_hold(listing)
    assert removed.ends_on == removed.original_ends_on  # a cut after the end moves nothing


def test_a_repair_ends_and_its_revocation_gives_the_rest_back() -> None:
    listing = make.listing()
    last, day = listing.ends_on, listing.starts_on + 100 * DAY
    act("repair", listing, day)
    assert (listing.state, listing.over_from, listing.ends_on) == ("repaired", day, day - DAY)
    assert set(listing.tasks.filter(follows_listing=True).values_list("state", "ends_on")) == {("released", day - DAY)}
    assert states(listing, day - DAY, day) == ["in_force", "ended"]
    act("restore", listing, day + 40 * DAY)
    assert (listing.state, listing.over_from, listing.ends_on) == ("issued", None, last + 40 * DAY)
    assert set(listing.tasks.filter(follows_listing=True).values_list("state", "ends_on")) == {
        ("assigned", last + 40 * DAY)
    }
    assert states(listing, day - DAY, day, day + 39 * DAY, day + 40 * DAY, last + 40 * DAY, last + 41 * DAY) == [
        "in_force",
        "ended",
        "ended",
        "in_force",
        "in_force",
        "ended",
    ]
    projections_hold(listing)


def test_an_objection_open_over_repair_and_its_revocation_counts_each_day_once() -> None:
    listing = make.listing()
    last, day = listing.ends_on, listing.starts_on + 50 * DAY
    pause(listing, day)
    act("repair", listing, day + 10 * DAY)
    resume(listing, day + 15 * DAY)
    assert make.fresh(listing).state == "repaired"
    projections_hold(listing)
    act("restore", listing, day + 30 * DAY)
    assert listing.ends_on == last + 30 * DAY


def test_san_55_a_repair_needs_a_listing_in_force() -> None:
    listing = make.listing()
    refused("SAN-55", act, name="repair", listing=listing, on=listing.starts_on - DAY)
    refused("SAN-55", act, name="repair", listing=listing, on=listing.ends_on + DAY)
    act("repair", listing, listing.starts_on + 100 * DAY)
    refused("SAN-55", act, name="restore", listing=listing, on=listing.starts_on + 99 * DAY)


RANGE = {"entry": "CJ-011", "initiator": "zjj", "decision": {"period": Period(months=24)}}


def test_an_amendment_counts_from_the_same_first_day() -> None:
    listing = make.listing(**RANGE)
    day, first = listing.starts_on + 30 * DAY, listing.starts_on
    pause(listing, day)
    call = {"official_number": "测信组〔2026〕2号", "period": Period(months=13)}
    act("amend", listing, day + 10 * DAY, **call)
    resume(listing, day + 10 * DAY)
    listing.refresh_from_db()
    assert (listing.state, listing.starts_on) == ("issued", first)
    assert listing.original_ends_on == date(2027, 4, 15)
    assert listing.ends_on == date(2027, 4, 25)
    assert listing.period() == Period(months=13)
    projections_hold(listing)


def test_an_amendment_whose_end_is_past_ends_today_and_rewrites_no_day() -> None:
    listing = make.listing(**RANGE)
    day = date(2027, 9, 1)
    act("amend", listing, day, official_number="测信组〔2027〕3号", period=Period(months=12))
    assert (listing.state, listing.over_from, listing.ends_on) == ("closed", day, day - DAY)
    assert states(listing, date(2027, 8, 1), day) == ["in_force", "ended"]
    projections_hold(listing)
    assert delist_expired(actor=JOB, day=day) == 1


def test_san_20_and_54_nobody_fares_worse_by_objecting() -> None:
    listing = make.listing(**RANGE)
    day = listing.starts_on + 30 * DAY
    call = {"listing": listing, "on": day, "official_number": "测信组〔2026〕2号"}
    refused("SAN-54", act, name="amend", period=Period(months=25), **call)
    refused("SAN-20", act, name="amend", period=Period(months=1), **call)
    assert not Amendment.objects.exists()


def test_an_amendment_of_what_is_over_is_recorded_and_moves_nothing() -> None:
    listing = make.listing(**RANGE)
    last = listing.ends_on
    delist_expired(actor=JOB, day=last + DAY)
    call = {"official_number": "测信组〔2026〕2号", "period": Period(months=13)}
    act("amend", make.fresh(listing), last + 2 * DAY, **call)
    fresh = make.fresh(listing)
    assert (fresh.state, fresh.ends_on, fresh.period()) == ("delisted", last, Period(months=13))


def test_nobody_acts_on_the_clock_without_the_permission() -> None:
    listing = make.listing()
    nobody = Actor.job("test.nobody", JOB_PERMISSIONS - {REMEDY})
    with acting(nobody, "test"), pytest.raises(Exception, match=REMEDY):
        clocks.pause_listing(actor=nobody, listing=listing, cause="court", ref="A", on=listing.starts_on, reason="测试")


def test_cr213_and_214_the_database_keeps_pauses_and_the_end() -> None:
    listing = make.listing()
    row = pause(listing, listing.starts_on)
    assert row is not None
    rows = ListingPause.objects.filter(pk=row.pk)
    with database_refuses("CR213"), acting(JOB, "test"):
        rows.delete()
    with database_refuses("CR213"), acting(JOB, "test"):
        rows.update(from_on=listing.starts_on + DAY)
    resume(listing, listing.starts_on + DAY)
    with database_refuses("CR213"), acting(JOB, "test"):
        rows.update(to_on=None)
    kept = Listing.objects.filter(pk=listing.pk)
    with database_refuses("CR214"), acting(JOB, "test"):
        kept.update(original_ends_on=listing.starts_on)
    with acting(JOB, "test"):
        Amendment.objects.create(
            listing=listing,
            days=900,
            original_ends_on=date(2035, 1, 1),
            official_number="1",
            issued_on=listing.starts_on,
        )
    with database_refuses("CR214"), acting(JOB, "test"):
        kept.update(original_ends_on=date(2035, 1, 1))
    with database_refuses("CR002"), acting(JOB, "test"):
        Amendment.objects.all().update(days=1)


def test_the_database_refuses_an_open_lapse_and_a_second_pause_of_one_record() -> None:
    listing = make.listing()
    pause(listing, listing.starts_on)
    for cause in ("objection", "lapse"):
        with database_refuses("sanctions_one_open_pause", "sanctions_lapse_is_closed"), acting(JOB, "test"):
            ListingPause.objects.create(listing=listing, cause=cause, ref="A", from_on=listing.starts_on)


def test_a_statutory_measure_is_not_moved_by_its_listing() -> None:
    listing = make.listing(entry="CJ-005", initiator="scjgj")
    task = listing.tasks.get(measure__code="P01")
    pause(listing, listing.starts_on + DAY)
    assert make.fresh(task).ends_on == task.ends_on
    assert ExecutionTask.objects.filter(listing=listing, follows_listing=True, ends_on=None).exists()
