"""Acts on a draft's content: opened anew, its units, its citations, its measures; all end in one service call each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django import forms
from django.urls import reverse

from catalog import selectors, services
from catalog.content import CitationContent, MeasureContent, RevisionContent
from catalog.enums import (
    Governance,
    MeasureMode,
    MeasureTarget,
    PeriodAlternative,
    PeriodKind,
    Polarity,
    RevisionState,
    Severity,
)
from catalog.models import Entry, EntryRevision, LegalInstrument, Measure, RevisionCitation, RevisionMeasure
from catalog.permissions import CITATION_VERIFY, REVISION_DRAFT
from core.actors import Actor
from core.problems import NotFound, Violation, refuse
from organizations.acts.fields import DateField, Text
from organizations.acts.forms import ActForm, Group
from organizations.enums import GroupCode, SubjectKind
from organizations.forms.choosing import UnitsField, present_units
from organizations.models import Organization

BLANK = [("", "请选择")]
MONTHS = ("period_min_months", "period_max_months", "period_default_months")
NO_SEVERITY = [("", "不适用（激励事项）"), *Severity.choices]


def lines_of(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def public_ids(codes: Sequence[str]) -> list[str]:
    """Return the public ids of the units with these codes, for a form that is filled in."""
    return list(Organization.objects.filter(code__in=codes).values_list("public_id", flat=True))


def next_codes() -> str:
    """Return the next free numbers of both kinds of entries, as a hint."""
    taken = list(Entry.objects.values_list("code", flat=True))
    found = []
    for prefix in ("CJ", "JL"):
        numbers = [int(code[3:]) for code in taken if re.fullmatch(rf"{prefix}-[0-9]+", code)]
        found.append(f"{prefix}-{max(numbers, default=0) + 1:03d}")
    return "、".join(found)


class Routed(ActForm):
    """Who reports, whom it is about, who answers for it, and how long."""

    initiating_units = UnitsField(label="发起单位", help_text="依法主管该行为、可以报送的单位")
    subject_kinds = forms.MultipleChoiceField(
        label="主体类型",
        choices=SubjectKind.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "至少选择一类主体"},
    )
    group_code = forms.ChoiceField(label="责任专项小组", choices=[*BLANK, *GroupCode.choices])
    severity = forms.ChoiceField(label="失信程度", choices=NO_SEVERITY, required=False)
    is_major = forms.BooleanField(label="重大事项", required=False, help_text="跨小组的重大事项由联席办认定")
    period_kind = forms.ChoiceField(label="期限种类", choices=[*BLANK, *PeriodKind.choices])
    governed_by = forms.ChoiceField(label="名单管理", choices=Governance.choices)
    governance_note = forms.CharField(label="名单管理说明", max_length=500, required=False)

    def routed(self) -> dict[str, Any]:
        """Return what was filled in, as a revision's content says it."""
        data = {name: self.cleaned_data[name] for name in Routed.base_fields}
        data["initiating_units"] = tuple(unit.code for unit in data["initiating_units"])
        data["subject_kinds"] = tuple(data["subject_kinds"])
        return data


