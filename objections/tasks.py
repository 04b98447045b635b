"""Jobs of objections. They only announce what dates and rows say; the work is found in the database."""

from __future__ import annotations

from typing import Any

from celery.schedules import crontab

from core.actors import Actor
from core.jobs import job
from objections.permissions import JOB_PERMISSIONS
from objections.services.closing import close_moot
from objections.services.silence import silence_becomes_acceptance


def settle_silence() -> int:
    """Accept, as of its due day, what nobody decided in time; also before any job that builds on it."""
    return silence_becomes_acceptance(actor=Actor.job("objections.silence_becomes_acceptance", JOB_PERMISSIONS))


@job("objections.silence_becomes_acceptance", label="逾期视为受理")
def silence_job() -> int:
    return settle_silence()


@job("objections.close_moot", label="终结失去对象的异议")
def close_moot_job() -> int:
    """End what is open about determinations that were revoked."""
    return close_moot(actor=Actor.job("objections.close_moot", JOB_PERMISSIONS))


BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "silence-becomes-acceptance": {
        "task": "objections.silence_becomes_acceptance",
        "schedule": crontab(minute=5, hour="0-23/2"),
    },
    "close-moot-objections": {"task": "objections.close_moot", "schedule": crontab(minute=20, hour="0-23/4")},
}
