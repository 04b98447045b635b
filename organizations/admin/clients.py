"""Outside systems: the list, and the page without the secret, which nobody can read again."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from core import clock
from core.actors import Actor
from organizations.acts.pages import ScopedAdmin
from organizations.acts.words import GREY, JADE, chip, zh
from organizations.admin.units import link
from organizations.forms.clients import CLIENT_ACTS, RegisterClient
from organizations.models import ApiClient
from organizations.scopes import scope_label

admin.site.unregister(ApiClient)  # django-oauth-toolkit registers the application model with an editable form


@admin.register(ApiClient)
class ApiClientAdmin(ScopedAdmin):
    acts = tuple(CLIENT_ACTS)
    openings = (RegisterClient,)
    list_display = ("name", "organization", "scope_names", "active_shown", "created")
    list_filter = ("is_active",)
    search_fields = ("name", "organization__name", "client_id")
    search_help_text = "系统名称、单位或客户端编号"

    def scoped(self, actor: Actor) -> QuerySet[Any]:
        return ApiClient.objects.select_related("organization")

    @admin.display(description="授权范围")
    def scope_names(self, client: ApiClient) -> str:
        return "、".join(scope_label(scope) for scope in client.scopes)

    @admin.display(description="状态", ordering="is_active")
    def active_shown(self, client: ApiClient) -> SafeString:
        return chip("启用", JADE) if client.is_active else chip("停用", GREY)

    def page(self, request: HttpRequest, actor: Actor, record: ApiClient) -> dict[str, Any]:
        return {
            "kicker": "接口客户端",
            "heading": record.name,
            "sub": record.organization.name,
            "state": self.active_shown(record),
            "facts": [
                ("所属单位", link(record.organization)),
                ("授权范围", self.scope_names(record)),
                ("客户端编号", record.client_id),
                ("登记", zh(clock.day_of(record.created))),
                ("最近变更", zh(clock.day_of(record.updated))),
            ],
        }
