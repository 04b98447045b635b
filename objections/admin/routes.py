"""Who answers an objection against what, corrected by two officers of the office."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from core import clock
from core.actors import Actor
from objections.enums import Answerer, TargetKind
from objections.models import TargetRoute
from objections.permissions import ROUTE
from objections.services import routes
from organizations.acts.dated import ConfirmDated, ProposeDated
from organizations.acts.pages import ScopedAdmin
from organizations.acts.words import zh
from organizations.selectors import units_in_force
from subjects.enums import SubjectKind


class ProposeRoute(ProposeDated):
    name, label, permission = "propose", "提出办理分工", ROUTE
    lead = "写明依据。由联席办另一名人员复核后生效；此前收到的异议仍由原单位答复。"
    done, reason_label = "已提出，请另一名人员复核", "调整的理由"
    target_kind = forms.ChoiceField(label="异议对象", choices=TargetKind.choices)
    subject_kind = forms.ChoiceField(label="主体类型", choices=[("", "各类主体"), *SubjectKind.choices], required=False)
    answerer = forms.ChoiceField(label="答复者", choices=Answerer.choices)
    unit = forms.ChoiceField(label="指定单位", required=False)
    field_order = ("target_kind", "subject_kind", "answerer", "unit", "basis", "confidence", "valid_from")

    def build(self) -> None:
        self.units = {row.public_id: row for row in units_in_force(clock.today())}
        self.choose_among("unit", [("", "不指定"), *((key, row.name) for key, row in self.units.items())])

    def perform(self) -> TargetRoute:
        values = {**self.values(), "unit": self.units.get(self.cleaned_data["unit"])}
        return routes.propose_route(
            actor=self.actor, text=routes.RouteText(**values), reason=self.cleaned_data["reason"]
        )


class ConfirmRoute(ConfirmDated):
    label, permission = "复核", ROUTE
    done, note_label = "分工已生效", "说明"

    def perform(self) -> TargetRoute:
        return routes.confirm_route(actor=self.actor, route=self.record, reason=self.cleaned_data.get("reason", ""))


@admin.register(TargetRoute)
class TargetRouteAdmin(ScopedAdmin):
    acts = (ConfirmRoute,)
    openings = (ProposeRoute,)
    list_display = ("shown", "subject_kind", "answerer_shown", "basis", "confidence", "valid_from", "standing")
    list_display_links = ("shown",)
    list_filter = ("target_kind", "confidence")

    def scoped(self, actor: Actor) -> QuerySet[Any]:
        rows = TargetRoute.objects.select_related("unit")
        return rows if actor.may(ROUTE) else rows.none()

    @admin.display(description="异议对象", ordering="target_kind")
    def shown(self, row: TargetRoute) -> str:
        return row.get_target_kind_display()

    @admin.display(description="答复者")
    def answerer_shown(self, row: TargetRoute) -> str:
        return row.unit.name if row.unit else row.get_answerer_display()

    @admin.display(description="效力")
    def standing(self, row: TargetRoute) -> str:
        if not row.confirmed_by_key:
            return "待复核"
        return "已被更正" if row.replaced_on else ("施行中" if row.valid_to is None else f"至{zh(row.valid_to)}")

    def page(self, request: HttpRequest, actor: Actor, record: TargetRoute) -> dict[str, Any]:
        return {
            "heading": str(record),
            "sub": record.basis,
            "facts": [
                ("主体类型", record.get_subject_kind_display() or "各类"),
                ("把握", record.get_confidence_display()),
                ("施行", zh(record.valid_from)),
                ("效力", self.standing(record)),
                ("提出", record.proposed_by_label),
                ("复核", record.confirmed_by_label),
            ],
        }
