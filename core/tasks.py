"""Jobs of the kernel."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from core import outbox


@shared_task(name="core.sequence_events")
def sequence_events() -> int:
    """Give positions to new events; the work is found in the database, so a lost message loses nothing."""
    return outbox.sequence()


BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "sequence-events": {"task": "core.sequence_events", "schedule": 5.0},
}
