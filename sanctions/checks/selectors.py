"""Reading checks: one's own, as they were answered, and what has become different since."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q

from core import clock
from core.actors import Actor
from core.models import TransitionRecord
from core.problems import NotFound
from core.text import normalize_name
from sanctions.checks.answers import answers
from sanctions.checks.finding import find
from sanctions.checks.rights import require_reading
from sanctions.checks.rows import Row
from sanctions.checks.standing import standing_on
from sanctions.enums import CheckAction
from sanctions.models import Check, CheckedSubject, CheckFeedback, ExecutionTask
from sanctions.workflow import LISTING, TASK
from subjects.selectors import world_of

WORKFLOWS = {workflow.name: workflow for workflow in (LISTING, TASK)}
COMPARED = ("action", "state", "starts_on", "ends_on")


def check_of(actor: Actor, number: str) -> Check:
    """Return a check that the actor may read; NotFound for any other."""
    require_reading(actor)
    found = Check.objects.visible_to(actor).select_related("unit").filter(public_id=number).first()
    if found is None:
        raise NotFound("该核查回执")
    return found


def world_of_check(check: Check) -> bool | None:
    """Return which subjects were asked among, as `world_of` says of who asked."""
    by = Actor(check.asked_by_kind, check.asked_by_key, check.asked_by_label, sandbox=check.sandbox)
    return world_of(by)


def feedback_of(check: Check) -> list[dict[str, Any]]:
    """Return what was fed back about the check, by line; one statement."""
    rows = CheckFeedback.objects.filter(checked__of_check=check).order_by("checked__line", "pk")
    return [feedback_shown(row) for row in rows.select_related("checked", "task", "feedback")]


def feedback_shown(row: CheckFeedback) -> dict[str, Any]:
    """Return one feedback as the API shows it."""
    return {
        "id": row.public_id,
        "line": row.checked.line,
        "task": row.task.public_id if row.task else None,
        "decision": row.decision,
        "decision_label": row.get_decision_display(),
        "decided_on": row.decided_on.isoformat(),
        "reason": row.reason,
        "by": row.by_label,
        "recorded_at": row.recorded_at.astimezone(clock.SHANGHAI).isoformat(),
        "carried_out": row.feedback_id is not None,
    }


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that an answer given now would say differently, and since when.

    before, after: action, state and dates, None where there was or is nothing; since: the legal day; recorded_at: when
    the house came to know it, None for what a date alone has done.
    """

    line: int
    what: str
    name: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    since: date | None
    recorded_at: datetime | None
    words: str


def changes_since(actor: Actor, check: Check) -> list[Change]:
    """Return what an answer given today would say differently about the same subjects and matter.

    A constant number of statements. Rows that were refused are left out: nothing was answered about them.
    """
    lines = list(check.lines.exclude(action=CheckAction.REJECTED).order_by("line"))
    rows = [_row(line) for line in lines]
    day = clock.today()
    worth = standing_on(day, check.unit_id)
    found = find(rows, units=worth.units, kind=check.matter_kind, day=day, world=world_of_check(check))
    now = {row["line"]: row for row in answers(rows, found, kind=check.matter_kind, day=day, worth=worth)}
    differences = [difference for line in lines for difference in _differences(line, now[line.line])]
    acts = _acts_since(check, [key for key, *_ in differences])
    return [_change(key, line, name, before, after, acts) for key, line, name, before, after in differences]


def _row(line: CheckedSubject) -> Row:
    asked = line.answer["asked"]
    row = Row(line.line, asked, norm=normalize_name(asked.get("name", "")), personal=line.personal_id)
    code = asked.get("code", "")
    row.code, row.public_id = (code, "") if len(code) == 18 else ("", code)
    return row


Difference = tuple[str, int, str, Mapping[str, Any] | None, Mapping[str, Any] | None]


def _differences(line: CheckedSubject, now: Mapping[str, Any]) -> Iterator[Difference]:
    """Give what differs: the measures by their task, the reminders by source and number, the subject itself."""
    then = line.answer
    if (then["subject"] or {}).get("id") != (now["subject"] or {}).get("id"):
        yield "", line.line, "主体", _brief(then["subject"], ("id", "name")), _brief(now["subject"], ("id", "name"))
    before = {measure["task"]: measure for measure in then["measures"]}
    after = {measure["task"]: measure for measure in now["measures"]}
    for key in dict.fromkeys([*before, *after]):
        old, new = _brief(before.get(key), COMPARED), _brief(after.get(key), COMPARED)
        if old != new:
            yield key, line.line, (after.get(key) or before[key])["measure"]["name"], old, new
    entries = [{(r["source"], r["list_name"], r["number"]): r for r in one["reminders"]} for one in (then, now)]
    for entry in dict.fromkeys([*entries[0], *entries[1]]):
        old, new = (_brief(side.get(entry), ("listed_on", "expected_exit_on")) for side in entries)
        if old != new:
            yield "", line.line, f"{entry[0]}《{entry[1]}》", old, new


def _brief(facts: Mapping[str, Any] | None, names: tuple[str, ...]) -> dict[str, Any] | None:
    return None if facts is None else {name: facts[name] for name in names}


def _acts_since(check: Check, keys: list[str]) -> dict[str, tuple[Any, TransitionRecord | None]]:
    """Return by task its row and the last act on it or on its listing since the check; two statements."""
    tasks = {
        task.public_id: task
        for task in ExecutionTask.objects.filter(public_id__in=filter(None, keys)).select_related("listing")
    }
    listings = {task.listing_id for task in tasks.values()}
    of_listing = Q(workflow=LISTING.name, object_id__in=listings)
    of_task = Q(workflow=TASK.name, object_id__in=[task.pk for task in tasks.values()])
    acts = TransitionRecord.objects.filter(of_listing | of_task, recorded_at__gt=check.asked_at).order_by("pk")
    last = {(act.workflow, act.object_id): act for act in acts} if tasks else {}
    return {
        key: (task, last.get((LISTING.name, task.listing_id)) or last.get((TASK.name, task.pk)))
        for key, task in tasks.items()
    }


def _change(
    key: str,
    line: int,
    name: str,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
    acts: Mapping[str, tuple[Any, TransitionRecord | None]],
) -> Change:
    what = "gone" if after is None else "new" if before is None else "changed"
    task, act = acts.get(key, (None, None))
    if act is not None:
        label = WORKFLOWS[act.workflow].transition(act.transition).label
        return Change(line, what, name, before, after, act.legal_on, act.recorded_at, f"{act.legal_on}{label}")
    since = _since(task, before, after)
    return Change(line, what, name, before, after, since, None, "按期限推算" if task else "来源或者档案有变化")


def _since(task: Any, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> date | None:
    """Return the day from which dates alone make the difference."""
    if task is None:
        return None
    if after is None:
        end = (before or {}).get("ends_on")
        return date.fromisoformat(end) + timedelta(days=1) if end else None
    if after["state"] == "paused":
        found: date | None = task.listing.tacit_from
        return found
    return date.fromisoformat(after["starts_on"])


def change_shown(change: Change) -> dict[str, Any]:
    """Return one change as the API shows it."""
    shown = asdict(change)
    return {**shown, "since": change.since, "recorded_at": change.recorded_at}
