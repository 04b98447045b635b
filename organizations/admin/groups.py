"""专项小组: the list, and the page with its leading units and members."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from core.actors import Actor
from organizations.acts.pages import Row, ScopedAdmin, Section
from organizations.admin.units import link, standing
from organizations.enums import SubjectKind
from organizations.forms.groups import UpdateGroup
from organizations.models import WorkingGroup


@admin.register(WorkingGroup)
class WorkingGroupAdmin(ScopedAdmin):
    acts = (UpdateGroup,)
    list_display = ("name", "lead_unit", "co_lead_unit", "kinds", "is_office")
    ordering = ("pk",)

    def scoped(self, actor: Actor) -> QuerySet[Any]:
        return WorkingGroup.objects.select_related("lead_unit", "co_lead_unit")

    @admin.display(description="对应主体类型")
    def kinds(self, group: WorkingGroup) -> str:
        return "、".join(SubjectKind(kind).label for kind in group.subject_kinds)

    def page(self, request: HttpRequest, actor: Actor, record: WorkingGroup) -> dict[str, Any]:
        members = [Row([link(unit), standing(unit)]) for unit in record.members.order_by("sort", "code")]
        return {
            "kicker": "联席会议办公室" if record.is_office else "专项小组",
            "heading": record.name,
            "facts": [
                ("牵头单位", link(record.lead_unit)),
                ("共同牵头单位", link(record.co_lead_unit)),
                ("对应主体类型", self.kinds(record)),
                ("备注", record.note),
            ],
            "sections": [Section("成员单位", ("单位", "今天"), members, "没有登记成员单位")],
        }
