"""The list and the page of revisions; every legal act is a button with a form, no field is edited in place."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString

from catalog import selectors, services
from catalog.admin.pages import revision_page
from catalog.forms.drafting import CITATION_ACTS, CONTENT_ACTS, MEASURE_ACTS, DraftEntry
from catalog.forms.revisions import REVISION_ACTS, ImportWorkbook, MakeEdition
from catalog.models import EntryRevision
from catalog.permissions import WORKBOOK_EXPORT
from core import clock
from core.actors import Actor
from core.api.actors import actor_of
from organizations.acts.pages import Button, ScopedAdmin, buttons
from organizations.acts.words import AMBER, BLUE, GREY, JADE, chip

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TONES = {"published": JADE, "superseded": GREY, "withdrawn": GREY, "drafted": GREY, "reviewed": AMBER}


class TodayFilter(admin.SimpleListFilter):
    """In force today or not, computed."""

    title = "今日效力"
    parameter_name = "today"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "现行有效"), ("no", "今日无效")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        holding = selectors.revisions_in_force(clock.today()).values("pk")
        if self.value() == "yes":
            return queryset.filter(pk__in=holding)
        return queryset.exclude(pk__in=holding) if self.value() == "no" else queryset


@admin.register(EntryRevision)
class RevisionAdmin(ScopedAdmin):
    acts = (*REVISION_ACTS, *CONTENT_ACTS)
    openings = (DraftEntry, ImportWorkbook, MakeEdition)
    page_template = "catalog/admin/revision.html"
    list_display = ("code", "title", "domain", "number", "state_shown", "today", "effective_from", "effective_to")
    list_display_links = ("code", "title")
    sortable_by = ("domain", "state_shown", "effective_from", "effective_to")
    list_filter = (TodayFilter, "state", "entry__polarity", "severity", "group_code", "governed_by")
    search_fields = ("entry__code", "title", "entry__domain", "cause")
    search_help_text = "编号、行为、领域或事由"
    ordering = ("entry__code", F("number").desc())

    def scoped(self, actor: Actor) -> QuerySet[Any]:
        return selectors.with_holding(selectors.visible_revisions(actor), clock.today())

    @admin.display(description="编号", ordering="entry__code")
    def code(self, obj: EntryRevision) -> str:
        return obj.entry.code

    @admin.display(description="领域", ordering="entry__domain")
    def domain(self, obj: EntryRevision) -> str:
        return obj.entry.domain

    @admin.display(description="办理状态", ordering="state")
    def state_shown(self, obj: EntryRevision) -> SafeString:
        return chip(obj.get_state_display(), TONES.get(obj.state, BLUE))

    @admin.display(description="今日效力")
    def today(self, obj: EntryRevision) -> str:
        return selectors.word_for(obj, bool(getattr(obj, "holds", False)), clock.today())

    def page(self, request: HttpRequest, actor: Actor, record: EntryRevision) -> dict[str, Any]:
        page = revision_page(record, clock.today())
        for item in page["citations"]:
            item["acts"] = buttons(actor, record, CITATION_ACTS, item["row"], item["row"].public_id)
        rows = {row.measure.code: row for row in record.measures.select_related("measure")}
        measures = [
            (line, buttons(actor, record, MEASURE_ACTS, rows[line.code], line.code)) for line in page["measures"]
        ]
        return {
            "page": page,
            "revision": record,
            "measures": measures,
            "kicker": f"{record.entry.code} 第 {record.number} 版 · {record.entry.domain}",
            "heading": record.title,
            "state": self.state_shown(record),
            "timeline": page["timeline"],
        }

    def tools(self, actor: Actor) -> list[Button]:
        found = super().tools(actor)
        if actor.may(WORKBOOK_EXPORT):
            found.append(Button("导出工作簿", reverse("admin:catalog_entryrevision_export")))
        return found

    def get_urls(self) -> list[URLPattern]:
        export = path("export/", self.admin_site.admin_view(self.export), name="catalog_entryrevision_export")
        return [export, *super().get_urls()]

    def export(self, request: HttpRequest) -> HttpResponse:
        """Hand out the catalogue as a workbook that can be changed and imported again."""
        self.look(request)
        response = HttpResponse(services.export_workbook(actor=actor_of(request)), content_type=XLSX)
        response["Content-Disposition"] = f'attachment; filename="catalogue-{clock.today()}.xlsx"'
        return response
