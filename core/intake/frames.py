"""What passes between the reader of a file, the checks, and the parent process."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

ERRORS = {
    "row": pl.UInt32, "column": pl.String, "code": pl.String, "message": pl.String, "severity": pl.String,
}  # fmt: skip
MARKS = {"row": pl.UInt32, "place": pl.UInt32, "mark": pl.String, "text": pl.String}


@dataclass(frozen=True)
class About:
    """How the file was understood; the same for all of its chunks."""

    kind: str  # xlsx, xls, csv, json
    layout: str  # "" or the code of a legacy layout
    sheet: str = ""
    encoding: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)  # field → header as the file writes it
    ignored: tuple[str, ...] = ()  # columns that nothing is taken from
    header_row: int = 1


@dataclass(frozen=True)
class Chunk:
    """Rows first_row…last_row of a file, typed and checked.

    frame: typed columns by field, `row`, `accepted` (no error and no duplicate), `duplicate` (identical to an accepted
    row before), `digest` and `key` (hashes within this reading only). errors: row, column, code, message, severity.
    `total` is the number of data rows where the file tells it, else None.
    """

    frame: pl.DataFrame
    errors: pl.DataFrame
    first_row: int
    last_row: int
    total: int | None
    about: About


@dataclass(frozen=True)
class RawBatch:
    """Rows as the file has them: `row`, and the columns "0", "1", … as text.

    marks: what else a cell is (formula, error, merged). `broken` are rows that are no records, with the reason.
    """

    frame: pl.DataFrame
    marks: pl.DataFrame
    broken: Mapping[int, str] = field(default_factory=dict)


def no_marks() -> pl.DataFrame:
    return pl.DataFrame(schema=MARKS)


def no_errors() -> pl.DataFrame:
    return pl.DataFrame(schema=ERRORS)


def packed(frame: pl.DataFrame) -> bytes:
    """Return a frame as bytes that `unpacked` understands."""
    sink = io.BytesIO()
    frame.write_ipc(sink, compression="uncompressed")
    return sink.getvalue()


def unpacked(content: bytes) -> pl.DataFrame:
    return pl.read_ipc(io.BytesIO(content))


def about_from(values: Mapping[str, Any]) -> About:
    return About(**{**values, "ignored": tuple(values["ignored"])})
