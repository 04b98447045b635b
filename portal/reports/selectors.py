"""Reports as anybody may look them up: by number, what it was, and whether it still stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from core import clock
from core.problems import NotFound
from core.text import zh_day
from portal.models import Report
from portal.reports.facts import facts_of
from portal.reports.signing import canonical, digest
from subjects.selectors import canonical as canonical_subject

VALID, SUPERSEDED, WITHDRAWN = "valid", "superseded", "withdrawn"
LABELS = {VALID: "有效", SUPERSEDED: "已有更新的报告", WITHDRAWN: "已作废"}


@dataclass(frozen=True, slots=True)
class Verified:
    """One report by its number, and how it stands. changed: today's facts of the subject are no longer its own."""

    report: Report
    state: str
    since: str
    changed: bool
    newer: str = ""

    @property
    def label(self) -> str:
        return LABELS[self.state]


def report_of(number: str) -> Report:
    """Return the report of this number; NotFound otherwise."""
    plain = number.strip().upper()
    found = Report.objects.filter(number=plain).select_related("subject", "pdf").first() if plain.isascii() else None
    if found is None:
        raise NotFound("该编号的信用报告")
    return found


def by_pdf_digest(found: str) -> str:
    """Return the number of the report whose PDF has this digest, or ""."""
    return Report.objects.filter(pdf_digest=found).values_list("number", flat=True).first() or ""


def verified(number: str) -> Verified:
    """Return how the report of this number stands today. NotFound for a number that was never given."""
    report = report_of(number)
    newer = Report.objects.filter(subject=report.subject, superseded_at=None, withdrawn_on=None).first()
    if report.withdrawn_on is not None:
        return Verified(report, WITHDRAWN, zh_day(report.withdrawn_on), False)
    if report.superseded_at is not None:
        since = zh_day(clock.day_of(report.superseded_at))
        return Verified(report, SUPERSEDED, since, True, newer.number if newer else "")
    facts = facts_of(canonical_subject(report.subject), clock.today())
    return Verified(report, VALID, zh_day(report.as_of), digest(canonical(facts)) != report.facts_digest)


def public_view(found: Verified) -> dict[str, Any]:
    """Return the allow-list of a verification for the API."""
    report = found.report
    return {
        "number": report.number,
        "name": report.subject_name,
        "code": report.subject_code,
        "as_of": report.as_of,
        "issued_at": report.issued_at,
        "state": found.state,
        "state_label": found.label,
        "since": found.since,
        "changed": found.changed,
        "newer": found.newer or None,
        "withdrawn_reason": report.withdrawn_reason,
        "facts_digest": report.facts_digest,
        "pdf_digest": report.pdf_digest,
        "key": report.key_id,
    }
