"""JSON as people send it: one array of objects, one object with such an array inside, or one object per line.

`row` is the position of the object in the array, or its line. Numbers keep their written form.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

from core.intake import refusals
from core.intake.frames import RawBatch, no_marks

BLOCK = 1024 * 1024
LONGEST = 64 * 1024 * 1024
MOST_COLUMNS = 300
NOT_AN_OBJECT = "不是 JSON 对象，无法分列"
NESTED = "含有嵌套的对象或数组"
_BLANKS = " \t\r\n\ufeff"


def _constant(text: str) -> str:
    return text  # NaN and Infinity become text, which no amount accepts


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) != len(pairs):
        raise refusals.damaged("JSON 对象里有重复的键")
    return values


DECODER = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=_constant, object_pairs_hook=_pairs)


class JsonSource:
    """A JSON file as batches of raw rows; the keys seen so far are its columns, in order of appearance."""

    kind, sheet, encoding = "json", "", "utf-8"

    def __init__(self, path: Path) -> None:
        self.path = path
        self.total: int | None = None
        self.keys: dict[str, int] = {}

    def batches(self, rows: int) -> Iterator[RawBatch]:
        """Give the objects in batches of exactly this many, the last one shorter."""
        waiting: list[tuple[int, dict[str, Any]]] = []
        broken: dict[int, str] = {}
        for row, value in self._objects():
            whole = isinstance(value, dict)
            if not whole:
                broken[row] = NOT_AN_OBJECT
            elif any(isinstance(inner, dict | list) for inner in value.values()):
                broken[row] = NESTED
            waiting.append((row, value if whole else {}))
            if len(waiting) == rows:
                yield self._batch(waiting, broken)
                waiting, broken = [], {}
        if waiting:
            yield self._batch(waiting, broken)

    def _batch(self, objects: list[tuple[int, dict[str, Any]]], broken: dict[int, str]) -> RawBatch:
        for _, value in objects:
            for key in value:
                self.keys.setdefault(key, len(self.keys))
        if len(self.keys) > MOST_COLUMNS:
            raise refusals.too_many_columns(len(self.keys), MOST_COLUMNS)
        columns: dict[str, list[str | None]] = {
            str(place): [_text(value.get(key)) for _, value in objects] for key, place in self.keys.items()
        }
        frame = pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))
        numbers = pl.Series("row", [row for row, _ in objects], dtype=pl.UInt32)
        return RawBatch(frame.insert_column(0, numbers), no_marks(), broken)

    def _objects(self) -> Iterator[tuple[int, Any]]:
        """Decode value after value, holding one block and one value at a time."""
        buffer, row, array, ended = "", 0, False, False
        try:
            with self.path.open(encoding="utf-8-sig", errors="strict", newline="") as source:
                while True:
                    buffer = buffer.lstrip(_BLANKS + ("," if array else ""))
                    if not row and not array and buffer.startswith("["):
                        buffer, array = buffer[1:], True
                        continue
                    if array and buffer.startswith("]"):
                        return
                    value, end = _next(buffer, ended)
                    if end:
                        row += 1
                        buffer = buffer[end:]
                        yield row, value
                        continue
                    if ended:
                        break
                    block = source.read(BLOCK)
                    ended, buffer = not block, buffer + block
                    if len(buffer) > LONGEST:
                        raise refusals.exhausted("单条记录长度")
        except UnicodeDecodeError as error:
            raise refusals.unreadable(f"第 {row + 1} 条附近不是 UTF-8 编码，JSON 只接受 UTF-8") from error
        except RecursionError as error:
            raise refusals.unreadable("JSON 嵌套过深") from error
        if buffer or array:
            raise refusals.damaged(f"第 {row + 1} 条 JSON 没有写完或写错")


def _next(buffer: str, ended: bool) -> tuple[Any, int]:
    """Return the next value and where it ends; 0 where more text is needed."""
    if not buffer:
        return None, 0
    try:
        value, end = DECODER.raw_decode(buffer)
    except json.JSONDecodeError:
        return None, 0
    return (value, end) if ended or end < len(buffer) else (None, 0)


def _text(value: Any) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
