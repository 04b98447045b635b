"""What an entry revision prescribes for a subject of a case: the measures that bear on it, and the terms of the period."""

from __future__ import annotations

from catalog.models import EntryRevision, RevisionMeasure
from catalog.selectors import executable_measures
from sanctions.models import Case, CaseSubject
from sanctions.rules import PeriodTerms


def targets_of(case_subject: CaseSubject) -> set[str]:
    """Return the targets that fit: a person reported for his own act bears measures on persons too."""
    role = case_subject.role
    return {role, "responsible_person"} if case_subject.subject.is_person else {role}


def bearing_on(case: Case, *subjects: CaseSubject) -> list[RevisionMeasure]:
    """Return the measures that will be carried out on any of these subjects, by code; the others are never announced."""
    executable = executable_measures(case.revision, case.recognized_on)
    targets = {target for subject in subjects for target in targets_of(subject)}
    rows = case.revision.measures.select_related("measure").order_by("measure__sort", "measure__code")
    return [row for row in rows if row.measure.code in executable and row.target in targets]


def period_terms(revision: EntryRevision) -> PeriodTerms:
    """Return what the entry revision says of the unified period, as the rules read it."""
    return PeriodTerms(
        kind=revision.period_kind,
        minimum=revision.period_min_months,
        maximum=revision.period_max_months,
        default=revision.period_default_months,
        text=revision.period_text,
        alternative=revision.period_alternative,
    )
