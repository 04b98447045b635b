"""Acts on the expert pool: taken in, corrected, left, standing aside."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.urls import reverse

from core import clock
from core.actors import Actor
from core.problems import NotFound
from organizations import selectors, services
from organizations.acts.fields import DateField, Text
from organizations.acts.forms import ActForm, Group
from organizations.forms.choosing import UnitField, present_units
from organizations.models import Expert, ExpertRecusal
from organizations.permissions import EXPERT_MANAGE


class Particulars(ActForm):
    """What is on file of an expert; no phone and no personal number is kept."""

    permission = EXPERT_MANAGE
    backdatable = False
    aliases = {"name": "title_name", "fields": "specialities"}
    title = forms.CharField(label="职称", max_length=100, required=False)
    employer = forms.CharField(label="工作单位", max_length=200)
    employer_unit = UnitField(
        label="所属成员单位",
        required=False,
        empty_label="不是成员单位的人员",
        help_text="工作单位是成员单位的应当选择，涉及该单位的事项自动回避",
    )
    specialities = forms.MultipleChoiceField(
        label="领域", widget=forms.CheckboxSelectMultiple, error_messages={"required": "至少选择一个领域"}
    )

    def offer_fields(self) -> None:
        present_units(self)
        self.choose_among("specialities", [(row.code, row.name) for row in selectors.expert_fields()])


class AddExpert(Particulars):
    name, label = "add", "专家入库"
    lead = "入库后按领域参加随机抽取。只登记姓名、职称和工作单位，不登记电话和证件号码。"
    note_label = "说明"
    field_order = ("title_name",)
    title_name = forms.CharField(label="姓名", max_length=50)

    def build(self) -> None:
        self.offer_fields()

    def perform(self) -> Expert:
        data = dict(self.cleaned_data)
        return services.add_expert(
            actor=self.actor, name=data.pop("title_name"), fields=data.pop("specialities"), **data
        )

    def success(self, result: Expert) -> str:
        return f"{result.name}已入库"

    def destination(self, result: Expert) -> str:
        return reverse("admin:organizations_expert_change", args=[result.public_id])


class CorrectExpert(Particulars):
    name, label = "correct", "更正信息"
    done, note_label, minor = "已更正", "说明", True

    def build(self) -> None:
        self.offer_fields()
        unit = self.record.employer_unit
        self.prefill(
            title=self.record.title,
            employer=self.record.employer,
            employer_unit=unit.public_id if unit else "",
            specialities=[row.code for row in self.record.fields.all()],
        )

    def perform(self) -> Expert:
        data = dict(self.cleaned_data)
        return services.update_expert(actor=self.actor, expert=self.record, fields=data.pop("specialities"), **data)


class Leave(ActForm):
    name, label, permission = "leave", "移出专家库", EXPERT_MANAGE
    lead = "不再参加抽取；已经参加的会议和意见不受影响，可以重新入库。"
    done, danger, backdatable, reason_label = "已移出", True, False, "理由"

    @classmethod
    def fits(cls, actor: Actor, record: Expert, target: Any) -> bool:
        return record.is_active

    def perform(self) -> Expert:
        reason = self.cleaned_data["reason"]
        return services.update_expert(actor=self.actor, expert=self.record, is_active=False, reason=reason)


class Rejoin(ActForm):
    name, label, permission = "rejoin", "重新入库", EXPERT_MANAGE
    done, backdatable, reason_label = "已重新入库", False, "理由"

    @classmethod
    def fits(cls, actor: Actor, record: Expert, target: Any) -> bool:
        return not record.is_active

    def perform(self) -> Expert:
        reason = self.cleaned_data["reason"]
        return services.update_expert(actor=self.actor, expert=self.record, is_active=True, reason=reason)


class StandAside(ActForm):
    name, label, permission = "recuse", "登记回避", EXPERT_MANAGE
    lead = "回避期内，涉及该单位或者该主体的事项不抽取这名专家；名单和理由随抽取记录保存。"
    done, backdatable = "回避已登记", False
    organization = UnitField(label="回避的单位", required=False, empty_label="不针对单位")
    subject_code = forms.CharField(
        label="回避的主体",
        max_length=18,
        required=False,
        help_text="统一社会信用代码或公开编号；不要填写证件号码",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    layout = (Group("", (("organization", "subject_code"), "why", ("valid_from", "valid_to"))),)
    why = Text(label="回避理由", rows=2, max_length=300, error_messages={"required": "请填写回避理由"})
    valid_from = DateField(label="起始日期", required=False, help_text="留空为今天")
    valid_to = DateField(label="截止日期", required=False, help_text="留空为长期")
    aliases = {"reason": "why"}

    @classmethod
    def fits(cls, actor: Actor, record: Expert, target: Any) -> bool:
        return record.is_active

    def build(self) -> None:
        present_units(self)

    def perform(self) -> ExpertRecusal:
        data = dict(self.cleaned_data)
        return services.add_recusal(actor=self.actor, expert=self.record, reason=data.pop("why"), **data)


def recusals_of(expert: Expert) -> list[tuple[str, ExpertRecusal]]:
    """Return the expert's recusals, each with the number by which its page is addressed."""
    return [
        (str(place), row) for place, row in enumerate(expert.recusals.select_related("organization").order_by("pk"), 1)
    ]


class EndRecusal(ActForm):
    name, label, permission = "end-recusal", "结束回避", EXPERT_MANAGE
    lead = "自明天起不再回避。"
    done, targeted, minor, backdatable, reason_label = "回避已结束", True, True, False, "理由"

    @classmethod
    def find_target(cls, record: Expert, key: str) -> ExpertRecusal:
        found = dict(recusals_of(record)).get(key)
        if found is None:
            raise NotFound("该回避")
        return found

    @classmethod
    def fits(cls, actor: Actor, record: Expert, target: ExpertRecusal) -> bool:
        return target.valid_to is None or target.valid_to > clock.today()

    def perform(self) -> ExpertRecusal:
        return services.end_recusal(actor=self.actor, recusal=self.target, reason=self.cleaned_data["reason"])


EXPERT_ACTS: Sequence[type[ActForm]] = (StandAside, CorrectExpert, EndRecusal, Rejoin, Leave)
