"""The ends that dates bring and acts announce: expiry, performance, withdrawal, exit by the source."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from core import clock, workflow
from core.actors import Actor, acting
from core.deadlines import deadlines_of
from core.models import OutboxEvent, TransitionRecord
from core.periods import Period
from sanctions.models import Listing
from sanctions.permissions import JOB_PERMISSIONS
from sanctions.selectors import disciplined_among, explain_listing, timeline
from sanctions.services.listings import (
    delist_expired,
    perform_listing,
    record_source_exit,
    release_expired_tasks,
    withdraw_reward,
)
from sanctions.services.tasks import acknowledge_task, apply_task
from sanctions.tasks import delist_expired_job
from sanctions.workflow import LISTING
from tests.factories import sanctions as make
from tests.support.refusals import nothing_written, refused

pytestmark = pytest.mark.django_db
JOB = Actor.job("test.job", JOB_PERMISSIONS)
DAY = timedelta(days=1)


def state_on(listing: Listing, day: date) -> str:
    """Return the state by Python, which must be the state by SQL."""
    by_sql = Listing.objects.with_state_on(day).get(pk=listing.pk).state_on
    assert by_sql == make.fresh(listing).clock().state_on(day)
    return str(by_sql)


def test_the_last_day_is_in_force_and_the_next_is_announced() -> None:
    listing = make.listing(entry="CJ-011", initiator="zjj", decision={"period": Period(months=13)})
    first, last = listing.starts_on, listing.ends_on
    assert (first, last) == (date(2026, 3, 16), date(2027, 4, 15))
    assert [state_on(listing, day) for day in (first - DAY, first, last, last + DAY)] == [
        "pending",
        "in_force",
        "in_force",
        "ended",
    ]
    assert disciplined_among([listing.subject], last) == {listing.subject_id}
    assert disciplined_among([listing.subject], last + DAY) == set()
    assert delist_expired(actor=JOB, day=last) == 0
    assert delist_expired(actor=JOB, day=last + DAY) == 1
    assert delist_expired(actor=JOB, day=last + DAY) == 0
    listing.refresh_from_db()
    assert (listing.state, listing.delisted_on, listing.ends_on) == ("delisted", last + DAY, last)
    assert {task.state for task in listing.tasks.filter(follows_listing=True)} == {"released"}
    assert all(d.closed_on for task in listing.tasks.filter(state="released") for d in deadlines_of(task))
    assert "起止日均计入" in explain_listing(listing)
    assert [row["kind"] for row in timeline(listing.case_subject.case)].count("clock") == 2


def test_a_late_announcement_changes_no_date() -> None:
    listing = make.listing(entry="CJ-011", initiator="zjj", decision={"period": Period(months=12)})
    last = listing.ends_on
    with clock.at(last + 100 * DAY):
        assert state_on(listing, last + DAY) == "ended"
        assert delist_expired_job() == 1
        assert delist_expired_job() == 0
    assert state_on(listing, last) == "in_force"
    assert state_on(listing, last + DAY) == "ended"
    assert TransitionRecord.objects.filter(workflow=LISTING.name, transition="delist").count() == 1
    assert OutboxEvent.objects.filter(event_type="listing.delisted", aggregate_id=listing.public_id).count() == 1


def test_many_end_in_chunks_and_a_wrong_projection_is_no_end() -> None:
    """The dates decide: a row whose stored `ends_on` is wrong is neither removed nor does it hold up the others."""
    listings = [make.listing(entry=make.REWARD, decision={"period": Period(months=12)}) for _ in range(5)]
    last = listings[0].ends_on
    with acting(JOB, "test"):
        Listing.objects.filter(pk=listings[0].pk).update(ends_on=listings[0].starts_on)
    assert delist_expired(actor=JOB, day=last, chunk=1) == 0
    assert delist_expired(actor=JOB, day=last + DAY, chunk=2) == 5


def test_a_statutory_measure_outlives_its_listing() -> None:
    listing = make.listing(entry="CJ-005", initiator="scjgj")
    task = listing.tasks.get(measure__code="P01")
    assert (task.follows_listing, task.ends_on) == (False, date(2031, 3, 15))
    assert listing.ends_on == date(2029, 3, 15)
    assert delist_expired(actor=JOB, day=listing.ends_on + DAY) == 1
    assert make.fresh(task).state == "assigned"
    assert release_expired_tasks(actor=JOB, day=task.ends_on) == 0
    assert release_expired_tasks(actor=JOB, day=task.ends_on + DAY) == 1
    assert release_expired_tasks(actor=JOB, day=task.ends_on + DAY) == 0
    assert make.fresh(task).state == "released"


def test_a_statutory_measure_may_end_before_its_listing() -> None:
    decision = {"period": Period(months=36), "measure_months": {"P02": 12}}
    listing = make.listing(entry="CJ-011", initiator="zjj", decision=decision)
    task = listing.tasks.filter(measure__code="P02").first()
    assert task.ends_on == date(2027, 3, 15)
    assert listing.ends_on == date(2029, 3, 15)
    assert release_expired_tasks(actor=JOB, day=task.ends_on + DAY) == listing.tasks.filter(measure__code="P02").count()
    assert make.fresh(listing).state == "issued"
    with clock.at(task.ends_on + 2 * DAY), nothing_written():
        refused("CORE-04", acknowledge_task, actor=make.actor_of(task.unit.code, "handler"), task=task)


@pytest.mark.parametrize(("months", "code"), [(11, "SAN-22"), (37, "SAN-22")])
def test_san_22_the_minutes_keep_a_statutory_range(months: int, code: str) -> None:
    case = make.case_in("voted", entry="CJ-011", initiator="zjj")
    with nothing_written():
        refused(code, make.decide, case=case, measure_months={"P02": months})


def test_until_performed_ends_by_confirmation_of_the_unit_that_reported() -> None:
    listing = make.listing(entry="JL-004")
    assert listing.ends_on is None
    far = date(2040, 1, 1)
    assert state_on(listing, far) == "in_force"
    assert delist_expired(actor=JOB, day=far) == 0
    day = listing.starts_on + 100 * DAY
    helper = listing.tasks.exclude(unit__code="rsj").first().unit.code
    with clock.at(day):
        with nothing_written():
            refused("SAN-09", perform_listing, actor=make.actor_of(helper, "reviewer"), listing=listing, reason="完毕")
        perform_listing(actor=make.actor_of("rsj", "reviewer"), listing=listing, reason="发生拖欠")
    assert [state_on(listing, d) for d in (day, day + DAY)] == ["in_force", "ended"]
    assert delist_expired(actor=JOB, day=day) == 0
    assert delist_expired(actor=JOB, day=day + DAY) == 1
    fixed = make.listing()
    with clock.at(day), nothing_written():
        refused("SAN-50", perform_listing, actor=make.actor_of("rsj", "reviewer"), listing=fixed, reason="完毕")


def test_a_reward_is_withdrawn_by_who_gave_it_and_not_after_its_end() -> None:
    listing = make.listing(entry=make.REWARD, decision={"period": Period(months=12)})
    day = listing.starts_on + 30 * DAY
    lead = make.lead_of(listing.case_subject.case)
    with clock.at(listing.ends_on + DAY), nothing_written():
        refused("SAN-51", withdraw_reward, actor=lead, listing=listing, reason="被列入惩戒名单")
    with clock.at(day):
        withdraw_reward(actor=lead, listing=listing, reason="被列入惩戒名单")
    assert [state_on(listing, d) for d in (day - DAY, day)] == ["in_force", "ended"]
    assert delist_expired(actor=JOB, day=day) == 1
    wages = make.listing()
    with clock.at(day), nothing_written():
        refused("SAN-51", withdraw_reward, actor=lead, listing=wages, reason="误")


def test_a_planned_day_ahead_is_pending_until_then() -> None:
    planned = make.Days(make.START).served + 14 * DAY
    listing = make.listing(decision={"starts_on": planned})
    assert (listing.served_on, listing.starts_on) == (planned - 14 * DAY, planned)
    assert [state_on(listing, d) for d in (planned - DAY, planned)] == ["pending", "in_force"]
    assert workflow.allowed(listing, LISTING, JOB)
    task = listing.tasks.get(measure__code="P02", unit__code="zjj")
    with clock.at(planned - DAY):
        who = make.actor_of("zjj", "handler")
        acknowledge_task(actor=who, task=task)
        done = make.done(who, planned - DAY)
        with nothing_written():
            refused("SAN-41", apply_task, actor=who, task=task, done=done)


def test_a_list_of_another_source_ends_when_its_source_says_so() -> None:
    listing = make.listing(entry="CJ-002", initiator="swj")
    assert listing.governed_by == "source"
    day = listing.starts_on + 50 * DAY
    who = make.actor_of("swj", "reviewer")
    call = {"listing": listing, "reason": "税务机关提前停止公布"}
    with clock.at(day):
        with nothing_written():
            refused("SAN-24", record_source_exit, actor=who, ended_on=day + DAY, **call)
            refused("SAN-52", record_source_exit, actor=make.actor_of("scjgj", "reviewer"), ended_on=day, **call)
        record_source_exit(actor=who, ended_on=day, **call)
    assert [state_on(listing, d) for d in (day - DAY, day)] == ["in_force", "ended"]
    assert delist_expired(actor=JOB, day=day) == 1
    other = make.listing()
    with clock.at(day), nothing_written():
        refused(
            "SAN-52",
            record_source_exit,
            actor=make.actor_of("rsj", "reviewer"),
            listing=other,
            ended_on=day,
            reason="误",
        )
