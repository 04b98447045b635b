"""Sums of execution per group."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from core.actors import Actor
from organizations.acts.pages import ScopedAdmin
from sanctions.forms.execution import MakeSummary
from sanctions.models import GroupSummary


@admin.register(GroupSummary)
class SummaryAdmin(ScopedAdmin):
    page_template = "sanctions/summary.html"
    openings = (MakeSummary,)
    list_display = ("group", "from_on", "to_on", "made_on", "cases", "listings")
    list_filter = ("group",)

    def scoped(self, actor: Actor) -> QuerySet[Any]:
        rows = GroupSummary.objects.select_related("group__lead_unit")
        return rows if actor.may("sanctions.case.see_all") else rows.filter(group__in=actor.group_ids)

    @admin.display(description="印发事项")
    def cases(self, row: GroupSummary) -> int:
        return int(row.figures["cases"])

    @admin.display(description="列入")
    def listings(self, row: GroupSummary) -> int:
        return int(row.figures["listings"])

    def page(self, request: HttpRequest, actor: Actor, record: GroupSummary) -> dict[str, Any]:
        return {"summary": record, "figures": record.figures}
