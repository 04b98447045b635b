"""Forms of what is pushed: a person sends a record again, or all that a system has refused."""

from __future__ import annotations

from typing import Any

from core.actors import Actor
from organizations.acts.forms import ActForm
from publicity.models import Peer, Push, PushState
from publicity.push import resending
from publicity.push.workflow import PUSH, RESEND


class Resend(ActForm):
    name, label, permission = "resend", "重新送达", RESEND
    workflow, transition = PUSH, "resend"
    lead = "按公众现在看到的内容重新送达；对方已有同样内容的，只回执，不重复。"
    done = "已列入送达队列"
    backdatable = False
    reason_label = "理由"
    reason_limit = 300

    def perform(self) -> Push:
        return resending.resend(actor=self.actor, push=self.record, reason=self.cleaned_data["reason"])


class ResendRefused(ActForm):
    name, label, permission = "resend-refused", "重新送达全部拒收的记录", RESEND
    lead = "原因处理之后使用。逐条送达，对方再次拒收的仍会停下并预警。"
    backdatable = False
    reason_label = "理由"
    reason_limit = 300

    @classmethod
    def fits(cls, actor: Actor, record: Peer, target: Any) -> bool:
        return Push.objects.visible_to(actor).filter(peer=record, state=PushState.DEAD).exists()

    def perform(self) -> int:
        return resending.resend_refused(actor=self.actor, peer=self.record, reason=self.cleaned_data["reason"])

    def success(self, result: int) -> str:
        return f"{result} 条记录已列入送达队列"
