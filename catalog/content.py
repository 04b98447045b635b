"""What a revision says, as plain values: the one form shared by fixtures, workbooks, drafts, comparison and rules."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date

from catalog.enums import (
    Governance,
    MeasureMode,
    MeasureTarget,
    PeriodAlternative,
    PeriodKind,
    Polarity,
    Severity,
)
from organizations.enums import GroupCode, SubjectKind


@dataclass(frozen=True, slots=True)
class CitationContent:
    """An article cited, named by instrument code and label."""

    instrument: str
    article: str
    needs_check: bool = False
    note: str = ""

    @property
    def ref(self) -> str:
        return f"{self.instrument}/{self.article}"


@dataclass(frozen=True, slots=True)
class MeasureContent:
    """A measure prescribed: by whom it is carried out, what carries it, and its own period if it has one."""

    code: str
    content: str
    units: tuple[str, ...]
    citations: tuple[str, ...] = ()
    mode: str = MeasureMode.FOLLOWS_LISTING.value
    min_months: int | None = None
    max_months: int | None = None
    permanent: bool = False
    start: str = ""
    exit: str = ""
    ends_on_repair: bool = True
    stops_on_pause: bool = True
    target: str = MeasureTarget.ENTITY.value
    needs_check: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class RevisionContent:
    """The eight contents of the founding document and what design §4 adds to them."""

    entry_code: str
    polarity: str
    domain: str
    title: str
    cause: str
    handling: str
    evidence: tuple[str, ...]
    subject_kinds: tuple[str, ...]
    initiating_units: tuple[str, ...]
    period_kind: str
    repair_condition: str
    group_code: str
    effective_from: date | None
    citations: tuple[CitationContent, ...]
    measures: tuple[MeasureContent, ...]
    period_min_months: int | None = None
    period_max_months: int | None = None
    period_default_months: int | None = None
    period_alternative: str = ""
    period_text: str = ""
    period_needs_check: bool = False
    repair_needs_check: bool = False
    severity: str = ""
    is_major: bool = False
    governed_by: str = Governance.CITY.value
    governance_note: str = ""


# Columns of EntryRevision that are copied as they are.
PLAIN_FIELDS = (
    "title",
    "cause",
    "handling",
    "period_kind",
    "period_min_months",
    "period_max_months",
    "period_default_months",
    "period_alternative",
    "period_text",
    "period_needs_check",
    "repair_condition",
    "repair_needs_check",
    "severity",
    "is_major",
    "group_code",
    "governed_by",
    "governance_note",
    "effective_from",
)

LABELS = {
    "entry_code": "编号",
    "polarity": "奖惩类型",
    "domain": "领域",
    "title": "行为",
    "cause": "实施事由/奖励事由",
    "handling": "处理措施",
    "evidence": "证据材料",
    "subject_kinds": "主体类型",
    "initiating_units": "发起单位",
    "period_kind": "期限种类",
    "period_min_months": "最短（月）",
    "period_max_months": "最长（月）",
    "period_default_months": "通常（月）",
    "period_alternative": "期限另可为",
    "period_text": "期限说明",
    "period_needs_check": "期限待核",
    "repair_condition": "修复/退出条件",
    "repair_needs_check": "修复条件待核",
    "severity": "失信程度",
    "is_major": "重大事项",
    "group_code": "责任专项小组",
    "governed_by": "名单管理",
    "governance_note": "名单管理说明",
    "effective_from": "生效日",
}
CHOICES: dict[str, dict[str, str]] = {
    "polarity": dict(Polarity.choices),
    "subject_kinds": dict(SubjectKind.choices),
    "period_kind": dict(PeriodKind.choices),
    "period_alternative": dict(PeriodAlternative.choices),
    "severity": dict(Severity.choices),
    "group_code": dict(GroupCode.choices),
    "governed_by": dict(Governance.choices),
    "mode": dict(MeasureMode.choices),
    "target": dict(MeasureTarget.choices),
}


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between two revisions, in words."""

    label: str
    before: str
    after: str


def shown(field: str, value: object) -> str:
    """Return a value as an officer reads it."""
    if value is None or value == "" or value == ():
        return "（空）"
    if isinstance(value, bool):
        return "是" if value else "否"
    choices = CHOICES.get(field, {})
    if isinstance(value, tuple):
        return "、".join(choices.get(str(item), str(item)) for item in value)
    return choices.get(str(value), str(value))


def _citation_words(citation: CitationContent) -> str:
    return f"{citation.ref}{'（待核）' if citation.needs_check else ''}{citation.note and '：' + citation.note}"


def measure_words(measure: MeasureContent) -> str:
    """Return one measure with its units, basis and own period in one sentence."""
    period = ""
    if measure.mode == MeasureMode.STATUTORY:
        bounds = [str(months) for months in (measure.min_months, measure.max_months) if months is not None]
        period = f"；法定期限 {'—'.join(dict.fromkeys(bounds)) + '个月' if bounds else '无固定期'}"
        period += "、可为终身" if measure.permanent else ""
    basis = "、".join(measure.citations) or "未列依据"
    doubt = "（待核）" if measure.needs_check else ""
    return f"{measure.content}{doubt}；实施：{'、'.join(measure.units)}；依据：{basis}{period}"


def _named(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    return dict(pairs)


def compare(before: RevisionContent, after: RevisionContent) -> list[Change]:
    """Return every difference between two revisions, field by field, citation by citation, measure by measure."""
    found = [
        Change(LABELS[field.name], shown(field.name, old), shown(field.name, new))
        for field in fields(RevisionContent)
        if field.name in LABELS
        for old, new in [(getattr(before, field.name), getattr(after, field.name))]
        if old != new
    ]
    parts = (
        (
            "依据",
            _named((c.ref, _citation_words(c)) for c in before.citations),
            _named((c.ref, _citation_words(c)) for c in after.citations),
        ),
        (
            "措施",
            _named((m.code, measure_words(m)) for m in before.measures),
            _named((m.code, measure_words(m)) for m in after.measures),
        ),
    )
    for label, old_parts, new_parts in parts:
        for key in dict.fromkeys([*old_parts, *new_parts]):
            old_text, new_text = old_parts.get(key, "（无）"), new_parts.get(key, "（无）")
            if old_text != new_text:
                found.append(Change(f"{label} {key}", old_text, new_text))
    changed_silently = not found and before != after
    return [Change("顺序或附注", "（略）", "（略）")] if changed_silently else found
