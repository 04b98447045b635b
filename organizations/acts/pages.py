"""What every list and record page of the workbench shares: scoped to the actor, by public id, never edited in place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin
from unfold.views import ChangeList

from core.actors import Actor
from core.api.actors import actor_of
from core.permissions import require
from core.problems import NotFound, NotPermitted, Problem
from organizations.acts.forms import ActForm
from organizations.acts.views import act_view

LONGEST_DAY = len("2026年11月30日")


@dataclass(frozen=True, slots=True)
class Button:
    """An act on the page: open, or greyed with the reason."""

    label: str
    url: str
    lead: str = ""
    danger: bool = False
    minor: bool = False
    blocked: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A titled table on a record's page; each row may end with buttons of acts on that row."""

    title: str
    head: Sequence[str]
    rows: Sequence[Row]
    empty: str = "没有记录"
    note: str = ""
    text: str = ""  # in the place of a table
    key: str = ""  # its anchor on the page
    pages: Sequence[tuple[str, str]] = ()  # words and addresses of further rows

    @property
    def has_acts(self) -> bool:
        return any(row.buttons for row in self.rows)

    @property
    def headed(self) -> bool:
        return any(self.head)

    @property
    def lines(self) -> list[tuple[Row, list[Cell]]]:
        """Return each row with its cells, which know the words at the head of their column."""
        return [
            (row, [Cell(str(head), value) for head, value in zip_longest(self.head, row.cells, fillvalue="")])
            for row in self.rows
        ]


@dataclass(frozen=True, slots=True)
class Row:
    cells: Sequence[object]
    buttons: Sequence[Button] = ()


@dataclass(frozen=True, slots=True)
class Cell:
    head: str
    value: object

    @property
    def kind(self) -> str:
        """Return "none" for what a phone leaves out, "short" for what stays on one line, such as a day."""
        if self.value in ("", "—", None):
            return "none"
        plain = isinstance(self.value, str) and not isinstance(self.value, SafeString)
        return "short" if plain and len(str(self.value)) <= LONGEST_DAY else ""


class ByPublicId(ChangeList):
    """A list whose rows lead to addresses with public ids."""

    def url_for_result(self, result: Any) -> str:
        return address(result)

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.full_result_count = self.result_count  # nobody asks for the number of all rows


def address(record: Any) -> str:
    """Return the page of a record."""
    meta = record._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[record.public_id])


def list_address(model: Any) -> str:
    """Return the list of a model's records."""
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def act_address(record: Any, act: type[ActForm], key: str = "") -> str:
    """Return the page of an act on a record, or on a part of it."""
    meta = record._meta
    name = f"admin:{meta.app_label}_{meta.model_name}_act"
    return reverse(f"{name}_on" if key else name, args=[record.public_id, act.name, *([key] if key else [])])


def buttons(
    actor: Actor, record: Any, acts: Iterable[type[ActForm]], target: Any = None, key: str = ""
) -> list[Button]:
    """Return the acts that state, permission and scope allow on the record now."""
    found = []
    for act in acts:
        if not act.offered(actor, record, target):
            continue
        blocked = act.blocked(actor, record, target)
        minor = act.secondary(actor, record, target)
        found.append(
            Button(act.button or act.label, act_address(record, act, key), act.lead, act.danger, minor, blocked)
        )
    return found


