"""Lists of reference rows that are only read: who may look is declared in admin_access, nobody edits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Model, QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin, TabularInline

from core.actors import Actor
from core.api.actors import actor_of


class ReadOnly:
    """Nobody adds, edits or deletes here; who may look is declared in admin_access."""

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


class ReadOnlyAdmin(ReadOnly, ModelAdmin):
    """A list scoped by the app's `visible_*` selector."""

    visible: Callable[[Actor], QuerySet[Any]] | None = None
    show_full_result_count = False
    list_per_page = 50

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        visible = type(self).visible
        found: QuerySet[Any] = super().get_queryset(request) if visible is None else visible(actor_of(request))
        return found


class ReadOnlyInline(ReadOnly, TabularInline):
    """Rows of the record, for reading; shown to whoever sees the record."""

    extra = 0

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return True
