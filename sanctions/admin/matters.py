"""Which measure bears on which kind of matter: what checks answer by, corrected by two officers of the office."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from core.actors import Actor
from organizations.acts.dated import DatedAdmin
from sanctions.forms.matters import ConfirmMatterRule, ProposeMatterRule
from sanctions.models import MatterRule


@admin.register(MatterRule)
class MatterRuleAdmin(DatedAdmin):
    acts = (ConfirmMatterRule,)
    openings = (ProposeMatterRule,)
    list_display = ("measure", "matter_kind", "effect", "confidence_shown", "span_shown", "confirmed_shown")
    list_display_links = ("measure",)
    list_filter = ("matter_kind", "effect", "confidence")
    search_fields = ("measure__code", "measure__name")
    search_help_text = "措施编号或名称"

    def scoped(self, actor: Actor) -> QuerySet[Any]:
        return MatterRule.objects.select_related("measure")

    def page(self, request: HttpRequest, actor: Actor, record: MatterRule) -> dict[str, Any]:
        shared = self.shared(record)
        facts = [
            ("措施", record.measure),
            ("事项类别", record.get_matter_kind_display()),
            ("对该类事项", record.get_effect_display()),
            *shared["facts"],
        ]
        return {"heading": str(record), "sub": record.basis, **shared, "facts": facts}
