"""Shields: rulings recorded, what they cover, and since when."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString

from core.actors import Actor
from core.attachments import serving_view
from core.models import Attachment
from core.workflow import records_for
from organizations.acts.pages import Row, ScopedAdmin, Section
from organizations.acts.words import zh
from repair.admin.words import link, shield_chip
from repair.forms.shields import SHIELD_ACTS, RecordShield
from repair.models import Shield
from repair.selectors import covered_by
from repair.workflow import SHIELD
from sanctions.admin.todo import TodoFilter


def rulings_for(actor: Actor) -> QuerySet[Attachment]:
    """Return the rulings of shields in scope."""
    seen = Shield.objects.visible_to(actor)
    return Attachment.objects.filter(Q(pk__in=seen.values("ruling")) | Q(pk__in=seen.values("completion")))


@admin.register(Shield)
class ShieldAdmin(ScopedAdmin):
    acts = SHIELD_ACTS
    openings = (RecordShield,)
    list_display = ("subject_shown", "kind", "court", "ruling_number", "from_on", "to_on", "state_shown")
    list_display_links = ("subject_shown",)
    list_filter = (TodoFilter, "state", "kind")
    search_fields = ("subject__name", "ruling_number")
    search_help_text = "主体名称或者裁定书文号"

    def scoped(self, actor: Actor) -> QuerySet[Any]:
        return Shield.objects.visible_to(actor).select_related("subject__canonical", "unit", "ruling", "completion")

    @admin.display(description="主体", ordering="subject__name")
    def subject_shown(self, row: Shield) -> str:
        return row.subject.name

    @admin.display(description="状态", ordering="state")
    def state_shown(self, row: Shield) -> SafeString:
        return shield_chip(row)

    def page(self, request: HttpRequest, actor: Actor, record: Shield) -> dict[str, Any]:
        file = link(reverse("admin:repair_ruling", args=[record.ruling.public_id]), record.ruling.name)
        covered = covered_by(record).select_related("revision__entry").order_by("pk")
        lifted = record.lifted.select_related("task__unit", "task__measure")
        return {
            "kicker": record.get_kind_display(),
            "heading": record.subject.name,
            "sub": f"{record.court} {record.ruling_number}",
            "state": shield_chip(record),
            "facts": [
                ("裁定日", zh(record.ruled_on)),
                ("屏蔽自", zh(record.from_on)),
                ("恢复日", zh(record.to_on)),
                ("登记单位", record.unit.name),
                ("裁定书", file),
            ],
            "timeline": [
                {
                    "on": row.legal_on,
                    "label": SHIELD.transition(row.transition).label,
                    "actor": row.actor_label,
                    "reason": row.reason,
                }
                for row in records_for(record, SHIELD)
            ],
            "sections": [
                Section(
                    "不再公示的名单记录",
                    ("事项", "生效日"),
                    [Row((f"{row.revision.entry.code} {row.revision.title}", zh(row.starts_on))) for row in covered],
                    note="只包括裁定之前发生的行为；裁定之后的行为照常公示。",
                ),
                Section(
                    "暂时解除的措施",
                    ("单位", "措施", "怎样妨碍"),
                    [Row((row.task.unit.name, row.task.measure.name, row.reason)) for row in lifted],
                    "没有解除措施",
                ),
            ],
        }

    def get_urls(self) -> list[URLPattern]:
        own = [
            path(
                "files/<str:public_id>/",
                self.admin_site.admin_view(serving_view(rulings_for)),
                name="repair_ruling",
            )
        ]
        return own + super().get_urls()
