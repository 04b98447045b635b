"""Correcting the law of repair: a row is proposed by one administrator and confirmed by another."""

from __future__ import annotations

from typing import Any

from django import forms

from organizations.acts.dated import ConfirmDated, ProposeDated
from organizations.acts.fields import DateField, Text
from repair.enums import Channel, CountsFrom, Decider
from repair.models import EntryTerm
from repair.services import reference
from repair.services.reference import MANAGE


class ProposeTerm(ProposeDated):
    name, label, permission = "propose", "提出事项修复条件", MANAGE
    done, reason_label = "已提出，由另一名系统管理员复核后生效", "修订理由"
    valid_to = DateField(label="最后适用日", required=False)
    note = Text(label="说明", rows=2, required=False)
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

    def perform(self) -> EntryTerm:
        return reference.propose(actor=self.actor, values=self.values(), reason=self.cleaned_data["reason"])

    def clean_evidence(self) -> list[str]:
        return [line.strip() for line in self.cleaned_data["evidence"].splitlines() if line.strip()]


class ConfirmRow(ConfirmDated):
    label, permission = "复核生效", MANAGE
    lead = "核对依据；复核后即按施行日期适用，前一行到前一日为止。"
    done, second = "已复核生效", "由本人提出，应由另一名系统管理员复核"

    def perform(self) -> Any:
        return reference.confirm(actor=self.actor, row=self.record)
