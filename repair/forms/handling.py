"""Handling and deciding: accept to publish, the results of other channels, revocation."""

from __future__ import annotations

from typing import Any

from django import forms

from core.actors import Actor
from organizations.acts.fields import DateField, Text, UploadField
from organizations.acts.forms import ActForm
from repair.enums import Channel, Outcome, RevocationGround
from repair.forms.filing import ApplicationAct
from repair.models import Application, Extension, Revocation
from repair.services import asking, deciding, handling, revoking
from repair.workflow import HANDLE, SIGN

YES_NO = (("yes", "是"), ("no", "否"))
EITHER = {"required": "请选择是或者否"}


class OwnAct(ApplicationAct):
    """An act of the unit that handles the application."""

    permission = HANDLE

    @classmethod
    def fits(cls, actor: Actor, record: Application, target: Any) -> bool:
        return record.unit_id in actor.unit_ids


class Accept(OwnAct):
    name, label, transition = "accept", "受理", "accept"
    lead = "身份已核验、材料齐全的受理；核实期限从受理之日起计算。"
    done = "已受理，请在期限内核实"

    @classmethod
    def fits(cls, actor: Actor, record: Application, target: Any) -> bool:
        return super().fits(actor, record, target) and record.channel == Channel.CITY

    @classmethod
    def blocked(cls, actor: Actor, record: Application, target: Any) -> str:
        return "" if record.identity_checked_on else "先核验申请人身份"

    def perform(self) -> Application:
        return handling.accept(actor=self.actor, application=self.record, **self.when())


class AskForMaterial(OwnAct):
    name, label, permission, workflow = "ask", "通知补充材料", "repair.application.ask", None
    lead = "写明缺少哪些材料；期限自动计算并告知申请人。受理、核实和答复的期限照常计算，不因此停止。"
    done, minor, reason_label = "已通知申请人补充材料", True, "需要补充的材料"

    @classmethod
    def fits(cls, actor: Actor, record: Application, target: Any) -> bool:
        return super().fits(actor, record, target) and record.state in {"received", "accepted"}

    def perform(self) -> Application:
        return asking.ask_for_material(actor=self.actor, application=self.record, **self.when())


class Decline(OwnAct):
    name, label, transition = "decline", "不予受理", "decline"
    lead = "写明理由并告知申请人；申请人补正后可以重新申请。"
    done, danger, reason_label = "已决定不予受理，理由已告知", True, "不予受理的理由"

    def perform(self) -> Application:
        return handling.decline(actor=self.actor, application=self.record, **self.when())


class Forward(OwnAct):
    name, label, transition = "forward", "转交办理渠道", "forward"
    lead = "该记录由来源渠道办理修复：转交并等待结果。本市不早于也不晚于来源终止公示。"
    done = "已转交，收到结果后登记"

    @classmethod
    def fits(cls, actor: Actor, record: Application, target: Any) -> bool:
        return super().fits(actor, record, target) and record.channel != Channel.CITY

    @classmethod
    def blocked(cls, actor: Actor, record: Application, target: Any) -> str:
        return "" if record.identity_checked_on else "先核验申请人身份"

    def perform(self) -> Application:
        return handling.forward(actor=self.actor, application=self.record, **self.when())


class SourceAcceptance(OwnAct):
    name, label, transition = "source-accept", "登记来源受理", "source_accept"
    lead = "登记办理渠道受理的日期；由本市单位核实的，核实期限从该日起计算。"
    done, minor = "来源受理已登记", True
    accepted_on = DateField(label="来源受理日")

    @classmethod
    def fits(cls, actor: Actor, record: Application, target: Any) -> bool:
        return super().fits(actor, record, target) and record.accepted_on is None

    def perform(self) -> Application:
        day = self.cleaned_data["accepted_on"]
        return handling.record_source_acceptance(
            actor=self.actor, application=self.record, accepted_on=day, **self.when()
        )


