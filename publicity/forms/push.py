"""Forms of what is pushed: a person sends again one record, all that a system refused, or a range of days."""

from __future__ import annotations

from typing import Any, cast

from django import forms

from core.actors import Actor
from organizations.acts.fields import DateField
from organizations.acts.forms import ActForm
from organizations.models import Organization
from publicity.models import Peer, Push, PushState
from publicity.push import kinds, resending
from publicity.push.systems import system_of
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


class Replay(ActForm):
    """A range of days is sent again: for what a comparison has found, or where the other side has lost data."""

    name, label, permission = "replay", "按范围重新送达", RESEND
    lead = "所选种类、单位和日期内的全部记录列入送达队列；对方已有同样内容的，只回执，不重复。"
    backdatable = False
    minor = True
    reason_label = "理由"
    reason_limit = 300

    kind = forms.ChoiceField(label="种类")
    unit = forms.ModelChoiceField(
        Organization.objects.none(), label="报送单位", required=False, empty_label="全部单位", to_field_name="code"
    )
    first = DateField(label="所属日期自")
    last = DateField(label="所属日期至")

    @classmethod
    def fits(cls, actor: Actor, record: Peer, target: Any) -> bool:
        return Push.objects.visible_to(actor).filter(peer=record).exists()

    def build(self) -> None:
        named = kinds.labels()
        self.choose_among("kind", [(name, named[name]) for name in system_of(self.record.code).kinds])
        pushed = Push.objects.filter(peer=self.record).values("unit")
        field = cast("forms.ModelChoiceField[Organization]", self.fields["unit"])
        field.queryset = Organization.objects.filter(pk__in=pushed)

    def perform(self) -> int:
        given = self.cleaned_data
        return resending.replay(
            actor=self.actor,
            peer=self.record,
            kind=given["kind"],
            unit=given["unit"],
            first=given["first"],
            last=given["last"],
            reason=given["reason"],
        )

    def success(self, result: int) -> str:
        return f"{result} 条记录已列入送达队列"
