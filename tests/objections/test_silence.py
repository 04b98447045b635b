"""Silence is acceptance on the due day, whenever the job runs: late, twice, on two workers, or not before an officer."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import clock
from core.actors import Actor
from core.models import Deadline, OutboxEvent, Reminder, TransitionRecord
from core.reminders import remind
from objections.letters import zh
from objections.models import Complaint, Objection
from objections.permissions import JOB_PERMISSIONS
from objections.selectors import marked
from objections.services import answering, closing
from objections.services.silence import silence_becomes_acceptance
from objections.tasks import close_moot_job, silence_job
from sanctions import effects
from sanctions.models import Listing, TaskStop
from sanctions.services.clocks import revoke_listing
from sanctions.services.court import Ruling, court_revoke
from sanctions.services.listings import delist_expired
from sanctions.tasks import job_actor
from subjects.models import Message
from tests.factories import objections as make
from tests.factories import repair as repair_factory
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
    told = Message.objects.filter(kind__endswith=".moot", subject=listing.subject, acted_on=day)
    assert sorted(told.values_list("kind", "about_id")) == [
        ("complaint.moot", complaint.public_id), ("objection.moot", filed.public_id),
    ]  # fmt: skip
    assert all(f"已于{zh(day)}撤销" in row.body for row in told)
    open_rows = Deadline.objects.filter(aggregate_type__startswith="objections.", closed_on=None)
    assert not open_rows.filter(object_id__in=[filed.pk, complaint.pk]).exists()


def crowd(number: int) -> list[Objection]:
    """Undecided objections against as many listings of one case."""
    with clock.at(date(2026, 1, 5)):
        companies = [chain.legal_entity() for _ in range(number)]
    case = chain.case_in("listed", start=date(2026, 1, 5), subjects=companies)
    listings = Listing.objects.filter(case_subject__case=case).order_by("pk")
    return [row for one in listings if isinstance(row := make.file(one, RECEIVED, papers=()).record, Objection)]


def left_behind(row: Objection) -> dict[str, Any]:
    """What an acceptance by silence leaves: on the objection, its clock, its units, its subject and the feed."""
    row = chain.fresh(row)
    listing = row.listing
    events = OutboxEvent.objects.filter(aggregate_id__in=[row.public_id, listing.public_id], legal_on=DUE)
    return {
        "row": (row.state, row.accepted_on, row.by_silence, row.accepted_by_key, row.acceptance_number is not None),
        "listing": (listing.state, listing.ends_on),
        "pauses": [(p.cause, p.ref == row.public_id, p.from_on, p.to_on) for p in listing.pauses.all()],
        "due": sorted(
            (d.rule.code, d.due_on, d.closed_on, d.closed_by, d.event)
            for d in Deadline.objects.filter(aggregate_type="objections.objection", object_id=row.pk)
        ),
        "tasks": sorted((t.state, t.ends_on) for t in listing.tasks.all()),
        "stops": sorted(
            (s.kind, s.unit_id, s.ref == row.public_id, s.must_confirm, s.sent_on)
            for s in TaskStop.objects.filter(task__listing=listing)
        ),
        "acts": list(
            TransitionRecord.objects.filter(public_id__in=[row.public_id, listing.public_id], legal_on=DUE)
            .order_by("workflow", "pk")
            .values_list("workflow", "transition", "from_state", "to_state", "actor_kind")
        ),
        "events": sorted((e.event_type, sorted(e.payload)) for e in events),
        "told": sorted(
            (m.kind, m.acted_on, m.unit_id, m.body.replace(row.subject.name, "").replace(listing.public_id, ""))
            for m in Message.objects.filter(subject=row.subject, acted_on=DUE)
        ),
        "marked": marked("listing", [row.target_key]) == {row.target_key},
    }


@pytest.mark.django_db
def test_the_set_leaves_what_one_acceptance_leaves() -> None:
    by_officer, by_job = crowd(2)
    make.accept(by_officer, date(2026, 3, 18))  # too late: silence has accepted it already
    assert run(date(2026, 3, 18)) == 1
    one, other = left_behind(by_officer), left_behind(by_job)
    assert one == other
    assert one["marked"]
    assert {kind for kind, *_ in one["told"]} == {"objection.acceptance", "sanctions.stop_suspend"}


@pytest.mark.long
@pytest.mark.django_db
def test_fifty_take_as_many_statements_as_one() -> None:
    (alone,) = crowd(1)
    with CaptureQueriesContext(connection) as one:
        assert run(date(2026, 3, 18)) == 1
    many = crowd(50)
    with CaptureQueriesContext(connection) as fifty:
        assert run(date(2026, 3, 18)) == 50
    assert len(fifty) <= len(one)
    rows = [chain.fresh(row) for row in (alone, *many)]
    assert {row.state for row in rows} == {"accepted"}
    assert sorted(row.acceptance_number for row in rows) == list(range(1, 52))
    assert Message.objects.filter(kind="objection.acceptance").count() == 51
    body = Message.objects.get(about_id=many[7].public_id).body
    assert f"答复期限至{zh(date(2026, 3, 20))}" in body


@pytest.mark.django_db
def test_chunks_and_different_due_days_lose_nothing() -> None:
    rows = crowd(3)
    later = crowd(1)
    assert run(date(2026, 3, 13)) == 0
    with clock.at(date(2026, 3, 30)):
        actor = Actor.job("silence", JOB_PERMISSIONS)
        assert silence_becomes_acceptance(actor=actor, chunk=2) == 4
        assert silence_becomes_acceptance(actor=actor, chunk=2) == 0
    assert {chain.fresh(row).accepted_on for row in (*rows, *later)} == {DUE}


@pytest.mark.django_db
def test_what_silence_holds_is_not_removed_whichever_job_comes_first() -> None:
    with clock.at(date(2026, 1, 5)):
        company = chain.legal_entity()
    short = chain.listing(entry="CJ-011", initiator="zjj", start=date(2026, 1, 5), subjects=[company])
    received = short.ends_on - timedelta(days=10)
    row = make.file(short, received, papers=()).record
    assert isinstance(row, Objection)
    day = short.ends_on + timedelta(days=5)
    with clock.at(day):
        assert delist_expired(actor=job_actor("test")) == 0  # not the job, which would let silence go first
        assert chain.fresh(short).state == "issued"
    assert run(day) == 1
    assert (chain.fresh(short).state, chain.fresh(short).ends_on) == ("issued", None)
    assert chain.fresh(row).by_silence


@pytest.mark.parametrize("kind", ["measure", "repair_refusal"])
def test_OBJ_05_what_hangs_on_a_revoked_listing_ends_with_it(listing: Listing, kind: str) -> None:
    if kind == "measure":
        key, day = listing.tasks.order_by("pk")[0].public_id, RECEIVED
    else:
        refused_one = repair_factory.application_in("rejected", outcome="reject")
        key, day, listing = refused_one.public_id, repair_factory.after(10), refused_one.listing
    row = make.file(listing, day, target_kind=kind, target_key=key).record
    assert isinstance(row, Objection)
    later = day + timedelta(days=1)
    with clock.at(later):
        ruling = Ruling("示例市中级人民法院", "（2026）测08行初1号", later)
        court_revoke(actor=chain.lead_of(listing.case_subject.case), listing=listing, ruling=ruling)
        assert (chain.fresh(row).state, chain.fresh(row).closed_on) == ("moot", later)
        assert Message.objects.get(kind="objection.moot").about_id == row.public_id


def test_two_workers_accept_once(own_database: str) -> None:
    row = chain.listing(start=date(2026, 1, 5))
    filed = make.file(row, RECEIVED).record
    actor = Actor.job("silence", JOB_PERMISSIONS)
    with clock.at(date(2026, 3, 16)):
        given, raised = at_once(*[lambda: silence_becomes_acceptance(actor=actor)] * 2)
    assert not raised
    assert sum(given) == 1
    assert row.pauses.count() == 1
    assert chain.fresh(filed).state == "accepted"
