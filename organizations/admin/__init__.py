"""Plain lists of units, officers and experts; acts go through services, so nothing here is edited in place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin, TabularInline

from core.actors import Actor
from core.api.actors import actor_of
from organizations import selectors
from organizations.models import (
    ApiClient,
    Assignment,
    District,
    Expert,
    ExpertField,
    ExpertRecusal,
    Officer,
    Organization,
    OrganizationName,
    SignIn,
    Succession,
    WorkingGroup,
    WorkingGroupMember,
)

admin.site.unregister(ApiClient)  # django-oauth-toolkit registers the application model with an editable form


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


class NameInline(ReadOnlyInline):
    model = OrganizationName
    fields = ("name", "short_name", "valid_from", "valid_to", "confidence", "note")


class SuccessorInline(ReadOnlyInline):
    model = Succession
    fk_name = "predecessor"
    verbose_name_plural = "职责去向"
    fields = ("successor", "kind", "on", "duties", "confidence")


class PredecessorInline(ReadOnlyInline):
    model = Succession
    fk_name = "successor"
    verbose_name_plural = "职责来源"
    fields = ("predecessor", "kind", "on", "duties", "confidence")


@admin.register(Organization)
class OrganizationAdmin(ReadOnlyAdmin):
    visible = staticmethod(selectors.visible_units)
    list_display = ("short_name", "name", "kind", "level", "district", "joint_member", "vertical", "valid_to")
    list_filter = ("joint_member", "level", "kind", "vertical", "district", "confidence")
    search_fields = ("name", "short_name", "code", "names__name")
    inlines = (NameInline, SuccessorInline, PredecessorInline)


@admin.register(District)
class DistrictAdmin(ReadOnlyAdmin):
    list_display = ("code", "name", "is_gb", "export_code", "credit_office")
    list_select_related = ("credit_office",)


@admin.register(Succession)
class SuccessionAdmin(ReadOnlyAdmin):
    list_display = ("on", "predecessor", "kind", "successor", "duties", "confidence")
    list_select_related = ("predecessor", "successor")
    list_filter = ("kind", "confidence")


class MemberInline(ReadOnlyInline):
    model = WorkingGroupMember
    fields = ("organization",)


@admin.register(WorkingGroup)
class WorkingGroupAdmin(ReadOnlyAdmin):
    list_display = ("name", "lead_unit", "co_lead_unit", "is_office", "confidence", "note")
    list_select_related = ("lead_unit", "co_lead_unit")
    inlines = (MemberInline,)


class AssignmentInline(ReadOnlyInline):
    model = Assignment
    fk_name = "officer"
    fields = ("organization", "role", "district", "group", "valid_from", "valid_to", "is_void", "granted_by")


@admin.register(Officer)
class OfficerAdmin(ReadOnlyAdmin):
    visible = staticmethod(selectors.visible_officers)
    list_display = ("username", "full_name", "jobs", "is_active")
    list_filter = ("is_active",)
    search_fields = ("username", "full_name")
    fields = ("public_id", "username", "full_name", "is_active", "must_change_password", "created_at")
    inlines = (AssignmentInline,)

    @admin.display(description="现任岗位")
    def jobs(self, officer: Officer) -> str:
        return "；".join(
            f"{job.organization.short_name} {job.get_role_display()}"
            for job in getattr(officer, "assignments_today", [])
        )


@admin.register(Assignment)
class AssignmentAdmin(ReadOnlyAdmin):
    visible = staticmethod(selectors.visible_assignments)
    list_display = ("officer", "organization", "role", "group", "district", "valid_from", "valid_to", "is_void")
    list_filter = ("role", "is_void")
    search_fields = ("officer__full_name", "officer__username", "organization__name")


class RecusalInline(ReadOnlyInline):
    model = ExpertRecusal
    fields = ("organization", "subject_code", "reason", "valid_from", "valid_to")


@admin.register(Expert)
class ExpertAdmin(ReadOnlyAdmin):
    visible = staticmethod(selectors.visible_experts)
    list_display = ("name", "title", "field_names", "employer", "employer_unit", "is_active")
    list_filter = ("is_active", "fields")
    search_fields = ("name", "employer")
    fields = ("public_id", "name", "title", "field_names", "employer", "employer_unit", "is_active", "note")
    readonly_fields = ("field_names",)
    inlines = (RecusalInline,)

    @admin.display(description="领域")
    def field_names(self, expert: Expert) -> str:
        return "、".join(field.name for field in expert.fields.all())


@admin.register(ExpertField)
class ExpertFieldAdmin(ReadOnlyAdmin):
    list_display = ("name", "code")


@admin.register(ApiClient)
class ApiClientAdmin(ReadOnlyAdmin):
    list_display = ("name", "organization", "scopes", "is_active", "created")
    list_select_related = ("organization",)
    fields = ("public_id", "name", "organization", "client_id", "scopes", "is_active", "created", "updated")


@admin.register(SignIn)
class SignInAdmin(ReadOnlyAdmin):
    list_display = ("at", "officer")
    list_select_related = ("officer",)
