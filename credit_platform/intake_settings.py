"""What officers keep about intake profiles: proposed by one, confirmed by another."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from core import dated
from core.actors import Actor
from core.intake.keeping import LAW
from core.intake.profiles import PROFILES
from core.intake.rights import SETTINGS
from core.models import IntakeSetting
from organizations import admin_access
from organizations.acts.dated import ConfirmDated, DatedAdmin, ProposeDated
from organizations.acts.fields import Text
from organizations.enums import Role


def open_doors() -> None:
    """Let every role see the settings: they explain why a row was refused."""
    admin_access.declare("core.IntakeSetting", view={*Role})


class ProposeSetting(ProposeDated):
    name, label, permission = "propose", "提出设置", SETTINGS
    lead = "写明依据。由另一名人员复核后，自施行日起导入的文件适用；已导入的不变。"
    done, reason_label = "已提出，请另一名人员复核", "调整的理由"
    profile = forms.ChoiceField(label="模板")
    kind = forms.ChoiceField(label="设置", choices=IntakeSetting.Kind.choices)
    target = forms.CharField(label="对象", max_length=60, help_text="列代码、选项名，或规则编号（可加“:列代码”）")
    value = Text(label="取值", rows=6, help_text="选项每行一个；必填写 R、O、- 或 F=R,G=O,Z=-；级别写 error 或 warning")
    field_order = ("profile", "kind", "target", "value", "basis", "confidence", "valid_from")

    def build(self) -> None:
        self.choose_among("profile", [(profile.code, profile.title) for profile in PROFILES.values()])

    def perform(self) -> IntakeSetting:
        return dated.propose(LAW, actor=self.actor, values=self.values(), reason=self.cleaned_data["reason"])


class ConfirmSetting(ConfirmDated):
    label, permission = "复核", SETTINGS
    done, note_label = "设置已生效", "说明"

    def perform(self) -> IntakeSetting:
        return dated.confirm(LAW, actor=self.actor, row=self.record, reason=self.cleaned_data.get("reason", ""))


@admin.register(IntakeSetting)
class IntakeSettingAdmin(DatedAdmin):
    acts = (ConfirmSetting,)
    openings = (ProposeSetting,)
    list_display = (
        "target",
        "kind",
        "profile_shown",
        "said",
        "basis",
        "confidence_shown",
        "span_shown",
        "confirmed_shown",
    )
    list_filter = ("profile", "kind", "confidence")
    search_fields = ("target", "value")

    @admin.display(description="模板", ordering="profile")
    def profile_shown(self, row: IntakeSetting) -> str:
        known = PROFILES.get(row.profile)
        return known.title if known else row.profile

    @admin.display(description="取值")
    def said(self, row: IntakeSetting) -> str:
        text = row.value.replace("\n", "、")
        return text if len(text) <= 60 else f"{text[:60]}…"

    def page(self, request: HttpRequest, actor: Actor, record: IntakeSetting) -> dict[str, Any]:
        shown = self.shared(record)
        facts = [
            ("模板", self.profile_shown(record)),
            ("设置", record.get_kind_display()),
            ("对象", record.target),
            ("取值", record.value.replace("\n", "、")),
        ]
        return {**shown, "heading": str(record), "sub": record.basis, "facts": [*facts, *shown["facts"]]}
