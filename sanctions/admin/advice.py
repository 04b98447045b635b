"""提示函: what the unit told those who failed slightly for the first time."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html

from core.actors import Actor
from organizations import admin_access
from organizations.acts.pages import Row, ScopedAdmin, Section, address
from organizations.acts.words import zh
from organizations.enums import Role
from sanctions.forms.advice import IssueAdvice
from sanctions.models import Advice
from subjects.models import Delivery

OFFICERS = {Role.HANDLER, Role.REVIEWER, Role.GROUP_LEAD, Role.OFFICE, Role.DISTRICT_CREDIT}
admin_access.declare("sanctions.Advice", view=OFFICERS)


@admin.register(Advice)
class AdviceAdmin(ScopedAdmin):
    openings = (IssueAdvice,)
    list_display = ("number", "subject", "revision", "unit", "issued_on")
    list_filter = ("issued_on",)
    search_fields = ("number", "subject__name")
    search_help_text = "文号或者当事人名称"

    def scoped(self, actor: Actor) -> QuerySet[Any]:
        return Advice.objects.visible_to(actor).select_related("subject", "revision__entry", "unit")

    def page(self, request: HttpRequest, actor: Actor, record: Advice) -> dict[str, Any]:
        sent = Delivery.objects.visible_to(actor).filter(
            message__about_type=Advice._meta.label_lower, message__about_id=record.public_id
        )
        ways = [
            Row(
                [
                    format_html('<a href="{}">{}</a>', address(row), row.get_channel_display()),
                    row.get_state_display(),
                    zh(row.served_on),
                ]
            )
            for row in sent.order_by("pk")
        ]
        return {
            "kicker": "失信行为提示函",
            "heading": record.number,
            "sub": f"{record.subject} · {record.unit}",
            "facts": [
                ("目录事项", f"{record.revision.entry.code} {record.revision.title}"),
                ("行为发生日", zh(record.act_on)),
                ("单位认定日", zh(record.recognized_on)),
                ("制发日", zh(record.issued_on)),
                ("制发人", record.issued_by_label),
            ],
            "sections": [
                Section("全文", ["不公开，不列入名单"], [Row([record.content])]),
                Section("送达", ["渠道", "状态", "送达日"], ways),
            ],
        }
