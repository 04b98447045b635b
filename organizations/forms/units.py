"""Acts on a unit: set up, corrected, renamed, merged, split, dissolved; an end is preceded by what hangs on the unit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.urls import reverse

from core import clock
from core.actors import Actor
from core.problems import Problem, Violation
from organizations import impact, services
from organizations.acts.fields import Text
from organizations.acts.forms import ActForm, Group
from organizations.acts.refusals import error_text
from organizations.enums import UnitKind, UnitLevel
from organizations.forms.choosing import DistrictField, UnitField, present_units
from organizations.models import Organization
from organizations.permissions import UNIT_MANAGE


class UnitAct(ActForm):
    """An act of the system administrator on a unit that exists today."""

    permission = UNIT_MANAGE
    note_label = "说明"

    @classmethod
    def fits(cls, actor: Actor, record: Organization, target: Any) -> bool:
        return record.in_force_on(clock.today())


class CreateUnit(ActForm):
    name, label, permission = "create", "设立单位", UNIT_MANAGE
    lead = "新设立的单位；由原单位更名、合并、分立而来的，在原单位的页面办理，历史记录才能衔接。"
    aliases = {"name": "title"}
    note_label = "说明"
    layout = (
        Group("", ("title", ("short_name", "code"), ("kind", "level"), ("district", "parent"), "uscc")),
        Group("", (("vertical", "joint_member"),)),
    )
    title = forms.CharField(label="名称", max_length=200, help_text="按机构编制文件填写全称")
    short_name = forms.CharField(label="简称", max_length=50)
    code = forms.SlugField(
        label="代号",
        max_length=40,
        help_text="小写字母、数字，如 rsj；设立后不再改变",
        error_messages={"invalid": "代号只用字母、数字、横线和下划线"},
    )
    kind = forms.ChoiceField(label="性质", choices=UnitKind.choices, initial=UnitKind.ADMINISTRATION)
    level = forms.ChoiceField(label="层级", choices=UnitLevel.choices, initial=UnitLevel.CITY)
    district = DistrictField(label="所在区划", required=False, empty_label="未登记")
    uscc = forms.CharField(label="统一社会信用代码", max_length=18, required=False)
    parent = UnitField(label="上级单位", required=False, empty_label="没有")
    vertical = forms.BooleanField(label="垂直管理", required=False)
    joint_member = forms.BooleanField(label="联席会议成员单位", required=False)

    def build(self) -> None:
        present_units(self)

    def perform(self) -> Organization:
        data = {name: self.cleaned_data[name] for name in self.base_fields}
        return services.create_organization(actor=self.actor, name=data.pop("title"), **data, **self.when())

    def success(self, result: Organization) -> str:
        return f"已设立{result.name}"

    def destination(self, result: Organization) -> str:
        return reverse("admin:organizations_organization_change", args=[result.public_id])


class RenameUnit(UnitAct):
    name, label = "rename", "更名"
    lead = "单位和职责不变，只变更名称。此前各日的记录保留当日的名称，以旧名称仍可检索。"
    aliases = {"name": "title"}
    title = forms.CharField(label="新名称", max_length=200, help_text="按机构编制文件填写全称")
    short_name = forms.CharField(label="新简称", max_length=50)

    def build(self) -> None:
        self.prefill(short_name=self.record.short_name)

    def perform(self) -> Organization:
        data = self.cleaned_data
        return services.rename_organization(
            actor=self.actor,
            organization=self.record,
            name=data["title"],
            short_name=data["short_name"],
            **self.when(),
        )

    def success(self, result: Organization) -> str:
        return f"已更名为{result.name}"


class CorrectUnit(UnitAct):
    name, label = "correct", "更正登记信息"
    lead = "更正填写错误或补充信息；名称、设立和撤并不在此办理。"
    done, minor, backdatable = "已更正", True, False
    layout = (Group("", (("kind", "level"), ("district", "parent"), "uscc", ("vertical", "joint_member"), "note")),)
    columns: ClassVar[tuple[str, ...]] = (
        "kind",
        "level",
        "district",
        "uscc",
        "parent",
        "vertical",
        "joint_member",
        "note",
    )
    kind = forms.ChoiceField(label="性质", choices=UnitKind.choices)
    level = forms.ChoiceField(label="层级", choices=UnitLevel.choices)
    district = DistrictField(label="所在区划", required=False, empty_label="未登记")
    uscc = forms.CharField(label="统一社会信用代码", max_length=18, required=False)
    parent = UnitField(label="上级单位", required=False, empty_label="没有")
    vertical = forms.BooleanField(label="垂直管理", required=False)
    joint_member = forms.BooleanField(label="联席会议成员单位", required=False)
    note = Text(label="备注", rows=2, required=False)

    def build(self) -> None:
        present_units(self, without=self.record)
        district, parent = self.record.district, self.record.parent
        self.prefill(
            **{name: getattr(self.record, name) for name in self.columns if name not in {"district", "parent"}},
            district=district.code if district else "",
            parent=parent.public_id if parent else "",
        )

    def perform(self) -> Organization:
        changes = {name: self.cleaned_data[name] for name in self.columns}
        return services.update_organization(
            actor=self.actor, organization=self.record, changes=changes, reason=self.cleaned_data["reason"]
        )


class MakeCreditOffice(UnitAct):
    name, label = "credit-office", "指定为信用工作机构"
    lead = "指定后，该县区的信用工作由本单位承担；原信用工作机构的县区信用办岗位需要重新授予。"
    done, minor, backdatable = "已指定", True, False
    district = DistrictField(label="县区", empty_label="请选择县区", error_messages={"required": "请选择县区"})

    def perform(self) -> Any:
        data = self.cleaned_data
        return services.set_credit_office(
            actor=self.actor, district=data["district"], organization=self.record, reason=data["reason"]
        )


class TakeOver(UnitAct):
    name, label = "take-over", "划转部分职责"
    lead = "本单位继续存续，写明的那部分职责自办理日起由接收单位承担。"
    done, minor = "已登记划转", True
    successor = UnitField(label="接收单位")
    duties = Text(label="划转的职责", rows=3, error_messages={"required": "请写明划转的职责"})

    def build(self) -> None:
        present_units(self, without=self.record)

    def perform(self) -> Any:
        data = self.cleaned_data
        return services.take_over_duties(
            actor=self.actor,
            predecessor=self.record,
            successor=data["successor"],
            duties=data["duties"],
            **self.when(),
        )


class Ending(UnitAct):
    """The unit ends: what hangs on it stands above the form, and whoever confirms says that he has read just that."""

    template, wide, danger = "organizations/ending.html", True, True
    settled: ClassVar[str]  # what becomes of an entry for which the unit is the only one

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seen"] = self.fields.pop("seen")  # confirmed last, below what it confirms

    def build(self) -> None:
        present_units(self, without=self.record)
        self.preview = impact.preview(self.record, clock.today())
        self.fields["seen"] = forms.MultipleChoiceField(
            label="核对",
            choices=[(self.preview.fingerprint, "上列影响已逐项核对")],
            widget=forms.CheckboxSelectMultiple,
            error_messages={
                "required": "核对上列影响后勾选",
                "invalid_choice": "打开页面之后影响有变化，按上面的最新内容重新核对后勾选",
            },
        )

    def aside(self) -> dict[str, Any]:
        return {"preview": self.preview, "settled": self.settled}


class MergeUnit(Ending):
    name, label = "merge", "并入其他单位"
    lead = "本单位到办理日前一日为止，职责由承继单位承担；牵头和参加的专项小组、信用工作机构、下级单位随之转移。"
    settled = "由承继单位接替"
    successor = UnitField(label="承继单位")
    duties = Text(label="承继的职责", rows=2, required=False, help_text="留空为全部职责")

    def perform(self) -> Any:
        data = self.cleaned_data
        return services.merge_organizations(
            actor=self.actor,
            predecessors=[self.record],
            successor=data["successor"],
            duties=data["duties"],
            **self.when(),
        )

    def success(self, result: Any) -> str:
        return f"{self.record.name}已并入{self.cleaned_data['successor'].name}"


class Heir(forms.Form):
    """One of the units among which the duties are shared."""

    unit = UnitField(label="承继单位", required=False)
    duties = forms.CharField(label="承继的职责", max_length=500, required=False)

    def __init__(self, *args: Any, without: Organization, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        present_units(self, without=without)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("duties") and not cleaned.get("unit") and "unit" not in self.errors:
            self.add_error("unit", "请选择承担这些职责的单位")
        return cleaned


class Heirs(BaseFormSet):
    """At least two; an empty row is ignored."""

    def filled(self) -> list[tuple[Organization, str]]:
        rows = [getattr(form, "cleaned_data", {}) for form in self.forms]
        return [(row["unit"], row["duties"]) for row in rows if row.get("unit")]


HeirFormSet = formset_factory(Heir, formset=Heirs, extra=0, min_num=2, validate_min=False, max_num=20)


class SplitUnit(Ending):
    name, label = "split", "分立"
    lead = "本单位到办理日前一日为止，职责由几个单位分担。以前的事项由哪个单位继续，逐件认定。"
    template = "organizations/split.html"
    settled = "由承继单位分担"

    def build(self) -> None:
        super().build()
        data = self.data if self.is_bound else None
        self.rows: Any = HeirFormSet(data, prefix="heirs", form_kwargs={"without": self.record})

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not self.rows.is_valid():
            self.add_error(None, "承继单位需要补充或更正，见各行的说明")
        return cleaned

    def perform(self) -> Any:
        return services.split_organization(
            actor=self.actor, predecessor=self.record, successors=self.rows.filled(), **self.when()
        )

    def refuse(self, problem: Problem) -> None:
        """Put what is said of an heir at its row, everything else where it belongs."""
        told = problem.errors or (Violation(problem.code, problem.detail, problem.field, problem.remedy),)
        for violation in told:
            row = next((form for form in self.rows.forms if self._names(form, violation)), None)
            if row is not None:
                row.add_error("unit", error_text(violation))
            self.add_error(None, error_text(violation))

    @staticmethod
    def _names(form: Any, violation: Violation) -> bool:
        unit = getattr(form, "cleaned_data", {}).get("unit")
        return violation.field == "successor" and unit is not None and unit.name in violation.detail

    def success(self, result: Any) -> str:
        return f"{self.record.name}已分立，由{len(result)}个单位分担职责"

    def aside(self) -> dict[str, Any]:
        return {**super().aside(), "rows": self.rows}


class DissolveUnit(Ending):
    name, label = "dissolve", "撤销"
    lead = "本单位到办理日前一日为止，职责不由任何单位承继。有承继单位的，按并入或者分立办理。"
    reason_label, note_label = "撤销依据", ""
    settled = "须先修订目录"

    def perform(self) -> Any:
        return services.dissolve_organization(actor=self.actor, organization=self.record, **self.when())

    def success(self, result: Any) -> str:
        return f"{self.record.name}已撤销"


UNIT_ACTS: Sequence[type[ActForm]] = (
    RenameUnit,
    CorrectUnit,
    MakeCreditOffice,
    TakeOver,
    MergeUnit,
    SplitUnit,
    DissolveUnit,
)
