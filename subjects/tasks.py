"""Jobs of the subjects."""

from __future__ import annotations

from typing import Any

from celery.schedules import crontab

from core.jobs import job
from subjects.search import refresh_statistics


@job("subjects.refresh_statistics")
def refresh_statistics_job() -> int:
    """Count the grams of all searched names anew; a night without it costs time, never answers."""
    return refresh_statistics()


BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "refresh-search-statistics": {"task": "subjects.refresh_statistics", "schedule": crontab(minute=40, hour=3)},
}
