"""Random lawful and unlawful acts, done through the services and foretold by simulate: the same dates, every day."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from core import clock
from core.periods import Period, union
from sanctions.models import Listing
from sanctions.services.verification import DIFFERING_LISTINGS_SQL, DIFFERING_TASKS_SQL
from sanctions.simulation import Snapshot, simulate_document, what_if
from tests.factories import sanctions as chain
from tests.factories import subjects as people
from tests.sanctions.services_life import Services
from tests.support.refusals import sql

pytestmark = [pytest.mark.django_db, pytest.mark.long]
ENTRY, DAY = "CJ-025", timedelta(days=1)  # fixed, repairable without a minimum, for persons
TERMS: tuple[tuple[date | None, dict[str, int]], ...] = ((None, {"days": 40}), (date(2026, 3, 26), {"days": 25}))
NAMES = [
    "perform", "object", "object", "object", "object", "reject_objection", "reject_objection", "uphold_objection",
    "partly_uphold_objection", "withdraw_objection", "complain", "complain", "reject_complaint", "uphold_complaint",
    "withdraw_complaint", "court_stay", "court_stay", "lift_stay", "court_revoke", "apply_repair", "apply_repair",
    "approve_repair", "approve_repair", "publish_repair", "publish_repair", "reject_repair", "revoke_repair",
    "revoke_repair",
]  # fmt: skip
RARE = {"uphold_objection", "uphold_complaint", "court_revoke"}
LIVE = [
    ["apply_repair", "approve_repair", "publish_repair"],
    ["object", "complain"],
    ["object", "reject_objection", "complain"],
]


@dataclass(frozen=True)
class Known:
    """A listing of its own person, with the decision as a scenario words it."""

    listing: Listing
    number: str
    decision: dict[str, Any]


@st.composite
def stories(draw: st.DrawFn) -> tuple[int, list[tuple[int, str, int]]]:
    """Which listing, and acts as days after the act before, name, and days of a new period."""
    names: list[str] = []
    for _ in range(draw(st.integers(1, 6))):
        names += draw(st.one_of(st.sampled_from(LIVE), st.lists(st.sampled_from(NAMES), min_size=1, max_size=3)))
    acts = []
    for each in names:
        name = "reject_objection" if each in RARE and draw(st.integers(0, 2)) else each
        acts.append((draw(st.sampled_from([0, 0, 1, 1, 2, 3, 5, 8, 12, 16, 25])), name, draw(st.integers(1, 60))))
    return draw(st.integers(0, len(TERMS) - 1)), acts


@contextmanager
def undone() -> Iterator[None]:
    """Take back what the block wrote."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def listings() -> list[Known]:
    found = []
    for starts, length in TERMS:
        number = people.new_id_number()
        case = chain.case_in(
            "issued",
            entry=ENTRY,
            initiator="jfq",
            subjects=[people.person(number=number)],
            decision={"period": Period(**length), **({"starts_on": starts} if starts else {})},
        )
        (listing,) = chain.serve(case)
        decision = {
            "on": listing.served_on.isoformat(),
            "act": "decide",
            "starts_on": listing.starts_on.isoformat(),
            "period": length,
        }
        found.append(Known(listing, number, decision))
    return found


def written(first: date, acts: list[tuple[int, str, int]]) -> list[dict[str, Any]]:
    rows, day = [], first
    for later, name, days in acts:
        day += later * DAY
        row: dict[str, Any] = {"on": day.isoformat(), "act": name}
        if name == "partly_uphold_objection":
            row["period"] = {"days": days}
        rows.append(row)
    return rows


def lived(listing: Listing) -> list[list[str | None]]:
    """Return the pauses that the rows tell, joined, none beyond the day of a cut."""
    cut = min([day for day in (listing.over_from, listing.revoked_from) if day], default=date.max)
    spans = [span for span in listing.clock().paused_spans() if span.from_on < cut]
    joined = union(type(s)(s.from_on, min(s.to_on or cut, cut) if cut < date.max else s.to_on) for s in spans)
    return [[s.from_on.isoformat(), s.to_on.isoformat() if s.to_on else None] for s in joined]


