"""What became of each row, written beside what the rows wrote."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import polars as pl

from core.intake.columns import PARTIES, Column, ColumnType
from core.intake.merging import ERROR_SCHEMA, Merged, Question
from core.intake.profiles import Profile
from core.intake.reading import Chunk
from core.intake.staging import copy, public_ids
from core.masking import mask_text
from core.models.intake import COUNTERS, IntakeBatch, IntakeChunk, IntakeError, Outcome, QuestionedRow, QuestionState

NO_ROW = "."
LONGEST_MESSAGE, LONGEST_LABEL = 500, 300
FACTUAL = frozenset({ColumnType.DATE, ColumnType.AMOUNT, ColumnType.CODE, ColumnType.CHOICE, ColumnType.INTEGER})
NAMES = frozenset({"party_name", "legal_representative", "remark"})
_NAME = {outcome.value: outcome.name.lower() for outcome in Outcome}


@dataclass(frozen=True, slots=True)
class ChunkAnswer:
    """One letter per line, how many of each, what is wrong, and what is held."""

    chunk: Chunk
    outcomes: str
    counts: dict[str, int]
    errors: pl.DataFrame
    questions: list[Question]


def of_chunk(chunk: Chunk, merged: Merged, profile: Profile) -> ChunkAnswer:
    """Put the reader's verdicts and the merge's together: every row of the chunk gets exactly one outcome."""
    _show(merged.questions, chunk.frame, profile)
    letters = [NO_ROW] * (chunk.last_row - chunk.first_row + 1)
    answered = merged.outcomes
    for row, accepted, duplicate in chunk.frame.select("row", "accepted", "duplicate").iter_rows():
        if duplicate:
            letter = Outcome.DUPLICATE.value
        elif accepted:
            letter = answered[row]
        else:
            letter = Outcome.REJECTED.value
        letters[row - chunk.first_row] = letter
    found = Counter(letters)
    held = [(q.row, q.column, q.code, q.detail, "error") for q in merged.questions]
    more = [
        *((*row, "error") for row in merged.rejections),
        *held,
        *((*row, "warning") for row in merged.notes),
    ]
    told = chunk.errors
    for code, rows in merged.moot.items():
        told = told.filter(~((pl.col("code") == code) & pl.col("row").is_in(rows)))
    errors = pl.concat(
        [
            told.select(pl.col(name).cast(kind) for name, kind in ERROR_SCHEMA.items()),
            pl.DataFrame(more, schema=ERROR_SCHEMA, orient="row"),
        ]
    )
    return ChunkAnswer(
        chunk,
        "".join(letters),
        {name: found.get(letter, 0) for letter, name in _NAME.items()},
        errors.sort("row", maintain_order=True),
        merged.questions,
    )


def _show(questions: list[Question], frame: pl.DataFrame, profile: Profile) -> None:
    """Add to each question what its row says beside names, numbers of persons and free text."""
    if not questions:
        return
    shown = [c for c in profile.columns if c.type in FACTUAL or (c.type is ColumnType.TEXT and _is_label(c))]
    rows = frame.filter(pl.col("row").is_in([question.row for question in questions]))
    by_row = {row["row"]: row for row in rows.iter_rows(named=True)}
    for question in questions:
        row = by_row.get(question.row, {})
        cells = [(column.header, _text(row.get(column.field), column)) for column in shown]
        question.facts["shown"] = [[header, text] for header, text in cells if text]


def _is_label(column: Column) -> bool:
    return not column.scan and (column.length or LONGEST_LABEL) <= LONGEST_LABEL and column.field not in NAMES


def _text(value: Any, column: Column) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    text = PARTIES.get(str(value), str(value)) if column.vocabulary == "party" else str(value)
    return mask_text(text)[:LONGEST_LABEL]


def write(batch: IntakeBatch, answer: ChunkAnswer, *, errors: bool, questions: bool) -> int:
    """Write the chunk's answers and add them to the batch, which the caller holds locked; returns its number."""
    chunk, rows = answer.chunk, sum(answer.counts.values())
    number = 1 + IntakeChunk.objects.filter(batch=batch, phase=batch.phase).count()
    IntakeChunk.objects.create(
        batch=batch,
        phase=batch.phase,
        number=number,
        first_row=chunk.first_row,
        last_row=chunk.last_row,
        rows=rows,
        outcomes=answer.outcomes,
    )
    if errors:
        _copy_errors(batch, answer.errors)
        batch.errors_total += len(answer.errors)
        batch.warnings_total += answer.errors.filter(pl.col("severity") == "warning").height
    if questions and answer.questions:
        _copy_questions(batch, answer.questions)
    for name in COUNTERS:
        setattr(batch, name, getattr(batch, name) + answer.counts[name])
    batch.rows += rows
    batch.last_row = chunk.last_row
    batch.rows_known = chunk.total if chunk.total is not None else batch.rows_known
    batch.attempts = 0
    batch.save(
        update_fields=[*COUNTERS, "rows", "last_row", "rows_known", "attempts", "errors_total", "warnings_total"]
    )
    return number


def _copy_errors(batch: IntakeBatch, errors: pl.DataFrame) -> None:
    copy(
        IntakeError._meta.db_table,
        errors.select(
            pl.lit(batch.pk).alias("batch_id"),
            "row",
            pl.col("column").fill_null(""),
            "code",
            pl.col("message").str.slice(0, LONGEST_MESSAGE),
            "severity",
        ),
    )


def _copy_questions(batch: IntakeBatch, questions: list[Question]) -> None:
    ids = public_ids(len(questions))
    copy(
        QuestionedRow._meta.db_table,
        pl.DataFrame(
            {
                "public_id": ids,
                "batch_id": [batch.pk] * len(questions),
                "row": [q.row for q in questions],
                "column": [q.column for q in questions],
                "code": [q.code for q in questions],
                "detail": [q.detail[:LONGEST_MESSAGE] for q in questions],
                "facts": [json.dumps(q.facts, ensure_ascii=False) for q in questions],
                "decidable": [q.decidable for q in questions],
                "state": [QuestionState.HELD.value] * len(questions),
            }
        ),
    )
