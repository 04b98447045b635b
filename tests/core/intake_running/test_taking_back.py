"""Taking a batch back: ordered by an officer, done by a worker piece by piece; what it had replaced stands again."""

from __future__ import annotations

from typing import Any

import pytest

from core.intake import deciding, running, taking_back
from core.intake.running import run
from core.models import IntakeBatch, QuestionedRow
from publicity.models import Penalty
from tests.factories import intake as make
from tests.factories import publicity as decisions
from tests.factories import subjects as people
from tests.factories.organizations import make_actor
from tests.support.refusals import refused

pytestmark = pytest.mark.django_db


def states(**named: Any) -> list[tuple[int, str]]:
    """Return version and state of the records, in the order of versions."""
    return list(Penalty.objects.filter(**named).order_by("version", "pk").values_list("version", "state"))


def test_a_batch_taken_back_leaves_no_pending_record_and_no_held_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(taking_back, "PIECE", 2)
    known = people.entity("广元测试在册有限公司")
    contradicting = make.penalty(CF_XDR_SHXYM=known.identifiers.get().value, CF_XDR_MC="广元测试不同有限公司")
    batch = make.intake([*(make.penalty() for _ in range(5)), contradicting])
    reviewer = make_actor("reviewer", make.UNIT)
    refused("CORE-07", deciding.withdraw, actor=reviewer, batch=batch, reason="")
    deciding.withdraw(reviewer, batch=batch, reason="报送了测试文件")
    assert (batch.state, batch.is_running) == ("withdrawing", True)
    assert running.unfinished() == [batch.public_id]
    held = QuestionedRow.objects.get()
    refused("IN-64", deciding.accept_row, actor=reviewer, question=held, reason="已核实")
    refused("CORE-04", deciding.withdraw, actor=reviewer, batch=batch, reason="再次")
    for _ in range(2):
        done = run(batch.public_id)
        assert done is not None
        assert (done.state, done.taken_back, done.problem) == ("withdrawn", 5, None)
        assert states() == [(1, "recalled")] * 5
        held.refresh_from_db()
        assert held.state == "refused"
    refused("CORE-04", deciding.accept_row, actor=reviewer, question=held, reason="已核实")


def test_a_pending_version_that_the_batch_replaced_waits_again() -> None:
    row = make.penalty()
    reviewer = make_actor("reviewer", make.UNIT)
    batches = [make.intake([{**row, "CF_NR_FK": fine}]) for fine in ("0.5", "0.6", "0.7")]
    make.taken_back(batches[1], reviewer)
    assert states() == [(1, "superseded"), (2, "superseded"), (3, "reported")]  # a newer one stands in its place
    make.taken_back(batches[2], reviewer)
    assert states() == [(1, "reported"), (2, "superseded"), (3, "recalled")]  # the second is of a batch taken back
    again = make.intake([{**row, "CF_NR_FK": "0.7"}])
    assert make.counts(again) == {"rows": 1, "unchanged": 1} or make.counts(again) == {"rows": 1, "updated": 1}


def test_pub_10_what_is_public_stands_in_the_way_and_what_became_public_meanwhile_stays() -> None:
    reviewer = make_actor("reviewer", make.UNIT)
    public = make.intake([make.penalty() for _ in range(2)])
    decisions.publish(Penalty.objects.first())
    told = refused("PUB-10", deciding.withdraw, actor=reviewer, batch=public, reason="报送有误")
    assert "有 1 条" in told.detail
    public.refresh_from_db()
    assert public.state == "done"
    batch = make.intake([make.penalty() for _ in range(2)])
    deciding.withdraw(reviewer, batch=batch, reason="报送有误")
    decisions.publish(Penalty.objects.filter(batch_no=batch.public_id).first())
    done = run(batch.public_id)
    assert done is not None
    assert (done.state, done.taken_back, done.problem["code"]) == ("withdrawn", 1, "PUB-10")
    assert sorted(states(batch_no=batch.public_id)) == [(1, "passed"), (1, "recalled")]


def test_a_withdrawal_ordered_while_the_file_is_read_ends_the_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    batch = make.handed_in([make.penalty() for _ in range(6)])
    answer, answered = running._answer, []

    def ordered(mine: IntakeBatch, *given: Any) -> None:
        answer(mine, *given)
        answered.append(mine.last_row)
        if len(answered) == 2:
            found = IntakeBatch.objects.get(pk=mine.pk)
            deciding.withdraw(make_actor("reviewer", make.UNIT), batch=found, reason="选错了文件")

    monkeypatch.setattr(running, "_answer", ordered)
    done = run(batch.public_id, chunk_rows=2)
    assert done is not None
    assert (done.state, done.rows, done.taken_back) == ("withdrawn", 3, 3)
    assert len(answered) == 2
    assert states() == [(1, "recalled")] * 3


def test_a_file_found_wrong_in_its_second_pass_goes_back_whole_whatever_dies(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [make.penalty() for _ in range(4)]
    batch = make.handed_in(rows, mode="all_or_nothing")
    checked, pieces = running._after_check, taking_back.pieces

    def renamed_meanwhile(mine: IntakeBatch) -> None:
        checked(mine)
        people.entity("广元测试抢先登记有限公司", code=rows[3]["CF_XDR_SHXYM"])

    def dies(*_given: Any, **_named: Any) -> None:
        raise OSError

    monkeypatch.setattr(running, "_after_check", renamed_meanwhile)
    monkeypatch.setattr(taking_back, "pieces", dies)
    with pytest.raises(OSError):
        run(batch.public_id, chunk_rows=2)
    batch.refresh_from_db()
    assert (batch.state, batch.phase) == ("reading", "undo")
    assert states() == [(1, "reported")] * 3
    monkeypatch.setattr(taking_back, "pieces", pieces)
    assert running.sweep() == 1
    batch.refresh_from_db()
    assert (batch.state, batch.problem["code"]) == ("failed", "IN-56")
    assert make.counts(batch) == {"rows": 4, "rejected": 4}
    assert states() == [(1, "recalled")] * 3
