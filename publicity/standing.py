"""Where a record stands: what is to be done next and by when, and every day that counts with why it is that day."""

from __future__ import annotations

from datetime import date
from typing import Any

from core import clock
from core.deadlines import deadlines_of
from core.timeline import Row, act_rows, due_rows, in_order
from organizations.acts.words import zh
from publicity import selectors
from publicity.enums import WITHDRAW, EndGround, RecordKind, Scope, State
from publicity.law import Law
from publicity.selectors import kind_of

LOOK = "核对下方标出的疑点并记录结论，或者退回报送单位更正"
STEPS = {
    State.REPORTED: "经办人员对照决定文书核对公众将看到的内容，办理后提请审核",
    State.CHECKED: "由办理人之外的审核人员核对公众将看到的内容，审核后当天公示",
    State.RETURNED: "报送单位更正后重新报送，形成新版本",
    State.RECALLED: "报送已撤回；仍需公示的由报送单位重新报送",
    State.SUPERSEDED: "已由后来的版本替换，不再办理",
    State.WITHDRAWN: "已撤下公示；另有新决定的按新文书号报送",
}


def next_step(record: Any) -> dict[str, Any]:
    """Return the one next step in words, and the days by which it is due."""
    pending = record.state in (State.REPORTED, State.CHECKED)
    due = []
    if pending and record.version == 1 and record.due_on is not None:
        due.append({"name": "公示", "due_on": record.due_on, "provisional": record.due_provisional})
    return {"step": _step(record, pending), "due": due + (_to_withdraw(record) if record.change_ground else [])}


def _step(record: Any, pending: bool) -> str:
    today = clock.today()
    if pending:
        if record.last_public_day is not None and record.last_public_day < today:
            return f"最长公示期已于{zh(record.last_public_day)}届满，不能再公示，应退回报送单位"
        if record.findings and not record.looked_at:
            return LOOK
        step = STEPS[State(record.state)]
        if record.scope == Scope.NOT_OPEN:
            return f"{step.split('，')[0]}。本件审核后也不对外公开：{record.scope_reason}"
        if record.scope == Scope.DEFERRED:
            return f"{step.split('，')[0]}；审核后暂缓，{zh(record.deferred_until)}次日起自动公示"
        return f"{step}。这是更新，审核以前公众看到的仍是原来的版本" if record.version > 1 else step
    if record.state != State.PASSED:
        return STEPS[State(record.state)]
    if record.change_ground:
        return f"{record.get_change_ground_display()}，由登记人之外的审核人员撤下公示"
    return _of_passed(record, today)


def _of_passed(record: Any, today: date) -> str:
    """Return what the dates do by themselves with a record that both persons have passed."""
    if record.scope == Scope.NOT_OPEN:
        return f"不对外公开，无需办理；理由：{record.scope_reason}"
    if record.visible_from > today:
        return f"{zh(record.visible_from)}起自动公示，无需办理"
    if record.ended_from is not None and record.ended_from <= today:
        return f"{EndGround(record.end_ground).label}，自{zh(record.ended_from)}起不再公示"
    if record.last_public_day is None:
        return "正在公示，不设期限；决定变更、撤销的登记变动后撤下"
    if record.last_public_day < today:
        return "公示期满，已自动停止公示，无需办理"
    return f"{zh(record.last_public_day)}届满自动停止公示；决定变更、撤销的登记变动后撤下"


def _to_withdraw(record: Any) -> list[dict[str, Any]]:
    rows = deadlines_of(record).filter(rule__code=WITHDRAW, closed_on__isnull=True)
    return [{"name": "撤下", "due_on": row.due_on, "provisional": row.provisional} for row in rows]


def dated(record: Any, law: Law) -> list[Row]:
    """Return the acts on every version of the decision and the days that follow from law, each day with its reason."""
    table = selectors.TABLES[kind_of(record)]
    acts = [
        {**row, "label": f"第{version.version}版 {row['label']}"}
        for version in selectors.versions_of(record)
        for row in act_rows((table, [version.pk]))
    ]
    return in_order([*_points(record, law), *acts, *due_rows(deadlines_of(record))])


def _due(record: Any, law: Law) -> tuple[date | None, bool]:
    """Return the day by which the record should be public, also before it is settled by the first check."""
    if record.due_on is not None or selectors.follows_own_rule(record):
        return record.due_on, record.due_provisional
    return law.due(record.decided_on)


def _points(record: Any, law: Law) -> list[Row]:
    found = [_point(record.decided_on, "作出决定", "") | {"actor": record.authority_name}]
    due, provisional = _due(record, law)
    if due is not None:
        shown = record.first_visible_on
        words = "应公示" + ("（暂定）" if provisional else "")
        if shown is not None and shown <= clock.today():
            words += "：按期公示" if shown <= due else f"：{zh(shown)}首次公示，逾期"
        met = shown is not None and shown <= due
        found.append(_point(due, words, selectors.why_due(record, law), kind="due", met=met))
    if record.scope == Scope.DEFERRED and record.deferred_until is not None:
        found.append(_point(record.deferred_until, "暂缓公开到此日", record.scope_reason, kind="due"))
    last = record.last_public_day
    if kind_of(record) == RecordKind.PENALTY:
        row, minimum, computed = law.span(record.severity, record.decided_on, record.regime_code)
        last = last or computed  # what is settled only when it is checked
        words = "最短公示期届满，可以申请修复" if row.early_end else "最短公示期届满"
        found.append(_point(minimum, words, f"{row.name}：最短{row.min_months}个月", kind="clock"))
    if last is not None and record.scope != Scope.NOT_OPEN:
        words = "最后公示日，次日起任何页面和接口都不再显示"
        found.append(_point(last, words, selectors.why_ends(record, law), kind="clock"))
    return found


def _point(on: date, label: str, explanation: str, *, kind: str = "act", met: bool = False) -> Row:
    order = (on, 0 if kind == "act" else 2, 0)
    return {"on": on, "label": label, "actor": "", "reason": "", "explanation": explanation, "kind": kind, "met": met,
            "ahead": on > clock.today(), "order": order}  # fmt: skip
