"""A batch is worked off chunk by chunk: each is one transaction that writes rows, answers and counters together.

Whatever is killed, the next run reads the file again and goes on behind the last committed chunk. One run of a batch
at a time: a session's lock keeps others away, and a chunk that somebody else has answered is rolled back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

import structlog
from django.db import IntegrityError, OperationalError, transaction

from core import clock
from core.actors import acting
from core.intake import answers, taking_back
from core.intake.merging import Merged, Target, Work, target_of
from core.intake.opening import in_clear
from core.intake.preferences import settings_for
from core.intake.profiles import Profile
from core.intake.profiles import profile as profile_named
from core.intake.reading import Chunk, read
from core.intake.rights import submitter
from core.intake.settings import IntakeSettings
from core.intake.taking_back import RUNNER, Stopped
from core.intake.workflow import BATCH
from core.jobs import single_flight
from core.models.intake import (
    COUNTERS,
    UNFINISHED,
    BatchMode,
    BatchState,
    IntakeBatch,
    IntakeChunk,
    Outcome,
    Phase,
)
from core.problems import Problem
from core.workflow import apply

CHUNK_ROWS = 10_000
ATTEMPTS = 5  # runs that may end without one more chunk before the batch is given up
AGAIN = ("40P01", "40001", "23505")  # chosen to end a deadlock, or another batch wrote the same record first
logger = structlog.get_logger(__name__)


class Unclean(Exception):
    """A file that goes in whole or not at all has a row that cannot."""


def run(public_id: str, *, chunk_rows: int = CHUNK_ROWS) -> IntakeBatch | None:
    """Work the batch off and return it; None where another run is at it. Safe to repeat after any crash."""
    with single_flight(f"intake:{public_id}") as mine:
        if not mine:
            return None
        batch = IntakeBatch.objects.select_related("attachment").get(public_id=public_id)
        if batch.state in {BatchState.RECEIVED, BatchState.READING}:
            _take_in(batch, chunk_rows)
            batch.refresh_from_db()
        if batch.state == BatchState.WITHDRAWING:  # ordered before, or while it was being read
            taking_back.withdraw(batch)
            batch.refresh_from_db()
        return batch


def _take_in(batch: IntakeBatch, chunk_rows: int) -> None:
    try:
        profile = profile_named(batch.profile)
        target = target_of(profile)
        _begin(batch)
        if batch.phase == Phase.CHECK:
            _pass(batch, profile, target, chunk_rows)
            _after_check(batch)
        if batch.phase == Phase.MERGE:
            _pass(batch, profile, target, chunk_rows)
            _finish(batch, target)
        else:
            _send_back(batch)
    except Stopped:
        logger.info("intake_stopped", batch=batch.public_id)
    except Unclean:
        _turn_round(batch)
    except Problem as problem:
        _fail(batch, problem)


def unfinished() -> list[str]:
    """Return the public ids of batches that wait or whose worker may have died, oldest first."""
    return list(IntakeBatch.objects.filter(state__in=UNFINISHED).order_by("pk").values_list("public_id", flat=True))


def sweep() -> int:
    """Work off whatever is unfinished and nobody is at; returns how many batches came to an end.

    What goes wrong with one batch keeps no other waiting; the first such error is raised when all had their turn.
    """
    done, wrong = 0, None
    for public_id in unfinished():
        try:
            batch = run(public_id)
        except Exception as error:  # noqa: BLE001 whatever it is, the next batch is not to blame
            logger.warning("intake_run_failed", batch=public_id, error=type(error).__name__)
            wrong = wrong or error
            continue
        done += batch is not None and not batch.is_running
    if wrong is not None:
        raise wrong
    return done


def _begin(batch: IntakeBatch) -> None:
    """Mark the batch as being read; give it up where run after run got no further."""
    with acting(RUNNER, "intake.start", on=batch.received_on):
        batch.state = IntakeBatch.objects.select_for_update().get(pk=batch.pk).state
        if batch.state == BatchState.RECEIVED:
            apply(batch, BATCH, "start", actor=RUNNER, changes={"started_at": clock.now(), "attempts": 1})
            return
        if batch.state != BatchState.READING:
            raise Stopped
        batch.attempts += 1
        batch.save(update_fields=["attempts"])
    if batch.attempts > ATTEMPTS:
        raise Problem(
            "IN-60", f"处理中断 {ATTEMPTS} 次，没有进展", status=500, remedy="由系统管理员查看日志；拆分文件后重新报送"
        )


def _pass(batch: IntakeBatch, profile: Profile, target: Target, chunk_rows: int) -> None:
    """Read the file behind what is answered, and answer chunk after chunk."""
    settings = settings_for(profile, batch.received_on)
    with in_clear(batch.attachment) as path:
        chunks: Iterator[Chunk] = read(
            path,
            profile=profile,
            settings=settings,
            chunk_rows=chunk_rows,
            skip_to=batch.last_row,
            name=batch.attachment.name,
        )
        with closing(chunks):  # type: ignore[type-var]
            for chunk in chunks:
                _retrying(lambda chunk=chunk: _answer(batch, profile, target, settings, chunk))  # type: ignore[misc]


def _retrying(work: Callable[[], None], times: int = 3) -> None:
    """Do the work again where another transaction came first; then it sees what that one wrote."""
    for attempt in range(1, times + 1):
        try:
            return work()
        except (OperationalError, IntegrityError) as error:
            if getattr(error.__cause__, "pgcode", "") not in AGAIN or attempt == times:
                raise
            logger.warning("intake_chunk_again", attempt=attempt)
    return None


def _answer(batch: IntakeBatch, profile: Profile, target: Target, settings: IntakeSettings, chunk: Chunk) -> None:
    """Merge one chunk and write what became of its rows, in one transaction."""
    with acting(submitter(batch), "intake.merge", on=batch.received_on) as act:
        merged = Merged()
        accepted = chunk.frame.filter(chunk.frame["accepted"])
        if not accepted.is_empty():
            warnings = chunk.errors.filter(chunk.errors["severity"] == "warning")
            work = Work(batch, profile, settings, accepted, warnings, act.on, act.actor)
            with _undone_after(batch.phase == Phase.CHECK):
                merged = target.merge(work)
        answer = answers.of_chunk(chunk, merged, profile)
        second = batch.mode == BatchMode.ALL_OR_NOTHING and batch.phase == Phase.MERGE
        if second and (answer.counts["rejected"] or answer.counts["questioned"]):
            raise Unclean
        with _locked(batch, chunk.first_row) as locked:
            number = answers.write(locked, answer, errors=not second, questions=batch.phase == Phase.MERGE)
            logger.info("intake_chunk", batch=batch.public_id, number=number, **answer.counts)
    batch.refresh_from_db()


@contextmanager
def _undone_after(undo: bool) -> Iterator[None]:
    """Run the block; where it only shows what would happen, take back what it wrote."""
    with transaction.atomic():
        yield
        if undo:
            transaction.set_rollback(True)


@contextmanager
def _locked(batch: IntakeBatch, first_row: int | None = None) -> Iterator[IntakeBatch]:
    """Give the batch locked, if it still stands where this run left it, and waits for these very rows."""
    locked = IntakeBatch.objects.select_for_update().get(pk=batch.pk)
    if (locked.state, locked.phase, locked.last_row) != (BatchState.READING, batch.phase, batch.last_row):
        raise Stopped
    if first_row is not None and first_row <= locked.last_row:
        raise Stopped
    yield locked


def _after_check(batch: IntakeBatch) -> None:
    """Turn to merging where every row may go in; else the whole file goes back."""
    if batch.rejected or batch.questioned:
        bad = batch.rejected + batch.questioned
        raise Problem(
            "IN-55",
            f"有 {bad} 行不能入库，按“有一行不对，整批退回”的方式全部没有入库",
            remedy="下载错误行，更正后重新报送",
        )
    with acting(RUNNER, "intake.checked", on=batch.received_on):
        for name in ("last_row", "rows", *COUNTERS):
            setattr(batch, name, 0)
        batch.phase = Phase.MERGE
        batch.save(update_fields=["phase", "last_row", "rows", *COUNTERS])


def _finish(batch: IntakeBatch, target: Target) -> None:
    """Do what follows from a whole batch, and close it."""
    target.finish(batch)
    with acting(RUNNER, "intake.finish", on=batch.received_on):
        try:
            apply(batch, BATCH, "finish", actor=RUNNER, changes={"finished_at": clock.now(), "rows_known": batch.rows})
        except Problem as late:
            raise Stopped from late


def _turn_round(batch: IntakeBatch) -> None:
    """Note that the second pass met a row that cannot go in: what went in before it is taken back, whatever dies."""
    try:
        with acting(RUNNER, "intake.turn_round", on=batch.received_on), _locked(batch) as locked:
            locked.phase = Phase.UNDO
            locked.save(update_fields=["phase"])
        batch.refresh_from_db()
        _send_back(batch)
    except Stopped:
        logger.info("intake_stopped", batch=batch.public_id)


def _send_back(batch: IntakeBatch) -> None:
    """Take back what the second pass wrote, piece by piece, and close the batch as not taken in."""
    reason = "入库期间主体信息有变动，整批退回"
    taking_back.pieces(batch, submitter(batch), reason=reason, on=batch.received_on, expected=BatchState.READING)
    _fail(batch, Problem("IN-56", reason, remedy="重新报送同一文件，按预检结果更正"))


def _fail(batch: IntakeBatch, problem: Problem) -> None:
    """Close the batch as not taken in; of its rows those that had been answered as right are counted as rejected."""
    batch.refresh_from_db()
    changes: dict[str, Any] = {"finished_at": clock.now(), "problem": problem.as_dict()}
    if batch.mode == BatchMode.ALL_OR_NOTHING:
        rows, duplicate = _checked(batch) if batch.phase == Phase.UNDO else (batch.rows, batch.duplicate)
        changes |= dict.fromkeys(COUNTERS, 0) | {"rows": rows, "duplicate": duplicate, "rejected": rows - duplicate}
    with acting(RUNNER, "intake.fail", on=batch.received_on):
        try:
            apply(batch, BATCH, "fail", actor=RUNNER, changes=changes)
        except Problem as late:
            logger.warning("intake_not_failed", batch=batch.public_id, code=late.code)


def _checked(batch: IntakeBatch) -> tuple[int, int]:
    """Return how many rows the first pass answered, and how many of them as repetitions."""
    chunks = IntakeChunk.objects.filter(batch=batch, phase=Phase.CHECK).values_list("rows", "outcomes")
    found = [(rows, outcomes.count(Outcome.DUPLICATE)) for rows, outcomes in chunks]
    return sum(rows for rows, _ in found), sum(repeated for _, repeated in found)
