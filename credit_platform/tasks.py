"""Tasks of the platform itself."""

from celery import shared_task
from celery.schedules import crontab
from django.core.management import call_command

from core.jobs import job
from credit_platform import heartbeat


@shared_task(name="credit_platform.tick", expires=60)
def tick() -> None:
    """Show that beat sends and a worker works; its record is the heartbeat itself."""
    heartbeat.beat(heartbeat.BEAT)


@job("credit_platform.clear_expired", label="清理过期会话和令牌")
def clear_expired() -> None:
    """Delete sessions and access tokens that are past their end; nothing legal hangs on them."""
    call_command("clearsessions")
    call_command("cleartokens")


BEAT_SCHEDULE = {
    "credit_platform.tick": {"task": "credit_platform.tick", "schedule": 30.0, "options": {"expires": 60}},
    "credit_platform.clear_expired": {
        "task": "credit_platform.clear_expired",
        "schedule": crontab(hour=3, minute=17),
    },
}
