"""Jobs of the kernel."""

from __future__ import annotations

from typing import Any

from celery import shared_task
from celery.schedules import crontab

from core import alerts, idempotency, outbox, reminders
from core.actors import Actor
from core.intake import queueing, running
from core.jobs import job


@job("core.sequence_events", label="事件排序", frequent=True)
def sequence_events() -> int:
    """Give positions to new events; the work is found in the database, so a lost message loses nothing."""
    return outbox.sequence()


@job("core.remind", label="期限提醒", settled=("silence", "ends"))
def remind_job() -> dict[str, int]:
    """Tell of every due day that is near or past; late or twice it writes nothing new."""
    return reminders.remind(actor=Actor.job("core.remind"))


@job("core.watch_calendar", label="年历预警")
def watch_calendar_job() -> int:
    """Alert the system administrators while next year's calendar is missing."""
    return alerts.watch_calendar()


@job("core.forget_idempotency_keys", label="清除过期的幂等键")
def forget_idempotency_keys_job() -> int:
    """Let keys of repeated calls go when nobody repeats them any more."""
    return idempotency.forget()


@shared_task(name=queueing.TASK)
def run_intake(public_id: str) -> None:
    """Work one batch off; where another worker is at it, leave it to him."""
    running.run(public_id)


@job("core.sweep_intake", label="续办中断的报送", frequent=True)
def sweep_intake() -> int:
    """Go on with batches that wait, or whose worker or database died in the middle."""
    return running.sweep()


BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "sequence-events": {"task": "core.sequence_events", "schedule": 5.0},
    "sweep-intake": {"task": "core.sweep_intake", "schedule": 60.0},
    "remind": {"task": "core.remind", "schedule": crontab(minute=0, hour="7-19")},
    "watch-calendar": {"task": "core.watch_calendar", "schedule": crontab(minute=5, hour="7-19/4")},
    "forget-idempotency-keys": {"task": "core.forget_idempotency_keys", "schedule": crontab(minute=50, hour=3)},
}
