"""What officers do with reports: issue one at the window, declare one void, give a person his own."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from core.identifiers import PERSONAL_TYPES, IdentifierType
from organizations.acts.fields import UploadField
from organizations.acts.forms import ActForm, Group
from organizations.acts.pages import address
from portal.models import PersonalReport, Relation, Report
from portal.permissions import ISSUE, PERSONAL, WITHDRAW
from portal.reports import services
from portal.reports.personal import Request, issue_personal
from subjects.selectors import lookup

PAPERS = [(kind.value, kind.label) for kind in IdentifierType if kind in PERSONAL_TYPES]


class IssueReport(ActForm):
    name, label, permission = "issue", "出具信用报告（法人和非法人组织）", ISSUE
    button = "出具信用报告"
    lead = "内容与门户上公示的一致，任何人都可以查询，不需要证明材料。当天内容没有变化的，仍是原来的编号。"
    backdatable = False

    code = forms.CharField(label="统一社会信用代码", max_length=40, help_text="曾用代码、公开编号也可以")

    def clean_code(self) -> Any:
        found = lookup(self.cleaned_data["code"].strip())
        if found is None or found.subject.is_person:
            raise ValidationError("没有这个代码的法人或者非法人组织，核对登记证照；自然人办理“出具本人信用报告”")
        return found.subject

    def perform(self) -> Report:
        return services.issue(actor=self.actor, subject=self.cleaned_data["code"])

    def success(self, result: Report) -> str:
        return f"报告已出具，编号 {result.number}"

    def destination(self, result: Report) -> str:
        return address(result)


class WithdrawReport(ActForm):
    name, label, permission = "withdraw", "作废信用报告", WITHDRAW
    lead = "作废后核验页显示作废日期和理由，文件不再提供；已经发出的文件无法收回，请同时告知持有人。"
    done = "报告已作废"
    danger = True
    backdatable = False
    reason_label, reason_limit = "作废理由（核验的人会看到）", 300

    @classmethod
    def fits(cls, actor: Any, record: Report, target: Any) -> bool:
        return record.withdrawn_on is None

    def perform(self) -> Report:
        return services.withdraw(actor=self.actor, report=self.record, reason=self.cleaned_data["reason"])


class IssuePersonal(ActForm):
    name, label, permission = "issue-personal", "出具本人信用报告", PERSONAL
    lead = "只给当面核对过证件的本人，或者持授权委托书的受托人。没有档案的人也可以出具，报告会写明没有记录。"
    backdatable = False
    layout = (
        Group("查询谁", ("person_name", ("id_type", "id_number"))),
        Group("谁来申请", ("relation", ("agent_name", "mandate"))),
        Group("核对", ("purpose", "checked")),
    )
    aliases = {"identifier": "id_number", "number": "id_number", "name": "person_name"}

    person_name = forms.CharField(label="姓名", max_length=100, help_text="按证件填写")
    id_type = forms.ChoiceField(label="证件类型", choices=PAPERS)
    id_number = forms.CharField(
        label="证件号码", max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"})
    )
    relation = forms.ChoiceField(label="申请人", choices=Relation.choices)
    agent_name = forms.CharField(label="受托人姓名", max_length=100, required=False, help_text="受托人申请时填写")
    mandate = UploadField(label="授权委托书", required=False)
    purpose = forms.CharField(label="用途", max_length=200, help_text="写入报告的办理记录，如“应聘”“投标”")
    checked = forms.BooleanField(label="已当面核对证件原件与来人一致", required=False)

    def perform(self) -> PersonalReport:
        return issue_personal(actor=self.actor, request=Request(**self._given()))

    def _given(self) -> dict[str, Any]:
        names = Request.__dataclass_fields__
        return {name: value for name, value in self.cleaned_data.items() if name in names}

    def success(self, result: PersonalReport) -> str:
        return f"报告已出具，编号 {result.number}；请当场打印交付"

    def destination(self, result: PersonalReport) -> str:
        return address(result)
