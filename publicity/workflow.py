"""The transition tables of licences and penalties: two persons before anything is public (办理、审核)."""

from __future__ import annotations

from core.workflow import Transition, Workflow, register
from publicity.enums import PENDING, RecordKind, State

CHECK, PASS = "publicity.record.check", "publicity.record.pass"
RETURN, RECALL = "publicity.record.return", "publicity.record.recall"


def _table(kind: RecordKind, model_label: str) -> Workflow:
    return register(
        Workflow(
            name=f"publicity.{kind.value}",
            label=f"{kind.label}公示",
            model_label=model_label,
            states=dict(State.choices),
            initial=State.REPORTED,
            transitions=(
                Transition("report", "报送", (), State.REPORTED, "publicity.record.report"),
                Transition("check", "办理", (State.REPORTED,), State.CHECKED, CHECK),
                Transition(
                    "pass",
                    "审核公示",
                    (State.CHECKED,),
                    State.PASSED,
                    PASS,
                    second_officer_of=("check",),
                ),
                Transition(
                    "pass_trusted",
                    "免逐条审核公示",
                    (State.REPORTED,),
                    State.PASSED,
                    "publicity.record.pass_trusted",
                ),
                Transition("return", "退回", PENDING, State.RETURNED, RETURN, reason_required=True, danger=True),
                Transition("recall", "撤回报送", PENDING, State.RECALLED, RECALL, reason_required=True),
                Transition(
                    "replace",
                    "被更新",
                    (*PENDING, State.PASSED),
                    State.SUPERSEDED,
                    "publicity.record.report",
                ),
                Transition(
                    "restore",
                    "恢复待办",
                    (State.SUPERSEDED,),
                    State.REPORTED,
                    "publicity.record.report",
                    reason_required=True,
                ),
                Transition(
                    "note_change",
                    "登记决定变动",
                    (State.PASSED,),
                    State.PASSED,
                    "publicity.record.note_change",
                    reason_required=True,
                ),
                Transition(
                    "withdraw",
                    "撤下公示",
                    (State.PASSED,),
                    State.WITHDRAWN,
                    "publicity.record.withdraw",
                    reason_required=True,
                    second_officer_of=("note_change",),
                    danger=True,
                ),
            ),
        )
    )


LICENCE = _table(RecordKind.LICENCE, "publicity.Licence")
PENALTY = _table(RecordKind.PENALTY, "publicity.Penalty")
