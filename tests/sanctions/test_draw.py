"""The lot: committed before, recomputable after, without those who stand in a conflict, and never the same twice."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from typing import Any

import pytest

from core import clock
from core.actors import BACKDATE, Actor
from core.models import OutboxEvent
from organizations import services as organizations
from organizations.models import Expert
from organizations.permissions import PERMISSIONS
from organizations.selectors import unit
from sanctions import drawing
from sanctions.models import ExpertDraw, Meeting
from sanctions.services import meetings
from tests.factories import sanctions as make
from tests.factories import subjects as subject_factory
from tests.factories.organizations import make_expert
from tests.support.refusals import nothing_written, refused

pytestmark = pytest.mark.django_db
KEEPER = Actor.job("test", [*PERMISSIONS, BACKDATE])
POOL = [{"expert": f"E{n}", "name": f"专家{n}", "fields": ["law"] if n % 2 else ["law", "tax"]} for n in range(8)]


def anyone_draws(demand: dict[str, int], pool: list[dict[str, Any]], seed: str) -> list[str]:
    """The published method, written a second time: by field in order, by SHA-256 of seed|field|expert."""
    taken: list[str] = []
    for field in sorted(demand):
        able = [row["expert"] for row in pool if field in row["fields"] and row["expert"] not in taken]
        taken += sorted(able, key=lambda who: hashlib.sha256(f"{seed}|{field}|{who}".encode()).hexdigest())[
            : demand[field]
        ]
    return taken


def anyone_digests(draw: ExpertDraw) -> str:
    told = {"round": draw.round, "demand": draw.demand, "pool": draw.pool, "seed": draw.seed}
    return hashlib.sha256(
        json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    ).hexdigest()


@pytest.mark.parametrize("seed", ["a", "b", "0" * 64])
@pytest.mark.parametrize("demand", [{"law": 3}, {"tax": 2, "law": 2}, {"law": 8}])
def test_names_follow_from_pool_and_seed_alone(demand: dict[str, int], seed: str) -> None:
    selected, short = drawing.draw(demand, POOL, seed)
    assert short == []
    assert [row["expert"] for row in selected] == anyone_draws(demand, POOL, seed)
    assert len({row["expert"] for row in selected}) == sum(demand.values())
    assert drawing.draw(demand, list(reversed(POOL)), seed) == (selected, [])


@pytest.mark.parametrize("seed", [str(number) for number in range(20)])
def test_a_demand_that_the_pool_can_meet_is_met(seed: str) -> None:
    """Who alone knows a field takes that seat, even where the lot would have given him another."""
    pool = [
        {"expert": "A", "name": "甲", "fields": ["law", "tax"]},
        {"expert": "B", "name": "乙", "fields": ["credit", "law"]},
        {"expert": "C", "name": "丙", "fields": ["credit"]},
    ]
    selected, short = drawing.draw({"law": 1, "tax": 1, "credit": 1}, pool, seed)
    assert short == []
    assert {row["field"]: row["expert"] for row in selected} == {"tax": "A", "law": "B", "credit": "C"}
    assert drawing.draw({"law": 2, "tax": 1}, pool, seed)[1] == ["tax"]


def test_every_candidate_can_be_drawn() -> None:
    drawn = {drawing.draw({"law": 1}, POOL, str(seed))[0][0]["expert"] for seed in range(200)}
    assert drawn == {row["expert"] for row in POOL}


def test_a_field_that_the_pool_cannot_fill_is_told() -> None:
    assert drawing.draw({"tax": 5, "law": 1, "health": 1}, POOL, "s")[1] == ["health", "tax"]


@pytest.mark.parametrize("change", [{"round_number": 2}, {"demand": {"law": 2}}, {"pool": POOL[1:]}, {"seed": "t"}])
def test_the_digest_commits_to_everything(change: dict[str, Any]) -> None:
    facts: dict[str, Any] = {"round_number": 1, "demand": {"law": 1}, "pool": POOL, "seed": "s"}
    assert drawing.digest_of(**facts) != drawing.digest_of(**{**facts, **change})


# --- through the services --------------------------------------------------------------------------------------------


@pytest.fixture
def called() -> Any:
    """A called meeting, its leader, on the day of the call."""
    case = make.case_in("convened", subjects=[make.legal_entity("广元市测试嘉陵建筑有限公司")])
    with clock.at(make.days_of(case).convened):
        yield case, case.meetings.get(), make.lead_of(case)


def names(rows: list[dict[str, Any]]) -> set[str]:
    return {row["name"] for row in rows}


def test_committed_first_revealed_after_and_anyone_can_recompute(called: Any) -> None:
    _, meeting, lead = called
    draw = meetings.prepare_draw(actor=lead, meeting=meeting, demand={"law": 2, "labour": 1, "tax": 0})
    told = OutboxEvent.objects.get(event_type="draw.committed").payload
    assert told == {"digest": draw.digest, "candidates": len(draw.pool)}
    assert (draw.selected, draw.drawn_on, draw.demand) == ([], None, {"law": 2, "labour": 1})
    assert draw.digest == anyone_digests(draw)
    seats = meetings.draw_experts(actor=lead, draw=draw)
    draw = make.fresh(draw)
    told = OutboxEvent.objects.get(event_type="draw.revealed").payload
    assert told == {"seed": draw.seed, "experts": 3}
    assert [seat.expert.public_id for seat in seats] == anyone_draws(draw.demand, draw.pool, draw.seed)
    assert draw.digest == anyone_digests(draw)
    assert [row["expert"] for row in draw.selected] == [seat.expert.public_id for seat in seats]
    with nothing_written():
        refused("SAN-32", meetings.draw_experts, actor=lead, draw=draw)


def test_employees_of_the_initiating_unit_and_of_its_predecessors_stand_aside(called: Any) -> None:
    case, meeting, lead = called
    draw = meetings.prepare_draw(actor=lead, meeting=meeting, demand={"labour": 1})
    assert names(draw.excluded) == {"卫示例"}
    assert Expert.objects.get(name="卫示例").employer_unit == case.unit
    assert "卫示例" not in names(draw.pool)


def test_recusals_from_the_unit_and_from_the_subject(called: Any) -> None:
    case, meeting, lead = called
    subject = case.subjects.get().subject
    by_unit, by_code, by_id, past = (make_expert("transport") for _ in range(4))
    code = subject.identifiers.get().value
    recuse = {"actor": KEEPER, "reason": "有利害关系"}
    organizations.add_recusal(expert=by_unit, organization=unit("rsj"), **recuse)
    organizations.add_recusal(expert=by_code, subject_code=code, **recuse)
    organizations.add_recusal(expert=by_id, subject_code=subject.public_id, **recuse)
    before = make.START - timedelta(days=30)
    organizations.add_recusal(
        expert=past, subject_code=code, valid_from=before, valid_to=before + timedelta(days=1), **recuse
    )
    draw = meetings.prepare_draw(actor=lead, meeting=meeting, demand={"transport": 1})
    assert names(draw.excluded) == {by_unit.name, by_code.name, by_id.name}
    assert all("利害关系" in row["reason"] for row in draw.excluded)
    assert past.name in names(draw.pool)


def test_the_subjects_own_employees_stand_aside_under_any_of_its_names(called: Any) -> None:
    case, meeting, lead = called
    subject = case.subjects.get().subject
    now, then = (make_expert("transport") for _ in range(2))
    organizations.update_expert(
        actor=KEEPER, expert=then, employer="广元市测试嘉陵建筑有限公司（项目部）", reason="核对"
    )
    organizations.update_expert(actor=KEEPER, expert=now, employer="广元市測試嘉陵建築有限公司", reason="核对")
    draw = meetings.prepare_draw(actor=lead, meeting=meeting, demand={"transport": 1})
    assert subject.name.startswith("广元市测试嘉陵")
    assert {row["name"]: row["reason"] for row in draw.excluded} == {now.name: "任职于当事主体"}
    assert then.name in names(draw.pool)


def test_another_round_leaves_out_all_who_were_drawn(called: Any) -> None:
    _, meeting, lead = called
    first = meetings.prepare_draw(actor=lead, meeting=meeting, demand={"construction": 2})
    with nothing_written():
        refused("SAN-32", meetings.prepare_draw, actor=lead, meeting=meeting, demand={"law": 1})
    seats = meetings.draw_experts(actor=lead, draw=first)
    with nothing_written():
        refused("CORE-07", meetings.decline_expert, actor=lead, seat=seats[0], reason=" ")
    meetings.decline_expert(actor=lead, seat=seats[0], reason="出差")
    with nothing_written():
        refused("SAN-33", meetings.record_opinion, actor=lead, seat=seats[0], opinion="同意")
    second = meetings.prepare_draw(actor=lead, meeting=meeting, demand={"construction": 1})
    assert second.round == 2
    assert {seat.expert.name for seat in seats} <= names(second.excluded)
    replacement = meetings.draw_experts(actor=lead, draw=second)[0]
    assert replacement.expert_id not in {seat.expert_id for seat in seats}
    assert second.digest == anyone_digests(second)


def test_san_31_a_pool_too_small(called: Any) -> None:
    _, meeting, lead = called
    with nothing_written():
        found = refused("SAN-31", meetings.prepare_draw, actor=lead, meeting=meeting, demand={"labour": 4})
        assert "labour" in found.detail
        refused("SAN-31", meetings.prepare_draw, actor=lead, meeting=meeting, demand={"no-such-field": 1})
        refused("SAN-31", meetings.prepare_draw, actor=lead, meeting=meeting, demand={"law": 0})


def test_experts_advise_only_before_the_decision_and_others_do_not_draw(called: Any) -> None:
    case, meeting, lead = called
    draw = meetings.prepare_draw(actor=lead, meeting=meeting, demand={"law": 1})
    with nothing_written():
        refused("SAN-18", meetings.draw_experts, actor=make.actor_of("rsj", "reviewer"), draw=draw)
    seat = meetings.draw_experts(actor=lead, draw=draw)[0]
    meetings.record_opinion(actor=lead, seat=seat, opinion="事实清楚")
    make.vote(case)
    make.decide(case)
    held = Meeting.objects.get(pk=meeting.pk).held_on
    with clock.at(held), nothing_written():
        refused("CORE-04", meetings.record_opinion, actor=lead, seat=seat, opinion="改变意见")
        refused("CORE-04", meetings.prepare_draw, actor=lead, meeting=meeting, demand={"law": 1})
        refused("CORE-04", meetings.record_attendance, actor=lead, meeting=meeting, attended=[])


def test_numbers_of_persons_are_in_no_draw(called: Any) -> None:
    number = subject_factory.new_id_number()
    case = make.case_in("convened", subjects=[subject_factory.person(number=number)])
    with clock.at(make.days_of(case).convened):
        draw = meetings.prepare_draw(actor=make.lead_of(case), meeting=case.meetings.get(), demand={"law": 1})
    assert number[:14] not in json.dumps([draw.pool, draw.excluded], ensure_ascii=False)
