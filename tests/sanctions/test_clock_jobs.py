"""Jobs only announce what the dates say: late, twice, cut off or on two workers at once, the outcome is the same."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from core import clock
from core.actors import Actor, acting
from core.models import Alert, OutboxEvent, TransitionRecord
from core.periods import Period
from sanctions.models import ExecutionTask, Listing
from sanctions.permissions import JOB_PERMISSIONS
from sanctions.services import listings as listing_services
from sanctions.services.listings import delist_expired
from sanctions.services.telling import tell_removals
from sanctions.services.verification import verify_clocks
from sanctions.tasks import delist_expired_job, tell_removals_job, verify_clocks_job
from sanctions.workflow import LISTING, TASK
from subjects.models import Message
from tests.factories import sanctions as make
from tests.sanctions.test_clocks import DAY, act, pause, resume
from tests.support.threads import at_once

JOB = Actor.job("test.jobs", JOB_PERMISSIONS)
LAST = date(2027, 3, 15)


def crowd() -> list[Listing]:
    """Listings that end around LAST in every way: by date, after a pause, inside one, by repair, performed, revoked."""
    made = [make.listing(entry="CJ-011", initiator="zjj", decision={"period": Period(months=12)}) for _ in range(6)]
    first = made[0].starts_on
    assert made[0].ends_on == LAST
    pause(made[1], first + DAY)
    resume(made[1], first + 4 * DAY)  # ends three days later
    pause(made[2], LAST - DAY)  # stands still over its end
    pause(made[3], first + DAY, cause="court")
    resume(made[3], first + 30 * DAY)  # ends after the stop of the jobs
    act("repair", made[4], LAST - 3 * DAY)
    act("revoke", made[5], LAST)
    return made


def picture(made: list[Listing], first: date, last: date) -> dict[str, Any]:
    """Return every state of every day, what is stored, and how often each removal was announced."""
    days = [first + n * DAY for n in range((last - first).days + 1)]
    keys = [listing.pk for listing in made]
    told = TransitionRecord.objects.filter(workflow=LISTING.name, transition="delist", object_id__in=keys)
    events = OutboxEvent.objects.filter(event_type="listing.delisted", aggregate_id__in=[m.public_id for m in made])
    return {
        "states": [
            list(
                Listing.objects.filter(pk__in=keys).with_state_on(day).order_by("pk").values_list("state_on", flat=True)
            )
            for day in days
        ],
        "stored": list(Listing.objects.filter(pk__in=keys).order_by("pk").values_list("state", "ends_on")),
        "tasks": list(
            ExecutionTask.objects.filter(listing__in=keys).order_by("pk").values_list("state", "starts_on", "ends_on")
        ),
        "announced": sorted(told.values_list("object_id", flat=True)),
        "events": sorted(events.values_list("aggregate_id", flat=True)),
        "released": TransitionRecord.objects.filter(workflow=TASK.name, transition="release").count(),
    }


@pytest.mark.django_db
def test_ten_days_without_jobs_change_nothing_but_the_day_of_the_announcement() -> None:
    made = crowd()
    first, last = LAST - 2 * DAY, LAST + 12 * DAY
    pictures = []
    for idle in (set(), {LAST + n * DAY for n in range(10)}):
        with transaction.atomic():
            day = first
            while day <= last:
                with clock.at(day):
                    if day not in idle:
                        delist_expired_job()
                        delist_expired_job()  # beat sends it too often
                day += DAY
            pictures.append(picture(made, first, last))
            transaction.set_rollback(True)
    assert pictures[0] == pictures[1]
    assert len(set(pictures[0]["announced"])) == len(pictures[0]["announced"]) == 2
    assert pictures[0]["states"][-1] == ["ended", "ended", "paused", "in_force", "ended", "revoked"]


def test_two_workers_announce_each_removal_once(own_database: str) -> None:
    made = [make.listing(entry=make.REWARD, decision={"period": Period(months=12)}) for _ in range(6)]
    day = made[0].ends_on + DAY
    given, raised = at_once(*(lambda: delist_expired(actor=JOB, day=day, chunk=1) for _ in range(2)))
    assert raised == []
    assert sum(given) == 6
    told = TransitionRecord.objects.filter(workflow=LISTING.name, transition="delist")
    assert sorted(told.values_list("object_id", flat=True)) == sorted(listing.pk for listing in made)


def test_a_run_cut_off_in_the_middle_leaves_what_is_left(own_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    made = [make.listing(entry=make.REWARD, decision={"period": Period(months=12)}) for _ in range(5)]
    day = made[0].ends_on + DAY
    real, calls = listing_services.release_ended_tasks, iter(range(9))

    def dies_in_the_third(*given: Any) -> int:
        if next(calls) == 2:
            raise KeyboardInterrupt
        return real(*given)

    monkeypatch.setattr(listing_services, "release_ended_tasks", dies_in_the_third)
    with pytest.raises(KeyboardInterrupt):
        delist_expired(actor=JOB, day=day, chunk=1)
    assert Listing.objects.filter(state="delisted").count() == 2
    monkeypatch.undo()
    assert delist_expired(actor=JOB, day=day, chunk=1) == 3
    assert delist_expired(actor=JOB, day=day, chunk=1) == 0
    assert OutboxEvent.objects.filter(event_type="listing.delisted").count() == 5


@pytest.mark.django_db
def test_the_daily_check_finds_nothing_after_every_act() -> None:
    crowd()
    with clock.at(LAST + DAY):
        delist_expired_job()
        assert set(verify_clocks(actor=JOB).values()) == {0}
    assert not Alert.objects.filter(code="sanctions.clock").exists()


@pytest.mark.django_db
def test_the_daily_check_mends_with_history_and_tells() -> None:
    made = crowd()
    wrong, task = made[0], made[3].tasks.filter(follows_listing=True).first()
    with acting(JOB, "test.fault"):
        Listing.objects.filter(pk=wrong.pk).update(ends_on=LAST - 5 * DAY)
        ExecutionTask.objects.filter(pk=task.pk).update(ends_on=None)
    with clock.at(LAST - 2 * DAY):
        assert verify_clocks_job() == {"listings": 1, "tasks": 1, "announced_early": 0, "announced_late": 0, "tacit": 0}
        assert not any(verify_clocks_job().values())
    assert make.fresh(wrong).ends_on == LAST
    assert make.fresh(task).ends_on == made[3].ends_on
    kept = Listing.history.filter(id=wrong.pk).latest("history_id")
    assert (kept.history_act, kept.ends_on) == ("clock.verify", LAST)
    assert "每日核对" in kept.history_change_reason
    told = Alert.objects.get(code="sanctions.clock")
    assert "名单截止日与推算不符（已更正）1项" in told.text
    assert told.settled_on == LAST - 2 * DAY


@pytest.mark.django_db
def test_the_daily_check_reports_announcements_and_takes_none_back() -> None:
    made = crowd()
    with acting(JOB, "test.fault"):
        Listing.objects.filter(pk=made[3].pk).update(state="delisted", delisted_on=LAST - 10 * DAY)
    with clock.at(LAST + 5 * DAY):
        found = verify_clocks(actor=JOB)
    assert (found["announced_early"], found["announced_late"]) == (1, 2)
    assert make.fresh(made[3]).state == "delisted"


@pytest.mark.django_db
def test_the_check_asks_the_database_a_constant_number_of_times() -> None:
    crowd()
    with connection.execute_wrapper(lambda run, *given: (asked.append(1), run(*given))[1]):
        asked: list[int] = []
        verify_clocks(actor=JOB, day=LAST - 9 * DAY, span=10**6)
    assert len(asked) <= 8


@pytest.mark.django_db
def test_each_removal_is_told_once_and_flat() -> None:
    made = crowd()
    day = LAST + 40 * DAY
    with clock.at(day):
        assert tell_removals(actor=JOB) == 0
        delist_expired_job()
        removed = set(Listing.objects.filter(state="delisted").values_list("public_id", flat=True))
        assert len(removed) > 1
        first = made[0]
        with CaptureQueriesContext(connection) as queries:
            assert tell_removals_job() == len(removed)
        assert tell_removals_job() == 0
    letters = Message.objects.filter(kind="sanctions.delisted")
    assert {row.about_id for row in letters} == removed
    told = letters.get(about_id=first.public_id)
    assert (told.subject, told.acted_on) == (first.subject, day)
    assert f"已于{LAST.year}年{LAST.month}月{LAST.day}日期限届满" in told.body
    assert told.deliveries.get().channel == "site"
    assert len([q for q in queries if "subjects_message" in q["sql"] and q["sql"].startswith("INSERT")]) == 1


@pytest.mark.django_db
def test_a_removal_after_a_relisting_is_told_again_and_chunks_lose_nothing() -> None:
    made = [make.listing(entry="CJ-011", initiator="zjj", decision={"period": Period(months=12)}) for _ in range(3)]
    end = made[0].ends_on
    assert end is not None
    with clock.at(end + DAY):
        delist_expired_job()
        assert tell_removals(actor=JOB, chunk=1) == 3
    with clock.at(end + 2 * DAY):
        pause(made[0], end - DAY)  # a pause recorded late, from before its end: it comes back
        assert make.fresh(made[0]).state == "issued"
        resume(made[0], end + 2 * DAY)
    with clock.at(end + 60 * DAY):
        delist_expired_job()
        assert tell_removals(actor=JOB, chunk=2) == 1
    assert Message.objects.filter(kind="sanctions.delisted", about_id=made[0].public_id).count() == 2


def test_two_workers_tell_each_removal_once(own_database: str) -> None:
    made = [make.listing(entry="CJ-011", initiator="zjj", decision={"period": Period(months=12)}) for _ in range(3)]
    with clock.at(LAST + 5 * DAY):
        delist_expired(actor=JOB)
        given, raised = at_once(*[lambda: tell_removals(actor=JOB, chunk=1)] * 2)
    assert not raised
    assert sum(given) == len(made) == Message.objects.filter(kind="sanctions.delisted").count()
