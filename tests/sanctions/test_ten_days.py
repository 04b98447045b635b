"""Beat and workers stand still for ten days: afterwards every row is what ten punctual days would have made of it."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

from core import clock
from core.models import Deadline, OutboxEvent, Reminder, TransitionRecord
from core.periods import Period
from credit_platform.celery import app
from objections.models import Objection
from portal.selectors import listings_on, shown
from repair.models import Application, Notified, PublicityEnd
from sanctions.asof import list_on
from sanctions.models import ExecutionTask, GroupSummary, Listing, ListingPause, TaskStop
from sanctions.selectors import measures_against
from subjects.models import Message
from tests.factories import catalog
from tests.factories import objections as remedies
from tests.factories import repair as repairs
from tests.factories import sanctions as chain
from tests.factories import subjects as people
from tests.support import databases
from tests.support.threads import at_once

DAY = timedelta(days=1)
FIRST, LAST = date(2026, 3, 25), date(2026, 4, 7)
IDLE = {date(2026, 3, 26) + n * DAY for n in range(10)}
RECEIVED, SILENT = date(2026, 3, 25), date(2026, 3, 27)  # two working days; the second is the first idle Friday
EXPIRES = date(2026, 3, 30)
# What beat sends that has nothing to do with days: signs of life, and cleaning of sessions and calls.
NOT_OF_DAYS = {
    "credit_platform.tick",
    "credit_platform.clear_expired",
    "organizations.forget_calls",
    "subjects.refresh_statistics",
}
# What stood before the stop, so that both databases know it by the same id; what jobs write has ids of its own.
KNOWN_BY_ID = ("sanctions.listing", "sanctions.executiontask", "objections.objection", "repair.application")


def jobs() -> list[Callable[[], Any]]:
    """Return every job that beat sends, as a worker calls it."""
    app.loader.import_default_modules()
    app.finalize()
    names = {entry["task"] for entry in app.conf.beat_schedule.values()} - NOT_OF_DAYS
    assert {"sanctions.delist_expired", "objections.silence_becomes_acceptance", "core.remind"} <= names
    return [app.tasks[name] for name in sorted(names)]


def expiring(**more: Any) -> Listing:
    """A listing that ends by its dates on EXPIRES."""
    facts = {
        "entry": "CJ-011",
        "initiator": "zjj",
        "start": date(2025, 3, 17),
        "decision": {"period": Period(months=12)},
    }
    made = chain.listing(**{**facts, **more})
    assert made.ends_on == EXPIRES
    return made


def applied_for() -> Listing:
    """A listing that ends by its dates on EXPIRES, while an application for its repair is being verified."""
    number, day = people.new_id_number(), date(2026, 3, 20)
    fortnight = {"period": Period(days=15)}
    made = chain.listing(entry="CJ-025", initiator="jfq", subjects=[people.person(number=number)], decision=fortnight)
    assert made.ends_on == EXPIRES
    own = {"applicant_role": "person", "applicant_name": made.subject.name, "id_type": "id_card", "id_number": number}
    papers = repairs.pieces("performance", "commitment", "identity")
    row = repairs.filed(made, on=day, materials=papers, **own).application
    repairs.check(row, day)
    repairs.accept(row, day)
    return made


def city() -> dict[str, Listing]:
    """One of everything that falls due within the idle days."""
    made = {"expires": expiring(), "expires, but for silence": expiring(), "applied for": applied_for()}
    remedies.file(made["expires, but for silence"], RECEIVED)
    with_terms = {"entry": "CJ-004", "initiator": "yjj", "start": date(2025, 3, 17)}
    made["repairable"] = chain.listing(**with_terms, subjects=[repairs.company()])
    made["long"] = chain.listing(start=date(2026, 1, 5))
    remedies.file(made["long"], RECEIVED)
    made["answered late"] = chain.listing(start=date(2026, 1, 5))
    remedies.objection(made["answered late"], "accepted", on=date(2026, 3, 20))
    own_months = {"period": Period(months=36), "measure_months": {"P02": 12}}
    made["a measure of its own"] = chain.listing(
        entry="CJ-011", initiator="zjj", start=date(2025, 3, 17), decision=own_months
    )
    entry = catalog.make_active(severity="minor").entry.code
    facts: dict[str, Any] = {"entry": entry, "initiator": "rsj", "units": ("fgw", "czj"), "start": date(2025, 12, 15)}
    made["published for three months"] = chain.listing(**facts)
    made["a reward"] = chain.listing(
        entry=chain.REWARD, start=date(2025, 3, 24), decision={"period": Period(months=12)}
    )
    return made


@contextmanager
def two_databases(first: str) -> Iterator[tuple[str, str]]:
    second = databases.clone(first)
    try:
        yield first, second
    finally:
        databases.drop(second)


def said(day: date) -> dict[str, Any]:
    """Return what checks, public lists, officers' pages and history in two times answer on the day itself."""
    with clock.at(day):
        every = ("pending", "in_force", "paused", "ended", "revoked")
        listings = list(Listing.objects.with_state_on(day).select_related("subject").prefetch_related("pauses"))
        return {
            "states": sorted((row.pk, row.state_on, row.end_on()) for row in listings),
            "clocks": sorted((row.pk, str(row.clock().state_on(day))) for row in listings),
            "checks": sorted(
                (row.pk, found.task.pk, found.action, found.ends_on)
                for row in listings
                for found in measures_against(row.subject, day)
            ),
            "public": [(row["id"], row["state"], row["ends_on"], row["mark"]) for row in shown(list(listings_on(day)))],
            "known": [(row.id, row.state_on) for row in list_on(day, end_of_all(), states=every)],
        }


