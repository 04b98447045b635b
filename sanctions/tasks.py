"""Jobs of the chain. They only announce what the dates say; the work is found in the database, so Redis may vanish."""

from __future__ import annotations

from typing import Any

from celery import shared_task
from celery.schedules import crontab

from core.actors import Actor
from core.jobs import job
from sanctions.checks import jobs as checks
from sanctions.checks.services import TASK as ANSWER_CHECK
from sanctions.embedding.handing import forget_unopened
from sanctions.permissions import JOB_PERMISSIONS
from sanctions.services.listings import announce_starts, delist_expired, release_expired_tasks
from sanctions.services.monitoring import make_quarterly_summaries
from sanctions.services.telling import tell_removals
from sanctions.services.verification import verify_clocks


def job_actor(name: str) -> Actor:
    return Actor.job(name, JOB_PERMISSIONS)


def settle_ends() -> int:
    """Announce the removals that the dates have brought; also before any job that builds on it."""
    actor = job_actor("sanctions.delist_expired")
    return delist_expired(actor=actor) + release_expired_tasks(actor=actor)


@job("sanctions.delist_expired", label="到期移出", settled=("silence",))
def delist_expired_job() -> int:
    return settle_ends()


@job("sanctions.announce_starts", label="名单生效通知")
def announce_starts_job() -> int:
    """Announce listings whose first day has come since they were issued."""
    return announce_starts(actor=job_actor("sanctions.announce_starts"))


@job("sanctions.tell_removals", label="告知当事人移出名单", settled=("silence", "ends"))
def tell_removals_job() -> int:
    """Tell subjects that their listings were removed: after the announcement, which stays one statement a chunk."""
    return tell_removals(actor=job_actor("sanctions.tell_removals"))


@job("sanctions.verify_clocks", label="每日核对推算日期")
def verify_clocks_job() -> dict[str, int]:
    return verify_clocks(actor=job_actor("sanctions.verify_clocks"))


@job("sanctions.quarterly_summaries", label="季度实施汇总", settled=("silence", "ends"))
def quarterly_summaries_job() -> int:
    return make_quarterly_summaries(actor=job_actor("sanctions.quarterly_summaries"))


@shared_task(name=ANSWER_CHECK)
def answer_check(number: str) -> None:
    """Answer one large check; where another worker is at it, leave it to him."""
    checks.answer(number)


@job("sanctions.sweep_checks", label="续办中断的批量核查", frequent=True)
def sweep_checks_job() -> int:
    """Go on with large checks that wait, or whose worker or database died in the middle."""
    return checks.sweep()


@job("sanctions.forget_unopened", label="清空过期的核查页面交接", frequent=True)
def forget_unopened_job() -> int:
    """Empty hand-overs of check pages that nobody opened in time."""
    return forget_unopened()


BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "delist-expired": {"task": "sanctions.delist_expired", "schedule": crontab(minute=10, hour="0-23/4")},
    "announce-starts": {"task": "sanctions.announce_starts", "schedule": crontab(minute=3)},
    "tell-removals": {"task": "sanctions.tell_removals", "schedule": crontab(minute=25, hour="0-23/4")},
    "verify-clocks": {"task": "sanctions.verify_clocks", "schedule": crontab(minute=40, hour=5)},
    "quarterly-summaries": {"task": "sanctions.quarterly_summaries", "schedule": crontab(minute=30, hour=6)},
    "sweep-checks": {"task": "sanctions.sweep_checks", "schedule": 60.0},
    "forget-unopened": {"task": "sanctions.forget_unopened", "schedule": 300.0},
}
