"""Determinations: the list with filing, and the page of one."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.utils.safestring import SafeString

from core import deadlines
from core.actors import Actor
from core.api.actors import actor_of
from organizations.acts.pages import ScopedAdmin
from organizations.acts.words import AMBER, GREY, JADE, chip
from sanctions.admin.todo import TodoFilter, determinations_for
from sanctions.forms.determinations import FileDetermination
from sanctions.models import Determination
from sanctions.templatetags.workbench import polarity_chip


@admin.register(Determination)
class DeterminationAdmin(ScopedAdmin):
    acts = (FileDetermination,)
    page_template = "sanctions/determination.html"
    list_display = ("number_shown", "case_shown", "kind", "period_shown", "issued_on", "filing")
    list_display_links = ("number_shown", "case_shown")
    list_filter = (TodoFilter, "case__polarity", "period_source", "lead_unit")
    search_fields = ("official_number", "case__document_number", "case__subjects__subject__name")
    search_help_text = "主体名称、文号或文书号"

    def scoped(self, actor: Actor) -> QuerySet[Any]:
        return determinations_for(actor).select_related(
            "lead_unit", "meeting", "case__revision__entry", "case__unit", "case__group"
        )

    @admin.display(description="文号", ordering="number")
    def number_shown(self, row: Determination) -> str:
        return row.official_number or "未印发"

    @admin.display(description="事项")
    def case_shown(self, row: Determination) -> str:
        return f"{row.case.revision.entry.code} {row.case.revision.title}"

    @admin.display(description="类别")
    def kind(self, row: Determination) -> SafeString:
        return polarity_chip(row.case)

    @admin.display(description="统一期限")
    def period_shown(self, row: Determination) -> str:
        return f"{row.period.label()}（{row.get_period_source_display()}）"

    @admin.display(description="备案", ordering="filed_on")
    def filing(self, row: Determination) -> SafeString:
        if row.filed_on:
            return chip(f"{row.filed_on:%Y-%m-%d} 已备案", JADE)
        return chip("待备案", AMBER) if row.issued_on else chip("未印发", GREY)

    def page(self, request: Any, actor: Actor, record: Determination) -> dict[str, Any]:
        return {
            "determination": record,
            "case": record.case,
            "subjects": record.case.subjects.select_related("subject", "case").order_by("pk"),
            "deadlines": list(deadlines.deadlines_of(record)),
            "actor": actor_of(request),
        }
