"""Acts on subjects as buttons: the form that each asks for, its service, and when it is offered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminSingleDateWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from core.actors import Actor
from core.identifiers import PERSONAL_TYPES, IdentifierType
from core.problems import Violation, refuse
from subjects import permissions, selectors, services
from subjects.enums import ENDED, LEGAL_ENTITY_KINDS, SubjectKind, SubjectStatus
from subjects.models import Subject

KIND_CHOICES = [(kind.value, kind.label) for kind in SubjectKind if kind.value in LEGAL_ENTITY_KINDS]
ENTITY_TYPES = [(kind.value, kind.label) for kind in IdentifierType if kind not in PERSONAL_TYPES]
PERSON_TYPES = [(kind.value, kind.label) for kind in IdentifierType if kind in PERSONAL_TYPES]


def line(label: str, *, required: bool = True, most: int = 200, hint: str = "") -> forms.CharField:
    return forms.CharField(
        label=label, required=required, max_length=most, help_text=hint, widget=UnfoldAdminTextInputWidget
    )


def note(label: str, *, required: bool = True) -> forms.CharField:
    return forms.CharField(label=label, required=required, widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}))


def day(label: str, *, required: bool = False, hint: str = "不填即今天") -> forms.DateField:
    return forms.DateField(label=label, required=required, widget=UnfoldAdminSingleDateWidget, help_text=hint)


def choice(label: str, choices: list[Any]) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, widget=UnfoldAdminSelectWidget)


class EntityForm(forms.Form):
    kind = choice("主体类型", KIND_CHOICES)
    name = line("名称", hint="按登记证照填写全称")
    code = line("统一社会信用代码", most=30)
    established_on = day("成立日期", hint="")
    district_code = line("行政区划代码", required=False, most=6)
    address = line("住所", required=False, most=300)
    industry = line("行业", required=False, most=100)
    legal_representative = line("法定代表人", required=False, most=100)


class PersonForm(forms.Form):
    name = line("姓名", most=100)
    id_type = choice("证件类型", PERSON_TYPES)
    number = line("证件号码", most=30, hint="加密保存，之后只显示遮蔽后的号码")
    birth_on = day("出生日期", hint="证件号码不含出生日期的才填写")


class EventForm(forms.Form):
    on = day("发生日期")
    note = note("说明", required=False)


class RenameForm(EventForm):
    name = line("变更后的名称")
    field_order = ("name", "on", "note")


class IdentifierForm(forms.Form):
    type_ = choice("证照类型", ENTITY_TYPES)
    value = line("号码", most=50)
    valid_from = day("启用日期", hint="")


class MergeForm(forms.Form):
    target = line("保留档案的代码或公开编号", most=30)
    reason = note("认定为同一主体的依据")


class ReasonForm(forms.Form):
    reason = note("理由")


Do = Callable[[Actor, Subject, dict[str, Any]], Any]


@dataclass(frozen=True, slots=True)
class Act:
    """One button on the page of a subject."""

    name: str
    label: str
    form: type[forms.Form]
    do: Do
    permission: str
    fits: Callable[[Subject], bool]
    lead: str = ""

    def offered(self, actor: Actor, subject: Subject) -> bool:
        """Tell whether the button is shown: the permission is held and the record is in a state for it."""
        return actor.may(self.permission) and subject.canonical_id is None and self.fits(subject)


def _merge(actor: Actor, subject: Subject, data: dict[str, Any]) -> Any:
    target = selectors.lookup(data["target"])
    if target is None or not selectors.visible_to(actor).filter(pk=target.subject.pk).exists():
        refuse([Violation("SUB-08", "没有找到要保留的档案", "target", "核对代码或公开编号")])
    assert target is not None
    return services.merge(actor, source=subject, target=target.subject, reason=data["reason"])


def _open_entity(subject: Subject) -> bool:
    return not subject.is_person and subject.status not in ENDED


ACTS = {
    act.name: act
    for act in (
        Act(
            "rename",
            "登记更名",
            RenameForm,
            lambda actor, subject, data: services.rename(actor, subject=subject, **data),
            permissions.RECORD_LIFE,
            lambda subject: subject.status not in ENDED,
            "原名称保留启止日期，仍可检索；代码不变。",
        ),
        Act(
            "identifier",
            "补充证照号码",
            IdentifierForm,
            lambda actor, subject, data: services.add_identifier(actor, subject=subject, **data),
            permissions.REGISTER,
            _open_entity,
        ),
        Act(
            "revoke_licence",
            "登记吊销执照",
            EventForm,
            lambda actor, subject, data: services.revoke_licence(actor, subject=subject, **data),
            permissions.RECORD_LIFE,
            lambda subject: not subject.is_person and subject.status == SubjectStatus.ACTIVE,
        ),
        Act(
            "deregister",
            "登记注销",
            EventForm,
            lambda actor, subject, data: services.deregister(actor, subject=subject, **data),
            permissions.RECORD_LIFE,
            _open_entity,
            "注销后该主体自身的措施终止；对责任人员单独认定的措施不受影响。",
        ),
        Act(
            "death",
            "登记死亡",
            EventForm,
            lambda actor, subject, data: services.record_death(actor, subject=subject, **data),
            permissions.RECORD_LIFE,
            lambda subject: subject.is_person and subject.status not in ENDED,
            "登记后对该自然人的措施终止。",
        ),
        Act(
            "merge",
            "并入另一档案",
            MergeForm,
            _merge,
            permissions.MERGE,
            lambda _: True,
            "两份档案属于同一主体时合并：本档案的代码、名称和记录都指向保留档案，记录本身不改动，可以撤销。",
        ),
    )
}
