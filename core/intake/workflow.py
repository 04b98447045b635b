"""The transition tables of batches and of questioned rows."""

from __future__ import annotations

from core.intake.rights import DECIDE, RUN, SUBMIT, WITHDRAW
from core.models.intake import BatchState, QuestionState
from core.workflow import Transition, Workflow, register

S, Q = BatchState, QuestionState
BATCH = register(
    Workflow(
        name="core.intake",
        label="数据报送",
        model_label="core.IntakeBatch",
        states=dict(S.choices),
        initial=S.RECEIVED,
        transitions=(
            Transition("receive", "接收文件", (), S.RECEIVED, SUBMIT),
            Transition("start", "开始处理", (S.RECEIVED,), S.READING, RUN),
            Transition("finish", "处理完毕", (S.READING,), S.DONE, RUN, event="intake.done"),
            Transition("fail", "整批退回", (S.RECEIVED, S.READING), S.FAILED, RUN, event="intake.failed"),
            Transition(
                "withdraw",
                "撤回批次",
                (S.RECEIVED, S.READING, S.DONE),
                S.WITHDRAWING,
                WITHDRAW,
                reason_required=True,
                danger=True,
            ),
            Transition("taken_back", "撤回完毕", (S.WITHDRAWING,), S.WITHDRAWN, RUN, event="intake.withdrawn"),
        ),
    )
)
QUESTION = register(
    Workflow(
        name="core.intake.question",
        label="疑问数据",
        model_label="core.QuestionedRow",
        states=dict(Q.choices),
        initial=Q.HELD,
        transitions=(
            Transition("accept", "认定入库", (Q.HELD,), Q.ACCEPTED, DECIDE, reason_required=True),
            Transition("refuse", "不予入库", (Q.HELD,), Q.REFUSED, DECIDE, reason_required=True),
        ),
    )
)