class Verify(OwnAct):
    name, label, transition = "verify", "记录核实", "verify"
    lead = "核实失信行为是否纠正、义务是否履行、材料是否属实。记录形成后不能更改。"
    done = "核实情况已记录，请拟办意见"
    method = forms.CharField(label="核实方式", max_length=200, help_text="现场核查、调阅档案、向有关单位核对等")
    findings = Text(label="核实情况")
    corrected = forms.ChoiceField(
        label="失信行为已经纠正、义务已经履行", choices=YES_NO, widget=forms.RadioSelect, error_messages=EITHER
    )
    materials_true = forms.ChoiceField(
        label="材料属实", choices=YES_NO, widget=forms.RadioSelect, error_messages=EITHER
    )
    corrected_on = DateField(label="核实的改正日", required=False)
    proof = UploadField(label="核实材料", required=False)

    def perform(self) -> Any:
        data = self.cleaned_data
        found = handling.Findings(
            method=data["method"],
            findings=data["findings"],
            corrected=data["corrected"] == "yes",
            materials_true=data["materials_true"] == "yes",
            corrected_on=data["corrected_on"],
            proof=data["proof"],
        )
        return handling.verify(actor=self.actor, application=self.record, found=found, **self.when())


class Extend(OwnAct):
    name, label, transition = "extend", "延长核实", "extend"
    lead = "情况复杂或者需要向其他单位核实的，可以延长一次；理由当日告知申请人。"
    done, minor, reason_label = "核实期限已延长，理由已告知申请人", True, "延长的理由"

    @classmethod
    def fits(cls, actor: Actor, record: Application, target: Any) -> bool:
        once = not Extension.objects.filter(application=record).exists()
        return super().fits(actor, record, target) and once

    def perform(self) -> Extension:
        return handling.extend(actor=self.actor, application=self.record, **self.when())


class Opine(OwnAct):
    name, label, transition = "opine", "拟办意见", "opine"
    lead = "写明意见和理由，由另一名审核人员签发。核实为未纠正或者材料不实的，只能拟不予修复。"
    done = "意见已拟，等待审核人员签发"
    outcome = forms.ChoiceField(label="意见", choices=Outcome.choices, widget=forms.RadioSelect)
    text = Text(label="理由")

    def perform(self) -> Application:
        data = self.cleaned_data
        return handling.opine(
            actor=self.actor, application=self.record, outcome=data["outcome"], text=data["text"], **self.when()
        )


class SigningAct(OwnAct):
    """An act of the second officer on an opinion."""

    permission = SIGN
    asked: str = ""

    @classmethod
    def fits(cls, actor: Actor, record: Application, target: Any) -> bool:
        return super().fits(actor, record, target) and (not cls.asked or record.opinion == cls.asked)

    @classmethod
    def blocked(cls, actor: Actor, record: Application, target: Any) -> str:
        return "意见由本人拟写，应由另一名审核人员签发" if record.opined_by_key == actor.key else ""


class Approve(SigningAct):
    name, label, transition, asked = "approve", "签发同意修复", "approve", Outcome.APPROVE.value
    lead = "签发修复决定书；自公布之日起名单结束、各单位停止实施，或者终止该处罚的公示。"
    done, note_label = "已签发，请公布修复结果", "补充说明"

    def perform(self) -> Application:
        return deciding.approve(actor=self.actor, application=self.record, **self.when())


class Reject(SigningAct):
    name, label, transition, asked = "reject", "签发不予修复", "reject", Outcome.REJECT.value
    lead = "签发不予修复的决定，理由和救济途径告知申请人。"
    done, reason_label = "已签发，理由已告知申请人", "不予修复的理由"

    def build(self) -> None:
        self.prefill(reason=self.record.opinion_text)

    def perform(self) -> Application:
        return deciding.reject(actor=self.actor, application=self.record, **self.when())


class SendBack(SigningAct):
    name, label, transition = "return", "退回重拟", "return"
    lead = "不同意拟办意见的，写明理由退回经办人。"
    done, minor, reason_label = "已退回重拟", True, "退回的理由"

    def perform(self) -> Application:
        return handling.send_back(actor=self.actor, application=self.record, **self.when())


