"""The feed: no follower misses an event, whatever order transactions commit in."""

from __future__ import annotations

import threading
from datetime import date

import pytest
from django.db import connection
from django.db.models import Max

from core import outbox
from core.actors import Actor, acting
from core.counters import next_number
from core.models import CalendarDay, CalendarYear, Counter, OutboxEvent, OutboxPosition
from tests.support.waiting import wait_until

JOB = Actor.job("test")
PATIENCE = 120  # transactions of other tests' databases in the same cluster hold the horizon too


def sequenced() -> bool:
    """Sequence until every event has its position."""
    return wait_until(
        lambda: outbox.sequence() >= 0 and OutboxPosition.objects.count() == OutboxEvent.objects.count(), PATIENCE
    )


@pytest.fixture
def start(own_database: str) -> int:
    """The position after which this test's events come: the reference data's own events are numbered first."""
    assert sequenced()
    return OutboxPosition.objects.aggregate(last=Max("position"))["last"] or 0


def emit(day: int) -> None:
    with acting(JOB, "test.emit"):
        row = CalendarDay.objects.create(day=date(2032, 1, day), is_working=True)
        outbox.emit("deadline.moved", row, payload={"due_on": day})


def told(start: int) -> list[object]:
    return [row["payload"]["due_on"] for row in outbox.changes(start, 10)]


def test_events_get_positions_in_order(start: int) -> None:
    for day in (1, 2, 3):
        emit(day)
    assert sequenced()
    assert told(start) == [1, 2, 3]
    feed = outbox.changes(start, 10)
    assert [row["position"] for row in feed] == [start + 1, start + 2, start + 3]
    assert outbox.sequence() == 0
    assert outbox.changes(feed[1]["position"], 10) == feed[2:]


def test_a_slow_transaction_holds_the_feed_so_that_nothing_is_passed_over(start: int) -> None:
    written, finish = threading.Event(), threading.Event()

    def slow() -> None:
        try:
            with acting(JOB, "test.slow"):
                row = CalendarDay.objects.create(day=date(2032, 2, 1), is_working=True)
                outbox.emit("deadline.moved", row, payload={"due_on": "slow"})
                written.set()
                finish.wait(30)
        finally:
            connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    assert written.wait(10)
    emit(5)
    assert outbox.sequence() == 0
    assert told(start) == []
    finish.set()
    thread.join()
    assert sequenced()
    assert told(start) == ["slow", 5]


def test_an_act_that_fails_leaves_no_event(start: int) -> None:
    with pytest.raises(RuntimeError), acting(JOB, "test.fail"):
        row = CalendarDay.objects.create(day=date(2032, 3, 1), is_working=True)
        outbox.emit("deadline.moved", row, payload={"due_on": 1})
        raise RuntimeError
    assert not OutboxEvent.objects.filter(event_type="deadline.moved").exists()


def test_a_restored_copy_is_sequenced_again(start: int) -> None:
    emit(1)
    assert sequenced()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE core_outboxhorizon SET transaction_id = 9000000000000000")
    emit(2)
    assert outbox.sequence() == 1
    assert told(start) == [1, 2]


def test_numbers_are_gapless_under_threads_and_rollbacks(own_database: str) -> None:
    numbers: list[int] = []
    lock = threading.Lock()

    def take(fail: bool) -> None:
        try:
            with acting(JOB, "test.number"):
                number = next_number("decision", "scjgj", 2026)
                if fail:
                    raise RuntimeError
            with lock:
                numbers.append(number)
        except RuntimeError:
            assert fail
        finally:
            connection.close()

    threads = [threading.Thread(target=take, args=(n % 3 == 0,)) for n in range(15)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(numbers) == list(range(1, 11))
    assert Counter.objects.get(series="decision").last == 10


def test_every_payload_of_many_is_checked(as_job: Actor) -> None:
    years = [CalendarYear.objects.create(year=2050 + n, source="x") for n in range(3)]
    with pytest.raises(LookupError, match="secret"):
        outbox.emit_many(
            "time_limit.confirmed",
            years,
            payload_of=lambda year: {"code": "x"} | ({"secret": 1} if year.year == 2052 else {}),
        )
