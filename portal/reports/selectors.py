"""Reports as anybody may look them up: by number, what it was, and whether it still stands."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from core import clock
from core.problems import NotFound, Problem
from core.text import zh_day
from portal.models import Report
from portal.reports.facts import essence, facts_of
from subjects.selectors import canonical as canonical_subject

VALID, SUPERSEDED, WITHDRAWN = "valid", "superseded", "withdrawn"
LABELS = {VALID: "有效", SUPERSEDED: "已有更新的报告", WITHDRAWN: "已作废"}
NUMBER = re.compile(r"[0-9A-Z]{22}", re.ASCII)
MISREAD = str.maketrans("OIL", "011", " -　")  # letters that no number holds, and what people put between groups


@dataclass(frozen=True, slots=True)
class Verified:
    """One report by its number, and how it stands. changed: today's facts of the subject are no longer its own."""

    report: Report
    state: str
    since: date
    changed: bool
    newer: str = ""

    @property
    def label(self) -> str:
        return LABELS[self.state]

    @property
    def headline(self) -> str:
        """Return the answer in a few words."""
        return "有效，但公开信息已有变化" if self.state == VALID and self.changed else self.label

    @property
    def tone(self) -> str:
        """Return the colour that repeats the words."""
        return "good" if self.current else "bad" if self.state == WITHDRAWN else "warn"

    @property
    def current(self) -> bool:
        """Tell whether it says what is public today; only then is its file given out."""
        return self.state == VALID and not self.changed


def written(number: str) -> str:
    """Return a number as it is printed, whatever way it was typed."""
    return number.upper().translate(MISREAD)


def report_of(number: str) -> Report:
    """Return the report of this number; NotFound otherwise, in the same words for whatever was never given."""
    plain = written(number)
    rows = Report.objects.select_related("subject", "pdf")
    found = rows.filter(number=plain).first() if NUMBER.fullmatch(plain) else None
    if found is None:
        raise NotFound("该编号的信用报告")
    return found


def state_of(report: Report) -> str:
    """Return what became of a report: a void one is void, whether another one followed or not."""
    if report.withdrawn_on is not None:
        return WITHDRAWN
    return VALID if report.superseded_at is None else SUPERSEDED


def verified(number: str) -> Verified:
    """Return how the report of this number stands today. NotFound for a number that was never given."""
    report = report_of(number)
    state = state_of(report)
    if report.withdrawn_on is not None:
        return Verified(report, state, report.withdrawn_on, False)
    if report.superseded_at is not None:
        newer = Report.objects.filter(subject=report.subject, superseded_at=None, withdrawn_on=None).first()
        since = clock.day_of(report.superseded_at)
        return Verified(report, state, since, True, newer.number if newer else "")
    facts = facts_of(canonical_subject(report.subject), clock.today())
    return Verified(report, state, report.as_of, essence(facts) != report.facts_digest)


def to_give_out(number: str) -> Report:
    """Return a report whose file may be given out: what ended since, or was repaired, is not spread by this site.

    NotFound for a number that was never given; RPT-06 (410) for a report that no longer says what is public.
    """
    found = verified(number)
    if found.current:
        return found.report
    detail = "公开信息在报告出具以后有变化" if found.state == VALID else f"报告{found.label}（{zh_day(found.since)}起）"
    remedy = "已经收到的文件仍可上传核验；需要现在的内容，到该主体的页面重新出具"
    raise Problem("RPT-06", f"{detail}，不再提供下载", status=410, remedy=remedy)


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
