"""Correcting which measure bears on which kind of matter: proposed by one officer of the office, confirmed by another."""

from __future__ import annotations

from django import forms

from catalog.models import Measure
from organizations.acts.dated import ConfirmDated, ProposeDated
from sanctions.checks import mapping
from sanctions.enums import MatterEffect, MatterKind
from sanctions.models import MatterRule
from sanctions.permissions import MATTER_RULE


class ProposeMatterRule(ProposeDated):
    name, label, permission = "propose", "提出适用关系", MATTER_RULE
    lead = "写明依据。由联席办另一名人员复核后，核查即按新的一行答复；没有对应关系的措施只作提醒，不会略去。"
    done, reason_label = "已提出，请另一名人员复核", "修订的理由"
    measure = forms.ChoiceField(label="措施")
    matter_kind = forms.ChoiceField(label="事项类别", choices=MatterKind.choices)
    effect = forms.ChoiceField(label="对该类事项", choices=MatterEffect.choices)
    field_order = ("measure", "matter_kind", "effect", "basis", "confidence", "valid_from")

    def build(self) -> None:
        self.measures = {row.code: row for row in Measure.objects.order_by("sort", "code")}
        self.choose_among("measure", [(code, str(row)) for code, row in self.measures.items()])

    def perform(self) -> MatterRule:
        values = {**self.values(), "measure": self.measures[self.cleaned_data["measure"]]}
        text = mapping.MatterRuleText(**values)
        return mapping.propose_rule(actor=self.actor, text=text, reason=self.cleaned_data["reason"])


class ConfirmMatterRule(ConfirmDated):
    label, permission = "复核", MATTER_RULE
    done, note_label = "适用关系已生效", "说明"

    def perform(self) -> MatterRule:
        return mapping.confirm_rule(actor=self.actor, rule=self.record, reason=self.cleaned_data.get("reason", ""))
