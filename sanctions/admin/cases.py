"""Cases: the list, the page that tells everything about one, and the acts from report to issue."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, path
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from core.actors import Actor
from core.api.actors import actor_of
from core.attachments import serving_view
from core.models import Attachment
from core.problems import NotPermitted, Problem
from organizations.acts.pages import ScopedAdmin
from sanctions.admin import documents
from sanctions.admin.casepage import case_page
from sanctions.admin.todo import TodoFilter
from sanctions.forms.cases import CASE_ACTS, OpenCase
from sanctions.forms.determinations import Decide, IssueDetermination
from sanctions.forms.meetings import MEETING_ACTS
from sanctions.forms.notices import IssueNotices, RecordStatement, ServeDetermination, ServeNotice
from sanctions.models import Case, CaseSubject, ExecutionTask
from sanctions.templatetags.workbench import case_chip, polarity_chip
from subjects.permissions import VIEW
from subjects.selectors import search, visible_to

SUGGESTIONS = 8


def attachments_for(actor: Actor) -> QuerySet[Attachment]:
    """Return the files of records in scope, and those the officer has just handed in himself."""
    cases = Case.objects.visible_to(actor).values("pk")
    tasks = ExecutionTask.objects.visible_to(actor).values("pk")
    held = Q(evidence__case__in=cases) | Q(service__case_subject__case__in=cases) | Q(feedback__task__in=tasks)
    held |= Q(courtorder__listing__case_subject__case__in=cases)
    return Attachment.objects.filter(pk__in=Attachment.objects.filter(held | Q(actor_key=actor.key)).values("pk"))


@admin.register(Case)
class CaseAdmin(ScopedAdmin):
    acts = (
        *CASE_ACTS,
        IssueNotices,
        ServeNotice,
        RecordStatement,
        *MEETING_ACTS,
        Decide,
        IssueDetermination,
        ServeDetermination,
    )
    openings = (OpenCase,)
    page_template = "sanctions/case.html"
    about_template = "sanctions/parts/about_case.html"
    list_display = (
        "title_shown",
        "subjects_shown",
        "document_number",
        "unit",
        "group_shown",
        "kind",
        "state_shown",
        "recognized_on",
    )
    list_display_links = ("title_shown",)
    list_filter = (TodoFilter, "state", "polarity", "group", "level")
    search_fields = ("document_number", "subjects__subject__name", "determination__official_number")
    search_help_text = "主体名称、文书号或决定文号"
    date_hierarchy = None

    def scoped(self, actor: Actor) -> QuerySet[Any]:
        return Case.objects.visible_to(actor).select_related(
            "revision__entry", "unit", "named_unit", "group__lead_unit"
        )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        named = CaseSubject.objects.select_related("subject")
        return super().get_queryset(request).prefetch_related(Prefetch("subjects", named))

    @admin.display(description="事项", ordering="revision__entry__code")
    def title_shown(self, case: Case) -> str:
        return f"{case.revision.entry.code} {case.revision.title}"

    @admin.display(description="主体")
    def subjects_shown(self, case: Case) -> SafeString:
        return format_html_join(SafeString("<br>"), "{}", ((row.subject.name,) for row in case.subjects.all()))

    @admin.display(description="受理", ordering="group")
    def group_shown(self, case: Case) -> str:
        if case.level == "office":
            return "联席办"
        return case.group.name if case.group else "—"

    @admin.display(description="类别", ordering="polarity")
    def kind(self, case: Case) -> SafeString:
        return polarity_chip(case)

    @admin.display(description="状态", ordering="state")
    def state_shown(self, case: Case) -> SafeString:
        return case_chip(case)

    def page(self, request: HttpRequest, actor: Actor, record: Case) -> dict[str, Any]:
        return case_page(actor, record, self.page_acts())

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        own = [
            path("subjects/", wrap(require_POST(self.suggest_subjects)), name="sanctions_subject_suggestions"),
            path("files/<str:public_id>/", wrap(serving_view(attachments_for)), name="sanctions_attachment"),
            path("<str:public_id>/notice/<str:key>/", wrap(self.notice_document), name="sanctions_notice_document"),
            path("<str:public_id>/decision/", wrap(self.decision_document), name="sanctions_decision_document"),
        ]
        return own + super().get_urls()

    def suggest_subjects(self, request: HttpRequest) -> HttpResponse:
        """Answer a few subjects for the words typed; asked by POST so that no name stands in an address."""
        actor = actor_of(request)
        if not actor.may(VIEW):
            raise NotPermitted(VIEW, "查询信用主体", who=actor.label)
        words = request.POST.get("q", "").strip()
        return JsonResponse({"items": suggestions(actor, words) if len(words) > 1 else []})

    def notice_document(self, request: HttpRequest, public_id: str, key: str) -> HttpResponse:
        self.look(request)
        return documents.notice(request, self.found(request, public_id), key)

    def decision_document(self, request: HttpRequest, public_id: str) -> HttpResponse:
        self.look(request)
        return documents.determination(request, self.found(request, public_id))


def suggestions(actor: Actor, words: str) -> list[dict[str, str]]:
    """Return legal entities that match, and the persons this actor may know of whose name begins so."""
    persons = visible_to(actor).filter(kind="natural_person", canonical__isnull=True, name__startswith=words)
    found = [
        {
            "code": row.public_id,
            "name": row.name,
            "note": f"自然人 · {row.birth_on:%Y}年生" if row.birth_on else "自然人",
        }
        for row in persons.order_by("name")[:SUGGESTIONS]
    ]
    try:
        hits = search(words, limit=SUGGESTIONS).items
    except Problem:
        hits = []
    return found + [{"code": hit.code, "name": hit.name, "note": _note(hit)} for hit in hits]


def _note(hit: Any) -> str:
    extra = f" · 曾用名 {hit.matched}" if hit.reason == "former_name" else ""
    return f"{hit.code}{extra}"
