"""Writing a dataset as CSV or JSON, piece by piece: memory stays flat, and no cell is a formula to a spreadsheet."""

from __future__ import annotations

import csv
import hashlib
import io
import zlib
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from itertools import islice
from typing import Any

from core.api.responses import to_json
from portal.opendata import versions
from portal.opendata.datasets import Dataset, Row

BATCH = 500
FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
GZIP = zlib.MAX_WBITS | 16
LICENCE = (
    "可以免费复制、传播、加工和商业使用，须注明“来源：信用广元”和取得日期；不得改变数据原意，"
    "不得用于识别自然人；数据每天变化，应当以查询当天的结果为准。"
)


def cell(value: Any) -> str:
    """Return a value for CSV: nothing as empty, days as 2026-03-02, and no text that a spreadsheet would compute."""
    if value is None:
        return ""
    text = value.isoformat() if isinstance(value, date) else str(value)
    return f"'{text}" if text.startswith(FORMULA) else text


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    iterator = iter(rows)
    while batch := list(islice(iterator, BATCH)):
        yield batch


def csv_pieces(dataset: Dataset, day: date) -> Iterator[bytes]:
    """Give the dataset as CSV in UTF-8 with the mark by which spreadsheets recognise it; the first line names columns."""
    yield "\ufeff".encode()
    yield _lines([[field.label for field in dataset.fields]])
    names = [field.name for field in dataset.fields]
    for batch in _batches(dataset.rows(day)):
        yield _lines([cell(row[name]) for name in names] for row in batch)


def _lines(rows: Iterable[list[str]]) -> bytes:
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerows(rows)
    return buffer.getvalue().encode()


def json_pieces(dataset: Dataset, day: date) -> Iterator[bytes]:
    """Give the dataset as one JSON document; it is whole only when its last bracket has come."""
    head = to_json({"dataset": dataset.code, "title": dataset.title, "as_of": day, "licence": LICENCE})
    yield head[:-1] + b',"items":['
    first = True
    for batch in _batches(dataset.rows(day)):
        yield (b"" if first else b",") + b",\n".join(to_json(dataset.row(row)) for row in batch)
        first = False
    yield b"]}\n"


FORMS: dict[str, tuple[str, Callable[[Dataset, date], Iterator[bytes]]]] = {
    "csv": ("text/csv; charset=utf-8", csv_pieces),
    "json": ("application/json", json_pieces),
}


def pieces(dataset: Dataset, form: str, day: date, tag: str) -> Iterator[bytes]:
    """Give the dataset; what a whole one was is remembered, unless something changed while it was written."""
    hasher, size = hashlib.sha256(), 0
    for piece in FORMS[form][1](dataset, day):
        hasher.update(piece)
        size += len(piece)
        yield piece
    if versions.etag(dataset, form, day) == tag:
        versions.remember(tag, hasher.hexdigest(), size)


def compressed(parts: Iterable[bytes]) -> Iterator[bytes]:
    """Give the parts as one gzip stream."""
    packer = zlib.compressobj(6, zlib.DEFLATED, GZIP)
    for part in parts:
        if packed := packer.compress(part):
            yield packed
    yield packer.flush()
