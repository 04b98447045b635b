"""The acts on one reported decision, in the order of the work."""

from __future__ import annotations

from typing import Any

from django import forms

from core.actors import Actor
from organizations.acts.fields import DateField
from organizations.acts.forms import ActForm
from publicity.enums import PENDING, ChangeGround, Scope, Severity, State
from publicity.models import Penalty, Regime
from publicity.services import adjusting, changing, reviewing
from publicity.workflow import LICENCE, PENALTY


class StepForm(ActForm):
    """An act that is open by the table of the record's own kind."""

    backdatable = False
    transition_of = ""

    @classmethod
    def fits(cls, actor: Actor, record: Any, target: Any) -> bool:
        if not cls.transition_of:
            return True
        table = PENALTY if isinstance(record, Penalty) else LICENCE
        return record.state in table.transition(cls.transition_of).sources


class Look(StepForm):
    name, label, permission = "look", "记录疑点核对结论", "publicity.record.check"
    lead = "下方标出的文字像是证件号码、手机号码或者需要单位说明的内容；公示时号码一律遮盖，仍应核对文书再决定。"
    reason_label, done = "核对的结论", "已记录，可以办理"

    @classmethod
    def fits(cls, actor: Actor, record: Any, target: Any) -> bool:
        return record.state in PENDING and bool(record.findings) and not record.looked_at

    def perform(self) -> Any:
        return reviewing.look(actor=self.actor, record=self.record, reason=self.cleaned_data["reason"])


class Check(StepForm):
    name, label, permission, transition_of = "check", "办理，提请审核", "publicity.record.check", "check"
    lead = "核对报送内容与决定文书一致、公开方式合适；由另一名人员审核后公示。"
    done = "已办理，等待审核"

    @classmethod
    def blocked(cls, actor: Actor, record: Any, target: Any) -> str:
        return "先记录疑点核对结论" if record.findings and not record.looked_at else ""

    def perform(self) -> Any:
        return reviewing.check(actor=self.actor, record=self.record)


class Approve(StepForm):
    name, label, permission, transition_of = "approve", "审核公示", "publicity.record.pass", "pass"
    lead = "核对公众将看到的内容；确认后当天公示，同一决定的前一版本同时停止公示。"

    @classmethod
    def blocked(cls, actor: Actor, record: Any, target: Any) -> str:
        return "由本人办理，应由另一名人员审核" if record.checked_by_key == actor.key else ""

    def perform(self) -> Any:
        return reviewing.approve(actor=self.actor, record=self.record)

    def success(self, result: Any) -> str:
        return "已审核，不对外公开" if result.scope == Scope.NOT_OPEN else f"已审核，自{result.visible_from}起公示"


class SetScope(StepForm):
    name, label, permission = "scope", "调整公开方式", "publicity.record.check"
    minor, reason_label, reason_limit = True, "理由", 500
    lead = "公开、暂缓公开到某日，或者不予公开；自然人没有明确依据的一律不公开。"
    scope = forms.ChoiceField(label="公开方式", choices=Scope.choices, widget=forms.RadioSelect)
    deferred_until = DateField(label="暂缓至", required=False, help_text="只在暂缓公开时填写；次日起自动公示")

    def build(self) -> None:
        self.prefill(scope=self.record.scope, deferred_until=self.record.deferred_until)

    @classmethod
    def fits(cls, actor: Actor, record: Any, target: Any) -> bool:
        return record.state in PENDING

    def perform(self) -> Any:
        return adjusting.set_scope(
            actor=self.actor,
            record=self.record,
            scope=self.cleaned_data["scope"],
            deferred_until=self.cleaned_data["deferred_until"],
            reason=self.cleaned_data["reason"],
        )


