"""How a decision is looked for, so that an index answers: a name, a code, a document number in any brackets, a body.

Each function turns what was typed into keys or exact values of indexed columns; none of them says what may be seen.
"""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from core.identifiers import IdentifierType, normalize
from core.text import bigrams, normalize_name
from organizations.models import Organization
from subjects.models import Identifier, Subject, SubjectName
from subjects.models.subject import SEARCHED
from subjects.search import statistics

GRAM, FEW = 2, 1000
BRACKETS = ("〔〕", "[]", "［］", "()", "（）", "【】", "〖〗")
_PLAIN = str.maketrans({pair[place]: BRACKETS[0][place] for pair in BRACKETS for place in (0, 1)})
# The bodies that decided something public, by skipping through the index, each with the name it last used.
BODIES_SQL = """
WITH RECURSIVE body AS (
    (SELECT authority_code AS code FROM {table} WHERE state = 'passed' AND NOT (scope = 'not_open')
      ORDER BY authority_code LIMIT 1)
    UNION ALL
    SELECT (SELECT further.authority_code FROM {table} further
             WHERE further.state = 'passed' AND NOT (further.scope = 'not_open') AND further.authority_code > body.code
             ORDER BY further.authority_code LIMIT 1)
      FROM body WHERE body.code IS NOT NULL)
SELECT body.code, newest.authority_name FROM body CROSS JOIN LATERAL (
    SELECT kept.authority_name FROM {table} kept
     WHERE kept.state = 'passed' AND NOT (kept.scope = 'not_open') AND kept.authority_code = body.code
     ORDER BY kept.decided_on DESC, kept.id DESC LIMIT 1) newest
"""


def named(name: str, *, persons: bool = False) -> QuerySet[SubjectName, int]:
    """Return the subjects that bear or bore a name with these characters in it; persons only by the whole name."""
    norm = normalize_name(name)
    words = Q(SEARCHED)
    if len(norm) > 1:
        words &= Q(grams__contains=statistics.current().telling(bigrams(norm)))
    if len(norm) != GRAM:  # what is one gram is held by the names that hold it; saying it twice misleads the planner
        words &= Q(norm__contains=norm)
    whole = Q(norm=norm, grams__isnull=True) if persons else Q(pk__in=[])
    return SubjectName.objects.filter(words | whole).values_list("subject_id", flat=True)


def bearing(name: str, *, persons: bool = False) -> Q:
    """Return, as a condition on decisions, those about the subjects with such a name.

    Few are named by their keys, so that the planner knows how few; where thousands bear it, the question itself stands.
    """
    keys = bearers(name, persons=persons)
    return Q(subject_id__in=keys if keys is not None else named(name, persons=persons))


def bearers(name: str, *, persons: bool = False) -> list[int] | None:
    """Return the keys of the subjects with such a name; None where there are more than a statement names."""
    keys = list(named(name, persons=persons).order_by().distinct()[: FEW + 1])
    return keys if len(keys) <= FEW else None


def holding(code: str) -> list[int]:
    """Return the records of the legal entity behind a social credit code, folded duplicates included."""
    plain = normalize(IdentifierType.USCC, code)
    held = Identifier.objects.filter(type=IdentifierType.USCC, value=plain).values_list(
        "subject_id", "subject__canonical_id"
    )
    roots = {folded or own for own, folded in held}
    return list(Subject.objects.filter(Q(pk__in=roots) | Q(canonical__in=roots)).values_list("pk", flat=True))


def spellings(number: str) -> list[str]:
    """Return a document number as typed and with each pair of brackets that people type for the proper one."""
    plain = "".join(number.split()).translate(_PLAIN)
    found = {number.strip(), plain}
    for pair in BRACKETS:
        found.add(plain.replace("〔", pair[0]).replace("〕", pair[1]))
    return sorted(found)


def bodies(model: Any, text: str) -> list[str]:
    """Return the codes of the deciding bodies whose name holds these characters, or that have this code."""
    with connection.cursor() as cursor:
        cursor.execute(BODIES_SQL.format(table=model._meta.db_table))
        known: dict[str, str] = dict(cursor.fetchall())
    asked = normalize_name(text)
    units = Organization.objects.filter(Q(name__icontains=text) | Q(short_name__icontains=text), uscc__in=list(known))
    listed = set(units.values_list("uscc", flat=True))
    return [
        code
        for code, name in known.items()
        if code == text.strip().upper() or code in listed or (asked and asked in normalize_name(name))
    ]


def found_among(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    """Return what an officer looks for by one text: a number, a batch, a public id, a code, else the party's name.

    One question at a time, each answered by one index: a document or batch is exact, or the beginning of a number.
    """
    typed = text.strip()
    exact = Q(document_number__in=spellings(typed)) | Q(public_id=typed.upper()) | Q(batch_no=typed)
    if (found := rows.filter(exact)).exists():
        return found
    if keys := holding(typed):
        return rows.filter(subject__in=keys)
    if (found := rows.filter(document_number__startswith=typed)).exists():
        return found
    return rows.filter(bearing(typed, persons=True)) if normalize_name(typed) else rows.none()
