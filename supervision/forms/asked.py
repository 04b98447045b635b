"""The window's act: give a subject out who asked about it, after papers and person were seen."""

from __future__ import annotations

from typing import Any

from django import forms
from django.urls import reverse

from core.identifiers import PERSONAL_TYPES, IdentifierType
from organizations.acts.fields import UploadField
from organizations.acts.forms import ActForm, Group
from supervision import asked
from supervision.models import AskedStatement
from supervision.models.asked import Presented
from supervision.permissions import ASKED

PAPERS = [(kind.value, kind.label) for kind in IdentifierType if kind in PERSONAL_TYPES]
PRIVATE = {"autocomplete": "off", "spellcheck": "false"}


class IssueAsked(ActForm):
    name, label, permission = "issue", "出具核查情况查询单", ASKED
    lead = "告知主体哪些单位在办理什么事项时核查过它。只给当面核对过证件的本人、本单位代表或者受托人，交付后留有记录。"
    backdatable = False
    layout = (
        Group("谁来申请", ("presented", ("presenter", "mandate"))),
        Group("查询谁", ("code", ("person_name", "id_type"), "id_number")),
        Group("核对", ("checked",)),
    )
    aliases = {"identifier": "id_number", "number": "id_number"}

    presented = forms.ChoiceField(label="申请人", choices=Presented.choices, widget=forms.RadioSelect)
    presenter = forms.CharField(label="来人姓名", max_length=100, help_text="按证件填写")
    mandate = UploadField(label="授权委托书", required=False)
    code = forms.CharField(
        label="统一社会信用代码",
        max_length=40,
        required=False,
        help_text="查询法人、非法人组织的填写；查询自然人的留空",
    )
    person_name = forms.CharField(label="自然人姓名", max_length=100, required=False, help_text="查询自然人的填写")
    id_type = forms.ChoiceField(label="证件类型", choices=PAPERS, required=False)
    id_number = forms.CharField(label="证件号码", max_length=40, required=False, widget=forms.TextInput(attrs=PRIVATE))
    checked = forms.BooleanField(label="已当面核对证件原件与来人一致，代表、受托关系属实", required=False)

    def perform(self) -> AskedStatement:
        names = asked.Request.__dataclass_fields__
        given: dict[str, Any] = {name: value for name, value in self.cleaned_data.items() if name in names}
        return asked.issue(actor=self.actor, request=asked.Request(**given))

    def success(self, result: AskedStatement) -> str:
        return f"查询单已出具，共 {result.lines} 次核查；请当场打印交付"

    def destination(self, result: AskedStatement) -> str:
        return reverse("admin:supervision_askedstatement_change", args=[result.public_id])
