"""The process that parses: started by `reading.read`, limited in memory and time, it holds no secret and writes no file.

It takes one request on its standard input and answers with messages on its standard output: a length, a header in
JSON, and frames in Arrow's format. Run as `python -m core.intake.reading.child`.
"""

from __future__ import annotations

import ctypes
import errno
import json
import os
import pickle
import resource
import signal
import sys
import traceback
from collections.abc import Iterator
from dataclasses import asdict
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import IO, Any

import polars as pl

from core.intake import refusals
from core.intake.frames import About, RawBatch, packed
from core.intake.headers import SEARCHED_ROWS, Header
from core.intake.reading import sniffing
from core.intake.reading.protocol import LENGTH, Request
from core.intake.reading.records import JsonSource
from core.intake.reading.texts import CsvSource
from core.intake.reading.workbook import ExcelSource
from core.intake.table import Table, found_header
from core.problems import Problem

DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG
PART_ROWS = 5_000
COMPLAINT = 64 * 1024  # what it may write of its failures, and of anything else


def main() -> int:
    """Answer one request."""
    answer = sys.stdout.buffer
    sys.excepthook = complain
    request: Request = pickle.load(sys.stdin.buffer)  # noqa: S301 the parent's own words
    _limit(request)
    try:
        for head, frames in raw_rows(request) if request.rows is not None else chunks(request):
            send(answer, head, *frames)
        send(answer, {"kind": "done"})
    except Problem as problem:
        send(answer, {"kind": "problem", "problem": problem.as_dict()})
    except MemoryError:
        send(answer, {"kind": "problem", "problem": refusals.exhausted("内存").as_dict()})
    except (pl.exceptions.PolarsError, UnicodeError, ValueError, OSError) as error:
        complain(type(error), error, error.__traceback__)
        lacking = getattr(error, "errno", None) == errno.ENOMEM
        told = refusals.exhausted("内存") if lacking else refusals.unreadable(type(error).__name__)
        send(answer, {"kind": "problem", "problem": told.as_dict()})
    return 0


def complain(kind: type[BaseException], _error: BaseException, trace: TracebackType | None) -> None:
    """Say where it failed, without the message: that may quote a cell, and cells hold personal numbers."""
    sys.stderr.write("".join([*traceback.format_tb(trace), kind.__name__]))


def _limit(request: Request) -> None:
    """Bound memory, processor time and what is written to files, and die with the parent."""
    resource.setrlimit(resource.RLIMIT_AS, (request.memory, request.memory))
    resource.setrlimit(resource.RLIMIT_CPU, (request.seconds, request.seconds + 5))
    resource.setrlimit(resource.RLIMIT_FSIZE, (COMPLAINT, COMPLAINT))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(DEATH_SIGNAL, signal.SIGKILL)
    os.nice(1)


def send(answer: IO[bytes], head: dict[str, Any], *frames: pl.DataFrame) -> None:
    """Write one message."""
    words = json.dumps(head, ensure_ascii=False, default=list).encode()
    blobs = [packed(frame) for frame in frames] + [b""] * (2 - len(frames))
    answer.write(LENGTH.pack(len(words), len(blobs[0]), len(blobs[1])))
    for part in (words, *blobs):
        answer.write(part)
    answer.flush()


def opened(request: Request) -> tuple[CsvSource | ExcelSource | JsonSource, str]:
    """Return the source behind the file."""
    path = Path(request.path)
    with path.open("rb") as content:
        kind = sniffing.kind_of(content, request.name)
    if kind == "csv":
        return CsvSource(path), kind
    if kind == "json":
        return JsonSource(path), kind
    return ExcelSource(path, kind), kind


def started(request: Request) -> tuple[Table, About, int | None, Iterator[RawBatch]]:
    """Return the table with its header found, how it was understood, and its batches from the beginning."""
    source, kind = opened(request)
    batches = source.batches(part_rows(request.chunk_rows))
    first = next(batches, None)
    if first is None:
        raise refusals.empty()
    header, row = _header(request, source, first)
    written = {name: header.cells[place].strip() for place, name in header.fields.items()}
    about = About(kind, header.layout, source.sheet, source.encoding, written, header.ignored[:50], row)
    first_data_row = row + 1 if kind != "json" else 1
    total = source.total - row if source.total is not None else None
    return Table(request.profile, request.settings, header, first_data_row), about, total, chain([first], batches)


def _header(request: Request, source: CsvSource | ExcelSource | JsonSource, first: RawBatch) -> tuple[Header, int]:
    if isinstance(source, JsonSource):
        header = found_header(request.profile, [list(source.keys)], strict=False)
        return header, 0
    top = first.frame.head(SEARCHED_ROWS + 1).drop("row", "over", strict=False)
    rows = [[cell.strip()[:300] if cell else None for cell in row] for row in top.rows()]
    header = found_header(request.profile, rows)
    return header, int(first.frame["row"][header.rows[-1]])


def part_rows(chunk_rows: int) -> int:
    """Return how many rows are worked on at a time: whole parts make a chunk, and few rows need little memory."""
    return -(-chunk_rows // -(-chunk_rows // PART_ROWS))


def chunks(request: Request) -> Iterator[tuple[dict[str, Any], tuple[pl.DataFrame, pl.DataFrame]]]:
    """Give the checked rows after row `skip_to`, in parts; `ends` marks the last part of a chunk."""
    table, about, total, batches = started(request)
    any_rows = False
    parts = -(-request.chunk_rows // part_rows(request.chunk_rows))
    for number, batch in enumerate(batches, 1):
        frame, errors = table.chunk(batch)
        any_rows = any_rows or frame.height > 0
        last = int(batch.frame["row"][-1])
        if last <= request.skip_to:
            continue
        if request.skip_to:
            frame = frame.filter(pl.col("row") > request.skip_to)
            errors = errors.filter(pl.col("row") > request.skip_to)
        head = {"kind": "part", "ends": number % parts == 0, "about": asdict(about), "total": total}
        yield head, (frame, errors)
    if not any_rows:
        raise refusals.empty()


def raw_rows(request: Request) -> Iterator[tuple[dict[str, Any], tuple[pl.DataFrame, ...]]]:
    """Give the header as the file writes it, and the raw cells of the rows asked for."""
    table, about, _, batches = started(request)
    wanted = pl.Series(request.rows, dtype=pl.UInt32)
    for batch in batches:
        found = batch.frame.filter(pl.col("row").is_in(wanted.implode()))
        if found.height:
            head = {
                "kind": "raw", "about": asdict(about), "cells": list(table.header.cells),
                "fields": {str(place): name for place, name in table.header.fields.items()},
            }  # fmt: skip
            yield head, (found,)
        if batch.frame["row"][-1] >= max(request.rows or (0,)):
            return


if __name__ == "__main__":
    sys.exit(main())
