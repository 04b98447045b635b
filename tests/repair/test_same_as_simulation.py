"""The same acts, lawful or not, through the services and through `simulate`: the same refusals, dates and states."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import transaction

from core import clock
from core.problems import Problem
from repair.models import Application
from repair.services import deciding, filing, handling, revoking
from sanctions.models import Listing
from sanctions.simulation import Snapshot, simulate_document
from tests.factories import repair as make
from tests.factories import sanctions as chain

pytestmark = pytest.mark.django_db
ACTS = ("apply_repair", "approve_repair", "reject_repair", "publish_repair", "revoke_repair")
SEQUENCES = 16


def latest(listing: Listing) -> Application | None:
    return Application.objects.filter(listing=listing).order_by("-pk").first()


def apply(listing: Listing) -> None:
    filed = filing.apply(actor=make.window(), listing=listing, submission=make.submission()).application
    filing.check_identity(actor=make.window(), application=filed, note="核对原件")
    handling.accept(actor=make.handler(listing), application=filed)


def answer(listing: Listing, outcome: str) -> None:
    application = latest(listing)
    assert application is not None
    who = make.handler(listing)
    good = outcome == "approve"
    handling.verify(actor=who, application=application, found=make.findings(corrected=good))
    handling.opine(actor=who, application=application, outcome=outcome, text="理由")
    sign = deciding.approve if good else deciding.reject
    sign(actor=make.reviewer(listing), application=application, reason="理由")


def publish(listing: Listing) -> None:
    application = latest(listing)
    assert application is not None
    deciding.publish(actor=make.handler(listing), application=application)


def revoke(listing: Listing) -> None:
    application = latest(listing)
    assert application is not None
    who = make.handler(listing)
    facts = {"ground": "false_material", "findings": "伪造", "proof": chain.attachment(who)}
    revoking.propose_revocation(actor=who, application=application, **facts)
    revoking.revoke(actor=make.reviewer(listing), application=application, reason="虚假")


SERVICES: dict[str, Callable[[Listing], None]] = {
    "apply_repair": apply,
    "approve_repair": lambda listing: answer(listing, "approve"),
    "reject_repair": lambda listing: answer(listing, "reject"),
    "publish_repair": publish,
    "revoke_repair": revoke,
}


def sequence(chance: random.Random, first: date) -> list[tuple[date, str]]:
    """Return acts on days that never go back, many in a lawful order, some out of turn or too early."""
    day = first + timedelta(days=chance.choice([-1, 0, 40]))
    found = []
    for step in range(chance.randint(3, 7)):
        likely = ("apply_repair", "approve_repair", "publish_repair", "revoke_repair", "apply_repair")
        name = likely[step] if step < len(likely) and chance.random() < 0.8 else chance.choice(ACTS)
        found.append((day, name))
        day += timedelta(days=chance.choice([0, 1, 5, 30]))
    return found


def lived(listing: Listing, acts: list[tuple[date, str]]) -> list[tuple[date, str]]:
    """Do the acts through the services; returns those that were refused."""
    refused = []
    for day, name in acts:
        try:
            with clock.at(day), transaction.atomic():
                SERVICES[name](chain.fresh(listing))
        except (Problem, AssertionError):
            refused.append((day, name))
    return refused


def test_random_sequences_give_the_same_days_as_simulate() -> None:
    listing = make.listing()
    first = listing.starts_on.replace(year=2026)
    snapshot = Snapshot.load()
    for seed in range(SEQUENCES):
        acts = sequence(random.Random(seed), first)
        asked = [acts[-1][0] + timedelta(days=days) for days in (0, 1, 400, 900)]
        decided = {
            "on": str(listing.determination.issued_on),
            "act": "decide",
            "starts_on": str(listing.starts_on),
            "period": {"months": 36},
            "source": "catalogue",
        }
        told = simulate_document(
            {
                "entry": make.ENTRY,
                "subject": {"kind": "enterprise", "name": "示例公司"},
                "acts": [decided, *({"on": str(day), "act": name} for day, name in acts)],
                "ask": [str(day) for day in asked],
            },
            snapshot,
        )
        with transaction.atomic():
            refused = lived(listing, acts)
            after = chain.fresh(listing)
            states = [Listing.objects.with_state_on(day).get(pk=listing.pk).state_on for day in asked]
            transaction.set_rollback(True)
        assert [(row["on"], row["act"]) for row in told["refused"]] == [(str(d), n) for d, n in refused], (seed, acts)
        assert told["ends_on"] == (str(after.ends_on) if after.ends_on else None), (seed, acts)
        assert [told["asked"][str(day)] for day in asked] == states, (seed, acts)
