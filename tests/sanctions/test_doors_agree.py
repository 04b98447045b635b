"""One random sequence of acts through three doors: services, the officers' forms, the public API. What `simulate`
foretells comes true at each of them: the same first and last day, pauses, state on every day, and refusals.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from core.periods import Period
from sanctions.models import Listing
from sanctions.simulation import Snapshot, simulate_document
from tests.factories import objections as remedies
from tests.factories import repair as repairs
from tests.factories import sanctions as chain
from tests.factories import subjects as people
from tests.sanctions.http_life import Desk, Wire
from tests.sanctions.services_life import NOTHING, Services
from tests.sanctions.test_services_agree import DAY, REPAIRED, lived, stories, undone, written

pytestmark = [pytest.mark.django_db, pytest.mark.long]
DOORS: dict[str, Callable[[Listing, str], Services]] = {"services": Services, "admin": Desk, "api": Wire}
# Where a scenario says that nothing of the kind is open, a door that is asked about a record that does not exist says
# no more than that. A reward is not among what the counter offers to object to (OBJ-07).
NOTHING_OPEN = {"OBJ-05", "OBJ-07", "OBJ-10", "OBJ-20", "OBJ-24", "REP-21", "REP-24", "REP-30"}


@dataclass(frozen=True)
class Known:
    """A listing, the decision as a scenario words it, and the first day on which anything may be tried."""

    listing: Listing
    number: str
    decision: dict[str, Any]
    first: date


def known(*, person: bool = False, first: date | None = None, **facts: Any) -> Known:
    number = people.new_id_number() if person else ""
    subject = people.person(number=number) if person else repairs.company()
    period: dict[str, int | bool] = facts.pop("period")
    starts = facts.pop("starts_on", None)
    decision = {"period": Period(**period), **({"starts_on": starts} if starts else {})}
    (listing,) = chain.serve(chain.case_in("issued", subjects=[subject], decision=decision, **facts))
    source = {"permanent": True} if "permanent" in period else {"until_performed": True}
    written_so = {"period": period} if "days" in period or "months" in period else source
    told = {
        "on": listing.served_on.isoformat(),
        "act": "decide",
        "starts_on": listing.starts_on.isoformat(),
        **written_so,
    }
    return Known(listing, number, told, first or listing.served_on)


MADE: dict[str, Callable[[], Known]] = {
    "a person, from the day of service": lambda: known(
        person=True, entry="CJ-025", initiator="jfq", period={"days": 40}
    ),
    "a person, from a later day": lambda: known(
        person=True, entry="CJ-025", initiator="jfq", period={"days": 25}, starts_on=date(2026, 3, 26)
    ),
    "a company, repairable after a year": lambda: known(
        entry=repairs.ENTRY, initiator=repairs.UNIT, start=repairs.START, period={"months": 36},
        first=date(2026, 1, 5),
    ),
    "a company on its source's list, until it performs": lambda: known(
        entry=chain.COURT, initiator="zy", period={"until_performed": True}
    ),
    "a reward": lambda: known(entry=chain.REWARD, start=date(2026, 1, 5), period={"months": 12}),
}  # fmt: skip


@pytest.fixture
def listings(settings: Any) -> dict[str, Known]:
    """The listings, and every officer who may be called upon, so that no story has to make them anew."""
    settings.RATE_LIMITS = dict.fromkeys(settings.RATE_LIMITS, "1000000/m")
    found = {name: make() for name, make in MADE.items()}
    for row in found.values():
        case = row.listing.case_subject.case
        [remedies.answerer(case, number) for number in (1, 3, 4, 5)]
        repairs.handler(row.listing), repairs.reviewer(row.listing)
    remedies.window(), remedies.office(), remedies.office(8)
    return found


def check(row: Known, acts: list[dict[str, Any]]) -> None:
    """Play the acts at every door and compare each with what is foretold."""
    first, last = row.listing.served_on, date.fromisoformat(acts[-1]["on"]) + 60 * DAY
    ask = [(first + DAY * step).isoformat() for step in range((last - first).days + 1)]
    revision, subject = row.listing.revision, row.listing.subject
    scenario = {
        "entry": revision.entry.code,
        "subject": {"kind": subject.kind, "name": "示例"},
        "acts": [row.decision, *acts],
        "ask": ask,
    }
    told = simulate_document(scenario, Snapshot.load())
    expected = [(r["on"], r["act"], r["code"]) for r in told["refused"]]
    for name, make in DOORS.items():
        with undone():
            door, refused = make(row.listing, row.number), []
            for act in acts:
                if code := door.play(act):
                    refused.append((act["on"], act["act"], code))
            listing = door.now()
            assert same_refusals(refused, expected), (name, acts, refused, expected)
            assert listing.starts_on.isoformat() == told["starts_on"]
            assert (listing.ends_on.isoformat() if listing.ends_on else None) == told["ends_on"], (name, acts)
            assert lived(listing) == told["pauses"], (name, acts)
            assert {day: listing.clock().state_on(date.fromisoformat(day)) for day in ask} == told["asked"], name
            assert states_in_sql(listing, ask[:: len(ask) // 5]) <= told["asked"].items(), (name, acts)


def same_refusals(refused: list[tuple[str, str, str]], expected: list[tuple[str, str, str]]) -> bool:
    """Tell whether the same acts were refused with the same code; see NOTHING_OPEN for those about no record at all."""
    return len(refused) == len(expected) and all(
        was == will or (was[:2] == will[:2] and was[2] == NOTHING.code and will[2] in NOTHING_OPEN)
        for was, will in zip(refused, expected, strict=True)
    )


def states_in_sql(listing: Listing, days: list[str]) -> set[tuple[str, str]]:
    rows = Listing.objects.filter(pk=listing.pk)
    return {(day, rows.with_state_on(date.fromisoformat(day)).get().state_on) for day in days}


@settings(
    max_examples=int(os.environ.get("DOORS_EXAMPLES", "4")),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.generate],  # a failing story is short enough to read, and shrinking it takes minutes
)
@given(name=st.sampled_from(sorted(MADE)), story=stories())
def test_random_acts_at_every_door(listings: dict[str, Known], name: str, story: tuple[int, list[Any]]) -> None:
    row = listings[name]
    check(row, written(row.first, story[1]))


TOLD: dict[str, list[tuple[int, str, int]]] = {
    "a person, from the day of service": [
        *REPAIRED,
        (1, "object", 0),
        (16, "complain", 0),
        (2, "revoke_repair", 0),
        (5, "reject_complaint", 0),
        (1, "apply_repair", 0),
    ],
    "a person, from a later day": [
        (1, "object", 0),
        (3, "partly_uphold_objection", 60),
        (0, "partly_uphold_objection", 20),
        (1, "object", 0),
        (1, "withdraw_objection", 0),
        (2, "complain", 0),
        (1, "withdraw_complaint", 0),
        (3, "court_stay", 0),
        (5, "lift_stay", 0),
        (1, "court_revoke", 0),
        (1, "object", 0),
    ],
    "a company on its source's list, until it performs": [(3, "apply_repair", 0), (9, "perform", 0), (1, "object", 0)],
    "a reward": [(3, "object", 0), (1, "court_stay", 0), (1, "apply_repair", 0), (1, "perform", 0)],
}


def test_obj_rep_told_stories_at_every_door(listings: dict[str, Known]) -> None:
    """OBJ-02, OBJ-05, OBJ-07, REP-03, REP-05, REP-07, SAN-50, SAN-54: each door names the same rule."""
    for name, acts in TOLD.items():
        check(listings[name], written(listings[name].first, acts))
