"""Acts on the library of laws and measures: added by the office; an end stands below the preview of what it touches."""

from __future__ import annotations

from typing import Any

from django import forms
from django.urls import reverse

from catalog import selectors, services
from catalog.enums import InstrumentKind, MeasureClass, MeasureTarget, Polarity
from catalog.models import Article, LegalInstrument, Measure
from catalog.permissions import INSTRUMENT_MANAGE
from core import clock
from core.actors import Actor
from organizations.acts.fields import DateField
from organizations.acts.forms import ActForm


class Repeal(ActForm):
    name, label, permission = "repeal", "登记废止", INSTRUMENT_MANAGE
    lead = "废止后，仅以本条为确定依据的事项和一类措施自次日起不再有效。下列影响请先核对。"
    template, wide, danger = "catalog/admin/repeal.html", True, True
    backdatable, reason_label, reason_limit = False, "废止依据", 500
    last_day = DateField(label="最后适用日")

    @classmethod
    def fits(cls, actor: Actor, record: Article, target: Any) -> bool:
        return record.valid_to is None

    def perform(self) -> Article:
        return services.repeal_article(actor=self.actor, article=self.record, **self.cleaned_data)

    def success(self, result: Article) -> str:
        return f"已登记{result}废止"

    def aside(self) -> dict[str, Any]:
        return {"impact": selectors.impact_of(article=self.record, on=clock.today())}


class AddInstrument(ActForm):
    name, label, permission = "add", "登记法律文件", INSTRUMENT_MANAGE
    lead = "修订后重新公布的文本作为新文件登记。施行日不清楚的，标为待核。"
    backdatable = False
    aliases = {"name": "title"}
    title = forms.CharField(label="名称", max_length=200, help_text="不加书名号")
    code = forms.SlugField(
        label="代号",
        max_length=60,
        help_text="小写字母和横线，如 nongmingong-gongzi",
        error_messages={"invalid": "代号只用字母、数字、横线和下划线"},
    )
    kind = forms.ChoiceField(label="种类", choices=InstrumentKind.choices)
    number = forms.CharField(label="文号", max_length=100, required=False)
    issuer = forms.CharField(label="制定机关", max_length=200, required=False)
    promulgated_on = DateField(label="公布日", required=False)
    effective_from = DateField(label="施行日", required=False)
    needs_check = forms.BooleanField(label="待核（没有对照官方文本）", required=False, initial=True)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not cleaned.get("effective_from") and not cleaned.get("needs_check"):
            self.add_error("effective_from", "填写施行日；不清楚的标为待核")
        return cleaned

    def perform(self) -> LegalInstrument:
        return services.add_instrument(actor=self.actor, **self.cleaned_data)

    def success(self, result: LegalInstrument) -> str:
        return f"已登记《{result.title}》"

    def destination(self, result: LegalInstrument) -> str:
        return reverse("admin:catalog_legalinstrument_change", args=[result.public_id])


class AddArticle(ActForm):
    name, label, permission = "article", "登记条款", INSTRUMENT_MANAGE
    done, backdatable = "条款已登记", False
    article = forms.CharField(label="条款", max_length=60, help_text="如“第四十八条”；整个文件写“全文”")
    valid_from = DateField(label="施行日", required=False, help_text="与文件不同时才填写")

    def perform(self) -> Article:
        data = self.cleaned_data
        return services.add_article(
            actor=self.actor, instrument=self.record, label=data["article"], valid_from=data["valid_from"]
        )


class AddLibraryMeasure(ActForm):
    name, label, permission = "add", "登记措施", INSTRUMENT_MANAGE
    lead = "惩戒措施编号以 P 开头，激励措施以 R 开头。一类措施须有法律、行政法规、地方性法规或者中央文件依据才能执行。"
    backdatable = False
    aliases = {"name": "title"}
    code = forms.RegexField(
        "^[PR][0-9]{2,3}$",
        label="编号",
        help_text="如 P28、R21",
        error_messages={"invalid": "编号为 P 或 R 加两三位数字"},
    )
    title = forms.CharField(label="措施", max_length=200)
    measure_class = forms.TypedChoiceField(label="类别", choices=MeasureClass.choices, coerce=int)
    target = forms.ChoiceField(label="对象", choices=MeasureTarget.choices)

    def perform(self) -> Measure:
        data = dict(self.cleaned_data)
        polarity = Polarity.DISCIPLINE if data["code"].startswith("P") else Polarity.INCENTIVE
        return services.add_measure(actor=self.actor, name=data.pop("title"), polarity=polarity.value, **data)

    def success(self, result: Measure) -> str:
        return f"已登记措施 {result}"

    def destination(self, result: Measure) -> str:
        return reverse("admin:catalog_measure_change", args=[result.public_id])