class DraftEntry(Routed):
    name, label, permission = "draft", "起草新事项", REVISION_DRAFT
    lead = "起草后逐条添加法律依据和措施，再由本单位另一名审核人员报送。修改现行事项的，在该事项的页面起草下一版。"
    backdatable, wide = False, True
    layout = (
        Group(
            "一、行为",
            (("entry_code", "domain"), "polarity", "title", "cause", "handling", "evidence"),
        ),
        Group(
            "二、单位和归口",
            (
                "initiating_units",
                "subject_kinds",
                ("group_code", "severity"),
                "is_major",
                ("governed_by", "governance_note"),
            ),
        ),
        Group("三、期限、修复和生效", (("period_kind", "period_text"), MONTHS, ("repair_condition", "effective_from"))),
    )
    entry_code = forms.CharField(label="编号", max_length=20)
    polarity = forms.ChoiceField(label="奖惩类型", choices=Polarity.choices, widget=forms.RadioSelect)
    domain = forms.CharField(label="领域", max_length=50, help_text="如“人力资源社会保障”")
    title = forms.CharField(label="行为", max_length=300)
    cause = Text(label="实施事由/奖励事由", rows=3)
    handling = Text(label="处理措施", rows=3)
    evidence = Text(label="证据材料（每行一项）", rows=4)
    period_min_months = forms.IntegerField(label="最短（月）", required=False, min_value=0)
    period_max_months = forms.IntegerField(label="最长（月）", required=False, min_value=0)
    period_default_months = forms.IntegerField(label="通常（月）", required=False, min_value=0)
    period_alternative = forms.ChoiceField(
        label="期限另可为",
        choices=[("", "无"), *PeriodAlternative.choices],
        required=False,
        help_text="如“3年或者终身”",
    )
    period_text = forms.CharField(label="期限说明", required=False, max_length=300)
    repair_condition = forms.CharField(label="修复/退出条件", max_length=500)
    effective_from = DateField(label="生效日", help_text="所依法律的施行日，与录入日无关")

    def build(self) -> None:
        units = present_units(self)
        own = units.filter(pk=self.actor.unit_id or 0).values_list("public_id", flat=True)
        self.prefill(polarity=Polarity.DISCIPLINE.value, initiating_units=list(own))
        self.fields["entry_code"].help_text = f"下一个可用的编号：{next_codes()}"

    def perform(self) -> EntryRevision:
        data = {name: self.cleaned_data[name] for name in self.base_fields if name not in Routed.base_fields}
        if Entry.objects.filter(code=data["entry_code"]).exists():
            taken = f"事项编号 {data['entry_code']} 已存在"
            refuse([Violation("CAT-34", taken, "entry_code", "换用新编号；修改该事项的，在其现行版本上起草下一版")])
        data["evidence"] = lines_of(data["evidence"])
        content = RevisionContent(**data, **self.routed(), citations=(), measures=())
        return services.draft_revision(actor=self.actor, content=content)

    def success(self, result: EntryRevision) -> str:
        return f"已起草{result}，请添加法律依据和措施"

    def destination(self, result: EntryRevision) -> str:
        return reverse("admin:catalog_entryrevision_change", args=[result.public_id])


class DraftAct(ActForm):
    """An act on the content of a draft; what it does not name stays as it is."""

    permission = REVISION_DRAFT
    backdatable = False

    @classmethod
    def fits(cls, actor: Actor, record: EntryRevision, target: Any) -> bool:
        return record.state == RevisionState.DRAFTED

    def revise(self, **changes: Any) -> EntryRevision:
        content = replace(selectors.content_of(self.record), **changes)
        return services.revise_draft(actor=self.actor, revision=self.record, content=content)

    @property
    def content(self) -> RevisionContent:
        return selectors.content_of(self.record)


class EditRouting(DraftAct, Routed):
    name, label = "routing", "修改单位和归口"
    done, wide, minor = "已修改", True, True
    domain = forms.CharField(label="领域", max_length=50)
    layout = (
        Group("", ("domain", "initiating_units", "subject_kinds", ("group_code", "severity"), "is_major")),
        Group("", (("period_kind",), ("governed_by", "governance_note"))),
    )

    def build(self) -> None:
        content = self.content
        present_units(self, also=content.initiating_units)
        self.initial = {name: getattr(content, name) for name in self.base_fields}
        self.initial["initiating_units"] = public_ids(content.initiating_units)

    def perform(self) -> EntryRevision:
        return self.revise(domain=self.cleaned_data["domain"], **self.routed())


# --- citations ---


