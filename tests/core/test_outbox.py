"""The feed: no follower misses an event, whatever order transactions commit in."""

from __future__ import annotations

import threading
from datetime import date

import pytest
import pytest
from django.db import connection
from django.db.models import Max

from core import outbox
from core.actors import Actor, acting
from core.counters import next_number
from core.models import CalendarDay, Counter, OutboxEvent, OutboxPosition

JOB = Actor.job("test")


@pytest.fixture
def start(own_database: str) -> int:
    """The position after which this test's events come: the reference data's own events are numbered first."""
    outbox.sequence()
    return OutboxPosition.objects.aggregate(last=Max("position"))["last"] or 0


def sequenced(wanted: int) -> bool:
    """Sequence until so many events have positions; transactions of other databases in the cluster hold it up too."""
    return wait_until(lambda: outbox.sequence() >= 0 and OutboxPosition.objects.count() == wanted, 30)


@pytest.fixture
def before(own_database: str) -> int:
    """The position of the last event that the template brought along."""
    count = OutboxEvent.objects.count()
    assert sequenced(count)
    return count


def emit(day: int) -> None:
    with acting(JOB, "test.emit"):
        row = CalendarDay.objects.create(day=date(2032, 1, day), is_working=True)
        outbox.emit("calendar.day", row, payload={"n": day})


def test_events_get_positions_in_order(before: int) -> None:
    for day in (1, 2, 3):
        emit(day)
    assert sequenced(before + 3)
    assert outbox.sequence() == 0
    feed = outbox.changes(after=before, limit=10)
    assert [row["payload"]["n"] for row in feed] == [1, 2, 3]
    assert outbox.changes(after=feed[1]["position"], limit=10)[0]["payload"]["n"] == 3


def test_a_slow_transaction_holds_the_feed_so_that_nothing_is_passed_over(before: int) -> None:
    written, finish = threading.Event(), threading.Event()

    def slow() -> None:
        try:
            with acting(JOB, "test.slow"):
                row = CalendarDay.objects.create(day=date(2032, 2, 1), is_working=True)
                outbox.emit("calendar.day", row, payload={"n": "slow"})
                written.set()
                finish.wait(30)
        finally:
            connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    assert written.wait(10)
    emit(5)
    assert outbox.sequence() == 0
    finish.set()
    thread.join()
    assert sequenced(before + 2)
    assert [row["payload"]["n"] for row in outbox.changes(before, 10)] == ["slow", 5]


def test_an_act_that_fails_leaves_no_event(before: int) -> None:
    with pytest.raises(RuntimeError), acting(JOB, "test.fail"):
        row = CalendarDay.objects.create(day=date(2032, 3, 1), is_working=True)
        outbox.emit("calendar.day", row)
        raise RuntimeError
    assert OutboxEvent.objects.count() == before


def test_a_restored_copy_is_sequenced_again(before: int) -> None:
    emit(1)
    assert sequenced(before + 1)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE core_outboxhorizon SET transaction_id = 9000000000000000")
    emit(2)
    assert sequenced(before + 2)
    assert len(outbox.changes(before, 10)) == 2


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
