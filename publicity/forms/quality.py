"""Forms of quality: what to look at, the month's ledger, a draw, and what a comparison showed."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms

from core import clock
from core.actors import Actor
from organizations import selectors
from organizations.acts.fields import Text, Ticks
from organizations.acts.forms import ActForm
from organizations.forms.choosing import UnitField
from organizations.models import District, Organization
from publicity.enums import RecordKind
from publicity.models import LedgerCount, QualitySample, SampledRecord
from publicity.models.quality import SEE_ALL, of_units
from publicity.quality.board import Asked, months_back
from publicity.services import quality as services

LONGEST = 24
KINDS = [("", "许可和处罚"), *RecordKind.choices]
MONTHS_SHOWN = 5


class MonthField(forms.Field):
    """A month, by its first day."""

    default_error_messages = {"required": "请选择月份", "invalid": "不是有效的月份，按“2026-03”填写"}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=MonthInput(), **kwargs)

    def to_python(self, value: Any) -> date | None:
        if not value:
            return None
        try:
            found = date.fromisoformat(f"{str(value).strip()}-01")
        except ValueError:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from None
        if not 2000 <= found.year <= 2199:
            raise forms.ValidationError("月份应在 2000 年至 2199 年之间", code="range")
        return found


class MonthInput(forms.TextInput):
    input_type = "month"

    def format_value(self, value: Any) -> str | None:
        return f"{value:%Y-%m}" if isinstance(value, date) else value


class BoardForm(forms.Form):
    """The months, the kind and the district that the page shows; a fresh page shows this month and five before."""

    first = MonthField(label="自月份", required=False)
    last = MonthField(label="至月份", required=False)
    kind = forms.ChoiceField(label="决定种类", choices=KINDS, required=False)
    district = forms.ChoiceField(label="县区", required=False)

    def __init__(self, data: Any, *, actor: Actor) -> None:
        this = clock.today().replace(day=1)
        defaults = {"first": f"{months_back(this, MONTHS_SHOWN):%Y-%m}", "last": f"{this:%Y-%m}"}
        given = {name: data[name] for name in ("first", "last", "kind", "district") if data.get(name)}
        super().__init__({**defaults, **given}, label_suffix="")
        if actor.may(SEE_ALL):
            places = [(row.code, row.name) for row in District.objects.order_by("code")]
            self.fields["district"].choices = [("", "全市"), *places]  # type: ignore[attr-defined]
        else:
            del self.fields["district"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and not first <= last:
            self.add_error("last", "截止月份早于起始月份")
        elif first and last and (last.year - first.year) * 12 + last.month - first.month >= LONGEST:
            self.add_error("first", f"一次最多查看 {LONGEST} 个月")
        return cleaned

    def asked(self) -> Asked:
        data = self.cleaned_data
        return Asked(data["first"], data["last"], data.get("kind", ""), data.get("district", ""))


def units_of(form: forms.Form, actor: Actor) -> None:
    """Let the form choose among the actor's units that exist today."""
    field: Any = form.fields["unit"]
    units = selectors.units_in_force(clock.today())
    field.queryset = units.filter(pk__in=Organization.objects.filter(of_units(actor)).values("pk"))


class FillLedger(ActForm):
    name, label, permission = "fill", "填报月度台账", services.FILL
    lead = "填写本单位当月作出的行政许可、行政处罚决定总数，用于计算上报率。再次填报为更正，须写明理由。"
    done = "台账已登记"
    backdatable = False
    note_label = "更正理由"
    unit = UnitField(label="单位")
    month = MonthField(label="决定月份")
    kind = forms.ChoiceField(label="决定种类", choices=RecordKind.choices)
    decisions = forms.IntegerField(label="决定总数", min_value=0, max_value=10_000_000)

    def build(self) -> None:
        units_of(self, self.actor)
        self.prefill(month=f"{clock.today().replace(day=1):%Y-%m}")
        own: Any = self.fields["unit"]
        mine = own.queryset.filter(pk=self.actor.unit_id).first()
        if mine is not None:
            self.prefill(unit=mine.public_id)

    def perform(self) -> LedgerCount:
        return services.fill_ledger(actor=self.actor, **self.cleaned_data)


class DrawSample(ActForm):
    name, label, permission = "draw", "抽取样本", services.SAMPLE
    lead = "从当月已公示的记录中随机抽取，与决定文书逐项比对。抽取的种子公开，任何人可以复算。"
    done = "已抽取"
    backdatable = False
    kind = forms.ChoiceField(label="决定种类", choices=RecordKind.choices)
    month = MonthField(label="决定月份")
    unit = UnitField(label="单位", required=False, empty_label="全市")
    size = forms.IntegerField(label="抽取条数", min_value=1, max_value=services.LARGEST_SAMPLE, initial=20)

    def build(self) -> None:
        units_of(self, self.actor)
        self.prefill(month=f"{months_back(clock.today().replace(day=1), 1):%Y-%m}")

    def perform(self) -> QualitySample:
        return services.draw_sample(actor=self.actor, **self.cleaned_data)


COMPARED = (
    "party_name", "uscc", "legal_representative", "document_number", "decided_on", "authority_name", "document_title",
    "licence_kind", "certificate_name", "certificate_number", "content", "valid_from", "valid_to", "violation",
    "facts", "basis", "kinds_text", "fine", "confiscated", "suspended_permit",
)  # fmt: skip


def compared_columns(record: Any) -> list[tuple[str, str]]:
    """Return the columns of a record that a document speaks of, with their names."""
    fields = {field.name: str(field.verbose_name) for field in record._meta.concrete_fields}
    return [(name, fields[name]) for name in COMPARED if name in fields]


class Compare(ActForm):
    name, label, permission = "compare", "登记比对结果", services.COMPARE
    button = "比对"
    targeted = True
    backdatable = False
    lead = "对照决定文书原件。各项都一致的不勾选；有不一致的，勾选不一致的数据项。"
    done = "比对结果已登记"
    columns = forms.MultipleChoiceField(label="与文书不一致的数据项", required=False, widget=Ticks)
    note = Text(label="说明", required=False, rows=2, max_length=500)

    def build(self) -> None:
        record = self.target.record
        self.choose_among(
            "columns", [(name, f"{label}：{_shown(record, name)}") for name, label in compared_columns(record)]
        )

    @classmethod
    def fits(cls, actor: Actor, record: Any, target: SampledRecord | None) -> bool:
        return target is not None and not target.result

    @classmethod
    def blocked(cls, actor: Actor, record: Any, target: SampledRecord | None) -> str:
        if target is not None and actor.key in {target.record.checked_by_key, target.record.passed_by_key}:
            return "您办理或者审核过这条记录，由其他人员比对"
        return ""

    @classmethod
    def find_target(cls, record: QualitySample, key: str) -> SampledRecord | None:
        found = record.records.filter(public_id=key).select_related("licence", "penalty", "unit").first()
        return found or super().find_target(record, key)

    def perform(self) -> SampledRecord:
        return services.record_comparison(actor=self.actor, sampled=self.target, **self.cleaned_data)


def _shown(record: Any, name: str) -> str:
    value = str(getattr(record, name) or "（空）")
    return value if len(value) <= 60 else f"{value[:60]}…"
