"""Scheduled jobs: one run at a time, recorded, and none that beat sends is left out."""

import threading
from typing import Any

import pytest
from celery import current_app
from django.db import connections

from core import jobs
from core.models import JobRun
from credit_platform.celery import app
from tests.support.waiting import wait_until

PLAIN = {"credit_platform.tick"}  # its record is the heartbeat


def test_every_beat_entry_is_a_recorded_single_flight_job() -> None:
    app.finalize()
    app.loader.import_default_modules()
    sent = {entry["task"] for entry in app.conf.beat_schedule.values()}
    assert sent - PLAIN
    for name in sent - PLAIN:
        assert current_app.tasks[name].run.__code__.co_filename.endswith("core/jobs.py"), name


@pytest.mark.django_db
def test_a_run_is_recorded_with_its_counts_and_idle_runs_share_a_row() -> None:
    assert jobs.run("t", lambda: {"made": 3, "none": 0}) == {"made": 3, "none": 0}
    assert [jobs.run("t", lambda: 0) for _ in range(4)] == [0] * 4
    rows = list(JobRun.objects.filter(name="t").order_by("pk"))
    assert [(row.counts, row.runs) for row in rows] == [({"made": 3}, 1), ({}, 4)]
    assert all(row.finished_at and not row.error for row in rows)


@pytest.mark.django_db
def test_runs_of_a_frequent_job_are_added_up_per_day() -> None:
    for count in (2, 0, 5):
        jobs.run("t", lambda count=count: count, frequent=True)
    row = JobRun.objects.get(name="t")
    assert (row.runs, row.counts) == (3, {"done": 7})


@pytest.mark.django_db
def test_a_failure_is_recorded_without_personal_numbers_and_raised() -> None:
    def fail() -> int:
        raise ValueError("号码 13812345678 有误")

    for frequent in (False, True):
        with pytest.raises(ValueError):
            jobs.run("t", fail, frequent=frequent)
    errors = list(JobRun.objects.filter(name="t").values_list("error", flat=True))
    assert errors == ["ValueError: 号码 138****5678 有误"] * 2
    assert jobs.run("t", lambda: 1) == 1


@pytest.mark.django_db
def test_a_run_that_was_killed_is_marked_by_the_next_one() -> None:
    JobRun.objects.create(name="t")
    jobs.run("t", lambda: 1)
    first, second = JobRun.objects.filter(name="t").order_by("pk")
    assert first.error == jobs.CUT_OFF
    assert second.error == ""


def test_two_workers_run_a_job_once(own_database: str) -> None:
    inside, go_on = threading.Event(), threading.Event()
    results: list[Any] = []

    def slow() -> int:
        inside.set()
        assert go_on.wait(20)
        return 1

    def first() -> None:
        results.append(jobs.run("t", slow))
        connections.close_all()

    thread = threading.Thread(target=first)
    thread.start()
    assert inside.wait(20)
    assert jobs.run("t", lambda: 2) is None
    assert jobs.run("other", lambda: 3) == 3
    go_on.set()
    thread.join(20)
    assert results == [1]
    assert jobs.run("t", lambda: 4) == 4
    assert JobRun.objects.filter(name="t").count() == 2


def test_a_killed_worker_takes_its_lock_along(own_database: str) -> None:
    held = threading.Event()

    def die() -> None:
        with jobs.single_flight("t") as mine:
            assert mine
            connections["default"].connection.close()  # as the server sees a killed process
            held.set()

    thread = threading.Thread(target=die)
    thread.start()
    assert held.wait(20)
    thread.join(20)
    # The server frees the lock when it notices the closed connection, a moment later.
    assert wait_until(lambda: jobs.run("t", lambda: 1) == 1, 20)
