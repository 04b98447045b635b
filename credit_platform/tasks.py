"""Tasks of the platform itself."""

from celery import shared_task

from credit_platform import heartbeat


@shared_task(name="credit_platform.tick", expires=60)
def tick() -> None:
    """Show that beat sends and a worker works."""
    heartbeat.beat(heartbeat.BEAT)


BEAT_SCHEDULE = {"credit_platform.tick": {"task": "credit_platform.tick", "schedule": 30.0, "options": {"expires": 60}}}
