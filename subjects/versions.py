"""Reported rows into versions of records, by set: what is new, what changed, what is as it was.

Works on the temporary table `intake_match` (row → subject), and `intake_rows` (those to be written, a column per field).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

import polars as pl
from django.db import models

from core import actors, clock, events
from core.intake.merging import Merged, Question
from core.intake.staging import execute, fetch, quoted, stage
from core.models.intake import TAKING_BACK, Outcome

VERDICT = "intake_verdict"
V11 = "V11"
WRITTEN = [Outcome.INSERTED.value, Outcome.UPDATED.value]
BETWEEN, ABSENT = "\x1f", "\x1e"  # neither may stand in a table
# What every version takes from its row and its batch: columns of `Versions.more`.
FROM_BATCH = {
    "public_id": "r.new_public_id",
    "unit_id": "%(unit)s",
    "batch_no": "%(batch)s",
    "batch_row": "r.row",
    "reported_on": "%(day)s",
    "recorded_at": "%(at)s",
}


@dataclass(frozen=True)
class Versions:
    """A table whose rows are versions of records, and how a staged row becomes one.

    key: columns that with `subject_id` name a record; content: columns of the staged row by which a change is seen;
    copied: those that are written as they are; more: further columns, each an expression over `r` (the row), `m` (its
    match), `v` (the verdict) and parameters; event: told of each version.
    """

    table: str
    aggregate: str
    key: Sequence[str]
    content: Sequence[str]
    copied: Sequence[str]
    more: Mapping[str, str]
    event: str
    payload: str
    carried: Sequence[str] = ()  # columns of the latest version that the verdict brings along for `more`
    replaced: str = ""  # SQL that puts aside the versions which a new one replaces; reads intake_verdict


def digests(frame: pl.DataFrame, content: Sequence[str]) -> pl.Series:
    """Return the SHA-256 of each row's content, as PostgreSQL reads bytes; the same content has the same everywhere."""
    parts = [pl.col(name).cast(pl.String).fill_null(ABSENT) for name in content]
    texts = frame.select(pl.concat_str(parts, separator=BETWEEN)).to_series()
    return pl.Series("digest", ["\\x" + sha256(text.encode()).hexdigest() for text in texts], dtype=pl.String)


def classify(spec: Versions, frame: pl.DataFrame, batch_no: str) -> None:
    """Leave `intake_verdict`: for each row its digest, the latest version of its record, and the outcome.

    Two rows of one file that name the same record: alike they are duplicates, else the later one is refused (V11).
    Only keys and digests travel, so that a file which is known already costs little.
    """
    narrow = frame.select(pl.col("row").cast(pl.Int64), *spec.key).with_columns(digests(frame, spec.content))
    stage("intake_keys", narrow, types={"digest": "bytea"})
    same = " AND ".join(f"kept.{name} = r.{name}" for name in spec.key)
    part = ", ".join(f"r.{name}" for name in spec.key)
    execute(f"DROP TABLE IF EXISTS pg_temp.{VERDICT}")
    execute(
        f"""
        CREATE TEMP TABLE {VERDICT} ON COMMIT DROP AS
        WITH keyed AS MATERIALIZED (
            SELECT r.row, m.subject_id, r.digest, {part}, first_value(r.row) OVER same AS first_row
              FROM intake_keys r JOIN intake_match m ON m.row = r.row
            WINDOW same AS (PARTITION BY m.subject_id, {part} ORDER BY r.row))
        SELECT r.row, r.subject_id, r.digest, r.first_row, latest.id AS previous_id, latest.version, latest.state,
               latest.batch_row{"".join(f", latest.{name}" for name in spec.carried)},
               CASE WHEN r.first_row <> r.row THEN 'd'
                    WHEN latest.id IS NULL THEN 'i'
                    WHEN latest.content_digest = r.digest THEN CASE WHEN latest.batch_no = %(batch)s THEN 'd' ELSE '=' END
                    WHEN latest.batch_no = %(batch)s THEN 'c'
                    ELSE 'u' END AS outcome
          FROM keyed r
          LEFT JOIN LATERAL (
              SELECT kept.id, kept.version, kept.state, kept.content_digest, kept.batch_no, kept.batch_row
                     {"".join(f", kept.{name}" for name in spec.carried)}
                FROM {spec.table} kept WHERE kept.subject_id = r.subject_id AND {same}
               ORDER BY kept.version DESC LIMIT 1) latest ON true
        """,
        {"batch": batch_no},
    )
    execute(
        f"UPDATE {VERDICT} later SET outcome = 'c', batch_row = earlier.row FROM {VERDICT} earlier"
        " WHERE later.outcome = 'd' AND earlier.row = later.first_row AND later.row <> earlier.row"
        " AND earlier.digest <> later.digest"
    )


