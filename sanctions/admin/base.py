"""What every list and record page of the chain shares: scoped to the actor, addressed by public id, never edited."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from unfold.admin import ModelAdmin
from unfold.views import ChangeList

from core.actors import Actor
from core.api.actors import actor_of
from core.problems import NotFound, NotPermitted
from sanctions.admin.acting import act_view
from sanctions.forms.acts import ActForm


@dataclass(frozen=True, slots=True)
class Button:
    """An act on the page: open, or greyed with the reason."""

    label: str
    url: str
    lead: str
    danger: bool
    minor: bool
    blocked: str = ""


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
        found.append(Button(act.label, act_address(record, act, key), act.lead, act.danger, act.minor, blocked))
    return found


class ScopedAdmin(ModelAdmin):
    """Nothing is added, edited or deleted here; acts are pages of their own, and strangers' records do not exist."""

    acts: ClassVar[tuple[type[ActForm], ...]] = ()
    page_template: ClassVar[str] = ""
    add_label: ClassVar[str] = "登记"
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
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def _look(self, request: HttpRequest) -> None:
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
        self._look(request)
        return super().changelist_view(request, extra_context)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the record; whatever is posted here is refused, since acts have pages of their own."""
        self._look(request)
        record = self.found(request, object_id)
        if request.method != "GET":
            return HttpResponseNotAllowed(["GET"])
        actor = actor_of(request)
        context = {
            **self.admin_site.each_context(request),
            "title": str(self.model._meta.verbose_name),
            "subtitle": None,
            "record": record,
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
            path("<str:public_id>/do/<slug:act>/", wrap(self.do_act), name=name),
            path("<str:public_id>/do/<slug:act>/<str:key>/", wrap(self.do_act), name=f"{name}_on"),
        ]
        return own + super().get_urls()

    def do_act(self, request: HttpRequest, public_id: str, act: str, key: str = "") -> HttpResponse:
        """Serve an act on a record in scope."""
        self._look(request)
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
            context={"record": record, "target": target, "opts": self.model._meta},
        )
