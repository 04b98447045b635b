"""Acts on lists received from elsewhere: by hand for sources that send none, their sources, their rules, nomination."""

from __future__ import annotations

from typing import Any

from django import forms
from django.urls import reverse

from core.actors import Actor
from core.models.dated import Dated
from core.problems import Violation
from organizations.acts.dated import ConfirmDated, ProposeDated
from organizations.acts.fields import DateField, Text
from organizations.acts.forms import ActForm
from organizations.acts.refusals import error_text
from organizations.forms.choosing import UnitField, present_units
from sanctions.forms.cases import own_entries, unit_of
from sanctions.models import Case, ExternalListing, ExternalRule, ExternalSource
from sanctions.services import external as services
from sanctions.services import external_sources as sources
from sanctions.services import nominating
from subjects.models import Subject
from subjects.selectors import lookup, visible_to


class RecordExternal(ActForm):
    name, label, permission = "record", "登记外部名单", "sanctions.external.record"
    lead = (
        "只用于不成批推送的来源。外部名单只作提醒，不产生措施和任务；只按代码对应主体，名称相近不算。"
        "同一来源同一编号再次登记即更新。"
    )
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
        return record.ended_on is None and record.register_id is None

    def perform(self) -> ExternalListing:
        return services.end_external(
            actor=self.actor,
            source=self.record.source,
            source_number=self.record.source_number,
            ended_on=self.cleaned_data["ended_on"],
            **self.when(),
        )


class Nominate(ActForm):
    """Draft a case because of an external listing; the unit answers for its own facts and papers."""

    name, label, permission = "nominate", "提名为联合奖惩事项", "sanctions.case.draft"
    lead = (
        "外部名单只是线索：以本单位名义、按目录清单和本单位自己的认定文书起草事项。起草之后照常由另一人复核报送、"
        "告知、陈述申辩和会议认定，不自动产生任何措施。"
    )
    done = "已起草，请上传证据后交复核"
    backdatable, wide = False, True
    aliases = {"entry": "entry_code", "unit": "entry_code", "on": "recognized_on", "subjects": "entry_code"}
    reason_label, reason_limit = "提名理由", 1000

    entry_code = forms.ChoiceField(label="目录事项", error_messages={"required": "请选择目录事项"})
    act_on = DateField(label="行为发生日")
    recognized_on = DateField(label="单位认定日", help_text="本单位作出认定之日；按这一天的目录办理")
    document_number = forms.CharField(
        label="认定依据文书号", max_length=128, help_text="本单位的文书，不是外部名单的文书"
    )
    facts = Text(label="事由", rows=4, help_text="写明本单位查明的具体事实")

    @classmethod
    def fits(cls, actor: Actor, record: ExternalListing, target: Any) -> bool:
        if record.ended_on is not None or record.subject_id is None or actor.unit_id is None:
            return False
        return visible_to(actor).filter(pk=record.subject_id).exists()

    def build(self) -> None:
        entries = [(row.entry.code, f"{row.entry.code}　{row.title}") for row in own_entries(self.actor)]
        self.choose_among("entry_code", [("", "请选择本单位可以发起的事项"), *entries])

    def perform(self) -> Case:
        data, unit = self.cleaned_data, unit_of(self.actor)
        assert unit is not None
        grounds = nominating.Grounds(
            **{name: data[name] for name in ("entry_code", "act_on", "recognized_on", "document_number", "facts")}
        )
        return nominating.nominate(
            actor=self.actor, listing=self.record, unit=unit, grounds=grounds, reason=data["reason"]
        )

    def destination(self, result: Case) -> str:
        return reverse("admin:sanctions_case_change", args=[result.public_id])


