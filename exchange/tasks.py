"""Jobs of the exchange; each finds its work in the database and may run late, twice or be killed."""

from __future__ import annotations

from typing import Any

from celery.schedules import crontab

from core.actors import Actor
from core.jobs import job
from exchange.snapshots import keeping
from exchange.upward.system import PROVINCE
from publicity.permissions import MACHINES
from publicity.push.running import push_once, reconcile_once


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


BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "exchange-snapshot": {"task": "exchange.snapshot", "schedule": crontab(minute="*/15")},
    "exchange-push": {"task": "exchange.push", "schedule": 60.0},
    "exchange-reconcile": {"task": "exchange.reconcile", "schedule": crontab(minute=35, hour=4)},
}
