"""kill -9 in the middle of a file: of the worker, and of PostgreSQL; afterwards every row has one answer."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import Error as DatabaseError
from django.db import connections

from core.intake import answers, deciding
from core.intake.running import run, sweep
from core.models import IntakeBatch, IntakeChunk, OutboxEvent
from publicity.models import Penalty
from subjects.models import Subject
from tests.factories import intake as make
from tests.factories.organizations import make_actor
from tests.support import warm
from tests.support.clusters import Cluster, own_cluster
from tests.support.waiting import wait_until

pytestmark = pytest.mark.crash
ROWS, PIECE = 45, 10
# The worker as it runs, ten lines to a chunk, the header among the first ten; it stands still when the `stop`-th chunk
# is written and not committed.
WORKER = """
import sys, time
import django
django.setup()
from core.intake import answers, running
write, done = answers.write, []
def slow(*given, **named):
    done.append(write(*given, **named))
    if len(done) == int(sys.argv[2]):
        print("inside", flush=True)
        time.sleep(600)
    return done[-1]
answers.write = slow
running.run(sys.argv[1], chunk_rows=10)
"""
# The same worker, standing still when the `stop`-th piece of a withdrawal is written and not committed.
TAKER = """
import sys, time
import django
django.setup()
from core.intake import running, taking_back
from publicity.merging import Disclosures
take, done = Disclosures.take_back, []
def slow(*given, **named):
    done.append(take(*given, **named))
    if len(done) == int(sys.argv[2]):
        print("inside", flush=True)
        time.sleep(600)
    return done[-1]
Disclosures.take_back = slow
taking_back.PIECE = 10
running.run(sys.argv[1])
"""


def check_each_once(batch: IntakeBatch, total: int = ROWS) -> None:
    """Every row of the file has one answer, and every record one row of history and one event."""
    batch.refresh_from_db()
    assert batch.state == "done", batch.problem
    assert make.counts(batch) == {"rows": total, "inserted": total - 2, "duplicate": 1, "rejected": 1}
    chunks = list(IntakeChunk.objects.filter(batch=batch).order_by("number"))
    covered = [row for chunk in chunks for row in range(chunk.first_row, chunk.last_row + 1)]
    assert covered == sorted(set(covered))
    assert len("".join(chunk.outcomes for chunk in chunks).replace(".", "")) == total
    assert Penalty.objects.count() == total - 2
    assert Penalty.history.count() == total - 2  # type: ignore[attr-defined]
    assert sorted(Penalty.objects.values_list("batch_row", flat=True)) == sorted(
        set(Penalty.objects.values_list("batch_row", flat=True))
    )
    told = OutboxEvent.objects.filter(event_type="disclosure.reported").values_list("aggregate_id", flat=True)
    assert sorted(told) == sorted(Penalty.objects.values_list("public_id", flat=True))
    assert Subject.objects.count() == total - 2
    assert batch.errors.count() == batch.errors_total  # type: ignore[attr-defined]
    assert batch.errors.filter(severity="error").count() == 1  # type: ignore[attr-defined]


def rows() -> list[dict[str, Any]]:
    good = [make.penalty() for _ in range(ROWS - 2)]
    return [*good[:20], dict(good[0]), make.penalty(CF_NR_FK=""), *good[20:]]


def test_a_worker_killed_twice_in_the_middle_of_a_file(own_database: str) -> None:
    batch = make.handed_in(rows())
    for stop, answered in ((3, 19), (2, 29)):
        warm.killed_at("inside", own_database, WORKER, batch.public_id, str(stop))
        batch.refresh_from_db()
        assert (batch.state, batch.rows) == ("reading", answered)
    assert wait_until(lambda: sweep() == 1, 30)  # the server lets the dead worker's lock go when it notices
    check_each_once(batch)
    assert sweep() == 0
    assert run(batch.public_id).state == "done"  # type: ignore[union-attr]
    check_each_once(batch)


def test_a_worker_killed_in_the_middle_of_a_withdrawal(own_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deciding, "hand_over", lambda _batch: None)  # the message to the workers is lost
    batch = make.intake([make.penalty() for _ in range(25)])
    deciding.withdraw(make_actor("reviewer", make.UNIT), batch=batch, reason="报送了测试文件")
    warm.killed_at("inside", own_database, TAKER, batch.public_id, "2")
    batch.refresh_from_db()
    assert (batch.state, batch.taken_back) == ("withdrawing", 10)
    assert Penalty.objects.filter(state="recalled").count() == 10
    assert wait_until(lambda: sweep() == 1, 30)
    for _ in range(2):
        batch.refresh_from_db()
        assert (batch.state, batch.taken_back, batch.problem) == ("withdrawn", 25, None)
        assert Penalty.objects.filter(state="recalled").count() == 25
        assert Penalty.history.count() == 50  # type: ignore[attr-defined]
        assert OutboxEvent.objects.filter(event_type="intake.withdrawn").count() == 1
        assert run(batch.public_id) is not None  # once more finds nothing to do


@pytest.fixture
def cluster(django_db_setup: None, django_db_blocker: Any) -> Iterator[Cluster]:
    """A server of this test alone."""
    with django_db_blocker.unblock(), own_cluster() as started:
        yield started


def test_postgresql_killed_in_the_middle_of_a_file(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = make.handed_in(rows())
    inside, go_on = threading.Event(), threading.Event()
    write, written = answers.write, []

    def held(*given: Any, **named: Any) -> int:
        written.append(write(*given, **named))
        if len(written) == 3:
            inside.set()
            go_on.wait(60)
        return written[-1]

    monkeypatch.setattr(answers, "write", held)
    raised: list[BaseException] = []

    def work() -> None:
        try:
            run(batch.public_id, chunk_rows=PIECE)
        except DatabaseError as error:
            raised.append(error)
        finally:
            connections.close_all()

    worker = threading.Thread(target=work)
    worker.start()
    assert inside.wait(60)
    cluster.kill()
    go_on.set()
    worker.join(60)
    assert len(raised) == 1
    cluster.wait()
    monkeypatch.undo()
    batch.refresh_from_db()
    assert (batch.state, batch.rows) == ("reading", 19)
    assert sweep() == 1
    check_each_once(batch)