class AddCitation(DraftAct):
    name, label = "cite", "添加法律依据"
    lead = "写到条；引用整个文件的写“全文”。库中没有的文件，由联席办先登记。没有对照官方原文的，标为待核。"
    done, minor = "已添加依据", True
    aliases = {"citations": "instrument"}
    instrument = forms.ModelChoiceField(
        LegalInstrument.objects.order_by("title"),
        to_field_name="code",
        label="法律文件",
        empty_label="请选择文件",
        error_messages={"required": "请选择文件"},
    )
    article = forms.CharField(label="条款", max_length=60, help_text="如“第四十八条”")
    needs_check = forms.BooleanField(label="待核（没有对照官方原文）", required=False, initial=True)
    note = forms.CharField(label="说明", max_length=300, required=False)

    def perform(self) -> EntryRevision:
        data = dict(self.cleaned_data)
        made = CitationContent(instrument=data.pop("instrument").code, **data)
        return self.revise(citations=(*self.content.citations, made))


class OnCitation(ActForm):
    """An act on one citation of a revision."""

    targeted, backdatable, minor = True, False, True

    @classmethod
    def find_target(cls, record: EntryRevision, key: str) -> RevisionCitation:
        found = record.citations.select_related("article__instrument").filter(public_id=key).first()
        if found is None:
            raise NotFound("该依据")
        return found


class RemoveCitation(OnCitation, DraftAct):
    name, label, permission, targeted, minor = "uncite", "删去依据", REVISION_DRAFT, True, True
    lead = "引用这一条的措施同时去掉这条依据。"
    done, danger = "已删去依据", True

    def perform(self) -> EntryRevision:
        content, ref = self.content, self.target.article.ref
        measures = (
            replace(row, citations=tuple(other for other in row.citations if other != ref)) for row in content.measures
        )
        return self.revise(
            citations=tuple(row for row in content.citations if row.ref != ref), measures=tuple(measures)
        )


class VerifyCitation(OnCitation):
    name, label, permission = "verify", "核对引文", CITATION_VERIFY
    lead = "对照官方公布的原文，条款号、文字和效力都一致的，确认核对。由两名人员先后核对，第二人核对后去掉待核标记。"
    note = forms.CharField(
        label="核对说明", max_length=300, required=False, help_text="原文出处，如“国家法律法规数据库”"
    )

    @classmethod
    def fits(cls, actor: Actor, record: EntryRevision, target: RevisionCitation) -> bool:
        return record.is_open and target.needs_check

    @classmethod
    def blocked(cls, actor: Actor, record: EntryRevision, target: RevisionCitation) -> str:
        return "已由本人核对，请另一名人员核对" if target.first_checked_key == actor.key else ""

    def perform(self) -> RevisionCitation:
        return services.verify_citation(actor=self.actor, citation=self.target, note=self.cleaned_data["note"])

    def success(self, result: RevisionCitation) -> str:
        return "尚缺另一名人员核对" if result.needs_check else "已由两名人员核对，去掉待核标记"


CITATION_ACTS: Sequence[type[ActForm]] = (VerifyCitation, RemoveCitation)


# --- measures ---


