"""Records opened by set for those whom a reported row names and nobody knew, under their own code."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl

from core import actors, clock, events
from core.identifiers import IdentifierType, id_card_birth, kind_of_uscc
from core.intake.merging import Merged, Question
from core.intake.staging import execute, fetch, new_keys, public_ids, stage
from core.problems import Violation
from core.text import bigrams, normalize_name
from subjects import rules
from subjects.enums import SubjectKind
from subjects.models.subject import PERSON
from subjects.services.registering import PUBLIC_TYPES, lock_registering

if TYPE_CHECKING:
    from subjects.matching import Names

MISSING = """
SELECT DISTINCT ON (id_type, id_value, personal_id) row, name, party, id_type, id_value, personal_id, birth_on, decided_on
  FROM intake_match WHERE subject_id IS NULL AND (id_value IS NOT NULL OR personal_id IS NOT NULL) AND name IS NOT NULL
 ORDER BY id_type, id_value, personal_id, row
"""
MISSING_SCHEMA: dict[str, Any] = {
    "row": pl.Int64,
    "name": pl.String,
    "party": pl.String,
    "id_type": pl.String,
    "id_value": pl.String,
    "personal_id": pl.Int64,
    "birth_on": pl.Date,
    "decided_on": pl.Date,
}
KNOWN_MEANWHILE = """
SELECT party.row FROM intake_missing party
 WHERE EXISTS (SELECT 1 FROM subjects_identifier held
                WHERE party.personal_id IS NULL AND held.type = party.id_type AND held.value = party.id_value)
    OR EXISTS (SELECT 1 FROM subjects_identifier own WHERE own.personal_id = party.personal_id)
"""
SHARED_ROOT = """
SELECT party.row FROM intake_missing party
 WHERE party.id_type IN ('uscc', 'org_code') AND (
    EXISTS (SELECT 1 FROM subjects_identifier held WHERE held.type = 'uscc'
              AND substring(held.value, 9, 8) = party.root AND held.value <> party.id_value)
    OR EXISTS (SELECT 1 FROM subjects_identifier held WHERE held.type = 'org_code'
                 AND held.value >= party.root AND held.value < party.root || '~' AND held.value <> party.id_value)
    OR EXISTS (SELECT 1 FROM intake_missing other WHERE other.root = party.root AND other.row < party.row))
"""
REGISTERED = "subject.registered"
FRESH: dict[str, Any] = {
    "id": pl.Int64,
    "public_id": pl.String,
    "kind": pl.String,
    "name": pl.String,
    "id_type": pl.String,
    "id_value": pl.String,
    "personal_id": pl.Int64,
    "birth_on": pl.Date,
    "is_demo": pl.Boolean,
    "norm": pl.String,
    "grams": pl.List(pl.String),
}


def birth_of(id_type: str, number: str) -> date | None:
    """Return the birth date in a citizen number; other papers hold none."""
    return id_card_birth(number) if id_type in rules.CITIZEN_FORMS else None


def kind_of(party: str | None, id_type: str, id_value: str | None) -> str | None:
    """Return what the row's party would be registered as, or None where neither code nor category tells."""
    if party == "Z":
        return PERSON
    if id_type == IdentifierType.USCC:
        prefix = kind_of_uscc(id_value or "")
        return prefix.kind if prefix else None
    return SubjectKind.INDIVIDUAL_BUSINESS.value if party == "G" else None


def _why_not(row: dict[str, Any], kind: str | None, on: date) -> list[Violation]:
    """Return why no record can be opened for the row's party."""
    if kind is None:
        return [Violation("V05", "没有建档的主体，且未填写统一社会信用代码，不能据此建立档案")]
    if kind == PERSON:
        if row["birth_on"] is None:
            return [Violation("SUB-14", "没有建档的自然人，证件不含出生日期，不能据此建立档案")]
        return rules.name_is_usable(row["name"])
    found = rules.name_is_usable(row["name"])
    found += rules.identifier_is_valid(kind, row["id_type"], row["id_value"], on=on)
    demo = is_demo(row)
    codes = [row["id_value"]] if row["id_type"] == IdentifierType.USCC else []
    return found + rules.demo_data_says_so(row["name"], codes, is_demo=demo)


def is_demo(row: dict[str, Any]) -> bool:
    """Tell whether the code belongs to the division that does not exist."""
    return row["id_type"] == IdentifierType.USCC and row["id_value"][2:8] == rules.DEMO_DIVISION