def conflicts(merged: Merged, column: str) -> None:
    """V11: refuse rows that say something else about a record that an earlier row of the file reported."""
    for row, earlier in fetch(
        f"SELECT row, batch_row FROM {VERDICT} WHERE outcome = 'c'", {"row": pl.Int64, "earlier": pl.Int64}
    ).iter_rows():
        merged.reject(row, column, V11, f"与第 {earlier} 行是同一主体的同一文书，内容不同；核对后只保留一行")
    execute(f"DELETE FROM {VERDICT} WHERE outcome = 'c'")


def write(spec: Versions, parameters: Mapping[str, Any]) -> None:
    """Put the replaced versions aside and insert the new ones, with history (by trigger) and events."""
    events.check(spec.event, 1, ())
    act = actors.current()
    values = {
        **parameters,
        "event": spec.event,
        "aggregate": spec.aggregate,
        "on": act.on,
        "at": clock.now(),
        "actor": act.actor.kind,
    }
    execute(f"ANALYZE {VERDICT} (row, outcome)")  # else the join with the rows is planned for a handful of them
    if spec.replaced:
        execute(spec.replaced, values)
    copied = list(dict.fromkeys([*spec.key, *spec.copied]))
    execute(
        f"""
        WITH inserted AS (
            INSERT INTO {spec.table} (subject_id, content_digest, previous_id, version, {quoted(copied)}, {quoted(spec.more)})
            SELECT v.subject_id, v.digest, v.previous_id, coalesce(v.version, 0) + 1,
                   {", ".join(f"r.{name}" for name in copied)}, {", ".join(spec.more.values())}
              FROM {VERDICT} v JOIN intake_rows r ON r.row = v.row JOIN intake_match m ON m.row = v.row
             WHERE v.outcome IN ('i', 'u') ORDER BY v.row
            RETURNING public_id, version)
        INSERT INTO core_outboxevent (event_id, event_type, version, aggregate_type, aggregate_id, legal_on, recorded_at,
            actor_kind, payload)
        SELECT gen_random_uuid(), %(event)s, 1, %(aggregate)s, inserted.public_id, %(on)s, %(at)s, %(actor)s, {spec.payload}
          FROM inserted
        """,
        values,
    )


def stands_again(table: str, key: Sequence[str], taken_back: Sequence[int]) -> list[int]:
    """Return the versions that stood before those taken back: the newest earlier one of a batch that still stands.

    Only where that one was put aside for a newer; the caller says what it becomes again.
    """
    same = " AND ".join(f"earlier.{name} = gone.{name}" for name in ("subject_id", *key))
    query = f"""
        SELECT before.id FROM {table} gone CROSS JOIN LATERAL (
            SELECT earlier.id, earlier.state FROM {table} earlier
             WHERE {same} AND earlier.version < gone.version
               AND NOT EXISTS (SELECT 1 FROM core_intakebatch batch
                                WHERE batch.public_id = earlier.batch_no AND batch.state = ANY(%s))
             ORDER BY earlier.version DESC LIMIT 1) before
         WHERE gone.id = ANY(%s) AND before.state = 'superseded' ORDER BY before.id
    """
    return fetch(query, {"id": pl.Int64}, [[*TAKING_BACK], list(taken_back)])["id"].to_list()


def answer(merged: Merged) -> list[int]:
    """Read the outcome of every row that goes in or is in; returns the rows that are to be written."""
    verdicts = fetch(f"SELECT row, outcome FROM {VERDICT}", {"row": pl.Int64, "outcome": pl.String})
    merged.outcomes.update(zip(verdicts["row"], verdicts["outcome"], strict=True))
    return verdicts.filter(pl.col("outcome").is_in(WRITTEN))["row"].to_list()


def stage_rows(frame: pl.DataFrame, *, types: Mapping[str, str] | None = None) -> None:
    """Stage a chunk under the name that the statements here read."""
    stage("intake_rows", frame, types=types)


def too_long(
    frame: pl.DataFrame, model: type[models.Model], columns: Mapping[str, str], merged: Merged
) -> pl.DataFrame:
    """V16: refuse rows whose text no column of the table can hold, however long officers let the profile be."""
    for field in model._meta.concrete_fields:
        limit = field.max_length if isinstance(field, models.CharField) else None
        if limit is None or field.column not in frame.columns or frame.schema[field.column] != pl.String:
            continue
        over = frame.filter(pl.col(field.column).str.len_chars() > limit)["row"].to_list()
        for row in over:
            merged.reject(
                int(row), columns.get(field.column, field.column), "V16", f"{field.verbose_name}超过 {limit} 个字"
            )
        if over:
            frame = frame.filter(~pl.col("row").is_in(over))
    return frame


def undecidable(question: Question) -> Question:
    """Return the question as one that only another act can answer."""
    return replace(question, decidable=False)
