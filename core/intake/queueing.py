"""A batch is handed to a worker at once; where the queue is away, the sweep finds it in the database."""

from __future__ import annotations

import structlog
from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

from core.models.intake import IntakeBatch

TASK = "core.run_intake"
logger = structlog.get_logger(__name__)


def hand_over(batch: IntakeBatch) -> None:
    """Send the batch's public id, and nothing of its content, to the workers once it is committed."""
    transaction.on_commit(lambda: _send(batch.public_id))


def _send(public_id: str) -> None:
    try:
        current_app.send_task(TASK, args=[public_id], retry=False)
    except (OperationalError, OSError) as error:
        logger.warning("intake_not_queued", batch=public_id, error=type(error).__name__)
