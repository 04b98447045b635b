"""What a pause, a repair and a revocation mean for each kind of task: notices, receipts and terms."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import clock
from core.actors import Actor, acting
from core.deadlines import deadlines_of
from core.models import OutboxEvent
from core.problems import Problem
from sanctions.models import ExecutionTask, TaskStop
from sanctions.selectors import measures_against, public_listings
from sanctions.services import stops
from sanctions.services.stops import confirm_stop, stops_of
from sanctions.services.tasks import acknowledge_task, apply_task
from subjects.models import Message
from tests.factories import sanctions as make
from tests.sanctions.test_clocks import DAY, act, pause, resume
from tests.support.refusals import database_refuses, nothing_written, refused, sql

pytestmark = pytest.mark.django_db


def open_rules(task: ExecutionTask) -> list[str]:
    return [row.rule.code for row in deadlines_of(task) if row.closed_on is None]


@pytest.fixture
def listing() -> Any:
    """A listing whose first task is assigned, the second acknowledged, the third applied."""
    made = make.listing()
    tasks = list(made.tasks.filter(duty="duty", follows_listing=True).select_related("unit").order_by("pk"))[:3]
    with clock.at(made.starts_on):
        for task in tasks[1:]:
            acknowledge_task(actor=make.actor_of(task.unit.code, "handler"), task=task)
        who = make.actor_of(tasks[2].unit.code, "handler")
        apply_task(actor=who, task=tasks[2], done=make.done(who, made.starts_on))
    made.three = [make.fresh(task) for task in tasks]
    return made


def test_a_pause_stops_the_terms_of_what_was_not_begun_and_asks_for_confirmation_of_the_rest(listing: Any) -> None:
    assigned, known, applied = listing.three
    day = listing.starts_on + DAY
    assert [open_rules(task) for task in listing.three] == [["SAN-T03"], ["SAN-T04"], []]
    pause(listing, day)
    assert [open_rules(task) for task in listing.three] == [[], [], []]
    assert {row.closed_by for row in deadlines_of(assigned)} == {"暂停"}
    stops = {stop.task_id: stop for stop in TaskStop.objects.filter(kind="suspend")}
    assert set(stops) == set(listing.tasks.values_list("pk", flat=True))
    assert [stops[task.pk].must_confirm for task in listing.three] == [False, False, True]
    due = deadlines_of(stops[applied.pk]).get()
    assert (due.rule.code, due.event, due.counts_from) == ("OBJ-T07", "暂停通知", day)
    pause(listing, day + DAY, ref="B", cause="complaint")  # joins the open one: nobody is told twice
    assert TaskStop.objects.count() == len(stops)
    resume(listing, day + 5 * DAY)
    assert not TaskStop.objects.filter(kind="resume").exists()
    resume(listing, day + 9 * DAY, ref="B")
    assert [open_rules(task) for task in (assigned, known)] == [["SAN-T03"], ["SAN-T04"]]
    assert deadlines_of(assigned).last().event == "恢复执行"
    assert deadlines_of(assigned).last().counts_from == day + 9 * DAY
    overtaken = make.fresh(stops[applied.pk])
    assert overtaken.superseded_on == day + 9 * DAY
    assert deadlines_of(overtaken).get().closed_by == "被后续通知取代"
    assert TaskStop.objects.get(kind="resume", task=applied).must_confirm


def test_the_unit_confirms_once_and_only_its_own(listing: Any) -> None:
    applied = listing.three[2]
    day = listing.starts_on + DAY
    pause(listing, day)
    stop = TaskStop.objects.get(task=applied)
    own = make.actor_of(applied.unit.code, "reviewer")
    with clock.at(day + DAY):
        other = make.actor_of(listing.case_subject.case.unit.code, "reviewer")
        if other.unit_ids.isdisjoint(own.unit_ids):
            with nothing_written(), pytest.raises(Problem):
                confirm_stop(actor=other, stop=stop)
        confirm_stop(actor=own, stop=stop, done="系统已停用该限制")
        refused("SAN-57", confirm_stop, actor=own, stop=stop)
        waiting = TaskStop.objects.exclude(must_confirm=True).filter(unit=applied.unit).first()
        if waiting is not None:
            refused("SAN-57", confirm_stop, actor=own, stop=waiting)
    stop.refresh_from_db()
    assert (stop.confirmed_on, stop.confirmed_by_key, stop.done) == (day + DAY, own.key, "系统已停用该限制")
    assert deadlines_of(stop).get().closed_on == day + DAY
    assert OutboxEvent.objects.filter(event_type="stop.confirmed", aggregate_id=stop.public_id).count() == 1
    with database_refuses("CR215"):
        sql(f"UPDATE sanctions_taskstop SET confirmed_on = NULL, confirmed_by_key = '' WHERE id = {stop.pk}")
    row = next(row for row in stops_of(listing) if row["id"] == stop.public_id)
    assert row["confirmed_on"] == day + DAY


def test_after_a_revocation_what_was_applied_is_restored_and_said_how(listing: Any) -> None:
    applied = listing.three[2]
    day = listing.starts_on + 10 * DAY
    pause(listing, day - 5 * DAY)
    act("revoke", listing, day)
    duty = TaskStop.objects.get(kind="restore")
    assert (duty.task_id, duty.must_confirm, duty.sent_on) == (applied.pk, True, day)
    assert set(TaskStop.objects.filter(sent_on=day).exclude(pk=duty.pk).values_list("kind", "must_confirm")) == {
        ("release", False)
    }
    own = make.actor_of(applied.unit.code, "handler")
    with clock.at(day + DAY):
        refused("SAN-11", confirm_stop, actor=own, stop=duty)
        confirm_stop(actor=own, stop=duty, done="已恢复投标资格，书面告知当事人")


def test_after_a_removal_a_revocation_still_charges_with_restoring(listing: Any) -> None:
    applied = listing.three[2]
    act("repair", listing, listing.starts_on + 5 * DAY)
    told = TaskStop.objects.get(kind="release", task=applied)
    assert told.must_confirm
    act("revoke", listing, listing.starts_on + 9 * DAY)
    assert make.fresh(told).superseded_on == listing.starts_on + 9 * DAY
    assert TaskStop.objects.get(kind="restore").task_id == applied.pk


def test_a_revoked_repair_overtakes_the_notice_and_assigns_anew(listing: Any) -> None:
    applied = listing.three[2]
    act("repair", listing, listing.starts_on + 5 * DAY)
    act("restore", listing, listing.starts_on + 9 * DAY)
    assert make.fresh(TaskStop.objects.get(kind="release", task=applied)).superseded_on
    assert open_rules(applied) == ["SAN-T03"]
    assert make.fresh(applied).state == "assigned"


def test_what_waits_gets_no_term_by_being_acknowledged_in_a_pause(listing: Any) -> None:
    assigned = listing.three[0]
    day = listing.starts_on + DAY
    pause(listing, day)
    with clock.at(day):
        acknowledge_task(actor=make.actor_of(assigned.unit.code, "handler"), task=assigned)
    assert open_rules(assigned) == []
    resume(listing, day + DAY)
    assert open_rules(assigned) == ["SAN-T04"]


def statutory(stops: bool, repair: bool) -> tuple[Any, ExecutionTask]:
    """A listing with a statutory task whose article lets, or does not let, a pause and a repair touch it."""
    made = make.listing(entry="CJ-005", initiator="scjgj")
    task = made.tasks.get(measure__code="P01", follows_listing=False)
    sql("SET CONSTRAINTS ALL IMMEDIATE")
    sql("ALTER TABLE sanctions_executiontask DISABLE TRIGGER sanctions_guard")
    sql(
        "UPDATE sanctions_executiontask SET stops_on_pause = %s, ends_on_repair = %s WHERE id = %s",
        [stops, repair, task.pk],
    )
    sql("ALTER TABLE sanctions_executiontask ENABLE TRIGGER sanctions_guard")
    return made, make.fresh(task)


@pytest.mark.parametrize("touched", [True, False])
def test_a_pause_and_a_repair_touch_a_statutory_measure_where_its_article_says_so(touched: bool) -> None:
    listing, task = statutory(touched, touched)
    last, day = task.ends_on, listing.starts_on + 10 * DAY
    assert task.original_ends_on == last
    pause(listing, day)
    against = {row.task.pk: row.action for row in measures_against(listing.subject, day)}
    assert against[task.pk] == ("suspended" if touched else "forbid")
    resume(listing, day + 7 * DAY)
    assert make.fresh(task).ends_on == last + (7 if touched else 0) * DAY
    act("repair", listing, day + 20 * DAY)
    after = make.fresh(task)
    assert (after.state, after.over_from) == (("released", day + 20 * DAY) if touched else ("assigned", None))
    act("restore", listing, day + 30 * DAY)
    after = make.fresh(task)
    assert (after.state, after.ends_on) == ("assigned", last + (17 if touched else 0) * DAY)
    assert after.ends_on == after.clock().projected_ends_on()


def test_measures_against_a_subject_say_what_may_not_be_done_with_them() -> None:
    listing = make.listing()
    day = listing.starts_on

    def actions(on: date) -> set[str]:
        return {row.action for row in measures_against(listing.subject, on)}

    assert actions(day - DAY) == {"remind"}
    assert "forbid" in actions(day)
    pause(listing, day + DAY)
    assert actions(day + DAY) == {"suspended"}
    words = {row.words for row in measures_against(listing.subject, day + DAY)}
    assert words == {"该措施暂停执行，不得作为不予许可、扣分或从严的依据"}
    assert public_listings(day + DAY).get(pk=listing.pk).state_on == "paused"
    resume(listing, day + 3 * DAY)
    assert "forbid" in actions(day + 3 * DAY)
    act("revoke", listing, day + 4 * DAY)
    assert actions(day + 4 * DAY) == set()
    assert not public_listings(day + 4 * DAY).filter(pk=listing.pk).exists()
    reward = make.listing(entry=make.REWARD)
    assert {row.action for row in measures_against(reward.subject, reward.starts_on)} == {"incentive"}


def test_the_number_of_queries_does_not_grow_with_the_tasks(django_assert_num_queries: Any) -> None:
    listing = make.listing()
    with django_assert_num_queries(4):  # three for the subject's duplicates, one statement for all its measures
        assert len(measures_against(listing.subject, listing.starts_on)) == listing.tasks.count() > 3


@pytest.mark.parametrize(
    ("end", "kind", "rule", "count"),
    [("resume", "resume", "OBJ-T09", 1), ("revoke", "restore", "OBJ-T10", 10), ("repair", "release", "OBJ-T11", 1)],
)
def test_OBJ_T09_T10_T11_what_is_to_be_confirmed_is_due(
    listing: Any, end: str, kind: str, rule: str, count: int
) -> None:
    applied, day = listing.three[2], listing.starts_on + 5 * DAY
    pause(listing, listing.starts_on + DAY)
    if end == "resume":
        resume(listing, day)
    else:
        act(end, listing, day)
    stop = TaskStop.objects.get(task=applied, kind=kind)
    due = deadlines_of(stop).get()
    assert (due.rule.code, due.counts_from, due.count, due.closed_on) == (rule, day, count, None)
    told = TaskStop.objects.filter(kind=kind, must_confirm=False)
    assert told.exists() is (end != "revoke")  # who has nothing to restore is told that it is over
    assert not any(deadlines_of(row).exists() for row in told)
    (suspended,) = deadlines_of(TaskStop.objects.get(task=applied, kind="suspend"))
    assert suspended.closed_by == "被后续通知取代"
    with clock.at(day):
        confirm_stop(actor=make.actor_of(stop.unit.code, "handler"), stop=stop, done="已恢复原状")
    assert deadlines_of(stop).get().closed_on == day


def letters_of(listing: Any) -> list[Message]:
    return list(Message.objects.filter(subject=listing.subject, about_id=listing.public_id).order_by("pk"))


def test_the_subject_is_told_what_the_units_are_told_once_per_act(listing: Any) -> None:
    first, day = listing.starts_on + DAY, listing.starts_on + 5 * DAY
    pause(listing, first)
    (suspended,) = letters_of(listing)
    assert (suspended.kind, suspended.acted_on) == ("sanctions.stop_suspend", first)
    assert suspended.unit == listing.determination.lead_unit
    assert "不得作为不予许可、扣分或从严的依据" in suspended.body
    for task in listing.three:
        assert f"{task.unit.name}（{task.measure.name}）" in suspended.body
    pause(listing, first, ref="B", cause="complaint")  # joins: nothing new to tell
    resume(listing, first + DAY)
    assert len(letters_of(listing)) == 1
    resume(listing, day, ref="B")
    assert [row.kind for row in letters_of(listing)] == ["sanctions.stop_suspend", "sanctions.stop_resume"]
    act("revoke", listing, day + DAY)
    assert {row.kind for row in letters_of(listing)[2:]} == {"sanctions.stop_release", "sanctions.stop_restore"}
    stop = TaskStop.objects.get(task=listing.three[2], kind="restore")
    with clock.at(day + DAY):
        confirm_stop(actor=make.actor_of(stop.unit.code, "handler"), stop=stop, done="已退还多收的保证金")
    done = letters_of(listing)[-1]
    assert (done.kind, done.unit) == ("sanctions.restored", stop.unit)
    assert "已退还多收的保证金" in done.body


def test_many_stops_are_told_in_as_many_statements_as_one(listing: Any) -> None:
    from_one = list(listing.tasks.all()[:1])
    with acting(Actor.job("test"), "test", on=listing.starts_on), CaptureQueriesContext(connection) as one:
        stops.suspend_tasks(from_one, "A", listing.starts_on, "暂停")
    others = [task for _ in range(3) for task in make.listing().tasks.all()]
    assert len(others) > 10
    with acting(Actor.job("test"), "test", on=listing.starts_on), CaptureQueriesContext(connection) as many:
        stops.suspend_tasks(others, "B", listing.starts_on, "暂停")
    assert len(many) <= len(one) + 1
    assert Message.objects.filter(kind="sanctions.stop_suspend").count() == 4
