"""Rows of law: the terms of repair of each entry, with who proposed and who confirmed them."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from core.actors import Actor
from organizations.acts.dated import DatedAdmin
from repair.forms.reference import ConfirmRow, ProposeTerm
from repair.models import EntryTerm


@admin.register(EntryTerm)
class EntryTermAdmin(DatedAdmin):
    acts = (ConfirmRow,)
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
