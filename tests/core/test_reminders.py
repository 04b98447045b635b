"""Reminders: every due day near and missed, once per level, on the days they would have had however late the run."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import pytest

from core import clock, deadlines, reminders
from core.actors import Actor, acting
from core.calendar import WorkingCalendar
from core.jobs import run
from core.models import Deadline, JobRun, Reminder, ReminderRule, TimeLimitRule
from core.problems import NotPermitted, Refused
from core.tasks import remind_job
from credit_platform.embedded.processes import wait_until
from organizations.models import Organization
from sanctions.services.tasks import acknowledge_task
from tests.factories import sanctions as make
from tests.support import warm
from tests.support.threads import at_once

JOB = Actor.job("test.remind")
KEEPER = Actor.job("test.keeper", {reminders.MANAGE})
DAY = timedelta(days=1)
START = date(2026, 3, 2)  # a Monday
Row = tuple[int, int, date]
# Any model will do as the thing with a due day: here the units themselves.
MODEL = "organizations.organization"


@pytest.fixture
def units(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let units answer for due days of their own."""
    monkeypatch.setattr(reminders, "_registered", dict(reminders._registered))
    reminders.register(MODEL, unit="pk")


def open_on(units: Iterable[Organization], day: date, code: str = "SAN-T04") -> list[Deadline]:
    with acting(JOB, "test.open", on=day):
        return deadlines.open_deadlines(list(units), code, event="测试", counts_from=day)


def two() -> list[Organization]:
    return list(Organization.objects.order_by("pk")[:2])


def written() -> set[Row]:
    return set(Reminder.objects.values_list("deadline_id", "level", "on"))


def lived(first: date, last: date, *, skipped: Iterable[date] = ()) -> None:
    """Run the job on every day from `first` to `last`, except on those when everything stood still."""
    off = set(skipped)
    day = first
    while day <= last:
        if day not in off:
            with clock.at(day):
                remind_job()
        day += DAY


@pytest.mark.django_db
def test_each_level_is_told_once_on_its_day(units: Any) -> None:
    rows = open_on(two(), START)
    due = rows[0].due_on
    calendar = WorkingCalendar()
    near = calendar.working_day_before(calendar.working_day_before(due))
    told = {}
    for day in [near - DAY, near, *(due + n * DAY for n in range(9))]:
        told[day] = sum(reminders.remind(actor=JOB, day=day).values())
    assert {day for day, count in told.items() if count} == {near, due + DAY, due + 3 * DAY, due + 7 * DAY}
    assert set(told.values()) == {0, len(rows)}
    assert set(Reminder.objects.values_list("level", "on").distinct()) == {
        (0, near), (1, due + DAY), (2, due + 3 * DAY), (3, due + 7 * DAY),
    }  # fmt: skip
    assert {row.escalated for row in Deadline.objects.filter(pk__in=[row.pk for row in rows])} == {3}


@pytest.mark.long
@pytest.mark.django_db
def test_ten_days_without_beat_and_workers_change_no_reminder(units: Any, django_assert_max_num_queries: Any) -> None:
    def city() -> None:
        # Due days before, inside and after the stop; one met in time, one met late while nothing ran.
        for start in range(0, 12, 2):
            open_on(two(), START + start * DAY, "SAN-T03")
            open_on(two(), START + start * DAY, "SAN-T04")

    def close(rows: Any, on: date) -> None:
        with clock.at(on), acting(JOB, "test.close", on=on):
            rows.update(closed_on=on, closed_by="测试")

    last, stop = START + 60 * DAY, [START + 8 * DAY + n * DAY for n in range(10)]
    outcome = []
    for skipped in ([], stop):
        Reminder.objects.all().delete()
        with acting(JOB, "test.reset"):
            Deadline.objects.filter(aggregate_type=MODEL).delete()
        city()
        mine = Deadline.objects.filter(aggregate_type=MODEL)
        numbers = {pk: number for number, pk in enumerate(mine.order_by("pk").values_list("pk", flat=True))}
        lived(START, START + 11 * DAY, skipped=skipped)
        in_time = mine.filter(counts_from=START + 10 * DAY, rule__code="SAN-T04")
        late = mine.filter(counts_from=START + 4 * DAY, rule__code="SAN-T03")
        close(in_time, START + 12 * DAY)
        close(late, START + 12 * DAY)
        lived(START + 12 * DAY, last, skipped=skipped)
        outcome.append({(numbers[pk], level, on) for pk, level, on in written()})
    assert outcome[0] == outcome[1]
    assert Reminder.objects.count() == len(outcome[1]) > 40
    assert JobRun.objects.filter(name="core.remind", error="").exists()


@pytest.mark.django_db
def test_a_short_term_has_no_reminder_on_its_first_day_and_a_right_never_climbs(monkeypatch: Any) -> None:
    monkeypatch.setattr(reminders, "_registered", {})
    reminders.register(MODEL, unit="pk", is_right=True)
    with acting(JOB, "test.rule"):
        TimeLimitRule.objects.create(
            code="T-1", name="测试", count=1, unit="working_day", basis="测试", confidence="sure", valid_from=START,
            proposed_by_key="a", confirmed_by_key="b",
        )  # fmt: skip
    open_on(two(), START, "T-1")
    open_on(two(), START, "SAN-T01")
    assert reminders.remind(actor=JOB, day=START + 60 * DAY) == {"near": 2, "officer": 0, "reviewer": 0, "group": 0}


