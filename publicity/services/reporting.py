"""Reporting one decision by hand or by a programme: the same row as the intake merges, settled by the law of its day."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from core import workflow
from core.actors import Actor, acting, settled_day
from core.masking import find_personal_numbers
from core.permissions import require
from core.problems import Violation, refuse
from organizations.models import Organization
from publicity.enums import PENDING, Party, RecordKind, Scope, SeverityBy, State
from publicity.kinds import kinds_of
from publicity.law import Law
from publicity.models import NATURAL_KEY
from publicity.models.disclosure import RATED, SCOPED
from publicity.selectors import MODELS, TABLES
from publicity.services.common import tell
from subjects.models import Subject

SCANNED = ("violation", "facts", "basis", "content", "document_title", "suspended_permit", "remark")
ADULT_YEARS = 18


def report_one(
    *,
    actor: Actor,
    kind: str,
    subject: Subject,
    unit: Organization,
    columns: Mapping[str, Any],
    on: date | None = None,
    reason: str = "",
) -> Any:
    """Keep one reported decision as a new version; a pending one of the same decision gives way, a public one stays.

    Raises PUB-01 for a minor, PUB-06 for a decision that was withdrawn, PUB-07 for a day that cannot be.
    """
    table, model = TABLES[kind], MODELS[kind]
    require(actor, table.transition("report").permission)
    day = settled_day(actor, on, reason)
    with acting(actor, "publicity.report", reason=reason, on=day):
        key = {**{name: columns[name] for name in NATURAL_KEY if name != "subject"}, "subject": subject}
        before = model.objects.filter(**key).select_for_update(of=("self",)).order_by("-version").first()
        refuse(_violations(subject, columns, before, day))
        if before is not None and before.state in PENDING:
            workflow.apply(before, table, "replace", actor=actor, reason="报送了新内容", on=day)
        law = Law()
        record = model.objects.create(
            **columns,
            **_settled(law, kind, subject, unit, columns, before, day),
            subject=subject,
            unit=unit,
            party=_party(subject),
            reported_on=day,
            first_reported_on=before.first_reported_on if before else day,
            version=before.version + 1 if before else 1,
            previous=before,
            findings=[f"V15:{name}" for name in SCANNED if find_personal_numbers(str(columns.get(name) or ""))],
            content_digest=hashlib.sha256(
                json.dumps(columns, default=str, sort_keys=True, ensure_ascii=False).encode()
            ).digest(),
        )
        workflow.begin(record, table, "report", actor=actor, on=day)
        tell("disclosure.reported", kind, [record.pk], on=day)
    return record


def _party(subject: Subject) -> str:
    if subject.is_person:
        return Party.PERSON
    return Party.BUSINESS if subject.kind == "individual_business" else Party.ENTITY


def _violations(subject: Subject, columns: Mapping[str, Any], before: Any, day: date) -> list[Violation]:
    found, decided_on = [], columns["decided_on"]
    if decided_on > day:
        found.append(Violation("PUB-07", "决定日期晚于报送日", "decided_on", "核对决定文书的日期"))
    if (
        subject.birth_on is not None
        and (decided_on.year - subject.birth_on.year)
        - ((decided_on.month, decided_on.day) < (subject.birth_on.month, subject.birth_on.day))
        < ADULT_YEARS
    ):
        found.append(Violation("PUB-01", "未成年人的行政决定不报送、不公示", "subject", "核对决定日和出生日期"))
    if before is not None and before.state == State.WITHDRAWN:
        found.append(
            Violation("PUB-06", "该决定已撤下公示", "document_number", "核对变动文书；另有新决定的按新文书号报送")
        )
    return found


def _settled(
    law: Law, kind: str, subject: Subject, unit: Organization, columns: Mapping[str, Any], before: Any, day: date
) -> dict[str, Any]:
    """Return what the law says, and of the version before what an officer said of it (as the intake does)."""
    due_on, provisional = law.due(columns["decided_on"], vertical=unit.vertical)
    person_rule = law.person_rule(kind, columns["authority_code"], columns["decided_on"]) if subject.is_person else None
    found: dict[str, Any] = {"due_on": due_on, "due_provisional": provisional, "person_rule": person_rule}
    published = True
    if kind == RecordKind.PENALTY:
        told = law.penalty(kinds_of(columns["kinds_text"]), columns.get("fine"), columns["decided_on"])
        published = told.rating.published
        found |= {
            "kinds": list(told.kinds),
            "severity": told.rating.severity,
            "severity_sure": told.rating.sure,
            "severity_note": told.rating.note,
            "regime_code": told.regime_code,
            "last_public_day": told.last_public_day,
        }
    else:
        found["last_public_day"] = law.licence_last_day(columns["valid_to"])
    scope, why = law.scope(kind, _party(subject), published, person_rule)
    found |= {"scope": scope, "scope_reason": why}
    if before is not None and scope == Scope.OPEN and _still_closed(before, day):
        found |= {name: getattr(before, name) for name in SCOPED}
    if before is not None and getattr(before, "severity_by", "") == SeverityBy.OFFICER:
        found |= {name: getattr(before, name) for name in RATED}
    return found


def _still_closed(before: Any, day: date) -> bool:
    return before.scope == Scope.NOT_OPEN or (before.scope == Scope.DEFERRED and before.deferred_until >= day)
