"""The transition tables of applications and shields (design §4, repair)."""

from __future__ import annotations

from core.workflow import Transition, Workflow, register
from repair.enums import ShieldState, State

HANDLE, SIGN = "repair.application.handle", "repair.application.sign"
REOPEN = "repair.application.reopen"

APPLICATION = register(
    Workflow(
        name="repair.application",
        label="信用修复申请",
        model_label="repair.Application",
        states=dict(State.choices),
        initial=State.RECEIVED,
        transitions=(
            Transition("file", "登记申请", (), State.RECEIVED, "repair.application.file", event="repair.received"),
            Transition("check_identity", "核验身份", (State.RECEIVED,), State.RECEIVED, "repair.application.check"),
            *(
                Transition(
                    f"ask_{state.value}",
                    "通知补充材料",
                    (state,),
                    state,
                    "repair.application.ask",
                    reason_required=True,
                    event="repair.material_asked",
                )
                for state in (State.RECEIVED, State.ACCEPTED)
            ),
            *(
                Transition(
                    f"supply_{state.value}",
                    "补充材料",
                    (state,),
                    state,
                    "repair.application.file",
                    event="repair.material_supplied",
                )
                for state in (State.RECEIVED, State.ACCEPTED, State.FORWARDED)
            ),
            Transition("accept", "受理", (State.RECEIVED,), State.ACCEPTED, HANDLE, event="repair.accepted"),
            Transition(
                "decline",
                "不予受理",
                (State.RECEIVED,),
                State.DECLINED,
                HANDLE,
                reason_required=True,
                event="repair.declined",
                danger=True,
            ),
            Transition("forward", "转交", (State.RECEIVED,), State.FORWARDED, HANDLE, event="repair.forwarded"),
            Transition("source_accept", "登记来源受理", (State.FORWARDED,), State.FORWARDED, HANDLE),
            Transition(
                "extend",
                "延长核实",
                (State.ACCEPTED,),
                State.ACCEPTED,
                HANDLE,
                reason_required=True,
                event="repair.extended",
            ),
            Transition("verify", "记录核实", (State.ACCEPTED,), State.VERIFIED, HANDLE, event="repair.verified"),
            Transition("opine", "拟办意见", (State.VERIFIED,), State.OPINED, HANDLE),
            Transition(
                "return",
                "退回重拟",
                (State.OPINED,),
                State.VERIFIED,
                SIGN,
                reason_required=True,
                second_officer_of=("opine",),
            ),
            Transition(
                "approve",
                "同意修复",
                (State.OPINED,),
                State.APPROVED,
                SIGN,
                second_officer_of=("opine",),
                event="repair.approved",
            ),
            Transition(
                "reject",
                "不予修复",
                (State.OPINED,),
                State.REJECTED,
                SIGN,
                reason_required=True,
                second_officer_of=("opine",),
                event="repair.rejected",
                danger=True,
            ),
            *(
                Transition(name, label, (source,), target, REOPEN, reason_required=True, event="repair.reopened")
                for name, label, source, target in (
                    ("reopen", "撤销不予修复，重新办理", State.REJECTED, State.ACCEPTED),
                    ("reopen_acceptance", "撤销不予受理，重新审查", State.DECLINED, State.RECEIVED),
                )
            ),
            Transition(
                "publish",
                "公布修复结果",
                (State.APPROVED,),
                State.PUBLISHED,
                "repair.application.publish",
                event="repair.published",
            ),
            Transition(
                "mirror_approval",
                "登记来源同意",
                (State.FORWARDED,),
                State.PUBLISHED,
                HANDLE,
                event="repair.published",
            ),
            Transition(
                "mirror_rejection",
                "登记来源不同意",
                (State.FORWARDED,),
                State.REJECTED,
                HANDLE,
                reason_required=True,
                event="repair.rejected",
            ),
            Transition(
                "withdraw",
                "撤回申请",
                (State.RECEIVED, State.ACCEPTED, State.FORWARDED, State.VERIFIED, State.OPINED),
                State.WITHDRAWN,
                "repair.application.withdraw",
                event="repair.withdrawn",
            ),
            Transition(
                "end",
                "终止办理",
                (
                    State.RECEIVED,
                    State.ACCEPTED,
                    State.FORWARDED,
                    State.VERIFIED,
                    State.OPINED,
                    State.APPROVED,
                ),
                State.MOOT,
                "repair.application.end",
                reason_required=True,
                event="repair.ended",
            ),
            Transition(
                "propose_revocation",
                "提出撤销修复",
                (State.PUBLISHED,),
                State.PUBLISHED,
                "repair.revocation.propose",
                danger=True,
            ),
            Transition(
                "propose_annulment",
                "提出撤销修复（公布前）",
                (State.APPROVED,),
                State.APPROVED,
                "repair.revocation.propose",
                danger=True,
            ),
            Transition(
                "revoke",
                "撤销修复",
                (State.APPROVED, State.PUBLISHED),
                State.REVOKED,
                "repair.revocation.sign",
                reason_required=True,
                second_officer_of=("propose_revocation", "propose_annulment"),
                event="repair.revoked",
                danger=True,
            ),
        ),
    )
)

SHIELD = register(
    Workflow(
        name="repair.shield",
        label="破产程序临时屏蔽",
        model_label="repair.Shield",
        states=dict(ShieldState.choices),
        initial=ShieldState.DRAFTED,
        transitions=(
            Transition("record", "登记裁定", (), ShieldState.DRAFTED, "repair.shield.record"),
            Transition(
                "confirm",
                "复核生效",
                (ShieldState.DRAFTED,),
                ShieldState.ACTIVE,
                "repair.shield.confirm",
                second_officer_of=("record",),
                event="shield.started",
            ),
            Transition(
                "drop",
                "不予复核",
                (ShieldState.DRAFTED,),
                ShieldState.DROPPED,
                "repair.shield.confirm",
                reason_required=True,
            ),
            Transition(
                "complete",
                "登记执行完毕",
                (ShieldState.ACTIVE,),
                ShieldState.COMPLETED,
                "repair.shield.confirm",
                event="shield.completed",
            ),
            Transition(
                "end",
                "提前终止",
                (ShieldState.ACTIVE,),
                ShieldState.ENDED,
                "repair.shield.confirm",
                reason_required=True,
                event="shield.ended",
                danger=True,
            ),
        ),
    )
)
