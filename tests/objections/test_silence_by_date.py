"""Silence pauses by its date alone: with every job stopped, each reader answers right on each day (law 2, ADR 0024)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection

from core import clock, time_limits
from core.actors import Actor
from core.deadlines import deadlines_of
from core.models import Deadline, TransitionRecord
from core.periods import Period
from objections.models import Objection
from objections.permissions import JOB_PERMISSIONS
from objections.selectors import marked, public_view
from objections.services import acceptance, answering
from objections.services.silence import silence_becomes_acceptance
from objections.standing import silent_before
from portal.selectors import listings_on, shown
from repair.services.announcing import end_without_object
from sanctions.asof import listing_on
from sanctions.models import ExecutionTask, Listing, TaskStop
from sanctions.selectors import PAUSED_MARK, measures_against
from sanctions.services.clocks import repair_listing, restore_listing
from sanctions.services.court import Ruling, court_revoke
from sanctions.services.listings import delist_expired, release_expired_tasks
from sanctions.services.verification import verify_clocks
from sanctions.simulation import what_if
from sanctions.tasks import job_actor
from tests.factories import objections as make
from tests.factories import sanctions as chain
from tests.support.refusals import refused
from tests.support.threads import at_once

RECEIVED, DUE = date(2026, 3, 11), date(2026, 3, 13)
AFTER, LATER = date(2026, 3, 16), date(2026, 3, 20)
DAY = timedelta(days=1)
JOB = Actor.job("test.silence", JOB_PERMISSIONS)


@pytest.fixture
def short(db: None) -> Listing:
    """A listing that ends by its dates four days after silence: on 2026-03-17."""
    terms = {"period": Period(months=12), "starts_on": date(2025, 3, 18)}
    return chain.listing(entry="CJ-011", initiator="zjj", start=date(2025, 1, 6), decision=terms)


def filed(listing: Listing, on: date = RECEIVED, **more: Any) -> Objection:
    row = make.file(listing, on, **more).record
    assert isinstance(row, Objection)
    return row


def instant() -> Any:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]


def answers(listing: Listing, day: date) -> dict[str, Any]:
    """What every reader says of the listing on `day`, asked on that day."""
    with clock.at(day):
        row = Listing.objects.with_state_on(day).prefetch_related("pauses").get(pk=listing.pk)
        stopping = ExecutionTask.objects.filter(listing=listing, stops_on_pause=True)
        tasks = stopping.with_state_on(day).select_related("listing")
        public = shown(list(listings_on(day).filter(pk=listing.pk)))
        imagined = what_if(row, [], [day.isoformat()])
        known = listing_on(listing, day, instant())
        assert known is not None
        told = {
            "python": str(row.clock().state_on(day)),
            "sql": row.state_on,
            "tasks by sql": {task.state_on for task in tasks},
            "tasks by python": {str(task.clock().state_on(day)) for task in tasks},
            "asof": known.state_on,
            "simulate": imagined["asked"][day.isoformat()],
            "ends": row.end_on(),
            "tasks' ends": {task.end_on() for task in tasks},
            "earliest": row.clock().earliest_ends_on(day),
        }
        found = [one for one in measures_against(row.subject, day) if one.task.stops_on_pause]
        told["checks"] = {measure.action for measure in found}
        told["checks' ends"] = {measure.ends_on for measure in found}
        told["public"] = [(one["state"], one["ends_on"], one["mark"]) for one in public]
        return told


def agree(told: dict[str, Any], state: str) -> None:
    single = ("python", "sql", "asof", "simulate")
    assert {name: told[name] for name in single} == dict.fromkeys(single, state)
    assert told["tasks by sql"] == told["tasks by python"] == {state}


def test_every_reader_answers_right_on_every_day_with_the_jobs_stopped(short: Listing) -> None:
    end = short.ends_on
    assert end == date(2026, 3, 17)
    before = answers(short, RECEIVED)
    row = filed(short)
    day = RECEIVED
    while day <= date(2026, 3, 25):
        told = answers(short, day)
        if day < DUE:  # nothing anybody sees has changed
            assert told == before | {"public": told["public"]}, day
            assert told["public"] == [("in_force", end.isoformat(), "")]
            assert told["checks"] == {"forbid"}
        else:
            agree(told, "paused")
            assert told["checks"] == {"suspended"}
            assert (told["ends"], told["tasks' ends"], told["checks' ends"]) == (None, {None}, {None})
            assert told["earliest"] == end + (day - DUE)
            assert told["public"] == [("paused", None, PAUSED_MARK)]
        with clock.at(day):  # whatever else runs, nothing ends while silence holds it, and nothing is found wrong
            assert delist_expired(actor=job_actor("test")) == 0
            release_expired_tasks(actor=job_actor("test"))  # a measure that no pause touches ends by its own article
            assert not short.tasks.filter(stops_on_pause=True, state="released").exists()
            assert not any(verify_clocks(actor=job_actor("test")).values())
            assert end_without_object(actor=Actor.job("test", ["repair.application.end"])) == 0
            assert marked("listing", [short.public_id]) == ({short.public_id} if day >= DUE else set())
            assert public_view(row)["state"] == ("received" if day <= DUE else "accepted")
            assert Objection.objects.filter(silent_before(day)).exists() == (day > DUE)
        day += DAY
    assert chain.fresh(row).state == "received"
    assert not short.pauses.exists()
    with clock.at(LATER):
        lived = [answers(short, RECEIVED + n * DAY) for n in range(14)]
        assert silence_becomes_acceptance(actor=JOB) == 1
        assert [answers(short, RECEIVED + n * DAY) for n in range(14)][2:] == lived[2:]
    assert (chain.fresh(short).tacit_from, chain.fresh(short).ends_on) == (None, None)


def test_an_officer_settles_silence_before_he_acts(listing: Listing) -> None:
    row = filed(listing)
    make.check(row, RECEIVED)
    drafted = make.draft(row, LATER)
    assert (drafted.state, drafted.accepted_on, drafted.by_silence) == ("drafted", DUE, True)
    assert [(p.from_on, p.to_on) for p in listing.pauses.all()] == [(DUE, None)]
    acts = TransitionRecord.objects.filter(workflow="objections.objection", object_id=row.pk).order_by("pk")
    assert list(acts.values_list("transition", "legal_on", "actor_kind"))[-2:] == [
        ("accept_by_silence", DUE, "job"), ("draft_answer", LATER, "officer"),
    ]  # fmt: skip
    assert {s.sent_on for s in TaskStop.objects.filter(task__listing=listing)} == {DUE}
    assert {d.due_on for d in deadlines_of(row) if d.rule.code == "OBJ-T02"} == {date(2026, 3, 20)}
    with clock.at(LATER):
        assert silence_becomes_acceptance(actor=JOB) == 0
    make.sign(row, LATER)
    assert [(p.from_on, p.to_on) for p in listing.pauses.all()] == [(DUE, LATER)]


def test_a_decision_within_the_term_takes_the_place_of_silence(listing: Listing) -> None:
    row = filed(listing)
    assert chain.fresh(listing).tacit_from == DUE
    with clock.at(DUE):
        acceptance.decline_objection(actor=make.answerer(make.case_of(row)), objection=row, reason="不属于本机关认定")
    assert chain.fresh(listing).tacit_from is None
    agree(answers(listing, DUE), "in_force")
    agree(answers(listing, LATER), "in_force")

    again = filed(listing, date(2026, 3, 17))  # due 03-19
    with clock.at(date(2026, 3, 18)):
        answering.withdraw_objection(actor=make.window(), objection=again, reason="申请人书面撤回")
    assert chain.fresh(listing).tacit_from is None
    assert not listing.pauses.exists()

    third = filed(listing, LATER)  # due 03-24
    make.check(third, LATER)
    make.accept(third, date(2026, 3, 23))
    assert chain.fresh(listing).tacit_from is None
    assert [(p.from_on, p.to_on) for p in listing.pauses.all()] == [(date(2026, 3, 23), None)]


def test_withdrawn_after_silence_it_was_paused_meanwhile(listing: Listing) -> None:
    row = filed(listing)
    with clock.at(LATER):
        answering.withdraw_objection(actor=make.window(), objection=row, reason="申请人书面撤回")
    assert [(p.from_on, p.to_on) for p in listing.pauses.all()] == [(DUE, LATER)]


def test_registered_after_its_term_it_is_accepted_at_once(listing: Listing) -> None:
    row = filed(listing, LATER, received_on=RECEIVED)
    assert (row.state, row.accepted_on, row.by_silence) == ("accepted", DUE, True)
    agree(answers(listing, DUE), "paused")


def test_an_act_on_the_listing_records_what_silence_did_before_it(listing: Listing) -> None:
    row = filed(listing)
    with clock.at(LATER):
        ruling = Ruling("示例市中级人民法院", "（2026）测08行初1号", LATER)
        court_revoke(actor=chain.lead_of(listing.case_subject.case), listing=listing, ruling=ruling)
    assert (chain.fresh(row).state, chain.fresh(row).accepted_on) == ("moot", DUE)
    assert [(p.from_on, p.to_on) for p in listing.pauses.all()] == [(DUE, LATER)]
    agree(answers(listing, AFTER), "paused")


def test_what_a_revoked_repair_gives_back_stands_still_for_silence(listing: Listing) -> None:
    filed(listing)
    actor = job_actor("test")
    who = Actor.job("test", {*actor.permissions, *JOB_PERMISSIONS})
    with clock.at(RECEIVED + DAY), acceptance.acting(who, "test.repair"):
        repair_listing(actor=who, listing=listing, on=RECEIVED + DAY, reason="修复")
    agree(answers(listing, DUE), "ended")
    with clock.at(LATER), acceptance.acting(who, "test.restore"):
        restore_listing(actor=who, listing=chain.fresh(listing), on=LATER, reason="撤销修复")
    told = answers(listing, LATER)
    assert (told["python"], told["sql"], told["checks"]) == ("paused", "paused", {"suspended"})
    assert [p.from_on for p in listing.pauses.exclude(cause="lapse")] == [LATER]


def test_a_corrected_calendar_moves_the_day_of_silence(listing: Listing) -> None:
    row = filed(listing)
    admin = chain.actor_of("fgw", "system_admin", 9)
    with clock.at(RECEIVED):
        time_limits.set_day(actor=admin, day=DUE, is_working=False, source="示例通知")
    assert chain.fresh(listing).tacit_from == AFTER
    assert {d.due_on for d in deadlines_of(row)} == {AFTER}
    agree(answers(listing, DUE), "in_force")
    agree(answers(listing, AFTER), "paused")
    with clock.at(RECEIVED), acceptance.acting(JOB, "test.wrong"):
        Listing.objects.filter(pk=listing.pk).update(tacit_from=None)
    with clock.at(LATER):
        assert verify_clocks(actor=job_actor("test"))["tacit"] == 1
    assert chain.fresh(listing).tacit_from == AFTER


def test_OBJ_57_what_has_no_clock_is_marked_from_the_same_day(listing: Listing) -> None:
    key = listing.case_subject.public_id
    row = filed(listing, target_kind="facts", target_key=key)
    for day, found in ((DUE - DAY, set()), (DUE, {key}), (LATER, {key})):
        with clock.at(day):
            assert marked("facts", [key]) == found
    with clock.at(LATER):
        who = make.answerer(listing.case_subject.case)
        unit = chain.actor_of(row.answering_unit.code, "reviewer", 6)
        for actor in (unit, who):
            if row.answering_unit_id in actor.unit_ids:
                refused("OBJ-57", acceptance.decline_objection, actor=actor, objection=row, reason="不属于")
    assert Deadline.objects.get(object_id=row.pk, aggregate_type="objections.objection").closed_on is None


def test_silence_refusal_and_acceptance_at_once(own_database: str) -> None:
    """On the last day of the term refusal and acceptance race; after it silence is the only answer, by whoever."""
    listing = chain.listing(start=date(2026, 1, 5))
    row = filed(listing)
    make.check(row, RECEIVED)
    first, second = (make.answerer(make.case_of(row), number) for number in (3, 4))

    def accept() -> Objection:
        return acceptance.accept_objection(actor=first, objection=row)

    def decline() -> Objection:
        return acceptance.decline_objection(actor=second, objection=row, reason="不属于本机关认定")

    with clock.at(DUE):
        given, raised = at_once(accept, decline, lambda: silence_becomes_acceptance(actor=JOB))
    assert len([one for one in given if isinstance(one, Objection)]) == 1
    assert {error.code for error in raised} == {"OBJ-08"}
    state = chain.fresh(row).state
    assert [(p.from_on, p.to_on) for p in listing.pauses.all()] == ([(DUE, None)] if state == "accepted" else [])
    assert chain.fresh(listing).tacit_from is None

    other = chain.listing(start=date(2026, 1, 5))
    row = filed(other)
    make.check(row, RECEIVED)
    first, second = (make.answerer(make.case_of(row), number) for number in (3, 4))
    with clock.at(AFTER):
        _, raised = at_once(accept, decline, lambda: silence_becomes_acceptance(actor=JOB))
    assert {error.code for error in raised} == {"OBJ-57"}
    assert (chain.fresh(row).state, chain.fresh(row).by_silence, chain.fresh(row).accepted_on) == (
        "accepted",
        True,
        DUE,
    )
    assert [(p.from_on, p.to_on) for p in other.pauses.all()] == [(DUE, None)]
    acts = TransitionRecord.objects.filter(object_id=row.pk, workflow="objections.objection")
    assert acts.filter(to_state="accepted", from_state="received").count() == 1
