"""Random lawful and unlawful scenarios: engine and day-by-day oracle agree on every day, refusal and end."""

from __future__ import annotations

import os
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sanctions.simulation import Snapshot, simulate_document
from tests.sanctions.simulation_oracle import DAY, Life

pytestmark = pytest.mark.django_db
DECIDED, FIRST, LAST = date(2026, 3, 2), date(2026, 2, 27), date(2028, 3, 1)
ENTRY = "CJ-025"  # fixed, repairable without a minimum, for persons
NAMES = [
    "perform", "object", "object", "object", "reject_objection", "reject_objection", "uphold_objection",
    "partly_uphold_objection", "withdraw_objection", "complain", "complain", "reject_complaint", "uphold_complaint",
    "withdraw_complaint", "court_stay", "lift_stay", "court_revoke", "apply_repair", "apply_repair", "approve_repair",
    "approve_repair", "publish_repair", "publish_repair", "reject_repair", "revoke_repair", "decide",
]  # fmt: skip
RARE = {"uphold_objection", "uphold_complaint", "court_revoke"}


@st.composite
def stories(draw: st.DrawFn) -> list[dict[str, Any]]:
    starts = DECIDED + timedelta(days=draw(st.sampled_from([0, 0, 1, 10, 30])))
    acts = [
        {
            "on": DECIDED.isoformat(),
            "act": "decide",
            "starts_on": starts.isoformat(),
            "period": {"days": draw(st.integers(1, 120))},
        }
    ]
    day = DECIDED - timedelta(days=draw(st.sampled_from([0, 0, 0, 2])))
    for _ in range(draw(st.integers(0, 14))):
        day += timedelta(days=draw(st.sampled_from([0, 0, 1, 1, 2, 3, 5, 8, 12, 16, 25])))
        name = draw(st.sampled_from(NAMES))
        if name in RARE and draw(st.integers(0, 2)):
            name = "reject_objection"
        act: dict[str, Any] = {"on": day.isoformat(), "act": name}
        if name in {"partly_uphold_objection", "decide"}:
            act["period"] = {"days": draw(st.integers(1, 120))}
        if name == "decide":
            act["starts_on"] = (day + DAY * draw(st.integers(-1, 3))).isoformat()
        acts.append(act)
    return acts


@pytest.fixture
def snapshot() -> Snapshot:
    return Snapshot.load()


@settings(
    max_examples=int(os.environ.get("SIMULATION_EXAMPLES", "300")),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(acts=stories())
def test_engine_and_oracle_agree(snapshot: Snapshot, acts: list[dict[str, Any]]) -> None:
    life = Life(acts, FIRST, LAST)
    days = [FIRST + DAY * step for step in range((LAST - FIRST).days + 1)]
    document = {
        "entry": ENTRY,
        "subject": {"kind": "natural_person", "name": "示例甲"},
        "acts": acts,
        "ask": [day.isoformat() for day in days],
    }
    answer = simulate_document(document, snapshot)
    assert [(date.fromisoformat(row["on"]), row["act"]) for row in answer["refused"]] == life.refused
    assert answer["asked"] == {day.isoformat(): state for day, state in life.states.items()}
    assert answer["state"] == life.states[LAST]
    living = [day for day, state in life.states.items() if state in {"pending", "in_force", "paused"}]
    expected = None if life.states[LAST] == "paused" else max(living).isoformat()
    assert answer["ends_on"] == expected
    paused = {day for day, state in life.states.items() if state == "paused"}
    for from_on, to_on in answer["pauses"]:
        span = [d for d in days if from_on <= d.isoformat() and (to_on is None or d.isoformat() < to_on)]
        assert all(life.states[d] in {"paused", "pending"} for d in span)
        paused -= set(span)
    assert not paused
