"""A scheduled job runs once at a time, on however many workers, and leaves a record of what it did.

Jobs only announce what dates and rows say: they find their work in the database and may run late, twice or be killed
in the middle. Beat may send them too often and Redis may lose them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import structlog
from celery import current_app, shared_task
from django.db import Error, connection, transaction
from django.db.models import F
from kombu.exceptions import OperationalError

from core import clock
from core.masking import mask_text
from core.models.jobs import JobRun

LOCK_SPACE = 0x4A4F42  # "JOB": first half of the advisory locks taken here
CUT_OFF = "中断，由下一次运行继续"
logger = structlog.get_logger(__name__)
Counts = Mapping[str, int] | int | None


@contextmanager
def single_flight(name: str) -> Iterator[bool]:
    """Give True to the one run of this name that may go on, False to any other meanwhile.

    A session's advisory lock: it outlives commits inside the run and goes with the connection of a killed worker.
    """
    key = int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOCK_SPACE, key])
        mine = bool(cursor.fetchone()[0])
    try:
        yield mine
    finally:
        if mine:
            _unlock(name, key)


def _unlock(name: str, key: int) -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCK_SPACE, key])
    except Error:
        logger.warning("job_lock_went_with_its_connection", job=name)
        connection.close()


def run(name: str, work: Callable[[], Counts], *, frequent: bool = False) -> Counts:
    """Do the work in single flight and record it; None where another run is under way.

    frequent: all runs of a day share one row, with their counts added; a failure has a row of its own.
    """
    with single_flight(name) as mine:
        if not mine:
            logger.info("job_already_running", job=name)
            return None
        JobRun.objects.filter(name=name, finished_at__isnull=True).update(finished_at=clock.now(), error=CUT_OFF)
        row = None if frequent else JobRun.objects.create(name=name)
        try:
            result = work()
        except Exception as error:
            _record_failure(name, row, error)
            raise
        _record(name, row, _named(result))
        return result


def _named(result: Counts) -> dict[str, int]:
    """Return the counts that are not zero."""
    counts = result if isinstance(result, Mapping) else {"done": result or 0}
    return {key: int(value) for key, value in counts.items() if value}


def _record(name: str, row: JobRun | None, counts: dict[str, int]) -> None:
    """Write the end of a run; a run that did nothing joins the day's earlier one of its kind."""
    now = clock.now()
    last = JobRun.objects.filter(name=name, error="", finished_at__isnull=False).order_by("-pk").first()
    same_day = last is not None and clock.day_of(last.started_at) == clock.day_of(now)
    if last is not None and same_day and (row is None or not (counts or last.counts)):
        added = {key: last.counts.get(key, 0) + counts.get(key, 0) for key in {*last.counts, *counts}}
        JobRun.objects.filter(pk=last.pk).update(runs=F("runs") + 1, finished_at=now, counts=added)
        if row is not None:
            row.delete()
    elif row is None:
        JobRun.objects.create(name=name, finished_at=now, counts=counts)
    else:
        JobRun.objects.filter(pk=row.pk).update(finished_at=now, counts=counts)


def _record_failure(name: str, row: JobRun | None, error: Exception) -> None:
    """Write why a run failed, without personal numbers; a lost database is told by the log alone."""
    said = mask_text(f"{type(error).__name__}: {error}")[:500]
    try:
        target = row or JobRun.objects.create(name=name)
        JobRun.objects.filter(pk=target.pk).update(finished_at=clock.now(), error=said)
    except Error:
        logger.warning("job_failure_not_recorded", job=name, error=type(error).__name__)


def send_after_commit(task: str, public_id: str) -> None:
    """Send a public id, and nothing of what is behind it, to the workers once it is committed.

    Where the queue is away, the task's sweep finds the work in the database.
    """
    transaction.on_commit(lambda: _send(task, public_id))


def _send(task: str, public_id: str) -> None:
    try:
        current_app.send_task(task, args=[public_id], retry=False)
    except (OperationalError, OSError) as error:
        logger.warning("work_not_queued", task=task, about=public_id, error=type(error).__name__)


_labels: dict[str, str] = {}
_settlers: dict[str, list[Callable[[], object]]] = {"silence": [], "ends": []}


def settle_first(stage: str, settle: Callable[[], object]) -> None:
    """Let an app write down what the passing of days alone has done, before any job that builds on it.

    From AppConfig.ready(). `silence` is settled before `ends` (what silence holds does not end). After a stop of some
    days the jobs come in any order; what is announced or reminded of must not depend on which of them came first.
    """
    if settle not in _settlers[stage]:
        _settlers[stage].append(settle)


def _settled(work: Callable[[], Counts], stages: Sequence[str]) -> Callable[[], Counts]:
    def settle_then_work() -> Counts:
        for stage in stages:
            for settle in _settlers[stage]:
                settle()
        return work()

    return settle_then_work


def labels() -> dict[str, str]:
    """Return the Chinese names of the jobs, by task name."""
    return dict(_labels)


def job(
    name: str, *, label: str = "", frequent: bool = False, settled: Sequence[str] = ()
) -> Callable[[Callable[[], Counts]], Any]:
    """Make a function a Celery task that runs in single flight and is recorded; `label` is what a person reads.

    settled: the stages of `settle_first` that it builds on and that are written down before it.
    """

    def wrap(work: Callable[[], Counts]) -> Any:
        _labels[name] = label or name

        def task() -> Counts:
            return run(name, _settled(work, settled), frequent=frequent)

        task.__doc__, task.__module__, task.__qualname__ = work.__doc__, work.__module__, work.__qualname__
        return shared_task(name=name)(task)

    return wrap
