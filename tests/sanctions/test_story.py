"""The story that fills the demo city: played by the services alone, told act by act, and playable again."""

from __future__ import annotations

import io
import json
import time
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import clock
from core.models import Deadline, OutboxEvent, TransitionRecord
from credit_platform.demo import ensure_accounts
from credit_platform.story import finished
from objections.models import Objection
from organizations.models import Officer
from organizations.selectors import actor_for, officer
from repair.models import Application
from sanctions.admin.todo import SCOPES, TODOS
from sanctions.models import Case, Determination, ExecutionTask, Listing, TaskStop
from subjects.models import Subject


def played() -> list[dict[str, Any]]:
    """Play the story and return what it told."""
    out = io.StringIO()
    call_command("play_story", "--json", stdout=out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


@pytest.fixture
def city(own_database: str, settings: Any, tmp_path: Path) -> str:
    """A database of its own, and a place of its own for the demo passwords."""
    settings.VAR_DIR = tmp_path
    return own_database


def test_the_story_is_played_told_and_playable_again(city: str) -> None:
    assert not finished()
    begun = time.monotonic()
    with CaptureQueriesContext(connection) as queries:
        acts = played()
    assert time.monotonic() - begun < 60
    assert len(queries) < 60 * len(acts)
    assert finished()
    check_acts(acts)
    check_the_first_case(acts)
    check_rights(acts)
    check_open_work()
    check_the_city(rounds=1)
    names = set(Subject.objects.values_list("name", flat=True))
    again = played()
    check_acts(again)
    check_the_city(rounds=2)
    assert len(again) == len(acts)
    fresh = set(Subject.objects.values_list("name", flat=True)) - names
    assert len(fresh) == 17
    assert all("示例" in name for name in fresh)


def check_acts(acts: list[dict[str, Any]]) -> None:
    assert [act["step"] for act in acts] == list(range(1, len(acts) + 1))
    assert len(acts) > 250
    for act in acts:
        assert {"step", "on", "actor", "act", "object", "state"} <= set(act)
        assert all(act[name] for name in ("on", "actor", "act", "object", "state")), act
    told = {act["act"] for act in acts}
    assert {
        *("subject.register", "case.draft", "case.evidence", "case.submit", "case.accept", "case.escalate"),
        *("notice.issue", "notice.serve", "meeting.convene", "draw.commit", "draw.reveal", "draw.decline"),
        *("meeting.attend", "meeting.opinion", "meeting.vote", "determination.decide", "determination.issue"),
        *("determination.serve", "determination.file", "task.acknowledge", "task.apply", "task.refuse", "task.insist"),
        *("objection.file", "objection.check", "objection.accept", "objection.draft", "objection.sign"),
        *("complaint.file", "complaint.accept", "complaint.draft", "complaint.sign", "stop.confirm"),
        *("repair.apply", "repair.check", "repair.accept", "repair.verify", "repair.opine"),
        *("repair.sign", "repair.publish", "listing.explain", "disclosure.report", "disclosure.publish"),
    } <= told


def check_the_first_case(acts: list[dict[str, Any]]) -> None:
    """In force, with tasks at six units or more, and an explained last day."""
    first = next(act for act in acts if act["act"] == "listing.explain")
    assert first["state"] == "in_force"
    assert len(first["units"]) >= 6
    assert first["ends_on"] == "2029-08-20"
    for part in ("2026年8月21日送达", "3年", "起止日均计入", "2029年8月20日", "不因节假日顺延"):
        assert part in first["explanation"], first["explanation"]
    assert [act["state"] for act in acts if act["act"] == "listing.explain"][:4] == ["in_force"] * 4


def check_rights(acts: list[dict[str, Any]]) -> None:
    """Rejected: the last day moved by both pauses; upheld: void; repaired: over; two rights stand open."""
    told = [act for act in acts if act["act"] == "listing.explain"][4:]
    by_state = {act["state"]: act for act in told}
    assert sorted(act["state"] for act in told) == ["ended", "in_force", "in_force", "paused", "revoked"]
    contested = next(act for act in told if act["ends_on"] == "2027-11-18")
    for part in ("原定至2027年10月28日", "因异议", "暂停7日", "因投诉", "暂停14日", "现截止2027年11月18日"):
        assert part in contested["explanation"], contested["explanation"]
    assert "自2025年11月20日起撤销" in by_state["revoked"]["explanation"]
    assert "因信用修复，自2026年3月31日起结束" in by_state["ended"]["explanation"]
    confirmed = [act["kind"] for act in acts if act["act"] == "stop.confirm"]
    assert set(confirmed) == {"suspend", "resume", "restore", "release"}


def check_open_work() -> None:
    """An answer to draft and a repair to sign wait for demo officers, and nothing of theirs is late."""
    due = Deadline.objects.filter(rule__code__regex="^(OBJ|REP)-", closed_on__isnull=True)
    assert set(due.values_list("rule__code", flat=True)) == {"OBJ-T02", "OBJ-T07", "REP-T03"}
    assert min(due.values_list("due_on", flat=True)) >= clock.today()
    for username, model, name in (("scjgj-handler", Objection, "draft"), ("rsj-reviewer", Application, "sign")):
        who = actor_for(officer(username))
        todo = next(row for row in TODOS[model] if row.name == name)
        assert todo.permission in who.permissions
        assert SCOPES[model](who).filter(todo.condition(who)).count() == 1
    waiting = TaskStop.objects.filter(must_confirm=True, confirmed_on__isnull=True, superseded_on__isnull=True)
    assert set(waiting.values_list("unit__code", flat=True)) == {"czj", "fgw"}


def check_the_city(rounds: int) -> None:
    assert Case.objects.filter(state="issued").count() == Case.objects.count() == 5 * rounds
    assert Listing.objects.count() == 9 * rounds
    assert OutboxEvent.objects.filter(event_type="listing.issued").count() == 9 * rounds
    by_unit = Determination.objects.order_by("number").values_list("lead_unit__code", "number_year", "number")
    for unit, year, count in (("fgw", 2026, 1), ("scjgj", 2025, 2), ("scjgj", 2026, 2)):
        assert [row[2] for row in by_unit if row[:2] == (unit, year)] == list(range(1, count * rounds + 1))
    assert Determination.objects.filter(filed_on__isnull=True).count() == 0
    states = set(ExecutionTask.objects.values_list("state", flat=True))
    assert states == {"assigned", "acknowledged", "applied", "released"}
    officers = set(Officer.objects.values_list("public_id", flat=True))
    who = TransitionRecord.objects.filter(workflow__in=["sanctions.case", "sanctions.task"])
    assert {row.actor_kind for row in who} == {"officer"}
    assert {row.actor_key for row in who} <= officers


def test_passwords_of_the_demo_officers_are_kept_for_their_owner_alone(city: str, tmp_path: Path) -> None:
    ensure_accounts()
    kept = tmp_path / "demo-accounts.txt"
    assert kept.stat().st_mode & 0o777 == 0o600
    assert len(kept.read_text("utf-8").splitlines()) == Officer.objects.count()