def end_of_all() -> datetime:
    """Return a moment after everything written so far: history carries the database's time, not the pinned day."""
    return datetime.now(UTC) + timedelta(minutes=1)


def lived(idle: set[date], seed: int) -> dict[date, Any]:
    """Let the days pass; on each that is not idle every job runs, in any order. After a stop: twice, two at once.

    Returns what was answered on each day, to whoever asked.
    """
    chance, day, stopped, told = random.Random(seed), FIRST, False, {}
    while day <= LAST:
        if day == EXPIRES + DAY:  # an officer's act; machines stand still, offices do not
            with clock.at(day):
                remedies.answer(Objection.objects.get(state="accepted", by_silence=False), day)
        if day in idle:
            stopped = True
        else:
            with clock.at(day):
                work = chance.sample(jobs(), len(jobs()))
                if stopped:
                    in_other_order = chance.sample(jobs(), len(jobs()))
                    _, raised = at_once(lambda: every(work), lambda: every(in_other_order))  # noqa: B023
                    assert not raised
                every(work)
            stopped = False
        told[day] = said(day)
        day += DAY
    return told


def every(work: list[Callable[[], Any]]) -> None:
    for job in work:
        job()


def rows(model: type[Any], *fields: str, **chosen: Any) -> list[tuple[Any, ...]]:
    return sorted(model.objects.filter(**chosen).values_list(*fields), key=repr)


def picture() -> dict[str, Any]:
    """Return what is in the database, without what says when a job got round to it."""
    days = [FIRST + n * DAY for n in range((LAST - FIRST).days + 30)]
    states = {
        day: list(Listing.objects.with_state_on(day).order_by("pk").values_list("pk", "state_on")) for day in days
    }
    return {
        "states": states,
        "listings": rows(Listing, "pk", "state", "ends_on", "over_from", "revoked_from"),
        "pauses": rows(ListingPause, "listing_id", "cause", "from_on", "to_on"),
        "tasks": rows(ExecutionTask, "pk", "state", "starts_on", "ends_on", "over_from"),
        "stops": rows(TaskStop, "task_id", "kind"),
        "objections": rows(Objection, "pk", "state", "accepted_on", "by_silence", "answered_on", "acceptance_number"),
        "applications": rows(Application, "pk", "state"),
        "due days": rows(Deadline, "aggregate_type", "object_id", "rule__code", "counts_from", "due_on"),
        "due days of objections": rows(Deadline, "object_id", "closed_on", aggregate_type="objections.objection"),
        "reminders": rows(Reminder, "deadline__object_id", "deadline__rule__code", "level", "unit_id", "on"),
        "publicity": rows(PublicityEnd, "listing_id", "last_day"),
        "possible": rows(Notified, "listing_id", "possible_from"),
        "summaries": rows(GroupSummary, "group_id", "from_on", "to_on", "figures"),
        "acts": rows(TransitionRecord, "workflow", "object_id", "transition", "from_state", "to_state"),
        "events": rows(OutboxEvent, "event_type", "aggregate_id", aggregate_type__in=KNOWN_BY_ID),
        "other events": rows(OutboxEvent, "event_type", "aggregate_type"),
        "messages": rows(Message, "kind", "subject_id"),
    }


def test_ten_days_without_jobs_leave_what_ten_days_with_them_leave(own_database: str) -> None:
    made = city()
    with two_databases(own_database) as names:
        pictures = []
        for name, idle in zip(names, (set(), IDLE), strict=True):
            with databases.connected_to(name):
                told = lived(idle, seed=7)
                pictures.append({**picture(), **{f"said on {day}": [one] for day, one in told.items()}})
    punctual, stopped = pictures
    for part, rows_of in punctual.items():
        assert Counter(map(str, stopped[part])) == Counter(map(str, rows_of)), part
    check_what_happened(punctual, made)


def check_what_happened(found: dict[str, Any], made: dict[str, Listing]) -> None:
    """The ten days held what they were made for: the comparison above compares something."""
    states = {day: dict(pairs) for day, pairs in found["states"].items()}
    quiet, long = made["expires, but for silence"].pk, made["long"].pk
    assert [states[SILENT - DAY][key] for key in (quiet, long)] == ["in_force", "in_force"]
    assert [states[SILENT][key] for key in (quiet, long)] == ["paused", "paused"]
    assert {states[EXPIRES + DAY][made[name].pk] for name in ("expires", "applied for")} == {"ended"}
    assert states[EXPIRES + DAY][quiet] == "paused"
    events = Counter(kind for kind, _ in found["events"])
    once = Counter(found["events"])
    for kind in ("listing.delisted", "objection.accepted", "publicity.ended", "repair.possible"):
        assert events[kind], kind
        assert {times for (name, _), times in once.items() if name == kind} == {1}, kind
    assert ("moot",) in {row[1:] for row in found["applications"]}
    assert found["summaries"]
    assert {level for _, _, level, _, _ in found["reminders"]} >= {0, 1, 2}
    told = Counter(found["messages"])
    assert told["repair.possible", made["repairable"].subject_id] == 1
    assert [told["objection.acceptance", made[name].subject_id] for name in ("long", "expires, but for silence")] == [
        1,
        1,
    ]
