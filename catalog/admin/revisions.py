"""The list and the page of revisions; every legal act is a button with a form, no field is edited in place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.db.models import F, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from unfold.dataclasses import UnfoldAction
from unfold.decorators import action
from unfold.widgets import UnfoldAdminFileFieldWidget

from catalog import selectors, services
from catalog.admin.acts import ACTS, Act, initial_of
from catalog.admin.pages import revision_page
from catalog.models import EntryRevision
from catalog.permissions import EDITION_MAKE, REVISION_DRAFT, WORKBOOK_EXPORT
from catalog.workbook.importing import MAX_BYTES
from core import clock
from core.api.actors import actor_of
from core.problems import Problem
from organizations.admin import ReadOnlyAdmin

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LIST_URL = "admin:catalog_entryrevision_changelist"
PAGE_URL = "admin:catalog_entryrevision_change"


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


class UploadForm(forms.Form):
    file = forms.FileField(label="工作簿（.xlsx）", widget=UnfoldAdminFileFieldWidget)


def _act_method(act: Act) -> Callable[..., HttpResponseBase]:
    def method(self: RevisionAdmin, request: HttpRequest, object_id: str) -> HttpResponseBase:
        return self.act_view(request, object_id, act)

    method.__name__ = f"act_{act.name}"
    decorated: Callable[..., HttpResponseBase] = action(description=act.label, url_path=f"act-{act.name}")(method)
    return decorated


@admin.register(EntryRevision)
class RevisionAdmin(ReadOnlyAdmin):
    visible = staticmethod(selectors.visible_revisions)
    list_display = (
        "code",
        "title",
        "domain",
        "number",
        "state",
        "today",
        "effective_from",
        "effective_to",
        "activated_on",
    )
    list_display_links = ("code", "title")
    list_filter = (TodayFilter, "state", "entry__polarity", "severity", "group_code", "governed_by")
    search_fields = ("entry__code", "title", "entry__domain", "cause")
    ordering = ("entry__code", F("number").desc())
    change_form_template = "catalog/admin/revision.html"
    actions_list: ClassVar[list[str]] = ["export_list", "import_list", "edition_list"]
    actions_detail: ClassVar[list[str]] = [f"act_{name}" for name in ACTS]

    def get_queryset(self, request: HttpRequest) -> QuerySet[EntryRevision]:
        return selectors.with_holding(super().get_queryset(request), clock.today())

    @admin.display(description="编号", ordering="entry__code")
    def code(self, obj: EntryRevision) -> str:
        return obj.entry.code

    @admin.display(description="领域", ordering="entry__domain")
    def domain(self, obj: EntryRevision) -> str:
        return obj.entry.domain

    @admin.display(description="今日效力")
    def today(self, obj: EntryRevision) -> str:
        return selectors.word_for(obj, bool(getattr(obj, "holds", False)), clock.today())

    def get_actions_detail(self, request: HttpRequest, object_id: int) -> list[UnfoldAction]:
        """Offer the acts that state and permissions allow now."""
        revision = self.get_object(request, str(object_id))
        if revision is None:
            return []
        actor = actor_of(request)
        offered = {f"catalog_entryrevision_act_{act.name}" for act in ACTS.values() if act.offered(actor, revision)}
        return [item for item in super().get_actions_detail(request, object_id) if item.action_name in offered]

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        revision = self.get_object(request, object_id) if object_id else None
        page = revision_page(revision, clock.today()) if revision else {}
        return super().changeform_view(request, object_id, form_url, {**(extra_context or {}), "page": page})

    def act_view(self, request: HttpRequest, object_id: str, act: Act) -> HttpResponseBase:
        """Show the act's form; on posting do the act, or say what is missing and who can mend it."""
        revision = self.get_object(request, object_id)
        if revision is None:
            raise Http404
        posted = request.method == "POST"
        form = act.form(request.POST) if posted else act.form(initial=initial_of(act, revision))
        status = 200
        if posted and form.is_valid():
            try:
                done = act.do(actor_of(request), revision, form.cleaned_data)
            except Problem as problem:
                form.add_error(None, str(problem))
                status = problem.status
            else:
                messages.success(request, f"已办理“{act.label}”")
                target = done if isinstance(done, EntryRevision) else revision
                return HttpResponseRedirect(reverse(PAGE_URL, args=[target.pk]))
        back = reverse(PAGE_URL, args=[revision.pk])
        title = f"{act.label}：{revision.entry.code} 第{revision.number}版 {revision.title}"
        return self._form_page(request, form, title, act.lead, act.label, back, status)

    def _form_page(
        self, request: HttpRequest, form: forms.Form, title: str, lead: str, button: str, back: str, status: int = 200
    ) -> TemplateResponse:
        context = {
            **self.admin_site.each_context(request),
            "opts": self.model._meta,
            "title": title,
            "lead": lead,
            "form": form,
            "button": button,
            "back": back,
            "media": self.media + form.media,
        }
        return TemplateResponse(request, "catalog/admin/act.html", context, status=status)

    def has_export_permission(self, request: HttpRequest) -> bool:
        return actor_of(request).may(WORKBOOK_EXPORT)

    def has_import_permission(self, request: HttpRequest) -> bool:
        return actor_of(request).may(REVISION_DRAFT)

    def has_edition_permission(self, request: HttpRequest) -> bool:
        return actor_of(request).may(EDITION_MAKE)

    @action(description="导出工作簿", url_path="export", permissions=["export"])
    def export_list(self, request: HttpRequest) -> HttpResponse:
        response = HttpResponse(services.export_workbook(actor=actor_of(request)), content_type=XLSX)
        response["Content-Disposition"] = f'attachment; filename="catalogue-{clock.today()}.xlsx"'
        return response

    @action(description="导入工作簿", url_path="import", permissions=["import"])
    def import_list(self, request: HttpRequest) -> HttpResponseBase:
        """Import a workbook; drafts only, an answer for every row."""
        form = UploadForm(request.POST or None, request.FILES or None)
        receipt = None
        if request.method == "POST" and form.is_valid():
            upload = form.cleaned_data["file"]
            try:
                receipt = services.import_workbook(actor=actor_of(request), data=upload.read(MAX_BYTES + 1))
            except Problem as problem:
                form.add_error(None, str(problem))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.model._meta,
            "title": "导入目录清单工作簿",
            "form": form,
            "receipt": receipt,
            "counts": receipt.as_dict() if receipt else {},
            "back": reverse(LIST_URL),
            "media": self.media + form.media,
        }
        return TemplateResponse(request, "catalog/admin/import.html", context)

    @action(description="编制版次", url_path="edition", permissions=["edition"])
    def edition_list(self, request: HttpRequest) -> HttpResponseBase:
        """Fix today's catalogue, or that of a chosen day, as an edition."""
        form = EditionForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                edition = services.make_edition(actor=actor_of(request), **form.cleaned_data)
            except Problem as problem:
                form.add_error(None, str(problem))
            else:
                messages.success(request, f"已编成{edition}，共 {edition.items.count()} 项")
                return HttpResponseRedirect(reverse("admin:catalog_edition_changelist"))
        lead = "把所选日期现行有效的全部事项固定为一个版次，编成后不能修改。"
        return self._form_page(request, form, "编制清单版次", lead, "编制", reverse(LIST_URL))

    def get_urls(self) -> list[URLPattern]:
        """Open a revision by its public id as well: links from elsewhere never carry the key."""
        by_public_id = path(
            "of/<str:public_id>/", self.admin_site.admin_view(self.open_public), name="catalog_entryrevision_open"
        )
        return [by_public_id, *super().get_urls()]

    def open_public(self, request: HttpRequest, public_id: str) -> HttpResponseRedirect:
        revision = selectors.revision(public_id, actor_of(request))
        return HttpResponseRedirect(reverse(PAGE_URL, args=[revision.pk]))


class EditionForm(forms.Form):
    label = forms.CharField(label="版次名称", max_length=100, widget=ACTS["edit"].form.base_fields["title"].widget)
    effective_on = forms.DateField(
        label="截至日", required=False, widget=ACTS["next"].form.base_fields["effective_from"].widget
    )


for _act in ACTS.values():
    setattr(RevisionAdmin, f"act_{_act.name}", _act_method(_act))
