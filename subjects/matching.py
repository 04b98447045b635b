"""Rows to subjects by their identifiers, a whole chunk at a time; names are compared, never used to find anybody.

`match` leaves the temporary table `intake_match` (row, subject_id, party, fresh) of the rows that may go in. Rows whose
name contradicts the code on file are questioned; minors are rejected; unknown valid codes become provisional subjects.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from core import personal
from core.identifiers import IdentifierType
from core.intake.merging import Merged, Question
from core.intake.profiles import Profile
from core.intake.staging import execute, fetch, stage
from core.text import normalize_name
from subjects import opening, rules
from subjects.enums import SubjectKind
from subjects.models.subject import PERSON

TABLE = "intake_match"
NO_TRADE_NAME = SubjectKind.INDIVIDUAL_BUSINESS.label  # what the standard has written where a shop has no name
V05, SUB05 = "V05", "SUB-05"
# What identifies an entity, best first; the first one that a row has is looked up.
ENTITY_TYPES = (
    ("uscc", IdentifierType.USCC),
    ("registration_number", IdentifierType.REGISTRATION_NUMBER),
    ("organisation_code", IdentifierType.ORG_CODE),
    ("institution_number", IdentifierType.INSTITUTION_CERTIFICATE),
    ("association_number", IdentifierType.SOCIAL_ORG_CERTIFICATE),
)
PAPERS = [kind.value for kind in IdentifierType if kind.is_personal]


@dataclass(frozen=True, slots=True)
class Names:
    """Under which names a profile's frame holds the party; an error names the column by `columns`."""

    name: str = "party_name"
    party: str = "party"
    paper: str = "party_number_kind"
    number: str = "party_number"
    decided_on: str = "decided_on"
    columns: Mapping[str, str] = field(default_factory=dict)

    def column(self, name: str) -> str:
        return self.columns.get(name, name)

    @classmethod
    def of(cls, profile: Profile) -> Names:
        """Return the names of a profile whose party has the fields of the standard."""
        return cls(columns={column.field: column.code for column in profile.columns})


def match(
    frame: pl.DataFrame,
    names: Names,
    *,
    on: date,
    unit_id: int | None,
    settled: bool = False,
    provisional: bool = True,
) -> Merged:
    """Find or open the subject of every row; returns the rows that do not go in, with the reasons.

    `settled`: a person has looked at the names, so they are not compared. `provisional`: records opened here are still
    to be verified; those in the temporary table `intake_fresh` were opened by this call.
    """
    found = Merged()
    parties = _parties(frame, names)
    parties = _protected(parties, names, found)
    _join(parties, on)
    fresh = opening.open_missing(names, found, on=on, unit_id=unit_id, provisional=provisional)
    if fresh:
        _join(parties, on)
    _drop(list(found.outcomes))
    _minors(names, found, on)
    _unmatched(names, found)
    if not settled:
        _compare_names(names, found)
    _drop(list(found.outcomes))
    _analyze()
    return found


def _column(frame: pl.DataFrame, name: str) -> pl.Expr:
    return (pl.col(name) if name in frame.columns else pl.lit(None, pl.String)).cast(pl.String)


def _parties(frame: pl.DataFrame, names: Names) -> pl.DataFrame:
    """Return row, name and the one identifier that each row is looked up by."""
    kind = pl.coalesce(
        pl.when(_column(frame, name).is_not_null()).then(pl.lit(type_.value)) for name, type_ in ENTITY_TYPES
    )
    value = pl.coalesce(_column(frame, name) for name, _ in ENTITY_TYPES)
    number, paper = _column(frame, names.number), _column(frame, names.paper)
    stated = _column(frame, names.party)
    is_person = pl.when(stated.is_not_null()).then(stated == "Z").otherwise(value.is_null() & number.is_not_null())
    day = pl.col(names.decided_on) if names.decided_on in frame.columns else pl.lit(None, pl.Date)
    return frame.select(
        pl.col("row").cast(pl.Int64),
        _column(frame, names.name).str.strip_chars().alias("name"),
        pl.when(is_person).then(pl.lit("Z")).otherwise(stated).alias("party"),
        pl.when(is_person).then(paper.fill_null(IdentifierType.ID_CARD.value)).otherwise(kind).alias("id_type"),
        pl.when(is_person & (paper.is_in(PAPERS) | paper.is_null())).then(number).alias("number"),
        pl.when(~is_person).then(value).alias("id_value"),
        day.alias("decided_on"),
    )


def _protected(parties: pl.DataFrame, names: Names, found: Merged) -> pl.DataFrame:
    """Put the key of the encrypted number in the place of the number."""
    people = parties.filter(pl.col("number").is_not_null()).select("id_type", "number").unique()
    owners = personal.protect_set(people.iter_rows()) if len(people) else {}
    keys = pl.DataFrame(
        [(*pair, key, opening.birth_of(*pair)) for pair, key in owners.items()],
        schema={"id_type": pl.String, "number": pl.String, "personal_id": pl.Int64, "birth_on": pl.Date},
        orient="row",
    )
    return parties.join(keys, on=["id_type", "number"], how="left", maintain_order="left").drop("number")


