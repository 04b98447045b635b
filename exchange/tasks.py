"""Jobs of the exchange."""

from __future__ import annotations

from typing import Any

from celery.schedules import crontab

from core.jobs import job
from exchange.snapshots import keeping


@job("exchange.snapshot", label="全量快照", frequent=True, settled=("silence", "ends"))
def snapshot_job() -> int:
    """Write the day's snapshot once; asked often, so that a day whose first run failed is not lost."""
    if keeping.made_today():
        return 0
    keeping.clear()
    keeping.make()
    return 1


BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "exchange-snapshot": {"task": "exchange.snapshot", "schedule": crontab(minute="*/15")},
}
