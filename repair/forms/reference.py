"""Correcting the law of repair: a row is proposed by one administrator and confirmed by another."""

from __future__ import annotations

from typing import Any

from django import forms

from organizations.acts.dated import ConfirmDated, ProposeDated
from organizations.acts.fields import DateField, Text
from repair.enums import Channel, CountsFrom, Decider, Severity
from repair.models import EntryTerm, Regime
from repair.services import reference
from repair.services.reference import MANAGE


class ProposalForm(ProposeDated):
    """A proposed row of the law of repair."""

    permission = MANAGE
    done, reason_label = "已提出，由另一名系统管理员复核后生效", "修订理由"
    model: type[Any]
    valid_to = DateField(label="最后适用日", required=False)
    note = Text(label="说明", rows=2, required=False)

    def perform(self) -> Any:
        reason = self.cleaned_data["reason"]
        return reference.propose(actor=self.actor, model=self.model, values=self.values(), reason=reason)


class ProposeRegime(ProposalForm):
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


class ProposeTerm(ProposalForm):
    name, label, model = "propose", "提出事项修复条件", EntryTerm
    entry_code = forms.CharField(label="事项编号", max_length=20)
    repairable = forms.BooleanField(label="可以申请提前移出", required=False, initial=True)
    min_months = forms.IntegerField(
        label="最短月数", min_value=0, max_value=600, required=False, help_text="空：依公示期规则"
    )
    counts_from = forms.ChoiceField(label="起算", choices=CountsFrom.choices)
    channel = forms.ChoiceField(label="办理渠道", choices=Channel.choices)
    receiver = forms.CharField(label="转交对象", max_length=200, required=False, help_text="不在本市办理的必填")
    decider = forms.ChoiceField(label="办理单位", choices=Decider.choices)
    evidence = Text(label="应附材料", rows=4, required=False, help_text="每行一项")
    condition = Text(label="修复条件", rows=2)
    field_order = (
        "entry_code", "repairable", "min_months", "counts_from", "channel", "receiver", "decider", "valid_from", "valid_to",
    )  # fmt: skip

    def clean_evidence(self) -> list[str]:
        return [line.strip() for line in self.cleaned_data["evidence"].splitlines() if line.strip()]


class ConfirmRow(ConfirmDated):
    label, permission = "复核生效", MANAGE
    lead = "核对依据；复核后即按施行日期适用，前一行到前一日为止。"
    done, second = "已复核生效", "由本人提出，应由另一名系统管理员复核"

    def perform(self) -> Any:
        return reference.confirm(actor=self.actor, row=self.record)
