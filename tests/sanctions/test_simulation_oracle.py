"""Random lawful and unlawful scenarios: engine and day-by-day oracle agree on every day, refusal and end."""

from __future__ import annotations

import ast
import os
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from sanctions.simulation import Snapshot, simulate_document
from tests.sanctions import simulation_oracle
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
USUAL = [
    ["apply_repair", "approve_repair", "publish_repair"],
    ["apply_repair", "approve_repair", "publish_repair", "revoke_repair"],
    ["object", "reject_objection", "complain"],
    ["object", "partly_uphold_objection", "object"],
    ["object", "complain"],
]


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
    names: list[str] = []
    for _ in range(draw(st.integers(0, 5))):
        names += draw(st.one_of(st.sampled_from(USUAL), st.lists(st.sampled_from(NAMES), min_size=1, max_size=4)))
    for name in names:
        day += timedelta(days=draw(st.sampled_from([0, 0, 1, 1, 2, 3, 5, 8, 12, 16, 25])))
        if name in RARE and draw(st.integers(0, 2)):
            name = "reject_objection"
        act: dict[str, Any] = {"on": day.isoformat(), "act": name}
        if name in {"partly_uphold_objection", "decide"}:
            act["period"] = {"days": draw(st.integers(1, 120))}
        if name == "decide":
            act["starts_on"] = (day + DAY * draw(st.integers(-1, 3))).isoformat()
        acts.append(act)
    return acts


def told(*acts: tuple[str, str]) -> list[dict[str, Any]]:
    """Return forty days from the decision on, and these acts, each on its day of March."""
    first = {"on": "2026-03-02", "act": "decide", "starts_on": "2026-03-02", "period": {"days": 40}}
    return [first, *({"on": f"2026-03-{day}", "act": name} for day, name in acts)]


REPAIRED = (("15", "apply_repair"), ("15", "approve_repair"), ("15", "publish_repair"))


@pytest.fixture
def snapshot() -> Snapshot:
    return Snapshot.load()


@settings(
    max_examples=int(os.environ.get("SIMULATION_EXAMPLES", "300")),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@example(acts=told(("10", "object"), *REPAIRED, ("20", "revoke_repair"), ("25", "reject_objection")))
@example(acts=told(("10", "object"), *REPAIRED, ("17", "reject_objection"), ("20", "revoke_repair")))
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
    assert answer["pauses"] == life.pauses()


def test_the_oracle_shares_nothing_with_what_it_judges() -> None:
    """It imports the standard library and the table of working days, no package of this repository."""
    tree = ast.parse(Path(simulation_oracle.__file__).read_text("utf-8"))
    named = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    named |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert named == {"__future__", "datetime", "typing", "chinese_calendar"}