class _Source(ActForm):
    """What is told of a list of a source."""

    permission, backdatable = sources.KEEP, False
    reason_label, reason_limit = "理由和依据", 500
    aliases = {"source": "name"}

    name_of_source = forms.CharField(label="来源", max_length=60)
    list_name = forms.CharField(label="名单名称", max_length=200)
    law = forms.CharField(label="所依规定", max_length=300)
    law_confidence = forms.ChoiceField(label="规定把握", choices=Dated.Confidence.choices)
    contact = forms.CharField(label="怎样联系来源", max_length=300, help_text="门户上告诉当事人向谁提出")
    cadence = forms.CharField(label="更新频率", max_length=60, required=False)
    unit = UnitField(
        label="推送单位",
        required=False,
        empty_label="不由系统推送",
        help_text="只有该单位的系统可以推送；向省平台取回的不选",
    )
    is_public = forms.BooleanField(label="在门户主体页展示（自然人一律不展示）", required=False)
    is_active = forms.BooleanField(label="正在接收", required=False)

    def build(self) -> None:
        present_units(self)

    def told(self) -> dict[str, Any]:
        data = self.cleaned_data
        names = ("list_name", "law", "law_confidence", "contact", "cadence", "unit", "is_public", "is_active")
        return {"name": data["name_of_source"], **{name: data[name] for name in names}}

    def field_of(self, violation: Violation) -> str | None:
        return "name_of_source" if violation.field == "name" else super().field_of(violation)

    def destination(self, result: ExternalSource) -> str:
        return reverse("admin:sanctions_externalsource_change", args=[result.public_id])


class EnterSource(_Source):
    name, label = "enter", "登记来源名单"
    lead = "来源代号和名单代码与来源约定，登记后不再变更；每一批次都按它们归入名单。"
    done = "已登记"
    code = forms.CharField(label="来源代号", max_length=40, help_text="小写字母、数字、连字符，如 sc-credit")
    list_code = forms.CharField(label="名单代码", max_length=40, help_text="如 enforcement")
    field_order = ("code", "list_code", "name_of_source", "list_name")

    def build(self) -> None:
        super().build()
        self.prefill(is_public=True, is_active=True, law_confidence=Dated.Confidence.UNSURE)

    def perform(self) -> ExternalSource:
        values = {**self.told(), "code": self.cleaned_data["code"], "list_code": self.cleaned_data["list_code"]}
        return sources.keep_source(actor=self.actor, values=values, reason=self.cleaned_data["reason"])


class ChangeSource(_Source):
    name, label = "change", "变更来源名单"
    lead = "停止接收的，已有记录照旧提醒，直到来源结束。"
    done = "已变更"

    def build(self) -> None:
        super().build()
        names = ("list_name", "law", "law_confidence", "contact", "cadence", "unit", "is_public", "is_active")
        self.prefill(name_of_source=self.record.name, **{name: getattr(self.record, name) for name in names})

    def perform(self) -> ExternalSource:
        reason = self.cleaned_data["reason"]
        return sources.keep_source(actor=self.actor, values=self.told(), reason=reason, source=self.record)


class ProposeRule(ProposeDated):
    name, label, permission = "propose", "提出名单接收规则", sources.RULES
    done, reason_label = "已提出，由另一人复核后生效", "修订理由"
    applies_to = forms.ChoiceField(label="适用名单", required=False)
    min_share = forms.IntegerField(label="全量不得少于现有的（%）", min_value=1, max_value=100, initial=80)
    max_changed = forms.IntegerField(label="换了主体的不得超过（%）", min_value=0, max_value=100, initial=5)
    max_rejected = forms.IntegerField(label="退回的行不得超过（%）", min_value=0, max_value=100, initial=20)
    stale_days = forms.IntegerField(label="多少日未接收视为陈旧", min_value=1, max_value=3650, initial=7)
    field_order = ("applies_to", "min_share", "max_changed", "max_rejected", "stale_days", "valid_from")

    def build(self) -> None:
        lists = [(row.key, f"{row.list_name}（{row.name}）") for row in ExternalSource.objects.all()]
        self.choose_among("applies_to", [("", "各名单"), *lists])

    def perform(self) -> ExternalRule:
        return sources.propose_rule(actor=self.actor, values=self.values(), reason=self.cleaned_data["reason"])


class ConfirmRule(ConfirmDated):
    label, permission = "复核名单接收规则", sources.RULES
    lead, done = "复核后自施行日期起适用于此后收到的批次。", "已复核"
    second = "由本人提出，应由另一名联席办人员复核"

    def perform(self) -> ExternalRule:
        return sources.confirm_rule(actor=self.actor, row=self.record)
