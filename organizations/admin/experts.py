"""The expert pool: the list, and the page with recusals."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from core import clock
from core.actors import Actor
from organizations import selectors
from organizations.acts.pages import Row, ScopedAdmin, Section, buttons
from organizations.acts.words import AMBER, BLUE, GREY, JADE, chip, zh
from organizations.admin.units import link
from organizations.forms.experts import EXPERT_ACTS, AddExpert, EndRecusal, recusals_of
from organizations.models import Expert, ExpertRecusal


def recusal_state(row: ExpertRecusal) -> SafeString:
    today = clock.today()
    if row.valid_to is not None and row.valid_to < today:
        return chip("已结束", GREY)
    return chip("尚未开始", BLUE) if row.valid_from is not None and row.valid_from > today else chip("回避中", AMBER)


@admin.register(Expert)
class ExpertAdmin(ScopedAdmin):
    acts = tuple(EXPERT_ACTS)
    openings = (AddExpert,)
    list_display = ("name", "title", "field_names", "employer", "employer_unit", "active_shown")
    list_filter = ("is_active", "fields")
    search_fields = ("name", "employer")
    search_help_text = "姓名或工作单位"
    ordering = ("name", "pk")

    def scoped(self, actor: Actor) -> QuerySet[Any]:
        return selectors.visible_experts(actor)

    @admin.display(description="领域")
    def field_names(self, expert: Expert) -> str:
        return "、".join(field.name for field in expert.fields.all())

    @admin.display(description="状态", ordering="is_active")
    def active_shown(self, expert: Expert) -> SafeString:
        return chip("在库", JADE) if expert.is_active else chip("已移出", GREY)

    def page(self, request: HttpRequest, actor: Actor, record: Expert) -> dict[str, Any]:
        rows = [
            Row(
                [
                    link(row.organization, short=True) or row.subject_code,
                    row.reason,
                    f"{zh(row.valid_from)}起" + (f"，至{zh(row.valid_to)}" if row.valid_to else ""),
                    recusal_state(row),
                ],
                buttons(actor, record, [EndRecusal], row, key),
            )
            for key, row in recusals_of(record)
        ]
        told = "任职单位自动回避，不必登记。"
        return {
            "kicker": self.field_names(record),
            "heading": record.name,
            "sub": record.title,
            "state": self.active_shown(record),
            "facts": [
                ("工作单位", record.employer),
                ("所属成员单位", link(record.employer_unit) or "不是成员单位的人员"),
                ("公开编号", record.public_id),
                ("备注", record.note),
            ],
            "sections": [Section("回避", ("回避对象", "理由", "期间", "今天"), rows, "没有登记回避", told)],
        }