class ScopedAdmin(ModelAdmin):
    """Nothing is added, edited or deleted here; acts are pages of their own, and strangers' records do not exist."""

    acts: ClassVar[tuple[type[ActForm], ...]] = ()
    openings: ClassVar[tuple[type[ActForm], ...]] = ()  # acts that need no record; the first stands at add/
    page_template: ClassVar[str] = "acts/record.html"
    about_template: ClassVar[str] = "acts/parts/about.html"
    list_per_page = 30
    show_full_result_count = False
    list_filter_sheet = True
    actions = None
    empty_value_display = "—"

    def scoped(self, actor: Actor) -> QuerySet[Any]:
        """Return the records that this actor may know of."""
        raise NotImplementedError

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return self.scoped(actor_of(request)).order_by(*self.get_ordering(request) or ("-pk",))

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        return self.scoped(actor_of(request)).filter(public_id=object_id).first()

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return ByPublicId

    def has_add_permission(self, request: HttpRequest) -> bool:
        """The button that adds leads to the act that opens a record; the generic form does not exist."""
        return bool(self.openings) and actor_of(request).may(self.openings[0].permission)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def look(self, request: HttpRequest) -> None:
        """Return where the officer may see these records at all."""
        if not self.has_view_permission(request):
            meta = self.model._meta
            code = f"{meta.app_label}.view_{meta.model_name}"
            raise NotPermitted(code, f"查看{meta.verbose_name}", who=actor_of(request).label)

    def found(self, request: HttpRequest, public_id: str) -> Any:
        """Return the record, or NotFound: existence is not told to strangers."""
        record = self.get_object(request, public_id)
        if record is None:
            raise NotFound(f"该{self.model._meta.verbose_name}")
        return record

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        self.look(request)
        if any("\x00" in value for values in request.GET.lists() for value in values[1]):
            raise Problem("bad_parameter", "筛选条件含有不允许的字符", remedy="返回列表重新筛选")
        tools = {"tools": self.tools(actor_of(request)), "is_scoped": True}
        return super().changelist_view(request, {**tools, **(extra_context or {})})

    def tools(self, actor: Actor) -> list[Button]:
        """Return what stands above the list: the acts that open a record."""
        return [
            Button(act.button or act.label, self.opening_address(act), act.lead)
            for act in self.openings
            if act.offered(actor, None)
        ]

    def opening_address(self, act: type[ActForm]) -> str:
        meta = self.model._meta
        name = f"admin:{meta.app_label}_{meta.model_name}"
        return reverse(f"{name}_add") if act is self.openings[0] else reverse(f"{name}_new", args=[act.name])

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not self.openings:
            raise PermissionDenied
        return self.open_with(request, self.openings[0].name)

    def open_with(self, request: HttpRequest, act: str) -> HttpResponse:
        """Serve an act that needs no record."""
        form_class = next((row for row in self.openings if row.name == act), None)
        if form_class is None:
            raise NotFound("该办理环节")
        require(actor_of(request), form_class.permission)
        context = {"opts": self.model._meta}
        return act_view(request, form_class, record=None, target=None, home=list_address(self.model), context=context)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the record; whatever is posted here is refused, since acts have pages of their own."""
        self.look(request)
        record = self.found(request, object_id)
        if request.method != "GET":
            return HttpResponseNotAllowed(["GET"])
        actor = actor_of(request)
        context = {
            **self.admin_site.each_context(request),
            "title": str(self.model._meta.verbose_name),
            "subtitle": None,
            "record": record,
            "home": list_address(self.model),
            "actor": actor,
            "opts": self.model._meta,
            "buttons": buttons(actor, record, self.page_acts()),
            **self.page(request, actor, record),
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, self.page_template, context)

    def page(self, request: HttpRequest, actor: Actor, record: Any) -> dict[str, Any]:
        """Return what the record's page shows."""
        return {}

    def page_acts(self) -> list[type[ActForm]]:
        """Return the acts whose target is the record itself."""
        return [act for act in self.acts if not act.targeted]

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        raise NotFound("该页面")

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        raise NotFound("该页面")

    def get_urls(self) -> list[URLPattern]:
        wrap, meta = self.admin_site.admin_view, self.model._meta
        name = f"{meta.app_label}_{meta.model_name}_act"
        own = [
            path("new/<slug:act>/", wrap(self.open_with), name=f"{meta.app_label}_{meta.model_name}_new"),
            path("<str:public_id>/do/<slug:act>/", wrap(self.do_act), name=name),
            path("<str:public_id>/do/<slug:act>/<str:key>/", wrap(self.do_act), name=f"{name}_on"),
        ]
        return own + super().get_urls()

    def do_act(self, request: HttpRequest, public_id: str, act: str, key: str = "") -> HttpResponse:
        """Serve an act on a record in scope."""
        self.look(request)
        form_class = next((row for row in self.acts if row.name == act and row.targeted == bool(key)), None)
        if form_class is None:
            raise NotFound("该办理环节")
        record = self.found(request, public_id)
        target = form_class.find_target(record, key) if key else None
        return act_view(
            request,
            form_class,
            record=record,
            target=target,
            home=address(record),
            context={
                "record": record,
                "target": target,
                "opts": self.model._meta,
                "list_home": list_address(self.model),
                "about_template": self.about_template,
            },
        )
