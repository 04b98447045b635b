"""Jobs of the exchange; each finds its work in the database and may run late, twice or be killed."""

from __future__ import annotations

from typing import Any

from celery import shared_task
from celery.schedules import crontab

from core.actors import Actor
from core.jobs import job
from exchange.downflow import running
from exchange.downflow.fetching import fetch_once
from exchange.downflow.receiving import TASK
from exchange.permissions import LIST_JOB
from exchange.snapshots import keeping
from exchange.upward.system import PROVINCE, province_line
from publicity.permissions import MACHINES
from publicity.push.running import push_once, reconcile_once
from sanctions.services.external_sets import MERGE, match_again


@job("exchange.snapshot", label="全量快照", frequent=True, settled=("silence", "ends"))
def snapshot_job() -> int:
    """Write the day's snapshot once; asked often, so that a day whose first run failed is not lost."""
    if keeping.made_today():
        return 0
    keeping.clear()
    keeping.make()
    return 1


@job("exchange.push", label="向省平台报送", frequent=True)
def push_job() -> dict[str, int]:
    """Hand to the province what appeared, changed or ended, and what it has not acknowledged yet."""
    return push_once(PROVINCE, actor=Actor.job("exchange.push", MACHINES))


@job("exchange.reconcile", label="与省平台对账")
def reconcile_job() -> dict[str, int]:
    """Compare ours, the acknowledged and theirs, record by record where a unit's day differs."""
    return reconcile_once(PROVINCE, actor=Actor.job("exchange.reconcile", MACHINES))


@shared_task(name=TASK)
def run_list(public_id: str) -> None:
    """Work one list batch off; where another worker is at the list, the sweep comes back to it."""
    running.run(public_id)


@job("exchange.sweep_lists", label="外部名单批次入库", frequent=True)
def sweep_lists() -> int:
    """Go on with list batches that wait, or whose worker died in the middle."""
    return running.sweep()


@job("exchange.fetch_lists", label="取回外部名单", frequent=True)
def fetch_lists() -> dict[str, int]:
    """Take over the lists that the province hands down, and tell it what became of the earlier ones."""
    found = province_line()
    return {} if found is None else fetch_once(found, actor=Actor.job("exchange.fetch_lists", LIST_JOB))


@job("exchange.match_lists", label="外部名单对应主体", frequent=True)
def match_lists() -> int:
    """Give entries without a subject the one that has come on file since, by identifier."""
    return match_again(actor=Actor.job("exchange.match_lists", {MERGE}))


@job("exchange.keep_lists", label="外部名单时效和清理")
def keep_lists() -> dict[str, int]:
    """Alert to stale lists, give up batches that never became complete, clear old rows away."""
    return {"stale": running.watch(), **running.clear()}


BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "exchange-snapshot": {"task": "exchange.snapshot", "schedule": crontab(minute="*/15")},
    "exchange-push": {"task": "exchange.push", "schedule": 60.0},
    "exchange-reconcile": {"task": "exchange.reconcile", "schedule": crontab(minute=35, hour=4)},
    "fetch-lists": {"task": "exchange.fetch_lists", "schedule": 600.0},
    "sweep-lists": {"task": "exchange.sweep_lists", "schedule": 60.0},
    "match-lists": {"task": "exchange.match_lists", "schedule": crontab(minute=20)},
    "keep-lists": {"task": "exchange.keep_lists", "schedule": crontab(minute=50, hour=6)},
}
