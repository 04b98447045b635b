"""Jobs of the organisations."""

from __future__ import annotations

from typing import Any

from celery.schedules import crontab

from core.jobs import job
from organizations import calls


@job("organizations.forget_calls", label="清理过期的接口请求记录")
def forget_calls() -> dict[str, int]:
    """Delete calls of clients past their retention, and marks of signatures that are over."""
    return calls.forget()


BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "forget-calls": {"task": "organizations.forget_calls", "schedule": crontab(minute=41, hour=3)},
}
