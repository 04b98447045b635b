"""The list and the page of subjects; nothing is edited in place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from unfold.dataclasses import UnfoldAction
from unfold.decorators import action

from core import personal
from core.api.actors import actor_of
from core.paging import CappedPaginator
from core.problems import Problem
from core.text import normalize_name
from organizations.admin import ReadOnlyAdmin
from subjects import selectors, services
from subjects.admin.acts import ACTS, Act, EntityForm, PersonForm
from subjects.enums import SubjectKind
from subjects.models import Identifier, Subject, SubjectName
from subjects.permissions import REGISTER, REGISTER_PERSON

LIST_URL = "admin:subjects_subject_changelist"
PAGE_URL = "admin:subjects_subject_change"
MOST_FOUND = 200


def shown_number(row: Identifier) -> str:
    """Return the number as the page shows it: those of persons with their middle hidden."""
    return personal.masked(row.personal) if row.personal else row.value or ""


def _act_method(act: Act) -> Callable[..., HttpResponseBase]:
    def method(self: SubjectAdmin, request: HttpRequest, object_id: str) -> HttpResponseBase:
        return self.act_view(request, object_id, act)

    method.__name__ = f"act_{act.name}"
    decorated: Callable[..., HttpResponseBase] = action(description=act.label, url_path=f"act-{act.name}")(method)
    return decorated


@admin.register(Subject)
class SubjectAdmin(ReadOnlyAdmin):
    visible = staticmethod(selectors.visible_to)
    paginator = CappedPaginator
    list_display = ("name", "code", "kind", "status", "district_code", "is_provisional", "is_demo")
    list_filter = ("kind", "status", "is_provisional")
    search_fields = ("name",)
    search_help_text = "名称中的两个字以上、曾用名、统一社会信用代码；自然人按姓名全称"
    change_form_template = "subjects/admin/subject.html"
    actions_list: ClassVar[list[str]] = ["register_entity", "register_person"]
    actions_detail: ClassVar[list[str]] = [f"act_{name}" for name in ACTS]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Subject]:
        return super().get_queryset(request).filter(canonical__isnull=True)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Subject | None:
        """Open folded records too: their page says where they lead."""
        found = selectors.visible_to(actor_of(request)).filter(pk=object_id) if object_id.isdigit() else None
        return found.select_related("canonical", "branch_of").first() if found is not None else None

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Subject], search_term: str
    ) -> tuple[QuerySet[Subject], bool]:
        """Find as the portal does, in its order, and persons in sight by their whole name."""
        if not search_term.strip():
            return queryset, False
        try:
            found = [hit.subject_id for hit in selectors.search(search_term, limit=MOST_FOUND).items]
        except Problem as problem:
            messages.warning(request, str(problem))
            return queryset.none(), False
        named = SubjectName.objects.filter(norm=normalize_name(search_term), grams__isnull=True)
        answering = named.annotate(root=Coalesce("subject__canonical", "subject")).values("root")
        seen = queryset.filter(kind=SubjectKind.NATURAL_PERSON, pk__in=answering).order_by("pk")
        persons = list(seen.values_list("pk", flat=True)[:MOST_FOUND])
        rank = Case(
            *(When(pk=key, then=Value(place)) for place, key in enumerate(found)),
            default=Value(len(found)),
            output_field=IntegerField(),
        )
        return queryset.filter(pk__in=[*found, *persons]).annotate(place=rank).order_by("place", "pk"), False

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """Fetch the codes of the page in one statement."""
        changelist = super().get_changelist_instance(request)
        codes = selectors.codes_of(row.pk for row in changelist.result_list)
        for row in changelist.result_list:
            row.shown_code = codes[row.pk]
        return changelist

    @admin.display(description="代码")
    def code(self, obj: Subject) -> str:
        return "" if obj.is_person else getattr(obj, "shown_code", "")

    def get_actions_detail(self, request: HttpRequest, object_id: int) -> list[UnfoldAction]:
        subject = self.get_object(request, str(object_id))
        if subject is None:
            return []
        actor = actor_of(request)
        offered = {f"subjects_subject_act_{act.name}" for act in ACTS.values() if act.offered(actor, subject)}
        return [item for item in super().get_actions_detail(request, object_id) if item.action_name in offered]

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        subject = self.get_object(request, object_id) if object_id else None
        page: dict[str, Any] = {}
        if subject is not None:
            profile = selectors.profile(subject)
            numbers = [(row, shown_number(row)) for row in profile.identifiers]
            page = {"profile": profile, "numbers": numbers, "title": subject.name}
        return super().changeform_view(request, object_id, form_url, {**(extra_context or {}), **page})

    def act_view(self, request: HttpRequest, object_id: str, act: Act) -> HttpResponseBase:
        """Show the act's form; on posting do the act, or say what is missing and who can mend it."""
        subject = self.get_object(request, object_id)
        if subject is None:
            raise Http404
        back = reverse(PAGE_URL, args=[subject.pk])

        def do(data: dict[str, Any]) -> str:
            act.do(actor_of(request), subject, data)
            return back

        return self._form_page(request, act.form, do, f"{act.label}：{subject}", act.label, back, act.lead)

    def _form_page(
        self,
        request: HttpRequest,
        form_class: type[forms.Form],
        do: Callable[[dict[str, Any]], str],
        title: str,
        button: str,
        back: str,
        lead: str = "",
    ) -> HttpResponseBase:
        form = form_class(request.POST) if request.method == "POST" else form_class()
        status = 200
        if request.method == "POST" and form.is_valid():
            try:
                target = do(form.cleaned_data)
            except Problem as problem:
                form.add_error(None, str(problem))
                status = problem.status
            else:
                messages.success(request, f"已办理“{button}”")
                return HttpResponseRedirect(target)
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
        return TemplateResponse(request, "subjects/admin/act.html", context, status=status)

    def has_entity_permission(self, request: HttpRequest) -> bool:
        return actor_of(request).may(REGISTER)

    def has_person_permission(self, request: HttpRequest) -> bool:
        return actor_of(request).may(REGISTER_PERSON)

    @action(description="建立法人档案", url_path="register-entity", permissions=["entity"])
    def register_entity(self, request: HttpRequest) -> HttpResponseBase:
        def do(data: dict[str, Any]) -> str:
            return reverse(PAGE_URL, args=[services.register_subject(actor_of(request), **data).pk])

        return self._form_page(request, EntityForm, do, "建立法人或其他组织档案", "建立法人档案", reverse(LIST_URL))

    @action(description="建立自然人档案", url_path="register-person", permissions=["person"])
    def register_person(self, request: HttpRequest) -> HttpResponseBase:
        def do(data: dict[str, Any]) -> str:
            return reverse(PAGE_URL, args=[services.register_person(actor_of(request), **data).pk])

        lead = "仅限已满十八周岁的自然人；同一证件只有一份档案。"
        return self._form_page(request, PersonForm, do, "建立自然人档案", "建立自然人档案", reverse(LIST_URL), lead)

    def get_urls(self) -> list[URLPattern]:
        """Open a subject by its public id as well: links from elsewhere never carry the key."""
        by_public_id = path(
            "of/<str:public_id>/", self.admin_site.admin_view(self.open_public), name="subjects_subject_open"
        )
        return [by_public_id, *super().get_urls()]

    def open_public(self, request: HttpRequest, public_id: str) -> HttpResponseRedirect:
        subject = selectors.visible_to(actor_of(request)).filter(public_id=public_id).first()
        if subject is None:
            raise Http404
        return HttpResponseRedirect(reverse(PAGE_URL, args=[subject.pk]))


for _act in ACTS.values():
    setattr(SubjectAdmin, f"act_{_act.name}", _act_method(_act))
