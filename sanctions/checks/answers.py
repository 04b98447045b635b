"""The answer about each row: what this unit must do for this matter, why, until when, and what it must not do.

Only this unit's own tasks are told, and of those only what bears on the matter: the rest is nobody's business here
(data minimisation). A measure that nobody has placed is told as a reminder rather than withheld; a paused one is never
a ground. No answer says that somebody is clean: it says what was consulted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from catalog.enums import MeasureClass
from core.periods import PeriodState
from core.text import zh_day
from sanctions.checks.details import measures_of
from sanctions.checks.finding import Found
from sanctions.checks.rows import Row, problem_of
from sanctions.checks.standing import Standing
from sanctions.consulting import Reminder, reminder_of, standing
from sanctions.enums import CheckAction, MatterEffect, MatterKind, Polarity, TaskDuty
from sanctions.explanations import of_listing
from sanctions.selectors import PAUSED_WORDS
from subjects.enums import SubjectKind, SubjectStatus

STRENGTH = [CheckAction.FORBID, CheckAction.RESTRICT, CheckAction.REMIND, CheckAction.INCENTIVE]
KIND_LABELS, STATUS_LABELS = dict(SubjectKind.choices), dict(SubjectStatus.choices)
STATES = {PeriodState.PENDING: "未开始", PeriodState.IN_FORCE: "实施中", PeriodState.PAUSED: "暂停"}
WORDS = {
    CheckAction.FORBID: "应当依法实施：{content}",
    CheckAction.RESTRICT: "应当依法限制或者从严：{content}",
    CheckAction.REMIND: "仅作提醒，不得单独作为不予办理的依据：{content}",
    CheckAction.INCENTIVE: "应当落实激励：{content}",
}
UNPLACED = "；目录未载明该措施适用于哪类事项，请对照依据判断"
UNSURE = "；该措施与此类事项的对应关系待核实，请对照依据判断"
NOTHING = "截至核查之时，所列来源中没有本单位对{kind}应当实施的奖惩措施。本答复只反映所列来源，不证明其信用状况"
NOT_FOUND = "所列来源中没有与所填内容完全一致的主体，请核对；没有记录不证明其信用状况"
REJECTED = "该行有误，没有核查；改正后重新提交该行"
OTHER_NAME = "。所填名称不是该代码登记的现用名或者曾用名，请核对是否为同一主体"


def answers(
    rows: Iterable[Row], found: Mapping[int, Found], *, kind: str, day: date, worth: Standing
) -> list[dict[str, Any]]:
    """Return the answer to every row, in order: two further statements at most, whatever the number."""
    measures = measures_of([task for one in found.values() for task in one.tasks], kind, day)
    outside = _outside([entry for one in found.values() for entry in one.outside])
    stale = f"。注意：{'、'.join(worth.stale)}尚未收到或者超期未更新，本答复可能不全" if worth.stale else ""
    said = {
        CheckAction.NOTHING: NOTHING.format(kind=MatterKind(kind).label) + stale,
        CheckAction.NOT_FOUND: NOT_FOUND + stale,
        CheckAction.REJECTED: REJECTED,
    }
    return [_answer(row, found.get(row.line), measures, outside, day, said, stale) for row in rows]


def _outside(keys: list[int]) -> dict[int, Reminder]:
    return {row.pk: reminder_of(row) for row in standing().filter(pk__in=keys)} if keys else {}


def _answer(
    row: Row,
    one: Found | None,
    measures: Mapping[int, Any],
    outside: Mapping[int, Reminder],
    day: date,
    said: Mapping[CheckAction, str],
    stale: str,
) -> dict[str, Any]:
    tasks = sorted((measures[key] for key in one.tasks if key in measures), key=_order) if one else []
    told = [_measure(task, day) for task in tasks]
    shown = [measure for measure in told if measure is not None]
    reminders = [_reminder(outside[key]) for key in one.outside if key in outside] if one else []
    action = _strongest(row, one, shown, reminders)
    words = said.get(action) or f"共 {len(shown)} 项措施、{len(reminders)} 条外部名单提醒，逐项见下{stale}"
    answer = {
        "line": row.line,
        "on": day.isoformat(),
        "asked": row.shown,
        "result": action.value,
        "result_label": action.label,
        "subject": _subject(one) if one else None,
        "measures": shown,
        "reminders": reminders,
        "words": words if one is None or one.named else words + OTHER_NAME,
    }
    return answer | {"problem": problem_of(row)} if row.wrong else answer


def _order(task: Any) -> tuple[int, str, int]:
    return task.measure.sort, task.measure.code, task.pk


def _strongest(row: Row, one: Found | None, shown: list[dict[str, Any]], reminders: list[Any]) -> CheckAction:
    if row.wrong:
        return CheckAction.REJECTED
    if one is None:
        return CheckAction.NOT_FOUND
    if not shown and not reminders:
        return CheckAction.NOTHING
    actions = {measure["action"] for measure in shown} | ({CheckAction.REMIND} if reminders else set())
    return next(action for action in STRENGTH if action in actions)


def _subject(one: Found) -> dict[str, Any]:
    return {
        "id": one.public_id,
        "code": one.code,
        "name": one.name,
        "kind": one.kind,
        "kind_label": KIND_LABELS[one.kind],
        "status_label": STATUS_LABELS[one.status],
        "name_agrees": one.named,
    }


def action_of(task: Any) -> CheckAction | None:
    """Return what a task with its state and matter rule comes to; None for what does not bear on the matter."""
    effect, _ = task.matter_rule or (None, None)
    if effect == MatterEffect.NONE:
        return None
    if task.state_on != PeriodState.IN_FORCE or effect is None:
        return CheckAction.REMIND
    if task.listing.polarity == Polarity.INCENTIVE:
        return CheckAction.INCENTIVE if effect == MatterEffect.INCENTIVE else CheckAction.REMIND
    return CheckAction.REMIND if task.duty == TaskDuty.NOTICE else CheckAction(effect)


def _measure(task: Any, day: date) -> dict[str, Any] | None:
    action = action_of(task)
    if action is None:
        return None
    listing, determination = task.listing, task.listing.determination
    end = task.end_on(day)
    return {
        "task": task.public_id,
        "listing": listing.public_id,
        "measure": {
            "code": task.measure.code,
            "name": task.measure.name,
            "class_label": MeasureClass(task.measure.measure_class).label,
        },
        "action": action.value,
        "action_label": action.label,
        "state": str(task.state_on),
        "state_label": STATES[task.state_on],
        "content": task.content,
        "words": _words(task, action),
        "basis": task.told_basis or [determination.basis],
        "document": determination.official_number or determination.numbered(),
        "decided_by": determination.lead_unit.name,
        "entry": {"code": listing.revision.entry.code, "title": listing.revision.title},
        "starts_on": task.starts_on.isoformat(),
        "ends_on": end.isoformat() if end else None,
        "why": of_listing(listing),
        "objection": determination.remedies,
    }


def _words(task: Any, action: CheckAction) -> str:
    if task.state_on == PeriodState.PAUSED:
        return PAUSED_WORDS
    if task.state_on == PeriodState.PENDING:
        return f"该措施自{zh_day(task.starts_on)}起实施，在此之前不得作为依据：{task.content}"
    said = WORDS[action].format(content=task.content)
    if task.matter_rule is None:
        return said + UNPLACED
    return said + (UNSURE if task.matter_rule[1] == "unsure" else "")


def _reminder(row: Reminder) -> dict[str, Any]:
    return {
        "source": row.source,
        "list_name": row.list_name,
        "number": row.number,
        "document": row.document,
        "listed_on": row.listed_on.isoformat(),
        "expected_exit_on": row.expected_exit_on.isoformat() if row.expected_exit_on else None,
        "received_on": row.received_on.isoformat(),
        "contact": row.contact,
        "words": row.words,
    }
