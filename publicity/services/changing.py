"""When a decision is changed or revoked, its publication is withdrawn within the days of PUB-T02 (行政处罚法 第四十八条)."""

from __future__ import annotations

from datetime import date
from typing import Any

from core import deadlines, workflow
from core.actors import Actor, acting, settled_day
from core.permissions import require
from core.problems import Violation, refuse
from publicity import effects
from publicity.enums import WITHDRAW, ChangeGround, EndGround
from publicity.selectors import TABLES
from publicity.services.common import held, kind_of, tell

EVENT = "决定变更、撤销之日"


def note_change(
    *, actor: Actor, record: Any, ground: str, changed_on: date, document: str = "", reason: str, on: date | None = None
) -> Any:
    """Record that the decision itself was changed or revoked; the days for withdrawing run from that day.

    Raises PUB-10 for an unknown ground, a day before the decision or to come, or a change already recorded.
    """
    kind = kind_of(record)
    table = TABLES[kind]
    require(actor, table.transition("note_change").permission)
    day = settled_day(actor, on, reason)
    with acting(actor, "publicity.note_change", reason=reason, on=day):
        locked = held(actor, record)
        found = []
        if ground not in ChangeGround.values:
            found.append(Violation("PUB-10", "未选择变动情形", "ground", "从列出的选项中选择"))
        if not locked.decided_on <= changed_on <= day:
            found.append(Violation("PUB-10", "变动日应在决定日与今天之间", "changed_on", "核对变动文书的日期"))
        if locked.change_ground:
            found.append(Violation("PUB-10", "该记录已登记变动，等待撤下", remedy="由另一名审核人员撤下"))
        refuse(found)
        changes = {
            "change_ground": ground,
            "changed_on": changed_on,
            "change_document": document.strip(),
            "noted_by_key": actor.key,
        }
        workflow.apply(locked, table, "note_change", actor=actor, reason=reason, on=day, changes=changes)
        deadlines.open_deadline(locked, WITHDRAW, event=EVENT, counts_from=changed_on)
    record.refresh_from_db()
    return record


def withdraw(*, actor: Actor, record: Any, reason: str, on: date | None = None) -> Any:
    """Take a changed decision out of the public view from today on, by another person than who recorded the change.

    Raises PUB-11 where no change is recorded.
    """
    kind = kind_of(record)
    table = TABLES[kind]
    require(actor, table.transition("withdraw").permission)
    day = settled_day(actor, on, reason)
    with acting(actor, "publicity.withdraw", reason=reason, on=day):
        locked = held(actor, record)
        if not locked.change_ground:
            refuse([Violation("PUB-11", "没有登记决定变动，不能撤下", remedy="先由经办人员登记决定变更、撤销的文书")])
        changes = {"ended_from": day, "end_ground": EndGround.CHANGE, "end_announced_on": day}
        workflow.apply(locked, table, "withdraw", actor=actor, reason=reason, on=day, changes=changes)
        deadlines.close_deadline(locked, WITHDRAW, on=day, by="撤下公示")
        tell("disclosure.withdrawn", kind, [locked.pk], on=day)
        effects.withdrawn(locked)
    record.refresh_from_db()
    return record
