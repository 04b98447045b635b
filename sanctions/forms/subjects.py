"""Opening the record of a subject that a case is about, where none is there yet."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.urls import reverse

from core.identifiers import PERSONAL_TYPES, IdentifierType
from sanctions.forms.acts import ActForm, DateField
from subjects.enums import SubjectKind
from subjects.models import Subject
from subjects.services import register_person, register_subject

ENTITIES = [(kind.value, kind.label) for kind in SubjectKind if kind != SubjectKind.NATURAL_PERSON]
PAPERS = [(kind.value, kind.label) for kind in IdentifierType if kind in PERSONAL_TYPES]


class RegisterEntity(ActForm):
    name, label, permission = "register-entity", "主体建档（法人和其他组织）", "subjects.subject.register"
    lead = "先查询，确实没有再建档；统一社会信用代码按校验位核对，一个代码只属于一个主体。"
    done, backdatable = "已建档", False
    aliases = {"identifier": "code"}
    kind = forms.ChoiceField(label="主体类型", choices=ENTITIES)
    title = forms.CharField(label="名称", max_length=200)
    code = forms.CharField(label="统一社会信用代码", max_length=40)
    established_on = DateField(label="成立日期", required=False)
    legal_representative = forms.CharField(label="法定代表人", max_length=100, required=False)
    registrar = forms.CharField(label="登记机关", max_length=100, required=False)
    address = forms.CharField(label="住所", max_length=300, required=False)

    def field_of(self, violation: Any) -> str | None:
        return "title" if violation.field == "name" else super().field_of(violation)

    def perform(self) -> Subject:
        data = self.cleaned_data
        columns = ("kind", "code", "established_on", "legal_representative", "registrar", "address")
        return register_subject(
            self.actor, name=data["title"], is_demo=settings.DEMO, **{name: data[name] for name in columns}
        )

    def success(self, result: Subject) -> str:
        return f"已建档：{result.name}，起草事项时按名称或代码选择"

    def destination(self, result: Subject) -> str:
        return reverse("admin:sanctions_case_add")


class RegisterPerson(ActForm):
    name, label, permission = "register-person", "主体建档（自然人）", "subjects.person.register"
    lead = "证件号码加密保存，页面只显示姓名；未满十八周岁的不建档。"
    done, backdatable = "已建档", False
    aliases = {"identifier": "number", "type": "id_type"}
    title = forms.CharField(label="姓名", max_length=200)
    id_type = forms.ChoiceField(label="证件类型", choices=PAPERS)
    number = forms.CharField(
        label="证件号码", max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"})
    )
    birth_on = DateField(label="出生日期", required=False, help_text="公民身份号码以外的证件须填写")

    def field_of(self, violation: Any) -> str | None:
        return "title" if violation.field == "name" else super().field_of(violation)

    def perform(self) -> Subject:
        data = self.cleaned_data
        more = {"birth_on": data["birth_on"]} if data["birth_on"] else {}
        return register_person(self.actor, name=data["title"], id_type=data["id_type"], number=data["number"], **more)

    def success(self, result: Subject) -> str:
        return f"已建档：{result.name}，起草事项时按姓名选择"

    def destination(self, result: Subject) -> str:
        return reverse("admin:sanctions_case_add")
