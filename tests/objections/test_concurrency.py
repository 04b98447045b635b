"""Done at once: one answer, one acceptance, one objection; readers after the commit never see `in_force`."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from django.db import connection, transaction

from core import clock
from core.actors import acting
from core.models import OutboxEvent, TransitionRecord
from objections.models import Objection
from objections.services import acceptance, accepting, answering, filing
from sanctions.selectors import measures_against
from tests.factories import objections as make
from tests.factories import sanctions as chain
from tests.support.threads import at_once
from tests.support.waiting import wait_until

DAY, LATER = date(2026, 3, 11), date(2026, 4, 3)


def codes(raised: list[BaseException]) -> set[str]:
    return {getattr(error, "code", repr(error)) for error in raised}


def test_two_officers_answer_at_once(own_database: str) -> None:
    listing = chain.listing(start=date(2026, 1, 5))
    row = make.objection(listing, "drafted", on=DAY, answered_on=LATER)
    officers = [make.answerer(make.case_of(row), number) for number in (4, 5)]
    with clock.at(LATER):
        given, raised = at_once(*[lambda who=who: answering.sign_answer(actor=who, objection=row) for who in officers])
    assert (len(given), codes(raised)) == (1, {"OBJ-10"})
    assert OutboxEvent.objects.filter(event_type="objection.rejected").count() == 1
    assert chain.fresh(row).answer_number == 1


def test_accepted_twice_at_once(own_database: str) -> None:
    listing = chain.listing(start=date(2026, 1, 5))
    row = make.objection(listing, "checked", on=DAY)
    officers = [make.answerer(make.case_of(row), number) for number in (3, 4)]
    with clock.at(DAY):
        given, raised = at_once(
            *[lambda who=who: acceptance.accept_objection(actor=who, objection=row) for who in officers]
        )
    assert (len(given), codes(raised)) == (1, {"OBJ-08"})
    assert listing.pauses.count() == 1


def test_filed_twice_at_once(own_database: str) -> None:
    listing = chain.listing(start=date(2026, 1, 5))
    requests = [make.request(listing), make.request(listing)]
    who = make.window()
    with clock.at(DAY):
        given, raised = at_once(
            *[lambda ready=ready: filing.file_objection(actor=who, request=ready) for ready in requests]
        )
    assert (len(given), codes(raised)) == (1, {"OBJ-02"})
    assert Objection.objects.count() == 1


def test_answered_and_taken_over_at_once(own_database: str) -> None:
    """Whichever comes first, the clock is held by exactly what is still open."""
    listing = chain.listing(start=date(2026, 1, 5))
    row = make.objection(listing, "drafted", on=DAY)
    complaint = make.complain(row, LATER)
    signer, office = make.answerer(make.case_of(row), 4), make.office()
    with clock.at(LATER):
        given, raised = at_once(
            lambda: answering.sign_answer(actor=signer, objection=row),
            lambda: make.complaints.accept_complaint(actor=office, complaint=complaint),
        )
    assert codes(raised) <= {"OBJ-11"}
    assert given
    states = chain.fresh(row).state, chain.fresh(complaint).state
    assert states in {("rejected", "accepted"), ("taken_over", "accepted")}
    assert chain.fresh(listing).clock().state_on(LATER) == "paused"


READERS = 50


@dataclass(frozen=True)
class Answer:
    """What one check said, in one snapshot: begun after the acceptance returned; with its record; with a *forbid*."""

    after: bool
    committed: bool
    forbids: bool


class Watch:
    """Fifty readers who ask again and again what a check would answer, from before an acceptance until after it."""

    def __init__(self, row: Objection) -> None:
        self.row = row
        self.answers: list[Answer] = []
        self.all_have_asked = threading.Barrier(READERS + 1)
        self.accepted = threading.Event()

    def ask(self) -> None:
        after = self.accepted.is_set()
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            committed = TransitionRecord.objects.filter(
                workflow="objections.objection", object_id=self.row.pk, transition="accept"
            ).exists()
            found = measures_against(self.row.subject, DAY)
            assert found
            self.answers.append(Answer(after, committed, any(measure.action == "forbid" for measure in found)))

    def read(self) -> None:
        self.ask()
        self.all_have_asked.wait(60)
        while not self.accepted.is_set():
            self.ask()
        self.ask()

    def accept(self) -> None:
        self.all_have_asked.wait(60)
        try:
            acceptance.accept_objection(actor=make.answerer(make.case_of(self.row)), objection=self.row)
        finally:
            self.accepted.set()

    def run(self) -> tuple[list[Answer], list[Answer]]:
        """Return the answers whose snapshot began after the commit, and the others."""
        with clock.at(DAY):
            _, raised = at_once(self.accept, *[self.read] * READERS)
        assert not raised, raised
        late = [answer for answer in self.answers if answer.after or answer.committed]
        return late, [answer for answer in self.answers if answer not in late]


@pytest.fixture
def watch(own_database: str) -> Watch:
    listing = chain.listing(start=date(2026, 1, 5))
    row = make.objection(listing, "checked", on=DAY)
    make.answerer(make.case_of(row))
    return Watch(row)


def test_no_check_forbids_whose_snapshot_began_after_the_commit(watch: Watch) -> None:
    late, early = watch.run()
    assert len(late) >= READERS
    assert not any(answer.forbids for answer in late)
    assert all(answer.committed for answer in late)
    assert len(early) >= READERS
    assert all(answer.forbids for answer in early)


def test_the_readers_notice_a_pause_that_comes_after_the_commit(watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    """The test above can fail: were the pause no part of the same transaction, some reader would be told *forbid*."""
    pause = accepting.pause_listing

    def pause_later(**call: Any) -> None:
        def later() -> None:
            seen = len(watch.answers)
            assert wait_until(lambda: len(watch.answers) > seen + 2 * READERS, 60)
            with acting(call["actor"], "late", on=call["on"]):
                pause(**call)

        transaction.on_commit(later)

    monkeypatch.setattr(accepting, "pause_listing", pause_later)
    late, _ = watch.run()
    assert any(answer.forbids for answer in late)
