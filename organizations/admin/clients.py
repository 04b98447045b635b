"""Outside systems: the list, the page without the secret, which nobody can read again, and what they called."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.db.models import Avg, Count, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core import clock
from core.actors import Actor
from core.api.limits import SYSTEMS, Caller, allowance
from organizations import selectors
from organizations.acts.pages import Row, ScopedAdmin, Section
from organizations.acts.words import AMBER, BLUE, GREY, JADE, SEAL, chip, term_chip, to_the_second, zh
from organizations.admin.reference import RowsOnly
from organizations.admin.units import link
from organizations.forms.clients import CLIENT_ACTS, RegisterClient
from organizations.models import ApiClient, ClientRequest
from organizations.scopes import scope_label

admin.site.unregister(ApiClient)  # django-oauth-toolkit registers the application model with an editable form
LATELY = 30


def outcome(call: ClientRequest) -> SafeString:
    """Return how a call ended."""
    tone = JADE if call.status < 400 else AMBER if call.status < 500 else SEAL
    return chip(f"{call.status} {call.code}".strip(), tone)


def limit_words(client: ApiClient) -> str:
    """Return the very number by which the client's calls are counted."""
    own = client.requests_per_minute
    allowed = allowance(SYSTEMS, Caller(client.pk, "", own))
    if allowed is None:
        return "不限"
    return f"每 {allowed[1]} 秒 {allowed[0]} 次（{'单独设定' if own else '平台统一'}）"


@admin.register(ApiClient)
class ApiClientAdmin(ScopedAdmin):
    acts = tuple(CLIENT_ACTS)
    openings = (RegisterClient,)
    list_display = ("name", "organization", "scope_names", "active_shown", "expires_shown", "used_shown")
    list_filter = ("is_active", "sandbox", "signature_required")
    search_fields = ("name", "organization__name", "client_id")
    search_help_text = "系统名称、单位或客户端编号"

    def scoped(self, actor: Actor) -> QuerySet[Any]:
        return ApiClient.objects.select_related("organization", "use")

    @admin.display(description="授权范围")
    def scope_names(self, client: ApiClient) -> str:
        return "、".join(scope_label(scope) for scope in client.scopes)

    @admin.display(description="状态", ordering="is_active")
    def active_shown(self, client: ApiClient) -> SafeString:
        if not client.is_active:
            return chip("停用", GREY)
        if not client.open_on(clock.today()):
            return chip("已到期", SEAL)
        return chip("沙箱", BLUE) if client.sandbox else chip("启用", JADE)

    @admin.display(description="有效期至", ordering="expires_on", empty_value="长期")
    def expires_shown(self, client: ApiClient) -> SafeString | None:
        if client.expires_on is None:
            return None
        return format_html("{} {}", zh(client.expires_on), term_chip(client.expires_on) if client.is_active else "")

    @admin.display(description="最近使用", ordering="use__last_at", empty_value="尚未使用")
    def used_shown(self, client: ApiClient) -> str | None:
        use = getattr(client, "use", None)
        return to_the_second(use.last_at)[:-3] if use is not None else None

    def page(self, request: HttpRequest, actor: Actor, record: ApiClient) -> dict[str, Any]:
        facts: list[tuple[str, object]] = [
            ("所属单位", link(record.organization)),
            ("授权范围", self.scope_names(record)),
            ("数据", "沙箱：只见演示数据" if record.sandbox else "正式数据"),
            ("客户端编号", record.client_id),
            ("有效期至", self.expires_shown(record) or "长期"),
            ("请求上限", limit_words(record)),
            ("请求签名", "必须（SM3-HMAC）" if record.signature_required else "可选"),
            ("最近使用", self.used_shown(record) or "尚未使用"),
            ("登记", zh(clock.day_of(record.created))),
            ("最近变更", zh(clock.day_of(record.updated))),
        ]
        if record.previous_holds(clock.now()):
            facts.insert(-2, ("原密钥沿用至", to_the_second(record.previous_until)))
        return {
            "kicker": "接口客户端",
            "heading": record.name,
            "sub": record.organization.name,
            "state": self.active_shown(record),
            "facts": facts,
            "sections": _calls(actor, record),
        }


def _calls(actor: Actor, client: ApiClient) -> list[Section]:
    """Return what the client called lately: sums by door for a day, and the last calls one by one."""
    seen = selectors.visible_requests(actor).filter(client=client)
    a_day_ago = clock.now() - timedelta(days=1)
    doors = (
        seen.filter(at__gte=a_day_ago)
        .order_by("route", "method")
        .values_list("route", "method")
        .annotate(calls=Count("pk"), refused=Count("pk", filter=Q(status__gte=400)), took=Avg("milliseconds"))
    )
    sums = [
        Row([f"{method} /{route}", calls, refused or "—", f"{took:.0f}"])
        for route, method, calls, refused, took in doors
    ]
    latest = [
        Row(
            [to_the_second(call.at), f"{call.method} /{call.route}", outcome(call), call.milliseconds, call.rows or "—"]
        )
        for call in seen[:LATELY]
    ]
    log = f"{reverse('admin:organizations_clientrequest_changelist')}?client__id__exact={client.pk}"
    more = [("全部请求", log)] if len(latest) == LATELY else []
    kept = f"请求记录保存 {settings.CLIENT_LOG_DAYS} 天，不含请求内容、查询条件和地址中的编号。"
    return [
        Section("近一天", ("接口", "请求", "被拒绝", "平均毫秒"), sums, "近一天没有请求"),
        Section("最近请求", ("时间", "接口", "结果", "毫秒", "行数"), latest, "没有请求", kept, pages=more),
    ]


@admin.register(ClientRequest)
class ClientRequestAdmin(RowsOnly):
    list_display = ("at_shown", "client_shown", "door", "outcome_shown", "milliseconds", "rows")
    search_fields = ("client__name", "client__organization__name", "route", "code")
    search_help_text = "系统、单位、接口或错误代码"
    ordering = ("-pk",)

    def scoped(self, actor: Actor) -> QuerySet[Any]:
        return selectors.visible_requests(actor)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        return lookup == "client__id__exact" or super().lookup_allowed(lookup, value, request)

    @admin.display(description="时间", ordering="pk")
    def at_shown(self, call: ClientRequest) -> str:
        return to_the_second(call.at)

    @admin.display(description="系统")
    def client_shown(self, call: ClientRequest) -> str:
        return f"{call.client.organization.short_name} {call.client.name}"

    @admin.display(description="接口", ordering="route")
    def door(self, call: ClientRequest) -> str:
        return f"{call.method} /{call.route}"

    @admin.display(description="结果", ordering="status")
    def outcome_shown(self, call: ClientRequest) -> SafeString:
        return outcome(call)
