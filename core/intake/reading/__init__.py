"""Reading a file: one child process parses and checks, the parent receives chunks and never parses a byte itself."""

from __future__ import annotations

import json
import logging
import os
import pickle
import select
import signal
import subprocess
import sys
import tempfile
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import polars as pl

from core.intake import refusals
from core.intake.frames import About, Chunk, about_from, unpacked
from core.intake.profiles import PROFILES, Profile
from core.intake.reading.protocol import LENGTH, Request
from core.intake.settings import IntakeSettings
from core.problems import Problem

__all__ = ["About", "Chunk", "RawRows", "raw_rows", "read"]

MEMORY = 3 * 1024**3  # address space of the child: polars maps far more than it ever touches
CPU_SECONDS = 900
SILENCE_SECONDS = 180  # the longest that a file may go without giving a chunk
ROOT = Path(__file__).resolve().parents[3]
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class RawRows:
    """Cells of some rows as the file has them: `row` and columns "0", "1", …; `fields` says what each place means."""

    frame: pl.DataFrame
    cells: list[str]
    fields: dict[int, str]
    about: About


def read(
    path: Path,
    *,
    profile: Profile,
    settings: IntakeSettings,
    chunk_rows: int = 50_000,
    skip_to: int = 0,
    name: str | None = None,
) -> Iterator[Chunk]:
    """Give the rows of a file, typed and checked, chunk by chunk; the same file gives the same chunks every time.

    `skip_to` is the last row already answered for: rows up to it are only remembered, to tell duplicates. `name` is the
    name under which the file was sent, whose extension has to agree with the content. Raises Problem IN-xx for a file
    that cannot be taken in; closing the generator ends the child.
    """
    request = Request(
        str(path.absolute()),  # not resolved: a nameless file is opened by its descriptor
        path.name if name is None else name,
        profile,
        settings,
        chunk_rows,
        skip_to,
        MEMORY,
        CPU_SECONDS,
    )
    with closing(_answers(request)) as answers:
        parts: list[tuple[pl.DataFrame, pl.DataFrame]] = []
        head: dict[str, Any] = {}
        for head, frame, errors in answers:
            parts.append((unpacked(frame), unpacked(errors)))
            if head["ends"] and (chunk := _chunk(parts, head)):
                yield chunk
            parts = [] if head["ends"] else parts
        if parts and (chunk := _chunk(parts, head)):
            yield chunk


def _chunk(parts: list[tuple[pl.DataFrame, pl.DataFrame]], head: dict[str, Any]) -> Chunk | None:
    """Return the parts as one chunk; None where they hold no row of data."""
    frame = pl.concat([frame for frame, _ in parts])
    errors = pl.concat([errors for _, errors in parts])
    if not frame.height:
        return None
    rows = frame["row"]
    return Chunk(frame, errors, int(rows[0]), int(rows[-1]), head["total"], about_from(head["about"]))


def raw_rows(
    path: Path, *, profile: Profile, settings: IntakeSettings, rows: list[int], name: str | None = None
) -> Iterator[RawRows]:
    """Give the cells of these rows as they stand in the file."""
    request = Request(
        str(path.absolute()),  # not resolved: a nameless file is opened by its descriptor
        path.name if name is None else name,
        profile,
        settings,
        50_000,
        0,
        MEMORY,
        CPU_SECONDS,
        tuple(rows),
    )
    with closing(_answers(request)) as answers:
        for head, frame, _ in answers:
            fields = {int(place): name for place, name in head["fields"].items()}
            yield RawRows(unpacked(frame), head["cells"], fields, about_from(head["about"]))


def _answers(request: Request) -> Generator[tuple[dict[str, Any], bytes, bytes]]:
    """Start the child, pass on its messages, and end it, whatever happens."""
    environment = {
        "PATH": os.environ.get("PATH", ""),
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
        "POLARS_MAX_THREADS": "2",
        "MALLOC_ARENA_MAX": "2",
        # What polars' allocator keeps for later is given back soon: a fifth less memory at its peak, for a little time.
        "_RJEM_MALLOC_CONF": "narenas:2,dirty_decay_ms:100,muzzy_decay_ms:0",
        "LANG": "C.UTF-8",
    }
    with tempfile.TemporaryFile() as complaints:
        child = subprocess.Popen(
            [sys.executable, "-m", "core.intake.reading.child"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=complaints, env=environment, cwd=ROOT,
        )  # fmt: skip
        try:
            assert child.stdin is not None
            assert child.stdout is not None
            pickle.dump(request, child.stdin)
            child.stdin.close()
            yield from _messages(child, child.stdout, request, complaints)
        finally:
            child.kill()
            child.wait()
            if child.stdout is not None:
                child.stdout.close()


def _messages(
    child: subprocess.Popen[bytes], source: IO[bytes], request: Request, complaints: IO[bytes]
) -> Iterator[tuple[dict[str, Any], bytes, bytes]]:
    while True:
        if not select.select([source], [], [], SILENCE_SECONDS)[0]:
            raise refusals.exhausted("时间")
        lengths = source.read(LENGTH.size)
        if len(lengths) < LENGTH.size:
            raise _ended(child, complaints)
        head_length, first, second = LENGTH.unpack(lengths)
        head = json.loads(source.read(head_length))
        blobs = source.read(first), source.read(second)
        if len(blobs[1]) < second:
            raise _ended(child, complaints)
        if head["kind"] == "done":
            return
        if head["kind"] == "problem":
            raise _problem(head["problem"], request.profile)
        yield head, *blobs


def _problem(told: dict[str, Any], asked: Profile) -> Problem:
    remedy = told.get("remedy") or ""
    if told["code"] == "IN-11" and (fitting := _fitting(told["detail"], asked)):
        remedy = f"看起来是“{fitting}”的表格；{remedy}"
    return refusals.FileRefused(told["code"], told["detail"], remedy, told["status"])


def _fitting(detail: str, asked: Profile) -> str:
    """Return the title of another profile whose headers the refused file shows."""
    shown = detail.rpartition("看到：")[2].rstrip("）").split("、")
    best, most = "", 1
    for other in PROFILES.values():
        hits = len({column.header for column in other.columns} & set(shown))
        if other.code != asked.code and hits > most:
            best, most = other.title, hits
    return best


def _ended(child: subprocess.Popen[bytes], complaints: IO[bytes]) -> Problem:
    """Say why the child stopped answering: it ran out of memory or time, or it failed, which the log then holds."""
    child.wait(timeout=30)
    complaints.seek(0)
    said = complaints.read()[-4000:].decode("utf-8", "replace")
    if child.returncode == -signal.SIGXCPU:
        return refusals.exhausted("时间")
    if (
        child.returncode in {-signal.SIGABRT, -signal.SIGKILL, -signal.SIGSEGV, -signal.SIGBUS}
        or "memory" in said.lower()
    ):
        return refusals.exhausted("内存")
    logger.error("the intake child failed (%s): %s", child.returncode, said)
    return refusals.unreadable("解析程序异常退出，已记录")
