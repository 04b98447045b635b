"""Where check pages may be shown: the list of origins, for who registers the clients."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from core.actors import Actor
from organizations.acts.pages import ScopedAdmin
from organizations.acts.words import GREY, JADE, chip, zh
from organizations.permissions import CLIENT_MANAGE
from sanctions.forms.check_pages import CloseOrigin, RegisterOrigin
from sanctions.models import CheckPage, CheckPageOrigin


@admin.register(CheckPageOrigin)
class OriginAdmin(ScopedAdmin):
    acts = (CloseOrigin,)
    openings = (RegisterOrigin,)
    list_display = ("origin", "client", "unit_shown", "state_shown", "registered_on")
    search_fields = ("origin", "client__name", "client__organization__name")
    search_help_text = "来源、系统名称或单位"

    def scoped(self, actor: Actor) -> QuerySet[Any]:
        rows = CheckPageOrigin.objects.select_related("client__organization")
        return rows if actor.may(CLIENT_MANAGE) else rows.none()

    @admin.display(description="单位", ordering="client__organization__sort")
    def unit_shown(self, row: CheckPageOrigin) -> str:
        return row.client.organization.name

    @admin.display(description="状态", ordering="closed_on")
    def state_shown(self, row: CheckPageOrigin) -> SafeString:
        return chip("停用", GREY) if row.closed_on else chip("启用", JADE)

    def page(self, request: HttpRequest, actor: Actor, record: CheckPageOrigin) -> dict[str, Any]:
        handed = CheckPage.objects.filter(origin=record)
        last = handed.order_by("-pk").first()
        return {
            "kicker": "核查页面来源",
            "heading": record.origin,
            "sub": f"{record.client.name}　{record.client.organization.name}",
            "state": self.state_shown(record),
            "facts": [
                ("登记", f"{zh(record.registered_on)} {record.registered_by_label}"),
                ("停用", zh(record.closed_on)),
                ("最近交接", f"{last.handed_at:%Y-%m-%d %H:%M}" if last else "还没有"),
                ("打开过", f"{handed.filter(opened_at__isnull=False).count()} 次"),
            ],
        }