@settings(
    max_examples=int(os.environ.get("SERVICES_EXAMPLES", "10")),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.generate],  # a failing story is short enough to read, and shrinking it takes minutes
)
@given(story=stories())
def test_services_do_what_simulate_foretells(listings: list[Known], story: tuple[int, list[Any]]) -> None:
    known = listings[story[0]]
    check(known, written(known.listing.served_on, story[1]))


REPAIRED = [(1, "apply_repair", 0), (1, "approve_repair", 0), (1, "publish_repair", 0)]
STORIES = {
    "an objection accepted while repaired holds the clock from the restoration": [
        *REPAIRED,
        (2, "object", 0),
        (3, "revoke_repair", 0),
        (4, "reject_objection", 0),
    ],
    "a stay ordered while repaired does so too, and can be lifted": [
        *REPAIRED,
        (2, "court_stay", 0),
        (1, "court_stay", 0),
        (3, "revoke_repair", 0),
        (4, "lift_stay", 0),
        (1, "lift_stay", 0),
    ],
    "a stay on what has ended is lifted once": [(90, "court_stay", 0), (1, "court_stay", 0), (1, "lift_stay", 0)],
    "a complaint that took over while repaired": [
        *REPAIRED,
        (1, "object", 0),
        (16, "complain", 0),
        (2, "revoke_repair", 0),
        (5, "reject_complaint", 0),
    ],
    "an answered objection holds nothing after the restoration": [
        (1, "object", 0),
        *REPAIRED,
        (2, "reject_objection", 0),
        (2, "revoke_repair", 0),
    ],
    "shorter than what has run": [(20, "object", 0), (3, "partly_uphold_objection", 5), (1, "object", 0)],
}


def test_obj_rep_told_stories_have_the_same_dates(listings: list[Known]) -> None:
    """OBJ-31, OBJ-32, REP-30, SAN-54: cases on which services and simulate once differed, or easily would."""
    for acts in STORIES.values():
        check(listings[0], written(listings[0].listing.served_on, acts))


def check(known: Known, acts: list[dict[str, Any]]) -> None:
    first, last = known.listing.served_on, date.fromisoformat(acts[-1]["on"]) + 120 * DAY
    ask = [(first + DAY * step).isoformat() for step in range((last - first).days + 1)]
    snapshot = Snapshot.load()
    subject = {"kind": "natural_person", "name": "示例甲"}
    told = simulate_document(
        {"entry": ENTRY, "subject": subject, "acts": [known.decision, *acts], "ask": ask}, snapshot
    )
    foretold = {(row["on"], row["act"]) for row in told["refused"]}
    with undone():
        real = Services(known.listing, known.number)
        refused = []
        for number, act in enumerate(acts):
            code = real.play(act)
            if code:
                refused.append({"on": act["on"], "act": act["act"], "code": code})
            if number == len(acts) // 2:
                with clock.at(date.fromisoformat(act["on"])):
                    rest = what_if(real.now(), acts[number + 1 :], ask, snapshot)
        listing = real.now()
        assert [(r["on"], r["act"]) for r in refused] == [(r["on"], r["act"]) for r in told["refused"]], (
            refused,
            told["refused"],
        )
        assert {day: listing.clock().state_on(date.fromisoformat(day)) for day in ask} == told["asked"]
        assert lived(listing) == told["pauses"]
        assert (listing.ends_on.isoformat() if listing.ends_on else None) == told["ends_on"]
        bounds = {"after": listing.pk - 1, "until": listing.pk}
        assert sql(DIFFERING_LISTINGS_SQL, bounds) == []
        assert sql(DIFFERING_TASKS_SQL, bounds) == []
        assert rest["asked"] == told["asked"]
        assert (rest["ends_on"], rest["pauses"]) == (told["ends_on"], told["pauses"])
        assert {(r["on"], r["act"]) for r in rest["refused"]} <= foretold
