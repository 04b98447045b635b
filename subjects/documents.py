"""The document of a legal entity as columns of one statement: what registers publish, no person in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import DateField, OuterRef, Q, QuerySet, Subquery, Value

from core.identifiers import IdentifierType
from subjects.enums import SubjectKind
from subjects.models import Identifier, Subject, SubjectMerge

HIDDEN = Q(kind=SubjectKind.NATURAL_PERSON) | Q(is_provisional=True)
_CODE = Identifier.objects.filter(subject=OuterRef("pk"), type=IdentifierType.USCC, valid_to__isnull=True)
_MERGED = SubjectMerge.objects.filter(source=OuterRef("pk"), undone_on__isnull=True)
# No address and no legal representative: in bulk both would be data about persons.
COLUMNS: dict[str, Any] = {
    "id": "public_id",
    "code": Subquery(_CODE.values("value")[:1]),
    "name": "name",
    "kind": "kind",
    "status": "status",
    "status_on": "status_on",
    "established_on": "established_on",
    "district_code": "district_code",
    "registrar": "registrar",
    "into": Subquery(_MERGED.values("target__public_id")[:1]),  # the record that answers for this one
    "last_public_day": Value(None, output_field=DateField(null=True)),
}


def rows(ids: Sequence[str] | None = None, world: bool | None = None) -> QuerySet[Any]:
    """Return the verified legal entities, also those that were folded into another record.

    world: only demo subjects, only real ones, or both, as `selectors.world_of` says.
    """
    found = Subject.objects.exclude(HIDDEN)
    if world is not None:
        found = found.filter(is_demo=world)
    return found if ids is None else found.filter(public_id__in=ids)
