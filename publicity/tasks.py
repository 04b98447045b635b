"""Jobs of double publicity. They only announce what the dates say; the work is found in the database."""

from __future__ import annotations

from typing import Any

from celery.schedules import crontab

from core.actors import Actor
from core.jobs import job
from core.models import JobRun
from publicity.permissions import JOB, MACHINES
from publicity.push.running import push_once, reconcile_once
from publicity.receiving.running import compare_once, receive_once
from publicity.selectors import law_changed_since
from publicity.services.adjusting import resettle
from publicity.services.announcing import announce_appearances, announce_ends
from publicity.services.trusted import pass_trusted


def job_actor(name: str) -> Actor:
    return Actor.job(name, JOB)


@job("publicity.announce", label="公示起止通知")
def announce_job() -> dict[str, int]:
    """Announce appearances and ends that the dates brought."""
    actor = job_actor("publicity.announce")
    return {"appeared": announce_appearances(actor=actor), "ended": announce_ends(actor=actor)}


@job("publicity.pass_trusted", label="免逐条审核公示")
def pass_trusted_job() -> int:
    """Pass what trusted units reported since the last run."""
    return pass_trusted(actor=job_actor("publicity.pass_trusted"))


@job("publicity.resettle", label="失信程度重算")
def resettle_job() -> int:
    """Verify severity and last days against the table as it stands."""
    return resettle(actor=job_actor("publicity.resettle"))


@job("publicity.follow_law", label="公示规则修订后重算", frequent=True)
def follow_law_job() -> int:
    """Compute anew soon after a row of law was confirmed; nothing to do otherwise."""
    last = JobRun.objects.filter(name__in=["publicity.resettle", "publicity.follow_law"], error="").order_by("-pk")
    since = last.values_list("finished_at", flat=True).first()
    if since is not None and not law_changed_since(since):
        return 0
    return resettle(actor=job_actor("publicity.follow_law"))


@job("publicity.push", label="公示推送", frequent=True)
def push_job() -> dict[str, int]:
    """Hand to the city portal what appeared, changed or ended, and what it has not acknowledged yet."""
    return push_once(actor=Actor.job("publicity.push", MACHINES))


@job("publicity.reconcile", label="公示对账")
def reconcile_job() -> dict[str, int]:
    """Compare with the city portal, record by record where a day differs."""
    return reconcile_once(actor=Actor.job("publicity.reconcile", MACHINES))


@job("publicity.receive", label="接收权力平台的决定", frequent=True)
def receive_job() -> dict[str, int]:
    """Take over new decisions of the power platform, and tell it what became of the earlier ones."""
    return receive_once(actor=Actor.job("publicity.receive", MACHINES))


@job("publicity.compare_received", label="权力平台对账")
def compare_received_job() -> dict[str, int]:
    """Compare with the power platform, and take over again what is lacking."""
    return compare_once(actor=Actor.job("publicity.compare_received", MACHINES))


BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "publicity-announce": {"task": "publicity.announce", "schedule": crontab(minute=5, hour="0-23/2")},
    "publicity-pass-trusted": {"task": "publicity.pass_trusted", "schedule": crontab(minute="*/20")},
    "publicity-follow-law": {"task": "publicity.follow_law", "schedule": crontab(minute="*/10")},
    "publicity-push": {"task": "publicity.push", "schedule": 60.0},
    "publicity-receive": {"task": "publicity.receive", "schedule": 300.0},
    "publicity-compare-received": {"task": "publicity.compare_received", "schedule": crontab(minute=50, hour=4)},
    "publicity-reconcile": {"task": "publicity.reconcile", "schedule": crontab(minute=20, hour=4)},
    "publicity-resettle": {"task": "publicity.resettle", "schedule": crontab(minute=40, hour=3)},
}
