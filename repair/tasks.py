"""Jobs of repair. They only announce what the dates say; the work is found in the database, so Redis may vanish."""

from __future__ import annotations

from typing import Any

from celery.schedules import crontab

from core.actors import Actor
from core.jobs import job
from repair.permissions import JOB
from repair.services.announcing import announce_publicity_ends, end_without_object, remind_possible


def job_actor(name: str) -> Actor:
    return Actor.job(name, JOB)


def settle_ends() -> int:
    """Close applications that have lost their object; also before any job that builds on it."""
    return end_without_object(actor=job_actor("repair.announce"))


@job("repair.announce", settled=("silence",))
def announce_job() -> dict[str, int]:
    """Announce ends of publicity and close applications that have lost their object."""
    actor = job_actor("repair.announce")
    return {"publicity": announce_publicity_ends(actor=actor), "ended": settle_ends()}


@job("repair.remind_possible")
def remind_possible_job() -> int:
    """Tell subjects that they may apply from now on."""
    return remind_possible(actor=job_actor("repair.remind_possible"))


BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "repair-announce": {"task": "repair.announce", "schedule": crontab(minute=20, hour="0-23/4")},
    "repair-remind": {"task": "repair.remind_possible", "schedule": crontab(minute=15, hour=7)},
}
