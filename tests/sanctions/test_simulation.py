"""Scenarios: the figures that were promised, golden files, the law's refusals, and what cannot be read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from core.identifiers import citizen_check_digit
from sanctions.simulation import Snapshot, Unreadable, needs, simulate_document

pytestmark = pytest.mark.django_db
SCENARIOS = sorted((Path(__file__).parent / "scenarios").glob("*.json"))
FIRM = {"kind": "enterprise", "name": "广元示例建材有限公司"}
KEYS = ["state", "starts_on", "ends_on", "earliest_ends_on", "pauses", "asked", "deadlines", "refused", "timeline"]
CONTRACT = [
    "decide", "perform", "object", "reject_objection", "uphold_objection", "partly_uphold_objection",
    "withdraw_objection", "complain", "reject_complaint", "uphold_complaint", "withdraw_complaint", "court_stay",
    "lift_stay", "court_revoke", "apply_repair", "approve_repair", "publish_repair", "reject_repair", "revoke_repair",
]  # fmt: skip


def decide(on: str = "2026-03-02", period: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return {"on": on, "act": "decide", "starts_on": on, "period": period or {"days": 90}, **more}


def act(on: str, name: str, **more: Any) -> dict[str, Any]:
    return {"on": on, "act": name, **more}


def scenario(*acts: dict[str, Any], entry: str = "CJ-005", ask: tuple[str, ...] = (), **more: Any) -> dict[str, Any]:
    return {"entry": entry, "subject": FIRM, "acts": list(acts), "ask": list(ask), **more}


def play(*acts: dict[str, Any], **more: Any) -> dict[str, Any]:
    return simulate_document(scenario(*acts, **more), Snapshot.load())


def codes(answer: dict[str, Any]) -> list[str]:
    return [row["code"] for row in answer["refused"]]


def dues(answer: dict[str, Any]) -> dict[str, str]:
    return {row["rule"]: row["due_on"] for row in answer["deadlines"]}


def test_the_acts_are_those_of_the_contract() -> None:
    assert set(needs()) == set(CONTRACT)


def test_an_objection_rejected_after_23_days_moves_the_end_by_23_days() -> None:
    answer = play(
        decide(),
        act("2026-03-11", "object"),
        act("2026-04-03", "reject_objection"),
        ask=("2026-03-01", "2026-03-02", "2026-03-10", "2026-03-11", "2026-04-02", "2026-04-03", "2026-06-22"),
    )
    assert list(answer) == KEYS
    assert answer["ends_on"] == answer["earliest_ends_on"] == "2026-06-22"
    assert answer["pauses"] == [["2026-03-11", "2026-04-03"]]
    assert list(answer["asked"].values()) == [
        "pending", "in_force", "in_force", "paused", "paused", "in_force", "in_force",
    ]  # fmt: skip
    assert (answer["state"], answer["refused"]) == ("in_force", [])
    text = "\n".join(line["text"] for line in answer["timeline"])
    for part in (
        "90日",
        "2026年5月30日",
        "自2026年3月11日起暂停",
        "自2026年4月3日当日起继续",
        "暂停23日",
        "现截止2026年6月22日",
    ):
        assert part in text
    assert all(set(row) == {"rule", "basis", "counts_from", "due_on", "provisional"} for row in answer["deadlines"])
    assert {"SAN-T02", "OBJ-T02", "OBJ-T07", "OBJ-T04"} <= set(dues(answer))


def test_a_complaint_after_it_moves_the_end_again() -> None:
    answer = play(
        decide(),
        act("2026-03-11", "object"),
        act("2026-04-03", "reject_objection"),
        act("2026-04-08", "complain"),
        act("2026-04-28", "reject_complaint"),
    )
    assert answer["ends_on"] == "2026-07-12"
    assert answer["pauses"] == [["2026-03-11", "2026-04-03"], ["2026-04-08", "2026-04-28"]]
    assert answer["refused"] == []
    assert "OBJ-T06" in dues(answer)


@pytest.mark.parametrize(
    ("starts_on", "period", "expected"),
    [
        ("2026-01-31", {"months": 1}, "2026-02-28"),
        ("2026-03-02", {"years": 1}, "2027-03-01"),
        ("2026-08-31", {"months": 6}, "2027-02-28"),
        ("2026-03-02", {"days": 90}, "2026-05-30"),
        ("2026-03-02", {"years": 3}, "2029-03-01"),
    ],
)
def test_months_and_years_end_before_the_corresponding_day(starts_on: str, period: dict, expected: str) -> None:
    assert play(decide(starts_on, period))["ends_on"] == expected


def test_seven_working_days_over_the_spring_festival() -> None:
    answer = play(decide("2026-02-13"))
    due = next(row for row in answer["deadlines"] if row["rule"] == "PUB-T01")
    assert (due["counts_from"], due["due_on"], due["provisional"]) == ("2026-02-13", "2026-03-02", False)
    assert any("PUB-T01" in line["text"] and "年历版本" in line["text"] for line in answer["timeline"])


def test_across_a_year_without_calendar_a_due_day_is_provisional() -> None:
    answer = play(decide("2030-12-30"))
    assert [row["provisional"] for row in answer["deadlines"]] == [True] * len(answer["deadlines"])


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_golden(path: Path) -> None:
    case = json.loads(path.read_text("utf-8"))
    answer = simulate_document(case["scenario"], Snapshot.load())
    told = {
        **answer,
        "deadlines": {row["rule"]: row["due_on"] for row in answer["deadlines"]},
        "refused": [f"{row['on']} {row['act']} {row['code']}" for row in answer["refused"]],
    }
    assert {key: told[key] for key in case["expect"]} == case["expect"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"entry": "CJ-999"}, "CAT-20"),
        ({"subject": {"kind": "institution", "name": "示例中心"}}, "SAN-05"),
        ({"subject": {"kind": "martian", "name": "示例中心", "code": "1"}}, "SAN-05"),
        ({"subject": {**FIRM, "code": "915108990000000001"}}, "ID-04"),
        ({"subject": {"kind": "natural_person", "name": "示例甲", "code": "123"}}, "ID-02"),
    ],
)
def test_what_the_catalogue_does_not_know_is_refused_with_its_code(change: dict[str, Any], code: str) -> None:
    answer = simulate_document({**scenario(decide(), ask=("2026-03-05",)), **change}, Snapshot.load())
    assert codes(answer) == [code]
    assert (answer["state"], answer["ends_on"], answer["asked"]) == (None, None, {"2026-03-05": None})
    assert answer["refused"][0]["detail"]


def test_SAN_06_a_minor_is_refused_until_the_eighteenth_birthday() -> None:
    number = "51080220080303001"
    child = {"kind": "natural_person", "name": "示例乙", "code": number + citizen_check_digit(number)}
    snapshot = Snapshot.load()
    young = simulate_document({**scenario(decide("2026-03-02")), "subject": child}, snapshot)
    grown = simulate_document({**scenario(decide("2026-03-03")), "subject": child}, snapshot)
    assert (codes(young), codes(grown)) == (["SAN-06"], [])


def test_SAN_20_minutes_may_shorten_a_fixed_period_but_never_leave_a_range() -> None:
    assert codes(play(decide(period={"months": 36}))) == []
    assert codes(play(decide(period={"months": 37}))) == ["SAN-20"]
    assert codes(play(decide(period={"months": 11}), entry="CJ-011")) == ["SAN-20"]
    assert codes(play(decide(period={"months": 37}), entry="CJ-011")) == ["SAN-20"]
    assert codes(play(decide(period={"months": 12}), entry="CJ-011")) == []


def test_SAN_21_the_catalogue_s_usual_period_needs_no_words() -> None:
    plain = {"on": "2026-03-02", "act": "decide", "starts_on": "2026-03-02", "source": "catalogue"}
    assert play(plain)["ends_on"] == "2029-03-01"
    assert codes(play({**plain, "period": {"months": 6}})) == ["SAN-21"]


def test_SAN_25_and_SAN_26() -> None:
    assert codes(play({**decide(), "starts_on": "2026-03-01"})) == ["SAN-25"]
    assert codes(play(decide(), decide("2026-03-03"))) == ["SAN-26"]


def test_acts_apply_by_day_then_position_whatever_their_order() -> None:
    acts = [act("2026-04-03", "reject_objection"), decide(), act("2026-03-11", "object")]
    assert play(*acts)["ends_on"] == "2026-06-22"


@pytest.mark.parametrize(
    ("broken", "code", "field"),
    [
        ([], "SIM-04", None),
        ({}, "SIM-02", "subject"),
        ({"subject": FIRM, "acts": []}, "SIM-02", "entry"),
        ({"entry": "CJ-005", "subject": FIRM}, "SIM-02", "acts"),
        ({"entry": 5, "subject": FIRM, "acts": []}, "SIM-04", "entry"),
        ({"entry": "CJ-005", "subject": {"kind": "enterprise"}, "acts": []}, "SIM-02", "subject.name"),
        (scenario(act("2026-03-02", "explode")), "SIM-03", "acts[0].act"),
        (scenario(act("2026-02-30", "object")), "SIM-06", "acts[0].on"),
        (scenario(act("20260302", "object")), "SIM-06", "acts[0].on"),
        (scenario(act("9999-12-31", "object")), "SIM-06", "acts[0].on"),
        (scenario({"act": "object"}), "SIM-02", "acts[0].on"),
        (scenario({"on": "2026-03-02", "act": "decide", "period": {"days": 1}}), "SIM-02", "acts[0].starts_on"),
        (scenario({"on": "2026-03-02", "act": "decide", "starts_on": "2026-03-02"}), "SIM-02", "acts[0].period"),
        (scenario(act("2026-03-02", "partly_uphold_objection")), "SIM-02", "acts[0].period"),
        (scenario(decide(period={"days": 0, "months": 0})), "SIM-05", "acts[0].period"),
        (scenario(decide(period={"days": -1})), "SIM-05", "acts[0].period.days"),
        (scenario(decide(period={"days": True})), "SIM-05", "acts[0].period.days"),
        (scenario(decide(period={"days": 10**9})), "SIM-05", "acts[0].period.days"),
        (scenario(decide(period={"weeks": 2})), "SIM-05", "acts[0].period"),
        (scenario(decide(source="whim")), "SIM-05", "acts[0].source"),
        (scenario(ask=("soon",)), "SIM-06", "ask[0]"),
    ],
)
def test_what_is_no_scenario_is_unreadable(broken: Any, code: str, field: str | None) -> None:
    with pytest.raises(Unreadable) as caught:
        simulate_document(broken, Snapshot.load())
    assert (caught.value.code, caught.value.field) == (code, field)


def test_ten_thousand_scenarios_ask_nothing_more(django_assert_num_queries: Any) -> None:
    snapshot = Snapshot.load()
    document = scenario(
        decide(), act("2026-03-11", "object"), act("2026-04-03", "reject_objection"), act("2027-04-03", "apply_repair")
    )
    with django_assert_num_queries(0):
        for number in range(10_000):
            document["subject"] = {**FIRM, "name": f"广元示例{number}有限公司"}
            assert simulate_document(document, snapshot)["ends_on"] == "2026-06-22"
