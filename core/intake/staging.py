"""Frames into PostgreSQL by COPY, and back: the one way in which a chunk of rows reaches the database."""

from __future__ import annotations

import base64
import io
import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import polars as pl
from django.db import connection

from core.fields import CROCKFORD

_RFC4648 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_TO_CROCKFORD = str.maketrans(_RFC4648, CROCKFORD)
ID_BYTES, ID_CHARACTERS = 10, 16
_TYPES: tuple[tuple[Any, str], ...] = (
    (pl.Date, "date"),
    (pl.Boolean, "boolean"),
    (pl.UInt64, "numeric"),
    (pl.Decimal, "numeric"),
    (pl.List, "text[]"),
)


def public_ids(count: int) -> list[str]:
    """Return so many fresh public ids: 80 random bits each, in the alphabet of `core.fields`."""
    text = base64.b32encode(os.urandom(ID_BYTES * count)).decode().translate(_TO_CROCKFORD)
    return [text[at : at + ID_CHARACTERS] for at in range(0, ID_CHARACTERS * count, ID_CHARACTERS)]


def sql_type(dtype: pl.DataType) -> str:
    """Return the column type under which a polars column is staged."""
    if dtype.is_integer() and dtype != pl.UInt64:
        return "bigint"
    return next((name for kind, name in _TYPES if dtype == kind or dtype.base_type() is kind), "text")


def quoted(names: Iterable[str]) -> str:
    return ", ".join(connection.ops.quote_name(name) for name in names)


def stage(table: str, frame: pl.DataFrame, *, types: Mapping[str, str] | None = None) -> None:
    """Copy a frame into a temporary table of this transaction; `types` overrides column types.

    A text value that was empty stays empty and a null stays null.
    """
    kinds = {name: (types or {}).get(name) or sql_type(dtype) for name, dtype in frame.schema.items()}
    columns = ", ".join(f"{connection.ops.quote_name(name)} {kind}" for name, kind in kinds.items())
    name = connection.ops.quote_name(table)
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{name}")
        cursor.execute(f"CREATE TEMP TABLE {name} ({columns}) ON COMMIT DROP")
    copy(table, frame)


def copy(table: str, frame: pl.DataFrame) -> None:
    """Append a frame to a table by COPY, by column names."""
    if frame.is_empty():
        return
    lists = [name for name, dtype in frame.schema.items() if dtype.base_type() is pl.List]
    plain = frame.with_columns(array_text(pl.col(name)).alias(name) for name in lists) if lists else frame
    buffer = io.BytesIO()
    plain.write_csv(buffer, include_header=False, quote_style="necessary", null_value="")
    buffer.seek(0)
    with connection.cursor() as cursor:
        name = connection.ops.quote_name(table)
        cursor.copy_expert(f"COPY {name} ({quoted(plain.columns)}) FROM STDIN (FORMAT csv)", buffer)


def array_text(column: pl.Expr) -> pl.Expr:
    """Return a list of texts as PostgreSQL writes arrays."""
    element = pl.element().str.replace_all("\\", "\\\\", literal=True).str.replace_all('"', '\\"', literal=True)
    inner = column.list.eval(pl.concat_str(pl.lit('"'), element, pl.lit('"'))).list.join(",")
    return pl.concat_str(pl.lit("{"), inner, pl.lit("}"))


def fetch(query: str, schema: Mapping[str, Any], parameters: Any = None) -> pl.DataFrame:
    """Return the rows of a query as a frame of this schema."""
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return pl.DataFrame(cursor.fetchall(), schema=dict(schema), orient="row")


def scalar(query: str, parameters: Any = None) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        row = cursor.fetchone()
    return row[0] if row else None


def execute(query: str, parameters: Any = None) -> int:
    """Run a statement and return how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return int(cursor.rowcount)


def new_keys(table: str, count: int) -> Sequence[int]:
    """Return fresh primary keys of a table."""
    query = "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)"
    with connection.cursor() as cursor:
        cursor.execute(query, [table, count])
        return [row[0] for row in cursor.fetchall()]
