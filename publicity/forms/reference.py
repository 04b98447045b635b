"""Correcting the law of publicity, trusting a unit, and settling a candidate."""

from __future__ import annotations

from typing import Any

from django import forms

from core.actors import Actor
from organizations.acts.dated import ConfirmDated, ProposeDated
from organizations.acts.fields import DateField, Text
from organizations.acts.forms import ActForm
from organizations.forms.choosing import UnitField, present_units
from publicity.enums import PenaltyKind, RecordKind, Severity
from publicity.models import CandidateState, LicenceTerm, PersonRule, Regime, SeverityRule, TrustedUnit
from publicity.services import candidates, reference
from publicity.services.reference import MANAGE, TRUST


class Proposal(ProposeDated):
    """A proposed row of the law of publicity."""

    permission = MANAGE
    done, reason_label = "已提出，由另一人复核后生效", "修订理由"
    model: type[Any]
    valid_to = DateField(label="最后适用日", required=False)
    note = Text(label="说明", rows=2, required=False)

    def perform(self) -> Any:
        reason = self.cleaned_data["reason"]
        return reference.propose(actor=self.actor, model=self.model, values=self.values(), reason=reason)


class ProposeRegime(Proposal):
    name, label, model = "propose", "提出公示期规则", Regime
    code = forms.SlugField(label="规则代号", max_length=40)
    title = forms.CharField(label="规则名称", max_length=100)
    severity = forms.ChoiceField(label="失信程度", choices=Severity.choices)
    min_months = forms.IntegerField(label="最短公示期（月）", min_value=0, max_value=600)
    max_months = forms.IntegerField(label="最长公示期（月）", min_value=1, max_value=600)
    early_end = forms.BooleanField(label="期满前可以申请修复", required=False, initial=True)
    field_order = ("code", "title", "severity", "min_months", "max_months", "early_end", "valid_from", "valid_to")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if "title" in cleaned:
            cleaned["name"] = cleaned.pop("title")
        return cleaned


class ProposeSeverity(Proposal):
    name, label, model = "propose", "提出失信程度对照", SeverityRule
    regime_code = forms.SlugField(label="公示期规则代号", max_length=40)
    kind = forms.ChoiceField(label="处罚种类", choices=PenaltyKind.choices)
    fine_from = forms.DecimalField(
        label="罚款金额自（万元）", min_value=0, max_digits=18, decimal_places=6, initial=0, help_text="不分金额的填 0"
    )
    severity = forms.ChoiceField(label="失信程度", choices=Severity.choices)
    published = forms.BooleanField(label="原则上公示", required=False, initial=True)
    field_order = ("regime_code", "kind", "fine_from", "severity", "published", "valid_from", "valid_to")


class ProposePersonRule(Proposal):
    name, label, model = "propose", "提出自然人公开依据", PersonRule
    record_kind = forms.ChoiceField(label="决定种类", choices=RecordKind.choices)
    authority_code = forms.CharField(
        label="决定机关统一社会信用代码", max_length=18, required=False, help_text="空：各机关"
    )
    name_masked = forms.BooleanField(label="姓名只公开姓氏", required=False, initial=True)
    field_order = ("record_kind", "authority_code", "name_masked", "valid_from", "valid_to")


class ProposeLicenceTerm(Proposal):
    name, label, model = "propose", "提出许可公示期限", LicenceTerm
    months_after = forms.IntegerField(label="有效期届满后继续公示（月）", min_value=0, max_value=600)
    field_order = ("months_after", "valid_from", "valid_to")


class ProposeTrust(Proposal):
    name, label, model, permission = "propose", "提出免逐条审核单位", TrustedUnit, TRUST
    lead = "报送质量稳定的单位，没有疑点、程度有据的记录报送后即可公示；自然人、更新的版本仍须两人办理。"
    unit = UnitField(label="单位")
    record_kind = forms.ChoiceField(label="决定种类", choices=RecordKind.choices)
    field_order = ("unit", "record_kind", "valid_from", "valid_to")

    def build(self) -> None:
        present_units(self)


class ConfirmLaw(ConfirmDated):
    label, permission = "复核生效", MANAGE
    lead = "核对依据；复核后即按施行日期适用，前一行到前一日为止，公示日期随后重新计算。"
    done, second = "已复核生效", "由本人提出，应由另一名系统管理员复核"

    def perform(self) -> Any:
        return reference.confirm(actor=self.actor, row=self.record)


class ConfirmTrust(ConfirmLaw):
    permission, second = TRUST, "由本人提出，应由另一名联席办人员复核"
    lead = "核对近期抽查结果；复核后自施行日期起适用。"


class SettleCandidate(ActForm):
    name, label, permission = "settle", "记录研判", "publicity.candidate.settle"
    lead = "线索只作提示，不会自动发起；拟联合惩戒的，在“事项”中另行发起，经告知、认定后才有结果。"
    backdatable, done = False, "已记录"
    outcome = forms.ChoiceField(
        label="研判结果", choices=[("taken", "已另行发起"), ("dismissed", "不予发起")], widget=forms.RadioSelect
    )
    note = Text(label="研判意见", rows=3, max_length=500)

    @classmethod
    def fits(cls, actor: Actor, record: Any, target: Any) -> bool:
        return record.state == CandidateState.OPEN

    def perform(self) -> Any:
        return candidates.settle(
            actor=self.actor,
            candidate=self.record,
            taken=self.cleaned_data["outcome"] == "taken",
            note=self.cleaned_data["note"],
        )
