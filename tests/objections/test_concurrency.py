"""Done at once: one answer, one acceptance, one objection; readers after the commit never see `in_force`."""

from __future__ import annotations

from datetime import date

from core import clock
from core.models import OutboxEvent, TransitionRecord
from objections.models import Objection
from objections.services import acceptance, answering, filing
from sanctions.models import Listing
from tests.factories import objections as make
from tests.factories import sanctions as chain
from tests.support.threads import at_once

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


def test_no_reader_sees_it_in_force_after_the_commit(own_database: str) -> None:
    """Fifty readers around the acceptance: who began after the commit reads `paused`."""
    listing = chain.listing(start=date(2026, 1, 5))
    row = make.objection(listing, "checked", on=DAY)
    who = make.answerer(make.case_of(row))

    def read() -> tuple[bool, str]:
        committed = TransitionRecord.objects.filter(
            workflow="objections.objection", object_id=row.pk, transition="accept"
        ).exists()
        return committed, Listing.objects.with_state_on(DAY).get(pk=listing.pk).state_on

    def accept() -> None:
        acceptance.accept_objection(actor=who, objection=row)

    with clock.at(DAY):
        given, raised = at_once(accept, *[read] * 50)
        given.append(read())
    assert not raised
    seen = [answer for answer in given if answer is not None]
    assert len(seen) == 51
    assert all(state == "paused" for committed, state in seen if committed)
    assert seen[-1] == (True, "paused")
