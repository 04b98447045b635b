"""Writing one list as gzip JSON Lines: the database makes the JSON, memory stays flat, compression runs beside it."""

from __future__ import annotations

import queue
import threading
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Self

from cryptography.hazmat.primitives import hashes
from django.db import connection

from exchange.lines import FLAG, Statement

PACK = 512 * 1024  # bytes of lines that are compressed at once
WAITING = 4  # packs that may wait for compression
LEVEL = 1  # the file is read once or twice; higher levels cost more time than they save of the line
GZIP = zlib.MAX_WBITS | 16
# The quote and delimiter of this form never occur in JSON, so every line comes out as it is.
COPY_SQL = "COPY (SELECT line FROM ({}) doc) TO STDOUT (FORMAT csv, QUOTE E'\\x01', DELIMITER E'\\x02')"
_FLAGGED = ord(FLAG)


@dataclass(frozen=True, slots=True)
class Written:
    """What a file turned out to be."""

    rows: int
    size: int
    sm3: str


class Writer:
    """A file that lines are written to; a thread of its own compresses, so that the database need not wait."""

    def __init__(self, path: Path, source: Statement | None = None) -> None:
        self.path, self.source = path, source
        self.rows = self.size = self._held = 0
        self._lines: list[bytes] = []
        self._packs: queue.Queue[bytes | None] = queue.Queue(WAITING)
        self._fault: BaseException | None = None
        self._hash = hashes.Hash(hashes.SM3())
        self._thread = threading.Thread(target=self._compress, name="snapshot", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *failed: Any) -> None:
        self._hand_over()
        self._packs.put(None)
        self._thread.join()
        if self._fault is not None and failed[0] is None:
            raise self._fault

    def write(self, line: bytes) -> None:
        """Take one line, with its end; called by the driver once per row."""
        if line[0] == _FLAGGED and self.source is not None:
            line = bytes(self.source.written(line))
            line = line if line.endswith(b"\n") else line + b"\n"
        self.rows += 1
        self._lines.append(line)
        self._held += len(line)
        if self._held >= PACK:
            self._hand_over()

    def _hand_over(self) -> None:
        if self._lines:
            self._packs.put(b"".join(self._lines))
        self._lines, self._held = [], 0

    def _compress(self) -> None:
        try:
            packer = zlib.compressobj(LEVEL, zlib.DEFLATED, GZIP)
            with self.path.open("xb") as file:
                for pack in iter(self._packs.get, None):
                    self._put(file, packer.compress(pack))
                self._put(file, packer.flush())
        except BaseException as fault:  # noqa: BLE001  (told by `__exit__`; the queue is emptied so that nobody waits)
            self._fault = fault
            for _ in iter(self._packs.get, None):
                pass

    def _put(self, file: IO[bytes], packed: bytes) -> None:
        file.write(packed)
        self._hash.update(packed)
        self.size += len(packed)

    def written(self) -> Written:
        """Return count, size and digest; after the file was closed."""
        return Written(self.rows, self.size, self._hash.finalize().hex())


def from_database(path: Path, source: Statement) -> Written:
    """Write every document of a statement, in the transaction under way."""
    with Writer(path, source) as writer, connection.cursor() as cursor:
        statement = cursor.mogrify(source.sql, source.params).decode()
        cursor.copy_expert(COPY_SQL.format(statement), writer)
    return writer.written()


def from_lines(path: Path, lines: Iterable[bytes]) -> Written:
    """Write documents that are made here."""
    with Writer(path) as writer:
        for line in lines:
            writer.write(line + b"\n")
    return writer.written()
