"""The same acts, lawful or not, through the services and through `simulate`: the same refusals, dates and states."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction

from core import clock
from core.periods import Period
from core.problems import Problem
from objections.models import Complaint, Objection
from sanctions.models import Listing
from sanctions.simulation import Snapshot, simulate_document
from tests.factories import objections as make
from tests.factories import sanctions as chain

pytestmark = pytest.mark.django_db
FIRST, PERIOD, SHORTER = date(2026, 3, 2), Period(days=90), Period(days=80)
SEQUENCES = 14


def latest(model: type[Any]) -> Any:
    found = model.objects.order_by("-pk").first()
    if found is None:
        raise Problem("NONE", "没有可办理的")
    return found


def object_(listing: Listing, day: date) -> None:
    make.objection(listing, "accepted", on=day)


def answer(outcome: str) -> Callable[[Listing, date], None]:
    def act(listing: Listing, day: date) -> None:
        row = make.answer(latest(Objection), day, outcome)
        if outcome == "partly_upheld":
            make.redetermine(row, day, SHORTER)

    return act


def withdraw(listing: Listing, day: date) -> None:
    make.answering.withdraw_objection(actor=make.window(), objection=latest(Objection), reason="申请人书面撤回")


def rule(outcome: str) -> Callable[[Listing, date], None]:
    return lambda _listing, day: (make.rule(latest(Complaint), day, outcome), None)[1]


def withdraw_complaint(listing: Listing, day: date) -> None:
    make.complaints.withdraw_complaint(actor=make.office(), complaint=latest(Complaint), reason="撤回")


SERVICES: dict[str, Callable[[Listing, date], None]] = {
    "object": object_,
    "reject_objection": answer("rejected"),
    "uphold_objection": answer("upheld"),
    "partly_uphold_objection": answer("partly_upheld"),
    "withdraw_objection": withdraw,
    "complain": lambda _listing, day: (make.complaint(latest(Objection), day), None)[1],
    "reject_complaint": rule("rejected"),
    "uphold_complaint": rule("upheld"),
    "withdraw_complaint": withdraw_complaint,
}
LIKELY = (
    ("object", "reject_objection", "complain", "reject_complaint", "object"),
    ("object", "partly_uphold_objection", "object", "reject_objection", "complain"),
    ("object", "complain", "withdraw_complaint", "object", "withdraw_objection"),
    ("object", "withdraw_objection", "object", "uphold_objection", "complain"),
    ("object", "complain", "uphold_complaint", "object", "complain"),
)


def sequence(chance: random.Random) -> list[tuple[date, str]]:
    """Return acts on days that never go back, many in a lawful order, some out of turn, early or late."""
    day, likely = FIRST + timedelta(days=chance.choice([-20, -60, 0, 9, 85, 95])), chance.choice(LIKELY)
    found = []
    for step in range(chance.randint(3, 6)):
        name = likely[step] if step < len(likely) and chance.random() < 0.8 else chance.choice(list(SERVICES))
        found.append((day, name))
        day += timedelta(days=chance.choice([0, 1, 5, 12, 23]))
    return found


def lived(listing: Listing, acts: list[tuple[date, str]]) -> list[tuple[str, str]]:
    """Do the acts through the services; returns those that were refused."""
    refused = []
    for day, name in acts:
        try:
            with clock.at(day), transaction.atomic():
                SERVICES[name](chain.fresh(listing), day)
        except Problem:
            refused.append((str(day), name))
    return refused


def scenario(listing: Listing, acts: list[tuple[date, str]], asked: list[date]) -> dict[str, Any]:
    decided = {
        "on": str(listing.served_on),
        "act": "decide",
        "starts_on": str(FIRST),
        "period": {"days": 90},
        "source": "minutes",
    }
    told = [{"on": str(day), "act": name} for day, name in acts]
    for row in told:
        if row["act"] == "partly_uphold_objection":
            row["period"] = {"days": 80}  # type: ignore[assignment]
    return {
        "entry": chain.WAGES,
        "subject": {"kind": "enterprise", "name": "示例公司"},
        "acts": [decided, *told],
        "ask": [str(day) for day in asked],
    }


def test_random_sequences_give_the_same_days_as_simulate() -> None:
    listing = chain.listing(start=date(2026, 1, 5), decision={"period": PERIOD, "starts_on": FIRST})
    snapshot = Snapshot.load()
    for seed in range(SEQUENCES):
        acts = sequence(random.Random(seed))
        asked = [acts[-1][0] + timedelta(days=days) for days in (0, 1, 60, 120)]
        told = simulate_document(scenario(listing, acts, asked), snapshot)
        with transaction.atomic():
            refused = lived(listing, acts)
            after = chain.fresh(listing)
            states = [Listing.objects.with_state_on(day).get(pk=listing.pk).state_on for day in asked]
            transaction.set_rollback(True)
        assert [(row["on"], row["act"]) for row in told["refused"]] == refused, (seed, acts)
        assert told["ends_on"] == (str(after.ends_on) if after.ends_on else None), (seed, acts)
        assert [told["asked"][str(day)] for day in asked] == states, (seed, acts)