@pytest.mark.django_db
def test_rules_are_data_per_time_limit_and_kept_by_the_system_administrator(units: Any) -> None:
    steps = {"near_working_days": 0, "officer_after_days": 2, "reviewer_after_days": 2, "group_after_days": 4}
    reminders.set_rule(actor=KEEPER, rule_code="SAN-T04", reason="试行", **steps)
    slow, usual = open_on(two()[:1], START, "SAN-T04")[0], open_on(two()[:1], START, "SAN-T03")[0]
    reminders.remind(actor=JOB, day=START + 90 * DAY)
    days = {
        row.pk: [(on - row.due_on).days for on in row.reminders.order_by("level").values_list("on", flat=True)[1:]]
        for row in (slow, usual)
    }
    assert days == {slow.pk: [2, 2, 4], usual.pk: [1, 3, 7]}
    assert slow.reminders.get(level=0).on == slow.due_on
    for change in ({"officer_after_days": 0}, {"group_after_days": 1}, {"rule_code": "X"}, {"reason": " "}):
        with pytest.raises(Refused, match=r"."):
            reminders.set_rule(actor=KEEPER, **{"rule_code": "", "reason": "r", **steps, **change})
    with pytest.raises(NotPermitted):
        reminders.set_rule(actor=JOB, rule_code="", reason="r", **steps)
    assert ReminderRule.history.count() == 1


@pytest.mark.django_db
def test_the_queries_do_not_grow_with_the_due_days(units: Any, django_assert_max_num_queries: Any) -> None:
    for _ in range(3):
        open_on(Organization.objects.all(), START)
    with django_assert_max_num_queries(200):
        made = reminders.remind(actor=JOB, day=START + 90 * DAY)
    assert sum(made.values()) == 4 * 3 * Organization.objects.count()


@pytest.mark.django_db
def test_a_task_tells_its_unit_and_its_group_and_a_met_one_nobody() -> None:
    listing = make.listing()
    duties = listing.tasks.filter(duty="duty")
    task = duties.get(unit__code="zjj", measure__code="P02")
    with clock.at(listing.starts_on):
        acknowledge_task(actor=make.actor_of("zjj", "handler"), task=task)
    with clock.at(listing.starts_on + 20 * DAY):
        remind_job()
        told = Reminder.objects.filter(deadline__aggregate_type="sanctions.executiontask")
        assert told.count() == 4 * (duties.count() - 1)
        assert remind_job() == {"near": 0, "officer": 0, "reviewer": 0, "group": 0}
    assert not told.filter(deadline__object_id=task.pk).exists()
    other = duties.exclude(pk=task.pk).select_related("unit").first()
    group = listing.case_subject.case.group
    row = told.get(deadline__object_id=other.pk, level=3)
    assert (row.unit_id, row.group_id) == (other.unit_id, group.pk)
    assert "逾期7日" in str(row)
    shown = reminders.with_matter(Reminder.objects.filter(pk=row.pk)).get()
    assert (shown.about, shown.page_id) == (listing.subject.name, other.public_id)
    unit_actor, lead = make.actor_of(other.unit.code, "handler"), make.lead_of(listing.case_subject.case)
    assert Reminder.objects.visible_to(unit_actor).filter(pk=row.pk).exists()
    assert Reminder.objects.visible_to(lead).filter(pk=row.pk).exists()
    assert not Reminder.objects.visible_to(make.stranger()).filter(pk=row.pk).exists()
    assert Reminder.objects.visible_to(make.actor_of("fgw", "office")).filter(pk=row.pk).exists()


def test_many_runs_at_once_and_one_killed_in_the_middle_write_each_reminder_once(own_database: str) -> None:
    reminders.register(MODEL, unit="pk")
    try:
        every = list(Organization.objects.all())
        open_on(every, START)
        day = START + 90 * DAY
        warm.killed_at("inside", own_database, KILLED.format(model=MODEL), day.isoformat())
        part = Reminder.objects.count()
        assert 0 < part < 4 * len(every)
        wait_until(lambda: run("core.remind", lambda: 0) is not None, 20)
        given, raised = at_once(*[lambda: reminders.remind(actor=JOB, day=day)] * 3)
        assert raised == []
        assert part + sum(sum(made.values()) for made in given) == Reminder.objects.count() == 4 * len(every)
        assert JobRun.objects.filter(name="core.remind", error__startswith="中断").count() == 1
    finally:
        del reminders._registered[MODEL]


KILLED = """
import sys, time
from datetime import date
import django
django.setup()
from core import clock, reminders
from core.tasks import remind_job
reminders._registered.clear()
reminders.register("{model}", unit="pk")
reminders.CHUNK = 20
made, write = [], reminders.acting
def slow(*given, **named):
    made.append(1)
    if len(made) == 3:
        print("inside", flush=True)
        time.sleep(600)
    return write(*given, **named)
reminders.acting = slow
with clock.at(date.fromisoformat(sys.argv[1])):
    remind_job()
"""
