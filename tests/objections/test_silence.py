"""Silence is acceptance on the due day, whenever the job runs: late, twice, on two workers, or not before an officer."""

from __future__ import annotations

from datetime import date

import pytest

from core import clock
from core.actors import Actor
from core.models import Deadline, OutboxEvent, Reminder, TransitionRecord
from core.reminders import remind
from objections.models import Complaint, Objection
from objections.permissions import JOB_PERMISSIONS
from objections.services import acceptance, answering, closing
from objections.tasks import close_moot_job, silence_job
from sanctions import effects
from sanctions.models import Listing
from sanctions.services.clocks import revoke_listing
from sanctions.services.court import Ruling, court_revoke
from tests.factories import objections as make
from tests.factories import sanctions as chain
from tests.support.refusals import refused
from tests.support.threads import at_once

RECEIVED, DUE = date(2026, 3, 11), date(2026, 3, 13)


def run(day: date) -> int:
    with clock.at(day):
        return silence_job()


@pytest.fixture
def filed(listing: Listing) -> Objection:
    row = make.file(listing, RECEIVED).record
    assert isinstance(row, Objection)
    return row


def test_nothing_before_the_due_day_has_passed(filed: Objection) -> None:
    assert run(DUE) == 0
    assert chain.fresh(filed).state == "received"


@pytest.mark.parametrize("day", [date(2026, 3, 14), date(2026, 3, 23)], ids=["next-day", "ten-days-late"])
def test_accepted_as_of_the_due_day(filed: Objection, listing: Listing, day: date) -> None:
    assert run(day) == 1
    row = chain.fresh(filed)
    assert (row.state, row.accepted_on, row.by_silence, row.accepted_by_key) == ("accepted", DUE, True, "")
    assert [(p.from_on, p.to_on) for p in listing.pauses.all()] == [(DUE, None)]
    known = Deadline.objects.filter(aggregate_type="objections.objection", object_id=row.pk)
    assert {d.rule.code: (d.due_on, d.closed_on) for d in known} == {
        "OBJ-T01": (DUE, DUE),
        "OBJ-T02": (date(2026, 3, 20), None),
    }
    record = TransitionRecord.objects.get(workflow="objections.objection", transition="accept_by_silence")
    assert (record.legal_on, record.actor_kind) == (DUE, "job")
    assert run(day) == 0
    assert OutboxEvent.objects.filter(event_type="objection.accepted").count() == 1


def test_an_officer_who_comes_late_finds_it_accepted(filed: Objection, listing: Listing) -> None:
    make.check(filed, DUE)
    row = make.accept(filed, date(2026, 3, 18))
    assert (row.by_silence, row.accepted_on) == (True, DUE)
    assert listing.pauses.get().from_on == DUE


def test_OBJ_45_unchecked_it_can_only_be_rejected(filed: Objection) -> None:
    run(date(2026, 3, 14))
    who = make.answerer(make.case_of(filed))
    with clock.at(date(2026, 3, 16)):
        refused("OBJ-45", answering.draft_answer, actor=who, objection=filed, outcome="upheld", text="成立")
    make.check(filed, date(2026, 3, 16))
    assert make.answer(filed, date(2026, 3, 17), "upheld").state == "upheld"


def test_what_goes_to_the_source_is_never_accepted_by_silence(db: None) -> None:
    row = chain.listing(entry=chain.COURT, initiator="zy", start=date(2026, 1, 5))
    made = make.file(row, RECEIVED, target_kind="source_list").record
    assert run(date(2026, 4, 1)) == 0
    assert chain.fresh(made).state == "received"


def test_reminders_climb_to_the_supervising_group(filed: Objection) -> None:
    run(date(2026, 3, 14))
    with clock.at(date(2026, 4, 1)):
        remind(actor=Actor.job("reminders"))
    told = Reminder.objects.filter(deadline__rule__code="OBJ-T02", deadline__object_id=filed.pk)
    assert sorted(row.level for row in told) == sorted(Reminder.Level.values)
    assert {row.unit_id for row in told} == {filed.answering_unit_id}


def test_the_job_ends_what_a_revocation_left_open(
    filed: Objection, listing: Listing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(effects, "_revoked", [])
    make.check(filed, RECEIVED)
    make.accept(filed, RECEIVED)
    complaint = make.complaint(chain.fresh(filed), date(2026, 3, 25))
    who = Actor.job("court", JOB_PERMISSIONS)
    with clock.at(date(2026, 4, 1)):
        with closing.acting(who, "court.revoke"):
            revoke_listing(actor=who, listing=listing, on=date(2026, 4, 1), reason="判决撤销")
        assert close_moot_job() == 2
        assert close_moot_job() == 0
    assert (chain.fresh(filed).state, chain.fresh(complaint).state) == ("moot", "moot")
    assert Complaint.objects.get().closed_on == date(2026, 4, 1)


def test_a_revocation_ends_what_is_open_about_it_in_the_same_act(filed: Objection, listing: Listing) -> None:
    make.check(filed, RECEIVED)
    make.accept(filed, RECEIVED)
    day = date(2026, 4, 1)
    complaint = make.complaint(chain.fresh(filed), date(2026, 3, 25))
    lead = chain.lead_of(listing.case_subject.case)
    with clock.at(day):
        court_revoke(actor=lead, listing=listing, ruling=Ruling("示例市中级人民法院", "（2026）测08行初1号", day))
        assert (chain.fresh(filed).state, chain.fresh(complaint).state) == ("moot", "moot")
        assert (chain.fresh(filed).closed_on, chain.fresh(complaint).closed_on) == (day, day)
        assert close_moot_job() == 0
    open_rows = Deadline.objects.filter(aggregate_type__startswith="objections.", closed_on=None)
    assert not open_rows.filter(object_id__in=[filed.pk, complaint.pk]).exists()


def test_two_workers_accept_once(own_database: str) -> None:
    row = chain.listing(start=date(2026, 1, 5))
    filed = make.file(row, RECEIVED).record
    actor = Actor.job("silence", JOB_PERMISSIONS)
    with clock.at(date(2026, 3, 16)):
        given, raised = at_once(*[lambda: acceptance.silence_becomes_acceptance(actor=actor)] * 2)
    assert not raised
    assert sum(given) == 1
    assert row.pauses.count() == 1
    assert chain.fresh(filed).state == "accepted"
