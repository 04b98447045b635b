"""Rows of law: publicity regimes and the terms of each entry, with who proposed and who confirmed them."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from core.actors import Actor
from organizations.acts.pages import ScopedAdmin
from organizations.acts.words import zh
from repair.admin.words import confidence_chip, in_force_chip, span
from repair.forms.reference import ConfirmRow, ProposeRegime, ProposeTerm
from repair.models import EntryTerm, Regime


class DatedAdmin(ScopedAdmin):
    """A list of dated rows; public law, so everybody with a door sees all of them."""

    acts = (ConfirmRow,)

    def scoped(self, actor: Actor) -> QuerySet[Any]:
        return self.model._default_manager.all()

    @admin.display(description="适用", ordering="valid_from")
    def span_shown(self, row: Any) -> str:
        return span(row)

    @admin.display(description="把握", ordering="confidence")
    def confidence_shown(self, row: Any) -> SafeString:
        return confidence_chip(row)

    @admin.display(description="复核")
    def confirmed_shown(self, row: Any) -> SafeString:
        return in_force_chip(row)

    def shared(self, record: Any) -> dict[str, Any]:
        return {
            "state": in_force_chip(record),
            "facts": [
                ("适用", span(record)),
                ("依据", record.basis),
                ("把握", confidence_chip(record)),
                ("提出", record.proposed_by_label),
                ("复核", record.confirmed_by_label or "尚未复核"),
                ("更正", zh(record.replaced_on)),
            ],
        }


@admin.register(Regime)
class RegimeAdmin(DatedAdmin):
    openings = (ProposeRegime,)
    list_display = ("name", "severity", "months", "span_shown", "confidence_shown", "confirmed_shown")
    list_filter = ("severity", "confidence", "code")

    @admin.display(description="公示期")
    def months(self, row: Regime) -> str:
        return f"{row.min_months}至{row.max_months}个月"

    def page(self, request: HttpRequest, actor: Actor, record: Regime) -> dict[str, Any]:
        early = "期满前可以申请修复" if record.early_end else "期满前不予修复"
        shared = self.shared(record)
        heading = f"{record.get_severity_display()}失信：最短{record.min_months}个月，最长{record.max_months}个月"
        return {**shared, "kicker": record.name, "heading": heading, "sub": early}


@admin.register(EntryTerm)
class EntryTermAdmin(DatedAdmin):
    openings = (ProposeTerm,)
    list_display = ("entry_code", "condition", "shortest", "channel", "confidence_shown", "confirmed_shown")
    list_filter = ("channel", "confidence", "repairable")
    search_fields = ("entry_code", "condition")

    @admin.display(description="最短期限")
    def shortest(self, row: EntryTerm) -> str:
        if not row.repairable:
            return "不能提前修复"
        if row.min_months is None:
            return "依公示期规则"
        return f"{row.get_counts_from_display()}起{row.min_months}个月"

    def page(self, request: HttpRequest, actor: Actor, record: EntryTerm) -> dict[str, Any]:
        found = self.shared(record)
        found["facts"] = [
            ("最短期限", self.shortest(record)),
            ("办理渠道", record.get_channel_display()),
            ("转交对象", record.receiver),
            ("办理单位", record.get_decider_display()),
            ("应附材料", "；".join(record.evidence)),
            *found["facts"],
        ]
        return {**found, "kicker": record.entry_code, "heading": record.condition}
