"""The transition tables of tips and of comments."""

from __future__ import annotations

from core.workflow import Transition, Workflow, register
from portal.permissions import MODERATE
from portal.permissions import TIP_ANSWER as ANSWER
from portal.permissions import TIP_FILE as FILE
from portal.permissions import TIP_FORWARD as FORWARD
from portal.tips.enums import CommentState, TipState

TIP = register(
    Workflow(
        name="portal.tip",
        label="举报线索",
        model_label="portal.Tip",
        states=dict(TipState.choices),
        initial=TipState.RECEIVED,
        transitions=(
            Transition("file", "提交线索", (), TipState.RECEIVED, FILE),
            Transition("forward", "转办", (TipState.RECEIVED,), TipState.FORWARDED, FORWARD),
            Transition("send_back", "退回改派", (TipState.FORWARDED,), TipState.RECEIVED, ANSWER, reason_required=True),
            Transition(
                "decline",
                "不予受理",
                (TipState.RECEIVED,),
                TipState.DECLINED,
                FORWARD,
                reason_required=True,
                danger=True,
            ),
            Transition("nominate", "关联事项", (TipState.FORWARDED,), TipState.FORWARDED, ANSWER),
            Transition("answer", "答复", (TipState.FORWARDED,), TipState.ANSWERED, ANSWER),
        ),
    )
)

COMMENT = register(
    Workflow(
        name="portal.comment",
        label="案例评论",
        model_label="portal.CaseComment",
        states=dict(CommentState.choices),
        initial=CommentState.RECEIVED,
        transitions=(
            Transition("file", "提交评论", (), CommentState.RECEIVED, FILE),
            Transition("show", "公开", (CommentState.RECEIVED,), CommentState.SHOWN, MODERATE),
            Transition(
                "refuse", "不予公开", (CommentState.RECEIVED,), CommentState.REFUSED, MODERATE, reason_required=True
            ),
            Transition(
                "hide",
                "撤下",
                (CommentState.SHOWN,),
                CommentState.HIDDEN,
                MODERATE,
                reason_required=True,
                danger=True,
            ),
        ),
    )
)
