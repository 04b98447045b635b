"""Jobs of the portal."""

from __future__ import annotations

from typing import Any

from celery.schedules import crontab

from core.jobs import job
from portal.online.drafts import sweep


@job("portal.sweep_drafts", label="清除过期草稿", frequent=True)
def sweep_drafts_job() -> dict[str, int]:
    """Delete what nobody filed in time, and follow-up secrets whose time to be shown is over."""
    return sweep()


BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "sweep-drafts": {"task": "portal.sweep_drafts", "schedule": crontab(minute="*/10")},
}
