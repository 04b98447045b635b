"""Rulings of the bankruptcy court: record, confirm, completion, end."""

from __future__ import annotations

from typing import Any

from django import forms

from core.actors import Actor
from organizations.acts.fields import DateField, Text, UploadField
from organizations.acts.forms import ActForm
from repair.enums import ShieldKind
from repair.models import Shield
from repair.services import shields
from repair.workflow import SHIELD
from sanctions.models import ExecutionTask, Listing
from subjects.models import Subject
from subjects.selectors import family, lookup


class RecordShield(ActForm):
    """A ruling recorded for a subject found by its code; the measures to lift are chosen in a second look."""

    name, label, permission = "record", "登记破产程序裁定", "repair.shield.record"
    lead = "凭人民法院批准重整计划或者认可和解协议的裁定书登记；另一名审核人员复核后生效。"
    done, wide = "裁定已登记，等待复核", True
    aliases = {"subject": "code", "document": "ruling", "number": "ruling_number"}
    code = forms.CharField(label="统一社会信用代码", max_length=40, error_messages={"required": "请填写代码"})
    kind = forms.ChoiceField(label="程序", choices=ShieldKind.choices, widget=forms.RadioSelect)
    court = forms.CharField(label="裁定法院", max_length=200)
    ruling_number = forms.CharField(label="裁定书文号", max_length=128)
    ruled_on = DateField(label="裁定日")
    from_on = DateField(label="屏蔽自")
    ruling = UploadField(label="裁定书")
    lifted = forms.MultipleChoiceField(
        label="暂时解除的措施",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="只选妨碍重整（和解）计划执行的措施；填写代码并确认后列出",
    )
    hindrance = Text(label="怎样妨碍重整", rows=2, required=False)

    def build(self) -> None:
        self.subject: Subject | None = None
        self.tasks: dict[str, ExecutionTask] = {}
        if self.is_bound:
            found = lookup(str(self.data.get("code", "")).strip())
            self.subject = found.subject if found else None
        if self.subject is not None:
            listings = Listing.objects.visible_to(self.actor).filter(
                subject__in=family(self.subject), polarity="discipline"
            )
            rows = ExecutionTask.objects.filter(listing__in=listings.values("pk")).exclude(state="released")
            rows = rows.select_related("unit", "measure").order_by("unit__sort", "measure__code")
            self.tasks = {row.public_id: row for row in rows}
        words = [(key, f"{row.unit.short_name}：{row.measure.name}") for key, row in self.tasks.items()]
        self.choose_among("lifted", words)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self.subject is None:
            self.add_error("code", "没有找到该代码对应的主体，核对代码")
        return cleaned

    def perform(self) -> Shield:
        data = self.cleaned_data
        assert self.subject is not None
        ruling = shields.Ruling(
            kind=data["kind"],
            court=data["court"],
            number=data["ruling_number"],
            ruled_on=data["ruled_on"],
            document=data["ruling"],
            from_on=data["from_on"],
        )
        lifted = [(self.tasks[key], data["hindrance"]) for key in data["lifted"]]
        return shields.record_shield(
            actor=self.actor, subject=self.subject, ruling=ruling, lifted=lifted, **self.when()
        )


class ShieldAct(ActForm):
    """An act of the second officer of the unit that recorded the ruling."""

    workflow, permission = SHIELD, "repair.shield.confirm"

    @classmethod
    def fits(cls, actor: Actor, record: Shield, target: Any) -> bool:
        return record.unit_id in actor.unit_ids


class ConfirmShield(ShieldAct):
    name, label, transition = "confirm", "复核生效", "confirm"
    lead = "核对裁定书；生效后不再公示该主体此前的失信信息，所列措施暂时解除。"
    done = "临时屏蔽已生效"

    @classmethod
    def blocked(cls, actor: Actor, record: Shield, target: Any) -> str:
        return "由本人登记，应由另一名审核人员复核" if record.recorded_by_key == actor.key else ""

    def perform(self) -> Shield:
        return shields.confirm_shield(actor=self.actor, shield=self.record, **self.when())


class DropShield(ShieldAct):
    name, label, transition = "drop", "不予复核", "drop"
    done, danger, reason_label = "已不予复核", True, "理由"

    def perform(self) -> Shield:
        return shields.drop_shield(actor=self.actor, shield=self.record, **self.when())


class CompleteShield(ShieldAct):
    name, label, transition = "complete", "登记执行完毕", "complete"
    lead = "凭人民法院裁定书登记；本市认定的名单自办理日修复，来源名单由来源办理。"
    done = "已登记执行完毕，名单已修复"
    document = UploadField(label="执行完毕（终结程序）裁定书")

    def perform(self) -> Shield:
        document = self.cleaned_data["document"]
        return shields.complete_shield(actor=self.actor, shield=self.record, document=document, **self.when())


class EndShield(ShieldAct):
    name, label, transition = "end", "提前终止屏蔽", "end"
    lead = "重整计划不能执行、宣告破产等情形：恢复公示，暂时解除的措施恢复。"
    done, danger, reason_label = "屏蔽已终止", True, "理由"

    def perform(self) -> Shield:
        return shields.end_shield(actor=self.actor, shield=self.record, **self.when())


SHIELD_ACTS: tuple[type[ActForm], ...] = (ConfirmShield, CompleteShield, DropShield, EndShield)
