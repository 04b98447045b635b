"""What the page of a revision shows, as plain rows for the template."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from catalog import rules, selectors
from catalog.content import LABELS, RevisionContent, compare, shown
from catalog.enums import MeasureMode
from catalog.facts import RevisionFacts
from catalog.models import EntryRevision
from catalog.workflow import REVISION
from core import workflow
from core.problems import Violation

PLAIN = (
    "cause",
    "handling",
    "subject_kinds",
    "severity",
    "is_major",
    "group_code",
    "governed_by",
    "governance_note",
)


@dataclass(frozen=True, slots=True)
class MeasureLine:
    """One measure of the revision, with the units that carry it out."""

    code: str
    name: str
    content: str
    measure_class: str
    target: str
    period: str
    basis: tuple[str, ...]
    units: str
    verdict: str
    is_weak: bool
    is_statutory: bool
    note: str


def revision_page(revision: EntryRevision, on: date) -> dict[str, Any]:
    """Return the sections of a revision's page on the day."""
    library = selectors.Library.load()
    content = selectors.content_of(revision)
    facts = selectors.facts_of(content, library)
    previous = selectors.previous_of(revision)
    reason = selectors.why_not_in_force(content.entry_code, on)
    return {
        "word": selectors.word_for(revision, selectors.is_in_force(revision, on), on),
        "why_not": reason if reason and revision.is_open is False else None,
        "contents": _contents(content, library),
        "citations": _citations(revision, facts, content),
        "measures": _measures(revision, content, facts, library, on),
        "warnings": rules.warnings(facts),
        "errors": _errors(revision, facts),
        "changes": compare(selectors.content_of(previous), content) if previous else [],
        "previous": previous,
        "comments": list(revision.comments.select_related("unit").order_by("id")),
        "timeline": [
            {
                "on": row.legal_on,
                "label": REVISION.by_name[row.transition].label,
                "actor": row.actor_label,
                "reason": row.reason,
            }
            for row in workflow.records_for(revision, REVISION)
        ],
    }


def _errors(revision: EntryRevision, facts: RevisionFacts) -> list[Violation]:
    return rules.submit_errors(facts) if revision.is_open else []


def _contents(content: RevisionContent, library: selectors.Library) -> list[tuple[str, str]]:
    rows = [(LABELS[name], shown(name, getattr(content, name))) for name in PLAIN]
    initiators = "、".join(library.units[code].name for code in content.initiating_units if code in library.units)
    period = shown("period_kind", content.period_kind)
    bounds = [
        f"{label}{value}个月"
        for label, value in (
            ("最短", content.period_min_months),
            ("最长", content.period_max_months),
            ("通常", content.period_default_months),
        )
        if value is not None
    ]
    if content.period_alternative:
        bounds.append(f"另可为{shown('period_alternative', content.period_alternative)}")
    return [
        ("行政单位（发起单位）", initiators),
        *rows,
        ("证据材料", "；".join(content.evidence)),
        (
            "期限",
            "，".join([period, *bounds, content.period_text]) + ("（待核）" if content.period_needs_check else ""),
        ),
        ("修复/退出条件", content.repair_condition + ("（待核）" if content.repair_needs_check else "")),
        ("生效日", shown("effective_from", content.effective_from)),
    ]


def _citations(revision: EntryRevision, facts: RevisionFacts, content: RevisionContent) -> list[dict[str, Any]]:
    rows = {row.article.ref: row for row in revision.citations.select_related("article__instrument")}
    notes = {citation.ref: citation.note for citation in content.citations}
    return [
        {
            "row": rows[fact.ref],
            "label": fact.label,
            "kind": rules.kind_label(fact.kind),
            "needs_check": fact.needs_check,
            "ended": fact.valid_to if fact.valid_to and fact.valid_to < facts.day else None,
            "since": fact.valid_from,
            "note": notes.get(fact.ref, ""),
        }
        for fact in facts.citations.values()
    ]


def _period(item: Any) -> str:
    if item.mode != MeasureMode.STATUTORY:
        return "随名单期限"
    bounds = dict.fromkeys(f"{value}个月" for value in (item.min_months, item.max_months) if value is not None)
    words = "法定：" + ("至".join(bounds) or "无固定期限") + ("，可为终身或无终期" if item.permanent else "")
    return words + (f"；起算：{item.start}" if item.start else "") + (f"；解除：{item.exit}" if item.exit else "")


def _measures(
    revision: EntryRevision,
    content: RevisionContent,
    facts: RevisionFacts,
    library: selectors.Library,
    on: date,
) -> list[MeasureLine]:
    executable = selectors.executable_measures(revision, on)
    lines = []
    for item in content.measures:
        row = library.measures[item.code]
        weak = not rules.is_carried(facts, item)
        verdict = "可执行" if item.code in executable else ("依据不足，不予执行" if weak else "版本未生效")
        lines.append(
            MeasureLine(
                code=item.code,
                name=row.name,
                content=item.content,
                measure_class=row.get_measure_class_display(),
                target=shown("target", item.target),
                period=_period(item),
                basis=tuple(facts.citations[ref].label for ref in item.citations if ref in facts.citations),
                units="、".join(library.units[code].short_name for code in item.units),
                verdict=verdict,
                is_weak=weak,
                is_statutory=item.mode == MeasureMode.STATUTORY,
                note=item.note,
            )
        )
    return lines
