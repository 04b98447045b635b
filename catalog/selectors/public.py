"""The catalogue as the public reads it: an allow-list of plain values, entries in force only."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import F, Q

from catalog import rules
from catalog.content import MeasureContent, RevisionContent
from catalog.enums import MeasureClass, MeasureMode, MeasureTarget, PeriodKind, Polarity, Severity
from catalog.facts import CitationFacts, RevisionFacts
from catalog.models import EntryRevision, Measure, RevisionMeasure
from catalog.selectors.contents import Library, contents_of, facts_of
from catalog.selectors.in_force import revisions_in_force
from catalog.selectors.lookups import Executable, day_value
from core import clock
from organizations.enums import SubjectKind


def public_catalogue(on: date | None = None, polarity: str | None = None, q: str | None = None) -> list[dict[str, Any]]:
    """Return the entries in force on the day as plain dicts of allow-listed values, by code.

    polarity: discipline or incentive; q: code, or words of conduct, domain, cause. Constant number of queries.
    """
    day = on or clock.today()
    rows = revisions_in_force(day)
    if polarity:
        rows = rows.filter(entry__polarity=polarity)
    for word in (q or "").split():
        rows = rows.filter(
            Q(entry__code__iexact=word)
            | Q(title__icontains=word)
            | Q(entry__domain__icontains=word)
            | Q(cause__icontains=word)
        )
    pairs = contents_of(rows)
    library = Library.load()
    executable = _executable([revision.pk for revision, _ in pairs], day)
    return [_entry(revision, content, library, executable) for revision, content in pairs]


def _executable(revision_ids: list[int], day: date) -> set[tuple[int, str]]:
    rows = RevisionMeasure.objects.filter(revision__in=revision_ids).filter(
        Executable(F("revision_id"), F("measure_id"), day_value(day))
    )
    return set(rows.values_list("revision_id", "measure__code"))


def _entry(
    revision: EntryRevision, content: RevisionContent, library: Library, executable: set[tuple[int, str]]
) -> dict[str, Any]:
    facts = facts_of(content, library)
    return {
        "code": content.entry_code,
        "polarity": content.polarity,
        "polarity_label": Polarity(content.polarity).label,
        "domain": content.domain,
        "title": content.title,
        "cause": content.cause,
        "handling": content.handling,
        "evidence": list(content.evidence),
        "subject_kinds": [{"code": kind, "label": SubjectKind(kind).label} for kind in content.subject_kinds],
        "initiating_units": [_unit(code, library) for code in content.initiating_units],
        "basis": [_basis(fact, library) for fact in facts.citations.values()],
        "measures": [
            _measure(measure, library, (revision.pk, measure.code) in executable, facts) for measure in content.measures
        ],
        "period": {
            "kind": content.period_kind,
            "kind_label": PeriodKind(content.period_kind).label,
            "min_months": content.period_min_months,
            "max_months": content.period_max_months,
            "default_months": content.period_default_months,
            "alternative": content.period_alternative or None,
            "text": content.period_text,
            "needs_check": content.period_needs_check,
        },
        "repair_condition": content.repair_condition,
        "repair_needs_check": content.repair_needs_check,
        "severity": content.severity or None,
        "severity_label": Severity(content.severity).label if content.severity else None,
        "governed_by": content.governed_by,
        "revision": {
            "public_id": revision.public_id,
            "number": revision.number,
            "effective_from": revision.effective_from,
            "effective_to": revision.effective_to,
        },
        "warnings": [violation.detail for violation in rules.warnings(facts)],
    }


def _unit(code: str, library: Library) -> dict[str, str]:
    unit = library.units[code]
    return {"code": unit.code, "name": unit.name, "short_name": unit.short_name}


def _basis(fact: CitationFacts, library: Library) -> dict[str, Any]:
    instrument = library.instruments[fact.ref.split("/", 1)[0]]
    return {
        "instrument": instrument.title,
        "number": instrument.number,
        "kind": instrument.kind,
        "kind_label": instrument.get_kind_display(),
        "article": fact.ref.split("/", 1)[1],
        "needs_check": fact.needs_check,
    }


def _measure(measure: MeasureContent, library: Library, executable: bool, facts: RevisionFacts) -> dict[str, Any]:
    row: Measure = library.measures[measure.code]
    return {
        "code": measure.code,
        "name": row.name,
        "content": measure.content,
        "measure_class": row.measure_class,
        "measure_class_label": MeasureClass(row.measure_class).label,
        "target": measure.target,
        "target_label": MeasureTarget(measure.target).label,
        "mode": measure.mode,
        "mode_label": MeasureMode(measure.mode).label,
        "min_months": measure.min_months,
        "max_months": measure.max_months,
        "permanent": measure.permanent,
        "units": [_unit(code, library) for code in measure.units],
        "basis": [facts.citations[ref].label for ref in measure.citations if ref in facts.citations],
        "executable": executable,
    }
