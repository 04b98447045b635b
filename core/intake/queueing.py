"""A batch is handed to a worker at once; where the queue is away, the sweep finds it in the database."""

from __future__ import annotations

from core.jobs import send_after_commit
from core.models.intake import IntakeBatch

TASK = "core.run_intake"


def hand_over(batch: IntakeBatch) -> None:
    """Send the batch's public id, and nothing of its content, to the workers once it is committed."""
    send_after_commit(TASK, batch.public_id)
