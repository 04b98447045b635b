"""Lists without pages of their own: districts, successions, fields of experts, sign-ins."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from core.actors import Actor
from organizations.acts.pages import ScopedAdmin
from organizations.models import District, ExpertField, SignIn, Succession


class RowsOnly(ScopedAdmin):
    """The list says everything; a row has no page."""

    list_display_links = None
    related: ClassVar[tuple[str, ...]] = ()

    def scoped(self, actor: Actor) -> QuerySet[Any]:
        rows = self.model._default_manager.all()
        return rows.select_related(*self.related) if self.related else rows

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        return None


@admin.register(District)
class DistrictAdmin(RowsOnly):
    list_display = ("code", "name", "is_gb", "export_code", "credit_office")
    related = ("credit_office",)
    ordering = ("code",)


@admin.register(Succession)
class SuccessionAdmin(RowsOnly):
    list_display = ("on", "predecessor", "kind", "successor", "duties", "confidence")
    list_filter = ("kind", "confidence")
    search_fields = ("predecessor__name", "successor__name")
    search_help_text = "原单位或承继单位"
    related = ("predecessor", "successor")
    ordering = ("-on", "pk")


@admin.register(ExpertField)
class ExpertFieldAdmin(RowsOnly):
    list_display = ("name", "code")
    ordering = ("sort", "code")


@admin.register(SignIn)
class SignInAdmin(RowsOnly):
    list_display = ("at", "officer")
    search_fields = ("officer__username", "officer__full_name")
    search_help_text = "用户名或姓名"
    related = ("officer",)
    ordering = ("-at",)
