"""Sums of execution per group."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from core.actors import Actor
from core.api.actors import actor_of
from core.permissions import require
from sanctions.admin.acting import act_view
from sanctions.admin.base import ScopedAdmin
from sanctions.forms.execution import MakeSummary
from sanctions.models import GroupSummary


@admin.register(GroupSummary)
class SummaryAdmin(ScopedAdmin):
    page_template = "sanctions/summary.html"
    add_label = "汇总实施情况"
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

    def has_add_permission(self, request: HttpRequest) -> bool:
        return actor_of(request).may(MakeSummary.permission)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        require(actor_of(request), MakeSummary.permission)
        home = reverse("admin:sanctions_groupsummary_changelist")
        return act_view(request, MakeSummary, record=None, target=None, home=home, context={"opts": self.model._meta})

    def page(self, request: HttpRequest, actor: Actor, record: GroupSummary) -> dict[str, Any]:
        return {"summary": record, "figures": record.figures}
