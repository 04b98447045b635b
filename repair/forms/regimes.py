"""The act on a listing that puts its publicity under another regime, with the reason."""

from __future__ import annotations

from typing import Any

from django import forms

from core.actors import Actor
from organizations.acts.forms import ActForm
from publicity.models import Regime
from repair.models import RegimeChoice
from repair.services import reference
from repair.terms import publicity_of
from sanctions.enums import Polarity
from sanctions.models import Listing


class SwitchRegime(ActForm):
    name, label, permission = "regime", "切换公示期规则", "repair.regime.switch"
    lead = "公示期依决定作出之日的规则；新旧规则衔接需要个案切换的，写明理由，公示期随即重新计算。"
    done, minor, reason_label, reason_limit = "公示期规则已切换", True, "切换的依据和理由", 500
    regime_code = forms.ChoiceField(label="适用的规则", widget=forms.RadioSelect)

    def build(self) -> None:
        severity = self.record.revision.severity or "serious"
        rows = Regime.objects.in_use().filter(severity=severity)
        words = {
            row.code: f"{row.name}：{row.min_months} 至 {row.max_months} 个月" for row in rows.order_by("-valid_from")
        }
        self.choose_among("regime_code", words.items())
        publicity = publicity_of(self.record)
        self.prefill(regime_code=publicity.regime.code)
        self.fields["regime_code"].help_text = f"现行：{publicity.why}"

    @classmethod
    def fits(cls, actor: Actor, record: Listing, target: Any) -> bool:
        return record.polarity == Polarity.DISCIPLINE and record.state != "revoked"

    def perform(self) -> RegimeChoice:
        code = self.cleaned_data["regime_code"]
        return reference.switch_regime(actor=self.actor, listing=self.record, regime_code=code, **self.when())
