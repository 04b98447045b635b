"""External lists: reminders with their source; never a ground for a measure here."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.utils.safestring import SafeString

from core.actors import Actor
from organizations.acts.pages import ScopedAdmin
from organizations.acts.words import AMBER, GREY, chip
from sanctions.forms.external import EndExternal, RecordExternal
from sanctions.models import ExternalListing
from subjects.selectors import visible_to


@admin.register(ExternalListing)
class ExternalListingAdmin(ScopedAdmin):
    acts = (EndExternal,)
    page_template = "sanctions/external.html"
    openings = (RecordExternal,)
    list_display = ("reported_name", "list_name", "source", "listed_on", "matched", "state_shown")
    list_filter = ("source", "list_name")
    search_fields = ("reported_name", "subject__name", "source_number", "basis")
    search_help_text = "名称、来源编号或依据文书"

    def scoped(self, actor: Actor) -> QuerySet[Any]:
        rows = ExternalListing.objects.select_related("subject")
        if actor.may(RecordExternal.permission):
            return rows
        return rows.filter(subject__in=visible_to(actor).values("pk"))

    @admin.display(description="对应主体")
    def matched(self, row: ExternalListing) -> str:
        return row.subject.name if row.subject else "未对应"

    @admin.display(description="状态", ordering="ended_on")
    def state_shown(self, row: ExternalListing) -> SafeString:
        return chip("来源已退出", GREY) if row.ended_on else chip("提醒中", AMBER)