class Rate(StepForm):
    name, label, permission = "rate", "认定失信程度和公示期规则", adjusting.RATE
    minor, reason_label, reason_limit = True, "认定的依据和理由", 300
    lead = "对照表待核实，或者行业主管部门另有标准的，由单位认定；最后公示日随即重新计算。"
    severity = forms.ChoiceField(label="失信程度", choices=Severity.choices, widget=forms.RadioSelect)
    regime_code = forms.ChoiceField(label="公示期规则", required=False)

    def build(self) -> None:
        rows = Regime.objects.in_use().order_by("-valid_from")
        self.choose_among("regime_code", [("", "依决定日期"), *{row.code: row.name for row in rows}.items()])
        self.prefill(severity=self.record.severity)

    @classmethod
    def fits(cls, actor: Actor, record: Any, target: Any) -> bool:
        return isinstance(record, Penalty) and record.state in (*PENDING, State.PASSED)

    def perform(self) -> Any:
        return adjusting.rate(
            actor=self.actor,
            record=self.record,
            severity=self.cleaned_data["severity"],
            regime_code=self.cleaned_data["regime_code"],
            reason=self.cleaned_data["reason"],
        )

    def success(self, result: Any) -> str:
        return f"已认定为{result.get_severity_display()}，公示至{result.last_public_day}"


class SendBack(StepForm):
    name, label, permission, transition_of = "return", "退回报送单位", "publicity.record.return", "return"
    danger, reason_label, done = True, "退回的理由", "已退回"

    def perform(self) -> Any:
        return reviewing.send_back(actor=self.actor, record=self.record, reason=self.cleaned_data["reason"])


class Recall(StepForm):
    name, label, permission, transition_of = "recall", "撤回报送", "publicity.record.recall", "recall"
    minor, reason_label, done = True, "撤回的理由", "报送已撤回"

    def perform(self) -> Any:
        return reviewing.recall(actor=self.actor, record=self.record, reason=self.cleaned_data["reason"])


class NoteChange(StepForm):
    name, label, permission, transition_of = "change", "登记决定变动", "publicity.record.note_change", "note_change"
    minor, reason_label, done = True, "变动情况", "已登记，应在期限内由另一名审核人员撤下"
    lead = "决定被变更、撤销、确认违法或者无效的，三个工作日内撤下公示并说明理由（行政处罚法第四十八条）。"
    aliases = {"document": "change_document"}
    ground = forms.ChoiceField(label="变动情形", choices=ChangeGround.choices)
    changed_on = DateField(label="变动日")
    change_document = forms.CharField(label="变动文书号", max_length=200, required=False)

    @classmethod
    def fits(cls, actor: Actor, record: Any, target: Any) -> bool:
        return super().fits(actor, record, target) and not record.change_ground

    def perform(self) -> Any:
        return changing.note_change(
            actor=self.actor,
            record=self.record,
            ground=self.cleaned_data["ground"],
            changed_on=self.cleaned_data["changed_on"],
            document=self.cleaned_data["change_document"],
            reason=self.cleaned_data["reason"],
        )


class Withdraw(StepForm):
    name, label, permission, transition_of = "withdraw", "撤下公示", "publicity.record.withdraw", "withdraw"
    danger, reason_label, done = True, "撤下的理由", "已撤下，当天起任何页面和接口都不再显示"

    @classmethod
    def fits(cls, actor: Actor, record: Any, target: Any) -> bool:
        return super().fits(actor, record, target) and bool(record.change_ground)

    @classmethod
    def blocked(cls, actor: Actor, record: Any, target: Any) -> str:
        return "由本人登记变动，应由另一名审核人员撤下" if record.noted_by_key == actor.key else ""

    def perform(self) -> Any:
        return changing.withdraw(actor=self.actor, record=self.record, reason=self.cleaned_data["reason"])


RECORD_ACTS: tuple[type[ActForm], ...] = (
    Look,
    Check,
    Approve,
    Withdraw,
    SetScope,
    Rate,
    NoteChange,
    Recall,
    SendBack,
)
