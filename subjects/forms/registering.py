"""Opening the record of a subject: entities by their code, persons by a number that no page shows again."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.urls import reverse

from core.identifiers import PERSONAL_TYPES, IdentifierType
from organizations.acts.fields import DateField
from organizations.acts.forms import ActForm, Group
from subjects import permissions, services
from subjects.enums import LEGAL_ENTITY_KINDS, SubjectKind
from subjects.models import Subject

KINDS = [(kind.value, kind.label) for kind in SubjectKind if kind.value in LEGAL_ENTITY_KINDS]
PAPERS = [(kind.value, kind.label) for kind in IdentifierType if kind in PERSONAL_TYPES]


class Register(ActForm):
    """An act that opens a record and leads to it."""

    backdatable = False

    def success(self, result: Subject) -> str:
        return f"已建档：{result.name}，起草事项时按名称选择"

    def destination(self, result: Subject) -> str:
        return reverse("admin:subjects_subject_change", args=[result.public_id])


class RegisterEntity(Register):
    name, label, permission = "register-entity", "主体建档（法人和其他组织）", permissions.REGISTER
    button = "建立法人档案"
    lead = "先查询，确实没有再建档；统一社会信用代码按校验位核对，一个代码只属于一个主体。"
    aliases = {"identifier": "code", "name": "title"}

    layout = (
        Group("", ("kind", "title", ("code", "established_on"), ("legal_representative", "registrar"))),
        Group("", ("address", ("district_code", "industry"))),
    )
    kind = forms.ChoiceField(label="主体类型", choices=KINDS)
    title = forms.CharField(label="名称", max_length=200, help_text="按登记证照填写全称")
    code = forms.CharField(label="统一社会信用代码", max_length=40)
    established_on = DateField(label="成立日期", required=False)
    legal_representative = forms.CharField(label="法定代表人", max_length=100, required=False)
    registrar = forms.CharField(label="登记机关", max_length=100, required=False)
    district_code = forms.CharField(label="行政区划代码", max_length=6, required=False)
    address = forms.CharField(label="住所", max_length=300, required=False)
    industry = forms.CharField(label="行业", max_length=100, required=False)

    def perform(self) -> Subject:
        data = dict(self.cleaned_data)
        return services.register_subject(self.actor, name=data.pop("title"), is_demo=settings.DEMO, **data)


class RegisterPerson(Register):
    name, label, permission = "register-person", "主体建档（自然人）", permissions.REGISTER_PERSON
    button = "建立自然人档案"
    lead = "仅限已满十八周岁的自然人；证件号码加密保存，页面只显示遮蔽后的号码，同一证件只有一份档案。"
    aliases = {"identifier": "number", "type": "id_type", "name": "title"}

    title = forms.CharField(label="姓名", max_length=100)
    id_type = forms.ChoiceField(label="证件类型", choices=PAPERS)
    number = forms.CharField(
        label="证件号码", max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"})
    )
    birth_on = DateField(label="出生日期", required=False, help_text="公民身份号码以外的证件须填写")

    def perform(self) -> Subject:
        data = dict(self.cleaned_data)
        return services.register_person(self.actor, name=data.pop("title"), is_demo=settings.DEMO, **data)
