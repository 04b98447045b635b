"""Acts on lists received from elsewhere: keep an entry with its source, record that the source ended it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.urls import reverse

from core.actors import Actor
from core.problems import Violation
from organizations.acts.fields import DateField
from organizations.acts.forms import ActForm
from organizations.acts.refusals import error_text
from sanctions.models import ExternalListing
from sanctions.services import external as services
from subjects.models import Subject
from subjects.selectors import lookup


class RecordExternal(ActForm):
    name, label, permission = "record", "登记外部名单", "sanctions.external.record"
    lead = "外部名单只作提醒，不产生措施和任务；只按代码对应主体，名称相近不算。同一来源同一编号再次登记即更新。"
    done = "已登记"
    source = forms.CharField(label="来源", max_length=60)
    source_number = forms.CharField(label="来源编号", max_length=128)
    list_name = forms.CharField(label="名单", max_length=200)
    reported_name = forms.CharField(label="来源所载名称", max_length=200)
    code = forms.CharField(
        label="统一社会信用代码", max_length=40, required=False, help_text="来源没有代码的留空，记为未对应主体"
    )
    basis = forms.CharField(label="依据文书", max_length=200, required=False)
    listed_on = DateField(label="列入日")
    expected_exit_on = DateField(label="预计退出日", required=False)

    def clean_code(self) -> Subject | None:
        typed = self.cleaned_data["code"].strip()
        if not typed:
            return None
        found = lookup(typed)
        if found is None:
            missing = Violation("NOT-FOUND", f"没有代码为“{typed}”的主体", remedy="核对代码；未建档的留空登记")
            raise forms.ValidationError(error_text(missing))
        return found.subject

    def perform(self) -> ExternalListing:
        data = self.cleaned_data
        columns = ("source", "source_number", "list_name", "reported_name", "basis", "listed_on", "expected_exit_on")
        row = services.ExternalRow(subject=data["code"], **{name: data[name] for name in columns})
        return services.record_external(actor=self.actor, row=row, **self.when())

    def destination(self, result: ExternalListing) -> str:
        return reverse("admin:sanctions_externallisting_change", args=[result.public_id])


class EndExternal(ActForm):
    name, label, permission = "end", "登记来源退出", "sanctions.external.record"
    lead = "只有来源自己可以结束名单；按来源的退出决定登记。"
    done = "已登记退出"
    ended_on = DateField(label="来源退出日")

    @classmethod
    def fits(cls, actor: Actor, record: ExternalListing, target: Any) -> bool:
        return record.ended_on is None

    def perform(self) -> ExternalListing:
        return services.end_external(
            actor=self.actor,
            source=self.record.source,
            source_number=self.record.source_number,
            ended_on=self.cleaned_data["ended_on"],
            **self.when(),
        )
