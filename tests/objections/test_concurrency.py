"""Done at once: one answer, one acceptance, one objection; readers after the commit never see `in_force`."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import transaction

from core import clock
from core.actors import acting
from core.models import OutboxEvent, TransitionRecord
from objections.models import Objection
from objections.services import acceptance, accepting, answering, filing
from tests.factories import objections as make
from tests.factories import sanctions as chain
from tests.support.readers import READERS, Watch
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


@pytest.fixture
def watch(own_database: str) -> Watch:
    listing = chain.listing(start=date(2026, 1, 5))
    row = make.objection(listing, "checked", on=DAY)
    officer = make.answerer(make.case_of(row))
    accepted = TransitionRecord.objects.filter(workflow="objections.objection", object_id=row.pk, transition="accept")
    return Watch(row.subject, DAY, lambda: acceptance.accept_objection(actor=officer, objection=row), accepted.exists)


def test_no_check_forbids_whose_snapshot_began_after_the_commit(watch: Watch) -> None:
    watch.check()


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
