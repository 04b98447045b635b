"""Jobs of the subjects."""

from __future__ import annotations

from typing import Any

from celery.schedules import crontab

from core.actors import Actor
from core.jobs import job
from subjects.delivery.sending import send_queued
from subjects.search import refresh_statistics


@job("subjects.refresh_statistics", label="检索统计")
def refresh_statistics_job() -> int:
    """Count the grams of all searched names anew; a night without it costs time, never answers."""
    return refresh_statistics()


@job("subjects.send_messages", label="短信发送", frequent=True)
def send_messages_job() -> dict[str, int]:
    """Hand over the text messages whose time has come."""
    return send_queued(actor=Actor.job("subjects.send_messages"))


BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "refresh-search-statistics": {"task": "subjects.refresh_statistics", "schedule": crontab(minute=40, hour=3)},
    "send-messages": {"task": "subjects.send_messages", "schedule": 60.0},
}
