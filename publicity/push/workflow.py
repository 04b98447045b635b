"""The one act of a person on a pushed record: sending it again; all else is done by set and told by receipts."""

from __future__ import annotations

from core.workflow import Transition, Workflow, register
from publicity.models import PushState

RESEND = "publicity.push.resend"
PUSH = register(
    Workflow(
        name="publicity.push",
        label="信息推送",
        model_label="publicity.Push",
        states=dict(PushState.choices),
        initial=PushState.QUEUED,
        transitions=(
            Transition("enrol", "纳入推送", (), PushState.QUEUED, "publicity.push.send"),
            Transition(
                "resend",
                "重新送达",
                (PushState.DEAD, PushState.ACKNOWLEDGED, PushState.QUEUED),
                PushState.QUEUED,
                RESEND,
                reason_required=True,
            ),
        ),
    )
)
