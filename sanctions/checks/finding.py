"""Rows to subjects, and to the tasks of one unit about them: one statement for one row as for a thousand.

Everything is read where it is written (the primary): a check is worth what its freshness is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from core import personal
from sanctions.checks.rows import Row
from sanctions.enums import TaskState

# What is known to have nothing to do with the matter is withheld here already.
# {match} gives line and the record that holds what was asked; the record it was folded into answers, for all its family.
FIND_SQL = """
SELECT matched.line, subject.id, subject.public_id, subject.kind, subject.name, subject.status, matched.named,
       CASE WHEN subject.kind <> 'natural_person' THEN (
           SELECT own.value FROM subjects_identifier own
            WHERE own.subject_id = subject.id AND own.type = 'uscc' AND own.valid_to IS NULL) END,
       ARRAY(SELECT task.id FROM sanctions_listing listing
               JOIN sanctions_executiontask task ON task.listing_id = listing.id
              WHERE listing.subject_id = ANY(family.keys)
                AND (listing.delisted_on IS NULL OR listing.delisted_on > %(day)s)
                AND task.unit_id = ANY(%(units)s) AND task.state <> '{refused}'
                AND NOT EXISTS (
                    SELECT 1 FROM sanctions_matterrule rule
                     WHERE rule.measure_id = task.measure_id AND rule.matter_kind = %(kind)s AND rule.effect = 'none'
                       AND rule.confirmed_by_key <> '' AND rule.replaced_on IS NULL
                       AND rule.valid_from <= %(day)s AND (rule.valid_to IS NULL OR rule.valid_to >= %(day)s))
              ORDER BY task.id),
       ARRAY(SELECT entry.id FROM sanctions_externallisting entry
              WHERE entry.subject_id = ANY(family.keys)
                AND entry.ended_on IS NULL AND entry.listed_on <= %(day)s
              ORDER BY entry.listed_on DESC, entry.id DESC)
  FROM ({match}) matched
  JOIN subjects_subject asked_for ON asked_for.id = matched.subject_id
  JOIN subjects_subject subject ON subject.id = coalesce(asked_for.canonical_id, asked_for.id)
 CROSS JOIN LATERAL (SELECT subject.id || ARRAY(
     SELECT folded.id FROM subjects_subject folded WHERE folded.canonical_id = subject.id) AS keys) family
 WHERE %(world)s::boolean IS NULL OR subject.is_demo = %(world)s
"""
NAMED = (
    "(asked.norm = '' OR EXISTS (SELECT 1 FROM subjects_subjectname name"
    " WHERE name.subject_id = {subject} AND name.norm = asked.norm))"
)
BY_CODE = (
    f"SELECT asked.line, held.subject_id, {NAMED.format(subject='held.subject_id')} AS named"
    " FROM unnest(%(code_lines)s::int[], %(codes)s::text[], %(code_norms)s::text[]) AS asked(line, code, norm)"
    " JOIN subjects_identifier held ON held.type = 'uscc' AND held.value = asked.code"
)
BY_PUBLIC_ID = (
    f"SELECT asked.line, known.id AS subject_id, {NAMED.format(subject='known.id')} AS named"
    " FROM unnest(%(id_lines)s::int[], %(ids)s::text[], %(id_norms)s::text[]) AS asked(line, code, norm)"
    " JOIN subjects_subject known ON known.public_id = asked.code AND known.kind <> 'natural_person'"
)
# Number and name, both: whoever knows only one of them learns nothing, not even that somebody is on file.
BY_NUMBER = (
    "SELECT asked.line, held.subject_id, true AS named"
    " FROM unnest(%(number_lines)s::int[], %(personals)s::bigint[], %(number_norms)s::text[])"
    " AS asked(line, personal, norm)"
    " JOIN subjects_identifier held ON held.personal_id = asked.personal"
    " WHERE EXISTS (SELECT 1 FROM subjects_subjectname name"
    " WHERE name.subject_id = held.subject_id AND name.norm = asked.norm)"
)


@dataclass(frozen=True, slots=True)
class Found:
    """Who answers for a row. named: whether the name that was given is one of his.

    tasks: keys of what the unit has about him for such a matter; outside: keys of what the lists of others say of him.
    """

    subject: int
    public_id: str
    kind: str
    name: str
    status: str
    named: bool
    code: str | None
    tasks: list[int]
    outside: list[int]


def keep_numbers(rows: Iterable[Row]) -> None:
    """Give every good row with a person's number the reference under which the house keeps it."""
    asked = [row for row in rows if row.number is not None and not row.wrong]
    if asked:
        kept = personal.protect_set(row.number for row in asked if row.number is not None)
        for row in asked:
            row.personal, row.number = kept[row.number or ("", "")], None


def find(
    rows: Iterable[Row], *, units: Collection[int], kind: str, day: date, world: bool | None
) -> Mapping[int, Found]:
    """Return who answers for each row that somebody answers for, by line; one statement, none where no row is good.

    kind: of the matter; world: only demo data, only real data, or both, as `subjects.selectors.world_of` says of who asks.
    """
    good = [row for row in rows if not row.wrong]
    parts = (
        (BY_CODE, ("code_lines", "codes", "code_norms"), [(row.line, row.code, row.norm) for row in good if row.code]),
        (BY_PUBLIC_ID, ("id_lines", "ids", "id_norms"), [(r.line, r.public_id, r.norm) for r in good if r.public_id]),
        (
            BY_NUMBER,
            ("number_lines", "personals", "number_norms"),
            [(r.line, r.personal, r.norm) for r in good if r.personal],
        ),
    )
    used = [part for part in parts if part[2]]
    if not used:
        return {}
    values: dict[str, Any] = {"day": day, "units": sorted(units), "kind": kind, "world": world}
    for _, names, asked in used:
        values |= dict(zip(names, map(list, zip(*asked, strict=True)), strict=True))
    statement = FIND_SQL.format(refused=TaskState.REFUSED.value, match=" UNION ALL ".join(part[0] for part in used))
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return {line: Found(*rest) for line, *rest in cursor.fetchall()}
