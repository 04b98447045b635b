"""History in two times: what was known at an instant of any day is what the plain list answered at that instant."""

from __future__ import annotations

import random
from datetime import date, datetime
from itertools import pairwise
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import clock
from core.actors import Actor
from core.periods import Period
from core.problems import Problem
from sanctions.asof import knowledge_of, list_on, listing_on, subject_on
from sanctions.models import Listing, ListingPause
from sanctions.permissions import JOB_PERMISSIONS
from sanctions.services.listings import delist_expired
from tests.factories import sanctions as make
from tests.sanctions.test_clocks import DAY, act, pause, resume

pytestmark = pytest.mark.django_db
JOB = Actor.job("test.asof", JOB_PERMISSIONS)
Answer = dict[int, tuple[str, str, date | None]]


def instant() -> datetime:
    """Return the moment as the database tells it: history rows carry its time, whatever day a test has pinned."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        found: datetime = cursor.fetchone()[0]
    return found


def plain(day: date) -> Answer:
    """Return what the list says now of a day."""
    rows = Listing.objects.with_state_on(day).values_list("pk", "state", "state_on", "ends_on")
    return {pk: (state, state_on, end) for pk, state, state_on, end in rows}


def known(day: date, at: datetime) -> Answer:
    every = ("pending", "in_force", "paused", "ended", "revoked")
    return {row.id: (row.state, row.state_on, row.ends_on) for row in list_on(day, at, states=every)}


def random_act(dice: random.Random, listings: list[Listing], day: date) -> None:
    """Try one act at random; what the law forbids changes nothing, which is history too."""
    listing = make.fresh(dice.choice(listings))
    amendment = {"period": Period(months=dice.randrange(12, 24)), "official_number": "测信组〔2026〕2号"}
    acts: list[Any] = [
        lambda: pause(listing, day, ref=dice.choice("AB"), cause=dice.choice(["objection", "court"])),
        lambda: pause(listing, day, ref="A"),
        lambda: resume(listing, day, ref=dice.choice("AB")),
        lambda: resume(listing, day, ref="A"),
        lambda: act("repair", listing, day),
        lambda: act("restore", listing, day),
        lambda: act("amend", listing, day, **amendment),
        lambda: act("revoke", listing, day),
        lambda: delist_expired(actor=JOB, day=day),
    ]
    weights = [4, 4, 4, 4, 2, 3, 2, 0.5, 2]
    try:
        dice.choices(acts, weights)[0]()
    except Problem:
        return


@pytest.mark.parametrize("seed", range(2))
def test_as_of_any_instant_is_what_the_list_answered_then(seed: int) -> None:
    dice = random.Random(seed)
    listings = [make.listing(entry="CJ-011", initiator="zjj", decision={"period": Period(months=24)}) for _ in range(4)]
    first = listings[0].starts_on
    asked = [first + step * DAY for step in (-5, 0, 40, 200, 400, 729, 730, 900, 2000)]
    remembered: list[tuple[datetime, dict[date, Answer]]] = []
    day = first
    for _ in range(30):
        day += dice.choice([0, 1, 5, 20, 45]) * DAY
        random_act(dice, listings, day)
        remembered.append((instant(), {each: plain(each) for each in asked}))
    for at, answers in remembered:
        for each, answer in answers.items():
            assert known(each, at) == answer
            one = listings[0]
            found = listing_on(one, each, at)
            assert found is not None
            assert (found.state, found.state_on, found.ends_on) == answer[one.pk]
    assert len({tuple(sorted(answers[asked[3]].items())) for _, answers in remembered}) > 3


def test_what_was_not_known_yet_is_not_told() -> None:
    before = instant()
    listing = make.listing()
    after = instant()
    assert listing_on(listing, listing.starts_on, before) is None
    assert list(list_on(listing.starts_on, before)) == []
    found = listing_on(listing, listing.starts_on, after)
    assert found is not None
    assert found.label == "实施中"


def test_a_late_record_changes_a_day_only_from_when_it_was_known() -> None:
    """A pause recorded on the tenth for the third: the fifth was in force as known on the fifth, paused as known now."""
    listing = make.listing()
    third, fifth, tenth = (listing.starts_on + n * DAY for n in (3, 5, 10))
    on_the_fifth = instant()
    with clock.at(tenth):
        pause(listing, third)
    now = instant()
    assert [row.state_on for row in subject_on(listing.subject, fifth, on_the_fifth)] == ["in_force"]
    assert [row.state_on for row in subject_on(listing.subject, fifth, now)] == ["paused"]
    acts = [row["act"] for row in knowledge_of(listing)]
    assert acts[-1:] == ["test.pause"]  # one act, though it wrote the pause and the listing
    assert acts.count("test.pause") == 1


def test_a_list_is_one_statement_however_long() -> None:
    listings = [make.listing() for _ in range(3)]
    pause(listings[0], listings[0].starts_on)
    day, at = listings[0].starts_on, instant()
    with CaptureQueriesContext(
        connection,
    ) as asked:
        rows = list(list_on(day, at, polarity="discipline"))
    assert len(asked) == 1
    assert {row.id: row.state_on for row in rows} == {
        row.pk: "paused" if row == listings[0] else "in_force" for row in listings
    }
    assert list(list_on(day, at, polarity="incentive")) == []
    assert [row.id for row in list_on(day, at, states=["paused"])] == [listings[0].pk]
    whole = [row.id for row in list_on(day, at)]
    with CaptureQueriesContext(connection) as asked:
        pages = [[row.id for row in list_on(day, at, after=after, limit=2)] for after in (0, whole[1])]
    assert len(asked) == 2
    assert [*pages[0], *pages[1]] == whole


def test_an_instant_in_the_middle_of_an_act_shows_none_of_it() -> None:
    """What an act has written by then was nobody's knowledge: each instant answers as after one whole act or another."""
    listings = [make.listing(entry="CJ-011", initiator="zjj", decision={"period": Period(months=24)}) for _ in range(2)]
    first = listings[0].starts_on
    days = [first + n * DAY for n in (0, 5, 10, 700, 725, 760)]
    begun = instant()
    answers = [{day: plain(day) for day in days}]
    for step, on in (("pause", 3), ("resume", 8), ("repair", 9), ("restore", 12), ("pause", 14), ("revoke", 20)):
        how = {"cause": "objection", "ref": "A"} if step == "pause" else {"ref": "A"} if step == "resume" else {}
        act(step, listings[0], first + on * DAY, **how)
        answers.append({day: plain(day) for day in days})
    assert all(earlier != later for earlier, later in pairwise(answers))
    instants = sorted(
        at
        for model in (Listing, ListingPause)
        for at in model.history.filter(history_date__gt=begun).values_list("history_date", flat=True)
    )
    assert len(instants) > len(answers)  # acts that write more than once are among them
    seen = [{day: known(day, at) for day in days} for at in instants]
    assert all(answer in answers for answer in seen)
    assert [answers.index(answer) for answer in seen] == sorted(answers.index(answer) for answer in seen)
    assert seen[-1] == answers[-1]
