"""One legal entity as the public may see it, in one statement: hot pages and the API ask for nothing else of a subject.

By hand, since every public page of a subject asks it: the same through models is nine statements, each of which takes
longer to be put together than to be answered.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from django.db import connection

from core.fields import PUBLIC_ID_LENGTH
from core.identifiers import IdentifierType, normalize
from core.plans import Planned
from core.problems import NotFound
from subjects.enums import SubjectKind

UNKNOWN = "该代码对应的主体"


@dataclass(frozen=True, slots=True)
class FormerName:
    name: str
    valid_from: str | None
    valid_to: str | None


@dataclass(frozen=True, slots=True)
class Event:
    kind: str
    on: str
    detail: str


@dataclass(frozen=True, slots=True)
class Entity:
    """What stands on the record of one legal entity, its folded duplicates included; days of lists in ISO 8601.

    keys: of all records that this one answers for; asked: the code or public id as it was understood.
    """

    id: int
    public_id: str
    kind: str
    name: str
    status: str
    status_on: date | None
    established_on: date | None
    district_code: str
    district: str
    address: str
    industry: str
    legal_representative: str
    registrar: str
    is_demo: bool
    code: str
    keys: list[int]
    former_names: tuple[FormerName, ...]
    life_events: tuple[Event, ...]
    former_codes: tuple[str, ...]
    branch_of: str | None
    branch_of_name: str | None
    asked: str

    @property
    def moved(self) -> bool:
        """Tell whether another code than today's was asked for: a former one, or that of a folded duplicate."""
        return self.asked not in (self.code, self.public_id)


_PLAIN = tuple(column.name for column in fields(Entity))[:16]  # in the order of the statement below
_BY_PUBLIC_ID = "SELECT id, canonical_id FROM subjects_subject WHERE public_id = %s"
_BY_CODE = """SELECT held.id, held.canonical_id FROM subjects_identifier i JOIN subjects_subject held
    ON held.id = i.subject_id WHERE i.type = 'uscc' AND i.value = %s"""
_CODE = """coalesce((SELECT i.value FROM subjects_identifier i WHERE i.subject_id = {t}.id AND i.type = 'uscc'
    AND i.valid_to IS NULL), {t}.public_id)"""
# What is rare comes as JSON, so that it costs no statement of its own. Persons and unverified records are nobody here.
_ENTITY = f"""
SELECT s.id, s.public_id, s.kind, s.name, s.status, s.status_on, s.established_on, s.district_code,
       coalesce((SELECT d.name FROM organizations_district d WHERE d.code = s.district_code), ''), s.address,
       s.industry, s.legal_representative, s.registrar, s.is_demo, {_CODE.format(t="s")}, family.keys,
       (SELECT json_agg(json_build_array(n.name, n.valid_from, n.valid_to) ORDER BY n.valid_to, n.id)
          FROM subjects_subjectname n
         WHERE n.subject_id = ANY (family.keys) AND NOT (n.subject_id = s.id AND n.is_current)),
       (SELECT json_agg(json_build_array(e.kind, e."on", e.detail) ORDER BY e."on", e.id)
          FROM subjects_lifeevent e WHERE e.subject_id = ANY (family.keys)),
       (SELECT json_agg(i.value ORDER BY i.id) FROM subjects_identifier i
         WHERE i.subject_id = ANY (family.keys) AND i.type = 'uscc' AND i.value IS NOT NULL),
       (SELECT json_build_array({_CODE.format(t="p")}, p.name) FROM subjects_subject p WHERE p.id = s.branch_of_id)
  FROM ({{asked}}) asked
  JOIN subjects_subject s ON s.id = coalesce(asked.canonical_id, asked.id)
 CROSS JOIN LATERAL (SELECT ARRAY(
        SELECT s.id UNION ALL (SELECT f.id FROM subjects_subject f WHERE f.canonical_id = s.id ORDER BY f.id))) family (keys)
 WHERE s.kind <> '{SubjectKind.NATURAL_PERSON.value}' AND NOT s.is_provisional
"""
_STATEMENTS = {
    True: Planned(_ENTITY.format(asked=_BY_PUBLIC_ID)),
    False: Planned(_ENTITY.format(asked=_BY_CODE)),
}


def entity(code: str) -> Entity:
    """Return the legal entity behind a social credit code, current or former, or a public id; NotFound for all else.

    Natural persons and unverified records are not found, as if they did not exist.
    """
    asked = normalize(IdentifierType.USCC, code)
    row: tuple[Any, ...] | None = None
    if asked and asked.isprintable():
        with connection.cursor() as cursor:
            cursor.execute(_STATEMENTS[len(asked) == PUBLIC_ID_LENGTH], [asked])
            row = cursor.fetchone()
    if row is None:
        raise NotFound(UNKNOWN)
    names, events, codes, parent = row[16:]
    branch_of, branch_of_name = parent or (None, None)
    plain: dict[str, Any] = dict(zip(_PLAIN, row[:16], strict=True))
    return Entity(
        **plain,
        former_names=tuple(FormerName(*name) for name in names or ()),
        life_events=tuple(Event(*event) for event in events or ()),
        former_codes=tuple(value for value in codes or () if value != row[14]),
        branch_of=branch_of,
        branch_of_name=branch_of_name,
        asked=asked,
    )
