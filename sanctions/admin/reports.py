"""Sums of execution per group, and reminders of what is overdue."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from core.actors import Actor
from core.api.actors import actor_of
from core.permissions import require
from sanctions.admin.acting import act_view
from sanctions.admin.base import ScopedAdmin
from sanctions.forms.execution import MakeSummary
from sanctions.models import ExecutionTask, GroupSummary, Reminder


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


@admin.register(Reminder)
class ReminderAdmin(ScopedAdmin):
    """Reminders that jobs have sent; a row has no page of its own."""

    list_display = ("sent_on", "level", "unit", "text")
    list_display_links = None
    list_filter = ("level",)

    def scoped(self, actor: Actor) -> QuerySet[Any]:
        tasks = ExecutionTask.objects.visible_to(actor).values("pk")
        rows = Reminder.objects.select_related("unit", "deadline__rule")
        of_tasks = Q(deadline__aggregate_type="sanctions.executiontask", deadline__object_id__in=tasks)
        return rows.filter(of_tasks | Q(unit_id__in=actor.unit_ids))

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        return None
