"""Which measures of a revision bear on a subject of a case: executable on the recognition day, and aimed at its role."""

from __future__ import annotations

from catalog.models import RevisionMeasure
from catalog.selectors import executable_measures
from sanctions.models import Case, CaseSubject


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
