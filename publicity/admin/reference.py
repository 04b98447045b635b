"""Rows of law: regimes, the severity table, who besides entities is published, terms of licences, trusted units."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from core.actors import Actor
from organizations.acts.dated import DatedAdmin
from publicity.forms import reference as forms
from publicity.models import LicenceTerm, PersonRule, Regime, SeverityRule, TrustedUnit

LAST = ("span_shown", "confidence_shown", "confirmed_shown")


@admin.register(Regime)
class RegimeAdmin(DatedAdmin):
    acts, openings = (forms.ConfirmLaw,), (forms.ProposeRegime,)
    ordering = ("-valid_from", "severity")
    list_display = ("name", "severity", "months", *LAST)
    list_filter = ("severity", "confidence", "code")

    @admin.display(description="公示期")
    def months(self, row: Regime) -> str:
        return f"{row.min_months}至{row.max_months}个月"

    def page(self, request: HttpRequest, actor: Actor, record: Regime) -> dict[str, Any]:
        early = "期满前可以申请修复" if record.early_end else "期满前不予修复"
        heading = f"{record.get_severity_display()}失信：最短{record.min_months}个月，最长{record.max_months}个月"
        return {**self.shared(record), "kicker": record.name, "heading": heading, "sub": early}


@admin.register(SeverityRule)
class SeverityRuleAdmin(DatedAdmin):
    acts, openings = (forms.ConfirmLaw,), (forms.ProposeSeverity,)
    ordering = ("-valid_from", "kind", "fine_from")
    list_display = ("kind", "amount", "severity", "published", "regime_code", *LAST)
    list_filter = ("regime_code", "severity", "confidence")

    @admin.display(description="罚款金额", ordering="fine_from")
    def amount(self, row: SeverityRule) -> str:
        return f"{row.fine_from.normalize():f}万元起" if row.fine_from else "不分金额"

    def page(self, request: HttpRequest, actor: Actor, record: SeverityRule) -> dict[str, Any]:
        shared = self.shared(record)
        shared["facts"] = [
            ("罚款金额", self.amount(record)),
            ("原则上公示", "是" if record.published else "否，确有必要的由单位写明理由后公开"),
            ("说明", record.note),
            *shared["facts"],
        ]
        heading = f"{record.get_kind_display()}：{record.get_severity_display()}"
        return {**shared, "kicker": record.regime_code, "heading": heading}


@admin.register(PersonRule)
class PersonRuleAdmin(DatedAdmin):
    acts, openings = (forms.ConfirmLaw,), (forms.ProposePersonRule,)
    list_display = ("record_kind", "authority_code", "name_masked", *LAST)

    def page(self, request: HttpRequest, actor: Actor, record: PersonRule) -> dict[str, Any]:
        sub = "姓名只公开姓氏" if record.name_masked else "公开姓名；证件号码、住所、电话仍不公开"
        return {**self.shared(record), "kicker": "自然人公开依据", "heading": str(record), "sub": sub}


@admin.register(LicenceTerm)
class LicenceTermAdmin(DatedAdmin):
    acts, openings = (forms.ConfirmLaw,), (forms.ProposeLicenceTerm,)
    list_display = ("__str__", *LAST)

    def page(self, request: HttpRequest, actor: Actor, record: LicenceTerm) -> dict[str, Any]:
        return {**self.shared(record), "kicker": "许可公示期限", "heading": str(record), "sub": "长期有效的不设期限"}


@admin.register(TrustedUnit)
class TrustedUnitAdmin(DatedAdmin):
    acts, openings = (forms.ConfirmTrust,), (forms.ProposeTrust,)
    list_display = ("unit", "record_kind", *LAST)
    list_select_related = ("unit",)

    def page(self, request: HttpRequest, actor: Actor, record: TrustedUnit) -> dict[str, Any]:
        sub = "没有疑点、程度有据的新记录报送后即公示；自然人和更新的版本仍须两人办理"
        return {**self.shared(record), "kicker": "免逐条审核", "heading": str(record), "sub": sub}