def _join(parties: pl.DataFrame, on: date) -> None:
    """Stage the parties beside the subjects that own their identifiers."""
    stage("intake_party", parties)
    execute(f"DROP TABLE IF EXISTS pg_temp.{TABLE}")
    execute(
        f"""
        CREATE TEMP TABLE {TABLE} ON COMMIT DROP AS
        SELECT party.*, owner.id AS subject_id, owner.kind, owner.birth_on AS born_on,
               owner.name = party.name AS same_name, coalesce(owner.canonical_id, owner.id) AS canonical_id
          FROM intake_party party
          LEFT JOIN subjects_identifier held
            ON party.personal_id IS NULL AND held.type = party.id_type AND held.value = party.id_value
          LEFT JOIN subjects_identifier own ON party.personal_id IS NOT NULL AND own.personal_id = party.personal_id
          LEFT JOIN subjects_subject owner ON owner.id = coalesce(held.subject_id, own.subject_id)
        """
    )
    execute(
        f"""
        UPDATE {TABLE} SET subject_id = owner.id, kind = owner.kind, same_name = owner.name = {TABLE}.name,
               canonical_id = coalesce(owner.canonical_id, owner.id)
          FROM subjects_identifier held JOIN subjects_subject owner ON owner.id = held.subject_id
         WHERE {TABLE}.subject_id IS NULL AND {TABLE}.id_type = 'org_code' AND held.type = 'uscc'
           AND substring(held.value, 9, 8) = left({TABLE}.id_value, 8)
           AND substring(held.value, 17, 1) = right({TABLE}.id_value, 1)
        """
    )


def _analyze() -> None:
    execute(f"ANALYZE {TABLE} (row, subject_id)")  # what joins it next has to know that it is not small


def _drop(rows: list[int]) -> None:
    if rows:
        execute(f"DELETE FROM {TABLE} WHERE row = ANY(%s)", [rows])


def _minors(names: Names, found: Merged, on: date) -> None:
    """SUB-05: whoever was under eighteen on the day of the decision, or is today, is refused."""
    minors = fetch(
        f"SELECT row, coalesce(born_on, birth_on), least(decided_on, %s) FROM {TABLE}"
        " WHERE coalesce(born_on, birth_on) > (least(decided_on, %s) - interval '18 years')::date",
        {"row": pl.Int64, "born": pl.Date, "day": pl.Date},
        [on, on],
    )
    for row, born, day in minors.iter_rows():
        if rules.is_minor(born, day):
            text = f"当事人在 {day} 未满十八周岁，不纳入公示和奖惩"
            found.reject(row, names.column(names.number), SUB05, text)


def _unmatched(names: Names, found: Merged) -> None:
    """Hold what has no subject and cannot open one."""
    for row, party in fetch(
        f"SELECT row, party FROM {TABLE} WHERE subject_id IS NULL", {"row": pl.Int64, "party": pl.String}
    ).iter_rows():
        if row in found.outcomes:
            continue
        named = names.number if party == "Z" else "uscc"
        text = "没有可以用来确定主体的有效证照号码，也不能据此建立档案"
        found.question(Question(row, names.column(named), V05, text, decidable=False))


def _compare_names(names: Names, found: Merged) -> None:
    """V05: a name that is neither the current nor a former name of the code's owner holds the row.

    Equal spellings were seen in SQL; only the rest is brought to the form in which names are compared.
    """
    others = fetch(
        f"SELECT row, subject_id, canonical_id, name FROM {TABLE} WHERE subject_id IS NOT NULL AND NOT same_name"
        f" AND NOT (kind = '{SubjectKind.INDIVIDUAL_BUSINESS.value}' AND name = %s)",
        {"row": pl.Int64, "subject_id": pl.Int64, "canonical_id": pl.Int64, "name": pl.String},
        [NO_TRADE_NAME],
    )
    if others.is_empty():
        return
    norms = {name: normalize_name(name) for name in others["name"].unique()}
    stage("intake_names", others.with_columns(pl.col("name").replace_strict(norms).alias("norm")))
    contradicting = fetch(
        f"""
        SELECT asked.row, asked.name, owner.name, owner.kind, owner.public_id
          FROM intake_names asked JOIN subjects_subject owner ON owner.id = asked.subject_id
         WHERE NOT EXISTS (SELECT 1 FROM subjects_subjectname known
                            WHERE known.subject_id IN (asked.subject_id, asked.canonical_id)
                              AND known.norm = asked.norm)
           AND NOT (owner.kind = '{SubjectKind.INDIVIDUAL_BUSINESS.value}' AND owner.name = %s)
        """,
        {"row": pl.Int64, "name": pl.String, "known": pl.String, "kind": pl.String, "public_id": pl.String},
        [NO_TRADE_NAME],
    )
    for row, name, known, kind, public_id in contradicting.iter_rows():
        if kind == PERSON:  # whose number it is, is nobody's business who writes another name
            text = "姓名与该证件号码登记的姓名不一致，核对后更正，或由审核人员认定"
            found.question(Question(row, names.column(names.name), V05, text, {"kind": kind}))
        else:
            text = f"名称与统一社会信用代码不一致：该代码登记的名称为“{known}”"
            facts = {"kind": kind, "name": name, "known_name": known, "subject": public_id}
            found.question(Question(row, names.column(names.name), V05, text, facts))
