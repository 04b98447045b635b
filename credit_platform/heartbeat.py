"""Signs of life: the worker writes its own from a thread, beat's tick is written when it has gone through the queue."""

import threading
from typing import Any

import structlog
from celery.signals import worker_ready, worker_shutting_down
from django.apps import apps
from django.conf import settings
from django.db import Error, connection

from core import clock

WORKER = "worker"
BEAT = "beat"
logger = structlog.get_logger(__name__)
_stopping = threading.Event()


def beat(name: str) -> None:
    """Record that a process is alive now."""
    apps.get_model("credit_platform", "Heartbeat").objects.update_or_create(name=name, defaults={"at": clock.now()})


def age(name: str) -> float | None:
    """Return the seconds since a process last gave a sign of life, or None where it never did."""
    row = apps.get_model("credit_platform", "Heartbeat").objects.filter(name=name).first()
    return None if row is None else max(0.0, (clock.now() - row.at).total_seconds())


def _keep_beating() -> None:
    while True:
        try:
            beat(WORKER)
        except Error as error:
            logger.warning("heartbeat_not_written", error=type(error).__name__)
            connection.close()
        if _stopping.wait(settings.HEARTBEAT_SECONDS):
            connection.close()
            return


def _start(**_: Any) -> None:
    _stopping.clear()
    threading.Thread(target=_keep_beating, name="heartbeat", daemon=True).start()


def _stop(**_: Any) -> None:
    _stopping.set()


def connect() -> None:
    """Start the thread with a Celery worker, stop it with the worker."""
    worker_ready.connect(_start, dispatch_uid="heartbeat.start")
    worker_shutting_down.connect(_stop, dispatch_uid="heartbeat.stop")
