"""Acts on a delivery: the proof that it arrived, another try, another way."""

from __future__ import annotations

from typing import Any

from django import forms

from core.actors import Actor
from organizations.acts.forms import ActForm
from subjects.delivery import services
from subjects.enums import Channel, DeliveryState
from subjects.forms.proof import ProofForm
from subjects.models import Delivery
from subjects.permissions import SERVE


class DeliveryAct(ActForm):
    """An act of the unit that sent the message."""

    permission = SERVE

    @classmethod
    def ripe(cls, record: Delivery) -> bool:
        return record.state != DeliveryState.DELIVERED

    @classmethod
    def fits(cls, actor: Actor, record: Delivery, target: Any) -> bool:
        return record.message.unit_id in actor.unit_ids and cls.ripe(record)


class RecordProof(ProofForm, DeliveryAct):
    name, label = "prove", "登记送达"
    lead = "按送达回证登记；登记之后不再更改。"
    done = "送达已登记"

    def perform(self) -> Delivery:
        return services.record_proof(actor=self.actor, delivery=self.record, **self.filled())


class SendAgain(DeliveryAct):
    name, label, backdatable = "resend", "重新发送", False
    lead = "号码有误的，填写当事人确认的新号码；留空为原号码。"
    done = "已排队重新发送"
    phone = forms.CharField(label="手机号码", max_length=20, required=False)

    @classmethod
    def ripe(cls, record: Delivery) -> bool:
        return record.state == DeliveryState.FAILED

    def perform(self) -> Delivery:
        return services.resend(actor=self.actor, delivery=self.record, phone=self.cleaned_data["phone"])


class OnPaper(DeliveryAct):
    name, label, backdatable, minor = "paper", "改用书面送达", False, True
    lead = "打印送达回证，送达后登记。"
    done = "已转为书面送达，请打印送达回证"

    @classmethod
    def ripe(cls, record: Delivery) -> bool:
        if record.channel == Channel.PRINT or record.state == DeliveryState.DELIVERED:
            return False
        return not record.message.deliveries.filter(channel=Channel.PRINT).exists()

    def perform(self) -> Delivery:
        return services.resend(actor=self.actor, delivery=self.record, channel=Channel.PRINT)
