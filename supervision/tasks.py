"""Jobs of supervision; the work is found in the database, so Redis may vanish."""

from __future__ import annotations

from typing import Any

from celery.schedules import crontab

from core.actors import Actor
from core.jobs import job
from supervision.checking.feedback import keep_due_days


def settle_feedback() -> int:
    """Open and close the due days of feedback; also before anybody is reminded of them."""
    return sum(keep_due_days(actor=Actor.job("supervision.feedback_due")).values())


@job("supervision.feedback_due", label="核查反馈期限")
def feedback_due_job() -> int:
    """Open the due days of checks that named something to be done, close those that were met."""
    return settle_feedback()


BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "supervision-feedback-due": {"task": "supervision.feedback_due", "schedule": crontab(minute=35)},
}