def open_missing(names: Names, found: Merged, *, on: date, unit_id: int | None, provisional: bool = True) -> int:
    """Open a record for every party that has none and may have one; returns how many parties are known now.

    Whoever registers meanwhile waits until this transaction ends, so that one code has one record.
    """
    stage("intake_fresh", pl.DataFrame(schema=FRESH))
    if fetch(MISSING, MISSING_SCHEMA).is_empty():
        return 0
    lock_registering(alone=True)
    missing = fetch(MISSING, MISSING_SCHEMA)
    stage("intake_missing", missing.with_columns(_root().alias("root")))
    execute(
        "SELECT 1 FROM core_personalidentifier kept WHERE kept.id IN (SELECT personal_id FROM intake_missing)"
        " ORDER BY kept.id FOR UPDATE"
    )
    known = set(fetch(KNOWN_MEANWHILE, {"row": pl.Int64})["row"])
    shared = set(fetch(SHARED_ROOT, {"row": pl.Int64})["row"])
    fresh: list[dict[str, Any]] = []
    for row in missing.iter_rows(named=True):
        if row["row"] in known:
            continue
        kind = kind_of(row["party"], row["id_type"], row["id_value"])
        if row["birth_on"] is not None and rules.is_minor(row["birth_on"], min(row["decided_on"] or on, on)):
            continue  # refused with its reason by whoever asked
        why = _why_not(row, kind, on)
        if not why and row["row"] in shared:
            why = [Violation("SUB-09", "代码主体标识与已建档的主体相同，可能是同一机构或其分支机构")]
        if why:
            field = names.number if kind == PERSON else names.name if why[0].field == "name" else "uscc"
            found.question(Question(row["row"], names.column(field), why[0].code, why[0].detail, decidable=False))
        else:
            fresh.append(row | {"kind": kind})
    if fresh:
        _write(fresh, on, unit_id, provisional=provisional)
    return len(fresh) + len(known)


def _root() -> pl.Expr:
    value = pl.col("id_value")
    return (
        pl.when(pl.col("id_type") == "uscc").then(value.str.slice(8, 8))
        .when(pl.col("id_type") == "org_code").then(value.str.slice(0, 8))
    )  # fmt: skip


def _write(rows: list[dict[str, Any]], on: date, unit_id: int | None, *, provisional: bool) -> None:
    """Write subjects, identifiers, names and events of these parties, in four statements."""
    norms = [normalize_name(row["name"]) for row in rows]
    people = [row["kind"] == PERSON for row in rows]
    stage(
        "intake_fresh",
        pl.DataFrame(
            {
                "id": new_keys("subjects_subject", len(rows)),
                "public_id": public_ids(len(rows)),
                "kind": [row["kind"] for row in rows],
                "name": [row["name"] for row in rows],
                "id_type": [row["id_type"] for row in rows],
                "id_value": [None if person else row["id_value"] for row, person in zip(rows, people, strict=True)],
                "personal_id": [row["personal_id"] for row in rows],
                "birth_on": [row["birth_on"] for row in rows],
                "is_demo": [not person and is_demo(row) for row, person in zip(rows, people, strict=True)],
                "norm": norms,
                "grams": [None if person else bigrams(norm) for norm, person in zip(norms, people, strict=True)],
            },
            schema=FRESH,
        ),
    )
    execute(
        """
        INSERT INTO subjects_subject (id, public_id, kind, name, status, birth_on, district_code, address, industry,
            legal_representative, registrar, registered_on, registered_by_id, is_provisional, is_demo)
        SELECT id, public_id, kind, name, 'active', birth_on, '', '', '', '', '', %s, %s, %s, is_demo FROM intake_fresh
        """,
        [on, unit_id, provisional],
    )
    execute(
        "INSERT INTO subjects_identifier (subject_id, kind, type, value, personal_id)"
        " SELECT id, kind, id_type, id_value, personal_id FROM intake_fresh"
    )
    execute(
        "INSERT INTO subjects_subjectname (subject_id, kind, name, norm, grams, is_current)"
        " SELECT id, kind, name, norm, grams, true FROM intake_fresh"
    )
    announce_registered()


def announce_registered() -> None:
    """Tell of every subject in `intake_fresh`; of persons only the kind."""
    events.check(REGISTERED, 1, ("kind", "name", "code"))
    act = actors.current()
    execute(
        """
        INSERT INTO core_outboxevent (event_id, event_type, version, aggregate_type, aggregate_id, legal_on, recorded_at,
            actor_kind, payload)
        SELECT gen_random_uuid(), %(event)s, 1, 'subjects.subject', public_id, %(on)s, %(at)s, %(actor)s,
               CASE WHEN kind = %(person)s THEN jsonb_build_object('kind', kind)
                    ELSE jsonb_build_object('kind', kind, 'name', name, 'code',
                                            CASE WHEN id_type = ANY(%(public)s) THEN id_value END) END
          FROM intake_fresh ORDER BY id
        """,
        {
            "event": REGISTERED,
            "on": act.on,
            "at": clock.now(),
            "actor": act.actor.kind,
            "person": PERSON,
            "public": sorted(PUBLIC_TYPES),
        },
    )
