"""Listings: state computed for today, the explanation of the last day, and the tasks that follow."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString

from core import clock
from core.actors import Actor
from core.periods import STATE_LABELS
from organizations.acts.pages import ScopedAdmin, address
from sanctions import page_sections, selectors
from sanctions.admin.what_if import panel
from sanctions.forms.court import COURT_ACTS
from sanctions.forms.execution import LISTING_ACTS, governed_words
from sanctions.models import Case, ExecutionTask, Listing
from sanctions.templatetags.workbench import last_day, listing_chip, polarity_chip

FRAGMENT = "X-Requested-With"  # sent by the page's own script, which wants the answer alone


class StateFilter(SimpleListFilter):
    """State on today, by the SQL twin of the clock."""

    title = "今天的状态"
    parameter_name = "on_today"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(state.value, label) for state, label in STATE_LABELS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(state_on=self.value()) if self.value() else queryset


@admin.register(Listing)
class ListingAdmin(ScopedAdmin):
    acts = (*LISTING_ACTS, *COURT_ACTS)
    page_template = "sanctions/listing.html"
    list_display = ("subject_shown", "entry_shown", "kind", "state_shown", "starts_on", "ends_shown", "governed_by")
    list_display_links = ("subject_shown",)
    list_filter = (StateFilter, "polarity", "governed_by", "case_subject__case__group")
    search_fields = ("subject__name", "determination__official_number", "case_subject__case__document_number")
    search_help_text = "主体名称、决定文号或文书号"

    def scoped(self, actor: Actor) -> QuerySet[Any]:
        rows = Listing.objects.visible_to(actor).with_state_on(clock.today())
        return rows.select_related(
            "subject", "revision__entry", "determination__lead_unit", "case_subject__case__unit"
        ).prefetch_related("pauses", "amendments")

    @admin.display(description="主体", ordering="subject__name")
    def subject_shown(self, row: Listing) -> str:
        return row.subject.name

    @admin.display(description="事项")
    def entry_shown(self, row: Listing) -> str:
        return f"{row.revision.entry.code} {row.revision.title}"

    @admin.display(description="类别")
    def kind(self, row: Listing) -> SafeString:
        return polarity_chip(row)

    @admin.display(description="今天")
    def state_shown(self, row: Any) -> SafeString:
        return listing_chip(row)

    @admin.display(description="最后一天", ordering="ends_on")
    def ends_shown(self, row: Listing) -> str:
        return last_day(row)

    def page(self, request: HttpRequest, actor: Actor, record: Listing) -> dict[str, Any]:
        case = record.case_subject.case
        tasks = ExecutionTask.objects.visible_to(actor).filter(listing=record)
        return {
            **panel(record, clock.today()),
            "listing": record,
            "what_if_url": self.what_if_address(record),
            "explanation": selectors.explain_listing(record),
            "governed": governed_words(record),
            "case": case,
            "case_open": Case.objects.visible_to(actor).filter(pk=case.pk).exists(),
            "tasks": tasks.select_related("unit", "measure", "listing").order_by(
                "unit__sort", "unit__code", "measure__code"
            ),
            "sections": page_sections.sections_for(actor, record, clock.today()),
            "timeline": selectors.listing_timeline(record),
        }

    def what_if_address(self, record: Listing) -> str:
        return reverse("admin:sanctions_listing_what_if", args=[record.public_id])

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.what_if)
        return [path("<str:public_id>/what-if/", view, name="sanctions_listing_what_if"), *super().get_urls()]

    def what_if(self, request: HttpRequest, public_id: str) -> HttpResponse:
        """Answer what would be, for whoever may see the listing; GET only, writes nothing."""
        self.look(request)
        record = self.found(request, public_id)
        if request.method not in {"GET", "HEAD"}:
            return HttpResponseNotAllowed(["GET"])
        alone = FRAGMENT in request.headers
        context = {
            **self.admin_site.each_context(request),
            **panel(record, clock.today(), request.GET),
            "alone": alone,
            "title": "如果…会怎样",
            "subtitle": None,
            "listing": record,
            "home": address(record),
            "opts": self.model._meta,
            "what_if_url": self.what_if_address(record),
            "query": request.GET.urlencode(),
        }
        request.current_app = self.admin_site.name
        template = "sanctions/parts/what_if_answer.html" if alone else "sanctions/what_if.html"
        answer = TemplateResponse(request, template, context)
        answer.headers["Vary"] = FRAGMENT
        return answer
