"""Two workers on one batch, and two batches that name the same unknown body at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from core.intake import running
from core.intake.running import run
from core.models import IntakeBatch, IntakeChunk, OutboxEvent
from publicity.models import Penalty
from subjects.models import Identifier, Subject
from tests.factories import intake as make
from tests.factories import subjects as people
from tests.support.threads import at_once


def test_two_workers_on_one_batch_answer_each_row_once(own_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = make.handed_in([make.penalty() for _ in range(12)])
    given, raised = at_once(*[lambda: run(batch.public_id, chunk_rows=5)] * 2)
    assert not raised
    assert sorted(found is None for found in given) in ([False, True], [False, False])
    check(batch)

    @contextmanager
    def open_to_all(name: str) -> Iterator[bool]:
        yield True

    monkeypatch.setattr(running, "single_flight", open_to_all)  # the second guard stands alone
    other = make.handed_in([make.penalty() for _ in range(12)])
    given, raised = at_once(*[lambda: run(other.public_id, chunk_rows=5)] * 2)
    assert not raised, raised
    check(other, penalties=24)


def check(batch: IntakeBatch, penalties: int = 12) -> None:
    batch.refresh_from_db()
    assert (batch.state, make.counts(batch)) == ("done", {"rows": 12, "inserted": 12})
    assert IntakeChunk.objects.filter(batch=batch).count() == 3
    assert Penalty.objects.count() == penalties
    assert OutboxEvent.objects.filter(event_type="disclosure.reported").count() == penalties


def test_two_batches_open_one_record_for_the_same_unknown_body(own_database: str) -> None:
    code, number = people.new_code(), people.new_id_number()
    shared = {"CF_XDR_SHXYM": code, "CF_XDR_MC": "广元测试同名有限公司"}
    person = {
        "CF_XDR_LB": "自然人", "CF_XDR_SHXYM": "", "CF_FRDB": "", "CF_XDR_MC": "孙小乙", "CF_XDR_ZJLX": "身份证",
        "CF_XDR_ZJHM": number,
    }  # fmt: skip
    batches = [make.handed_in([make.penalty(**shared), make.penalty(**person)]) for _ in range(2)]
    given, raised = at_once(*(lambda batch=batch: run(batch.public_id) for batch in batches))  # type: ignore[misc]
    assert not raised, raised
    assert [make.counts(batch) for batch in given] == [{"rows": 2, "inserted": 2}] * 2
    assert Subject.objects.count() == Identifier.objects.count() == 2
    assert Penalty.objects.count() == 4


def test_the_same_file_twice_at_once_goes_in_once(own_database: str) -> None:
    rows = [make.penalty() for _ in range(8)]
    batches = [make.handed_in(rows) for _ in range(2)]
    given, raised = at_once(*(lambda batch=batch: run(batch.public_id, chunk_rows=3) for batch in batches))  # type: ignore[misc]
    assert not raised, raised
    assert sum(batch.inserted for batch in given) == Penalty.objects.count() == 8
    assert sum(batch.unchanged for batch in given) == 8
