"""The act of issuing a 提示函."""

from __future__ import annotations

from django import forms
from django.urls import reverse

from core.actors import Actor
from core.problems import Violation
from organizations.acts.fields import DateField, Text
from organizations.acts.forms import ActForm
from organizations.acts.refusals import error_text
from sanctions.forms.cases import own_entries
from sanctions.models import Advice
from sanctions.services import advice as services
from subjects.models import Subject
from subjects.selectors import lookup, visible_to


class IssueAdvice(ActForm):
    name, label, permission = "issue", "制发提示函", services.ISSUE
    lead = "首次、轻微的失信行为，以提示函代替联合奖惩事项：不列入名单，不公开。一年之内同一事项只能制发一次。"
    done = "提示函已制发，请送达并登记送达"

    entry_code = forms.ChoiceField(label="目录事项", error_messages={"required": "请选择目录事项"})
    subject = forms.CharField(
        label="当事人", max_length=40, help_text="统一社会信用代码；自然人填档案的公开编号",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    number = forms.CharField(label="提示函文号", max_length=100)
    act_on = DateField(label="行为发生日")
    recognized_on = DateField(label="单位认定日")
    facts = Text(label="事由", rows=4, help_text="写明违法失信的具体事实，不写证件号码和手机号码")
    request = Text(label="整改要求", rows=3)
    phone = forms.CharField(
        label="手机号码", max_length=20, required=False, help_text="当事人确认的，同时发短信；书面送达照常办理"
    )

    def build(self) -> None:
        rows = [row for row in own_entries(self.actor) if row.entry.polarity == "discipline"]
        minor = [(row.entry.code, f"{row.entry.code}　{row.title}") for row in rows if row.severity == "minor"]
        empty = "请选择轻微失信事项" if minor else "本单位现行目录中没有轻微失信事项"
        self.choose_among("entry_code", [("", empty), *minor])

    @classmethod
    def fits(cls, actor: Actor, record: object, target: object) -> bool:
        return actor.unit_id is not None

    def clean_subject(self) -> Subject:
        typed = self.cleaned_data["subject"].strip()
        found = lookup(typed)
        if found is None or not visible_to(self.actor).filter(pk=found.subject.pk).exists():
            missing = Violation("NOT-FOUND", f"没有找到“{typed}”对应的主体", remedy="核对代码；未建档的先办理主体建档")
            raise forms.ValidationError(error_text(missing))
        return found.subject

    def perform(self) -> Advice:
        names = ("entry_code", "subject", "number", "act_on", "recognized_on", "facts", "request")
        letter = services.Letter(**{name: self.cleaned_data[name] for name in names})
        phone = self.cleaned_data["phone"]
        ways = ("print", "sms") if phone else ("print",)
        return services.issue_advice(actor=self.actor, letter=letter, channels=ways, phone=phone, **self.when())

    def destination(self, result: Advice) -> str:
        return reverse("admin:sanctions_advice_change", args=[result.public_id])