class MeasureAct(DraftAct):
    """What a measure of the draft says: content, units, basis, and a period of its own where an article sets one."""

    wide = True
    aliases = {"measures": "measure"}
    layout = (
        Group("一、措施", ("measure", "content_text", "target_kind", "citations", "units")),
        Group(
            "二、期限",
            (
                "mode",
                ("min_months", "max_months"),
                ("start", "exit"),
                ("permanent", "ends_on_repair", "stops_on_pause"),
            ),
        ),
        Group("三、把握", ("needs_check", "note")),
    )
    content_text = forms.CharField(label="措施内容", max_length=500)
    units = UnitsField(label="实施单位")
    citations = forms.MultipleChoiceField(
        label="依据",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="一类措施须有确定的法律、法规或者中央文件",
    )
    target_kind = forms.ChoiceField(label="对象", choices=MeasureTarget.choices)
    mode = forms.ChoiceField(label="期限方式", choices=MeasureMode.choices)
    min_months = forms.IntegerField(label="法定最短（月）", required=False, min_value=0, help_text="依法定期限的才填写")
    max_months = forms.IntegerField(label="法定最长（月）", required=False, min_value=0)
    permanent = forms.BooleanField(label="可为终身或者无终期", required=False)
    start = forms.CharField(label="法定起算", max_length=200, required=False)
    exit = forms.CharField(label="法定解除", max_length=200, required=False)
    ends_on_repair = forms.BooleanField(label="信用修复即终止", required=False, initial=True)
    stops_on_pause = forms.BooleanField(label="异议期间暂停", required=False, initial=True)
    needs_check = forms.BooleanField(label="待核", required=False)
    note = forms.CharField(label="说明", max_length=300, required=False)

    def offer(self, also: Sequence[str] = ()) -> None:
        present_units(self, also=also)
        rows = self.record.citations.select_related("article__instrument").order_by("pk")
        self.choose_among("citations", [(row.article.ref, str(row.article)) for row in rows])

    def said(self, code: str) -> MeasureContent:
        """Return the measure as the draft's content says it."""
        data = {name: self.cleaned_data[name] for name in MeasureAct.base_fields}
        return MeasureContent(
            code=code,
            content=data.pop("content_text"),
            units=tuple(unit.code for unit in data.pop("units")),
            citations=tuple(data.pop("citations")),
            target=data.pop("target_kind"),
            **data,
        )


class AddMeasure(MeasureAct):
    name, label = "measure", "添加措施"
    done, minor = "已添加措施", True
    measure = forms.ModelChoiceField(
        Measure.objects.none(),
        to_field_name="code",
        label="措施",
        empty_label="请从措施库选择",
        error_messages={"required": "请选择措施"},
    )

    def build(self) -> None:
        self.offer()
        used = [row.code for row in self.content.measures]
        library = Measure.objects.filter(polarity=self.record.entry.polarity).exclude(code__in=used)
        self.fields["measure"].queryset = library.order_by("sort", "code")  # type: ignore[attr-defined]

    def perform(self) -> EntryRevision:
        made = self.said(self.cleaned_data["measure"].code)
        return self.revise(measures=(*self.content.measures, made))


class OnMeasure(MeasureAct):
    """An act on one measure of a draft, addressed by its code."""

    targeted, minor = True, True

    @classmethod
    def find_target(cls, record: EntryRevision, key: str) -> RevisionMeasure:
        found = record.measures.select_related("measure").filter(measure__code=key).first()
        if found is None:
            raise NotFound("该措施")
        return found


class EditMeasure(OnMeasure):
    name, label, done = "edit-measure", "修改措施", "措施已修改"

    def build(self) -> None:
        row = next(row for row in self.content.measures if row.code == self.target.measure.code)
        self.offer(row.units)
        same = [name for name in MeasureAct.base_fields if name not in {"content_text", "units", "target_kind"}]
        self.prefill(
            **{name: getattr(row, name) for name in same},
            content_text=row.content,
            units=public_ids(row.units),
            target_kind=row.target,
        )

    def perform(self) -> EntryRevision:
        code = self.target.measure.code
        return self.revise(
            measures=tuple(self.said(code) if row.code == code else row for row in self.content.measures)
        )


class RemoveMeasure(DraftAct):
    name, label, targeted, minor = "drop-measure", "删去措施", True, True
    done, danger = "已删去措施", True

    @classmethod
    def find_target(cls, record: EntryRevision, key: str) -> RevisionMeasure:
        return OnMeasure.find_target(record, key)

    def perform(self) -> EntryRevision:
        code = self.target.measure.code
        return self.revise(measures=tuple(row for row in self.content.measures if row.code != code))


MEASURE_ACTS: Sequence[type[ActForm]] = (EditMeasure, RemoveMeasure)
CONTENT_ACTS: Sequence[type[ActForm]] = (
    EditRouting,
    AddCitation,
    AddMeasure,
    *CITATION_ACTS,
    *MEASURE_ACTS,
)
