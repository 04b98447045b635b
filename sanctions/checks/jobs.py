"""Large checks, answered chunk by chunk: each chunk is one transaction, so a killed worker's successor goes on behind it."""

from __future__ import annotations

import json
from collections import Counter

import structlog
from django.db import transaction
from django.db.models import F

from core import clock, sealed_text
from core.jobs import single_flight
from sanctions.checks import receipts
from sanctions.checks.finding import keep_numbers
from sanctions.checks.rows import MOST_IN_A_JOB, Asked, judged
from sanctions.checks.selectors import world_of_check
from sanctions.checks.services import answered_lines, bound_to, write_lines
from sanctions.checks.standing import standing_on
from sanctions.models import Check, CheckJob

CHUNK = 1_000
ATTEMPTS = 5  # runs that may end without one more chunk before an administrator has to look
logger = structlog.get_logger(__name__)


def answer(number: str, *, chunk: int = CHUNK) -> bool:
    """Answer what is left of the check and seal it; returns whether it is answered. Safe to repeat after any crash."""
    with single_flight(bound_to(number)) as mine:
        if mine:
            waiting = CheckJob.objects.filter(of_check__public_id=number)
            waiting.update(attempts=F("attempts") + 1)
            job = waiting.select_related("of_check__unit").first()
            if job is not None:
                _go_on(job, chunk)
    return Check.objects.filter(public_id=number, answered_at__isnull=False).exists()


def _go_on(job: CheckJob, chunk: int) -> None:
    """Answer the rows behind the last committed chunk, then seal the whole."""
    check: Check = job.of_check
    asked = json.loads(sealed_text.reopen(job.key_id, bytes(job.asked), bound_to(check.public_id)))
    rows = judged([Asked(**one) for one in asked], clock.today(), most=MOST_IN_A_JOB)
    while job.answered < len(rows):
        part = rows[job.answered : job.answered + chunk]
        with transaction.atomic():
            held = CheckJob.objects.select_for_update().get(pk=job.pk)
            if held.answered != job.answered:
                return  # somebody else is at it
            keep_numbers(part)
            day = clock.today()
            lines = answered_lines(
                part,
                kind=check.matter_kind,
                day=day,
                worth=standing_on(day, check.unit_id),
                world=world_of_check(check),
            )
            write_lines(check, lines)
            job.answered, job.attempts = job.answered + len(part), 0
            job.save(update_fields=["answered", "attempts"])
    _seal(check, job)


def _seal(check: Check, job: CheckJob) -> None:
    """Sign the document of all lines and close the check, once; what was asked is deleted with the job."""
    with transaction.atomic():
        CheckJob.objects.select_for_update().get(pk=job.pk)
        seal = receipts.sealed(check.public_id, receipts.kept(check))
        check.digest, check.key_id, check.signature = seal.digest, seal.key_id, seal.signature
        check.answered_at = clock.now()
        check.save(update_fields=["answered_at", "digest", "key_id", "signature"])
        job.delete()


def sweep() -> int:
    """Answer what waits, or whose worker died, oldest first; returns how many checks were answered."""
    waiting = CheckJob.objects.filter(attempts__lt=ATTEMPTS).order_by("pk")
    done = 0
    for number in list(waiting.values_list("of_check__public_id", flat=True)):
        try:
            done += answer(number)
        except Exception as error:  # noqa: BLE001 whatever it is, the next check is not to blame
            logger.warning("check_job_failed", check=number, error=type(error).__name__)
    return done


def texts_by_key() -> Counter[str]:
    """Return how many sealed rosters each key still opens, for the rotation of keys."""
    return Counter(CheckJob.objects.values_list("key_id", flat=True))
