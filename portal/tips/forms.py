"""Acts on tips and comments as forms of the workbench."""

from __future__ import annotations

from typing import Any

from django import forms

from core.actors import Actor
from organizations.acts.fields import Text
from organizations.acts.forms import ActForm
from organizations.forms.choosing import UnitField, present_units
from portal.permissions import MODERATE, TIP_ANSWER, TIP_CONTACT, TIP_FORWARD, TIP_RENEW
from portal.tips import services
from portal.tips.models import CaseComment, Tip
from portal.tips.workflow import COMMENT, TIP
from sanctions.models import Case


class TipAct(ActForm):
    workflow = TIP
    backdatable = False


class OfUnit(TipAct):
    """An act of the unit that a tip was passed to; the office may do it only where it is that unit."""

    permission = TIP_ANSWER

    @classmethod
    def fits(cls, actor: Actor, record: Tip, target: Any) -> bool:
        return record.unit_id in actor.unit_ids


class ForwardTip(TipAct):
    name, label, permission, transition = "forward", "转办", TIP_FORWARD, "forward"
    lead = "转给有权核查的单位；提交人凭回执看得到由哪个单位办理。"
    done, note_label = "已转办", "交办意见"
    unit = UnitField(label="办理单位")

    def build(self) -> None:
        present_units(self)

    def perform(self) -> Tip:
        return services.forward(actor=self.actor, tip=self.record, unit=self.cleaned_data["unit"], **self.when())


class DeclineTip(TipAct):
    name, label, permission, transition = "decline", "不予受理", TIP_FORWARD, "decline"
    lead = "理由原样告知提交人。"
    done, danger, minor, reason_label = "已告知不予受理", True, True, "理由（提交人可见）"

    def perform(self) -> Tip:
        return services.decline(actor=self.actor, tip=self.record, **self.when())


class AnswerTip(OfUnit):
    name, label, transition = "answer", "答复", "answer"
    lead = "提交人凭回执看得到答复全文。写明核查情况和处理结果，不写个人信息。"
    done = "已答复"
    text = Text(label="答复", rows=6, max_length=services.LONGEST_ANSWER)

    def perform(self) -> Tip:
        return services.answer(actor=self.actor, tip=self.record, text=self.cleaned_data["text"])


class NominateTip(OfUnit):
    name, label, transition, minor = "nominate", "关联事项", "nominate", True
    lead = "线索本身不产生任何惩戒。核查属实、依法立案的，先在“事项”中起草，再在这里关联。"
    done = "已关联"
    case = forms.ModelChoiceField(
        Case.objects.none(), label="本单位发起的事项", to_field_name="public_id", empty_label="请选择事项"
    )

    def build(self) -> None:
        field: Any = self.fields["case"]
        own = Case.objects.visible_to(self.actor).filter(unit_id__in=self.actor.unit_ids)
        field.queryset = own.select_related("revision__entry").order_by("-pk")
        field.label_from_instance = _case_words

    def perform(self) -> Tip:
        return services.nominate(actor=self.actor, tip=self.record, case=self.cleaned_data["case"])


def _case_words(case: Case) -> str:
    return f"{case.document_number} {case.revision.entry.code} {case.revision.title}"


class SendBackTip(OfUnit):
    name, label, transition = "send-back", "退回改派", "send_back"
    done, minor, reason_label = "已退回", True, "理由"

    def perform(self) -> Tip:
        return services.send_back(actor=self.actor, tip=self.record, **self.when())


class ShowPhone(ActForm):
    """The number is shown once on the page of the result, and who looked is recorded."""

    name, label, permission, button = "phone", "查看联系电话", TIP_CONTACT, "查看电话"
    lead = "只用于核实线索。查看人、时间和事由记入审计。"
    done, minor, backdatable, reason_label = "联系电话", True, False, "事由"
    result_template = "portal/admin/phone.html"

    @classmethod
    def fits(cls, actor: Actor, record: Tip, target: Any) -> bool:
        return record.phone_id is not None and record.unit_id in actor.unit_ids

    def perform(self) -> str:
        return services.phone_of(actor=self.actor, tip=self.record, reason=self.cleaned_data["reason"])


class RenewSecret(ActForm):
    """A lost secret is replaced and shown once, on the page of the result."""

    name, label, permission, button = "secret", "补发查询码", TIP_RENEW, "补发"
    lead = "提交人遗失查询码的，用其提交时留下的联系人或者电话核对是本人后补发；原查询码同时失效。"
    done, minor, backdatable, reason_label = "查询码已补发", True, False, "怎样核对是提交人本人"
    result_template = "portal/admin/secret.html"

    @classmethod
    def fits(cls, actor: Actor, record: Tip, target: Any) -> bool:
        return bool(record.contact_name or record.phone_id)

    def perform(self) -> services.Receipt:
        return services.renew_secret(actor=self.actor, tip=self.record, reason=self.cleaned_data["reason"])


TIP_ACTS: tuple[type[ActForm], ...] = (
    ForwardTip,
    AnswerTip,
    NominateTip,
    ShowPhone,
    RenewSecret,
    SendBackTip,
    DeclineTip,
)


class ShowComment(ActForm):
    name, label, permission, workflow, transition = "show", "公开", MODERATE, COMMENT, "show"
    lead = "公开后立即显示在案例页面，其中的证件号码、手机号码自动遮盖。辱骂、广告、指名举报的不予公开。"
    done, backdatable = "已公开", False
    reply = Text(label="回应", rows=3, required=False, max_length=500, help_text="显示在评论下面，可以不填")

    def perform(self) -> CaseComment:
        return services.show(actor=self.actor, comment=self.record, reply=self.cleaned_data["reply"])


class RefuseComment(ActForm):
    name, label, permission, workflow, transition = "refuse", "不予公开", MODERATE, COMMENT, "refuse"
    done, minor, backdatable, reason_label = "已不予公开", True, False, "理由"

    def perform(self) -> CaseComment:
        return services.refuse_comment(actor=self.actor, comment=self.record, **self.when())


class HideComment(ActForm):
    name, label, permission, workflow, transition = "hide", "撤下", MODERATE, COMMENT, "hide"
    done, danger, backdatable, reason_label = "已撤下", True, False, "理由"

    def perform(self) -> CaseComment:
        return services.hide(actor=self.actor, comment=self.record, **self.when())


COMMENT_ACTS: tuple[type[ActForm], ...] = (ShowComment, RefuseComment, HideComment)
