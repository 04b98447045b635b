"""The document of a public record as columns of one statement: the SQL twin of `selectors.public_document`.

Feed and snapshots write it by the million. Texts come as they stand: whoever sends them masks those named in `MASKED`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import Case, CharField, DateField, F, Func, QuerySet, TextField, Value, When

from publicity.enums import Party, RecordKind, Severity
from publicity.law import UNLIMITED
from publicity.selectors import CONTESTED, public_records_of_entities

MASKED = {
    RecordKind.PENALTY.value: ("violation", "facts", "basis", "kinds", "content", "suspended_permit"),
    RecordKind.LICENCE.value: ("document_title", "licence_kind", "certificate_name", "certificate_number", "content"),
}


def labelled(name: str, choices: Any) -> Case:
    """Return the label of a column with choices."""
    known = [When(**{name: value}, then=Value(str(label))) for value, label in choices]
    return Case(*known, default=F(name), output_field=CharField())


def _amount(name: str) -> Func:
    return Func(F(name), template="trim_scale(%(expressions)s)::text", output_field=TextField())


# The day after which nobody may show it: an early end that was decided for a later day counts too.
LAST_DAY = Func(F("last_public_day"), F("ended_from"), template="least(%(expressions)s - 1)", output_field=DateField())
_COMMON: dict[str, Any] = {
    "id": "public_id",
    "name": "party_name",
    "party": labelled("party", Party.choices),
    "code": "uscc",
    "document_number": "document_number",
    "decided_on": "decided_on",
    "authority_name": "authority_name",
    "authority_code": "authority_code",
    "source_name": "source_name",
    "source_code": "source_code",
    "visible_from": "visible_from",
    "last_public_day": LAST_DAY,
    "mark": Case(When(contested_on__isnull=False, then=Value(CONTESTED)), default=Value(""), output_field=CharField()),
}
_OF_KIND: dict[str, dict[str, Any]] = {
    RecordKind.PENALTY.value: {
        "violation": "violation",
        "facts": "facts",
        "basis": "basis",
        "kinds": "kinds_text",
        "content": "content",
        "fine": _amount("fine"),
        "confiscated": _amount("confiscated"),
        "suspended_permit": "suspended_permit",
        "severity": "severity",
        "severity_label": labelled("severity", Severity.choices),
    },
    RecordKind.LICENCE.value: {
        "document_title": "document_title",
        "licence_kind": "licence_kind",
        "certificate_name": "certificate_name",
        "certificate_number": "certificate_number",
        "content": "content",
        "valid_from": "valid_from",
        "valid_to": Case(
            When(valid_to__gte=UNLIMITED, then=None), default=F("valid_to"), output_field=DateField(null=True)
        ),
    },
}


def columns(kind: str) -> dict[str, Any]:
    """Return the document's members in their order, each with the column or expression it comes from."""
    return {"kind": Value(kind, output_field=CharField()), **_COMMON, **_OF_KIND[kind]}


def rows(day: date, kind: str, ids: Sequence[str] | None = None, world: bool | None = None) -> QuerySet[Any]:
    """Return what may be handed out in bulk on the day: everybody's but natural persons'; only these records, if named.

    world: those of demo subjects (True), of real ones (False), of both (None); as `subjects.selectors.world_of` says.
    """
    found = public_records_of_entities(day, kind)
    if world is not None:
        found = found.filter(subject__is_demo=world)
    return found if ids is None else found.filter(public_id__in=ids)
