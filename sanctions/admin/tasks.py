"""Tasks: what a unit has to do, by when and why by then."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.utils.safestring import SafeString

from core import clock
from core.actors import Actor
from core.models import Deadline
from organizations.acts.pages import ScopedAdmin, address, buttons
from organizations.acts.words import due_day
from sanctions import selectors
from sanctions.admin.todo import TodoFilter
from sanctions.forms.execution import TASK_ACTS
from sanctions.forms.stops import ConfirmStop
from sanctions.models import Case, ExecutionTask, Listing
from sanctions.templatetags.workbench import stop_chip, task_chip

OPEN_DAY = Deadline.objects.filter(
    aggregate_type="sanctions.executiontask", object_id=OuterRef("pk"), closed_on__isnull=True
).order_by("due_on")


@admin.register(ExecutionTask)
class TaskAdmin(ScopedAdmin):
    acts = TASK_ACTS
    page_template = "sanctions/task.html"
    list_display = ("measure_shown", "subject_shown", "unit", "state_shown", "due_shown", "assigned_on")
    list_display_links = ("measure_shown",)
    list_filter = (TodoFilter, "state", "duty", "listing__polarity")
    search_fields = ("listing__subject__name", "listing__determination__official_number", "measure__name")
    search_help_text = "主体名称、决定文号或措施"

    def scoped(self, actor: Actor) -> QuerySet[Any]:
        rows = ExecutionTask.objects.visible_to(actor).annotate(due_on=Subquery(OPEN_DAY.values("due_on")[:1]))
        return rows.select_related(
            "unit", "named_unit", "measure", "listing__subject", "listing__determination", "revision__entry"
        )

    def get_queryset(self, request: Any) -> QuerySet[Any]:
        return super().get_queryset(request).order_by(F("due_on").asc(nulls_last=True), "-pk")

    @admin.display(description="措施", ordering="measure__code")
    def measure_shown(self, row: ExecutionTask) -> str:
        return f"{row.measure.code} {row.measure.name}"

    @admin.display(description="主体", ordering="listing__subject__name")
    def subject_shown(self, row: ExecutionTask) -> str:
        return row.listing.subject.name

    @admin.display(description="状态", ordering="state")
    def state_shown(self, row: ExecutionTask) -> SafeString:
        return task_chip(row)

    @admin.display(description="期限", ordering="due_on")
    def due_shown(self, row: Any) -> SafeString:
        return due_day(row.due_on)

    def page(self, request: Any, actor: Actor, record: ExecutionTask) -> dict[str, Any]:
        listing = Listing.objects.with_state_on(clock.today()).select_related(
            "subject", "determination__lead_unit", "revision__entry", "case_subject__case__unit"
        )
        found = listing.prefetch_related("pauses").get(pk=record.listing_id)
        today = clock.today()
        case = found.case_subject.case
        return {
            "task": record,
            "listing": found,
            "case": case,
            "case_open": Case.objects.visible_to(actor).filter(pk=case.pk).exists(),
            "explanation": selectors.explain_listing(found),
            "stops": [
                {
                    "row": row,
                    "standing": stop_chip(row),
                    "url": address(row),
                    "acts": buttons(actor, row, (ConfirmStop,)),
                }
                for row in record.stops.order_by("-pk")
            ],
            "feedback": record.feedback.select_related("evidence"),
            "timeline": [
                {**row, "ahead": row["on"] > today, "kind": "due" if row["explanation"] else "act"}
                for row in selectors.task_timeline(record)
            ],
        }