class Publish(OwnAct):
    name, label, transition, permission = "publish", "公布修复结果", "publish", "repair.application.publish"
    lead = "自公布之日起移出名单、停止实施并通知各单位；申请终止公示的，该处罚自当日起不再公示。"
    done = "修复结果已公布，名单已结束"

    def perform(self) -> Application:
        return deciding.publish(actor=self.actor, application=self.record, **self.when())


class MirrorAct(OwnAct):
    """What another channel decided, with its own days and document."""

    outcome: str = ""
    source = forms.CharField(label="作出机关", max_length=200)
    document_number = forms.CharField(label="文书号", max_length=128)
    decided_on = DateField(label="来源决定日")
    proof = UploadField(label="来源文书", required=False)

    def build(self) -> None:
        self.prefill(source=self.record.forwarded_to)

    def perform(self) -> Application:
        data = self.cleaned_data
        result = deciding.Result(
            outcome=self.outcome,
            source=data["source"],
            document_number=data["document_number"],
            decided_on=data["decided_on"],
            ended_on=data.get("ended_on"),
            proof=data["proof"],
        )
        return deciding.mirror_result(actor=self.actor, application=self.record, result=result, **self.when())


class MirrorApproval(MirrorAct):
    name, label, transition, outcome = "mirror-approval", "登记来源同意修复", "mirror_approval", Outcome.APPROVE.value
    lead = "按来源文书登记；本市名单自来源终止公示之日结束。"
    done = "来源结果已登记，名单自来源终止公示之日结束"
    ended_on = DateField(label="来源终止公示日")


class MirrorRejection(MirrorAct):
    name, label, transition = "mirror-rejection", "登记来源不同意修复", "mirror_rejection"
    outcome = Outcome.REJECT.value
    lead = "按来源文书登记，理由告知申请人；名单继续有效。"
    done, danger, reason_label = "来源结果已登记", True, "来源不同意的理由"


class ProposeRevocation(ActForm):
    name, label, permission = "propose-revocation", "提出撤销修复", "repair.revocation.propose"
    lead = "发现材料虚假、承诺严重不实或者故意不履行的，写明事实并附证据，由另一名审核人员签发。"
    done, danger = "已提出，等待审核人员签发", True
    ground = forms.ChoiceField(label="事由", choices=RevocationGround.choices, widget=forms.RadioSelect)
    findings = Text(label="查明的事实")
    proof = UploadField(label="证据")

    @classmethod
    def fits(cls, actor: Actor, record: Application, target: Any) -> bool:
        ripe = record.state in {"approved", "published"} and record.unit_id in actor.unit_ids
        return ripe and not Revocation.objects.filter(application=record).exists()

    def perform(self) -> Revocation:
        data = self.cleaned_data
        return revoking.propose_revocation(
            actor=self.actor,
            application=self.record,
            ground=data["ground"],
            findings=data["findings"],
            proof=data["proof"],
            **self.when(),
        )


class Revoke(OwnAct):
    name, label, transition, permission = "revoke", "签发撤销修复", "revoke", "repair.revocation.sign"
    lead = "自撤销之日恢复名单的剩余期限，限制再次申请，并记入信用记录。"
    done, danger, reason_label = "修复已撤销，名单恢复剩余期限", True, "撤销的理由"

    @classmethod
    def fits(cls, actor: Actor, record: Application, target: Any) -> bool:
        return super().fits(actor, record, target) and Revocation.objects.filter(application=record).exists()

    @classmethod
    def blocked(cls, actor: Actor, record: Application, target: Any) -> str:
        own = Revocation.objects.filter(application=record, proposed_by_key=actor.key).exists()
        return "由本人提出，应由另一名审核人员签发" if own else ""

    def perform(self) -> Any:
        return revoking.revoke(actor=self.actor, application=self.record, **self.when())
