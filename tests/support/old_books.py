"""Old workbooks (.xls) byte by byte: a compound file (MS-CFB, version 3) with a BIFF8 stream (MS-XLS) of plain cells."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence

SECTOR, SMALLEST = 512, 4096  # a shorter stream would have to lie in the mini stream
FREE, END, FAT, NONE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFF
BOF, EOF, CODEPAGE, FILEPASS, BOUNDSHEET, DIMENSIONS, LABEL, NUMBER = (
    0x0809, 0x000A, 0x0042, 0x002F, 0x0085, 0x0200, 0x0204, 0x0203,
)  # fmt: skip
GLOBALS, WORKSHEET = 0x0005, 0x0010


def compound(streams: Mapping[str, bytes]) -> bytes:
    """Return a compound file with these streams, in the order of their names."""
    bodies = {
        name: body.ljust(max(SMALLEST, -(-len(body) // SECTOR) * SECTOR), b"\0") for name, body in streams.items()
    }
    sectors, fat, starts = b"", list[int](), dict[str, int]()
    for name, body in bodies.items():
        starts[name], count = len(fat), len(body) // SECTOR
        fat += [*range(len(fat) + 1, len(fat) + count), END]
        sectors += body
    directory = _entry("Root Entry", 5, child=1, start=END)
    for at, (name, body) in enumerate(bodies.items(), 1):
        right = at + 1 if at < len(bodies) else NONE  # a chain to the right is a sorted tree as well
        directory += _entry(name, 2, right=right, start=starts[name], size=len(body))
    directory = directory.ljust(-(-len(directory) // SECTOR) * SECTOR, b"\0")
    first_directory, count = len(fat), len(directory) // SECTOR
    fat += [*range(len(fat) + 1, len(fat) + count), END]
    tables = -(-(len(fat) + 1) // (SECTOR // 4 - 1))
    places = range(len(fat), len(fat) + tables)
    fat += [FAT] * tables
    fat += [FREE] * (tables * SECTOR // 4 - len(fat))
    head = struct.pack(
        "<8s16xHHHHH6xIIIIIIIII", bytes.fromhex("d0cf11e0a1b11ae1"), 0x3E, 3, 0xFFFE, 9, 6,
        0, tables, first_directory, 0, SMALLEST, END, 0, END, 0,
    )  # fmt: skip
    listed = [*places, *[FREE] * (109 - tables)]
    return head + struct.pack("<109I", *listed) + sectors + directory + struct.pack(f"<{len(fat)}I", *fat)


def _entry(name: str, kind: int, *, right: int = NONE, child: int = NONE, start: int, size: int = 0) -> bytes:
    text = (name + "\0").encode("utf-16-le")
    return struct.pack("<64sHBBIII16x4x16xIQ", text, len(text), kind, 1, NONE, right, child, start, size)


def old_book(rows: Sequence[Sequence[str | float | None]], *, sheet: str = "行政处罚", password: bool = False) -> bytes:
    """Return a workbook of one sheet as Excel 97 wrote it; with a password everything behind that record is noise."""
    return compound({"Workbook": _stream(rows, sheet, password=password)})


def _stream(rows: Sequence[Sequence[str | float | None]], sheet: str, *, password: bool) -> bytes:
    name = sheet.encode("utf-16-le")
    head = _begin(GLOBALS)
    if password:
        head += _record(FILEPASS, struct.pack("<HHH16s16s16s", 1, 1, 1, b"s" * 16, b"v" * 16, b"h" * 16))
    head += _record(CODEPAGE, struct.pack("<H", 1200))
    bound = struct.Struct("<IBBBB")
    offset = len(head) + 4 + bound.size + len(name) + 4
    head += _record(BOUNDSHEET, bound.pack(offset, 0, 0, len(sheet), 1) + name) + _record(EOF)
    widest = max(map(len, rows), default=0)
    body = _begin(WORKSHEET) + _record(DIMENSIONS, struct.pack("<IIHHH", 0, len(rows), 0, widest, 0))
    for at, row in enumerate(rows):
        for place, value in enumerate(row):
            where = struct.pack("<HHH", at, place, 0)
            if isinstance(value, str) and value:
                text = value.encode("utf-16-le")
                body += _record(LABEL, where + struct.pack("<HB", len(text) // 2, 1) + text)
            elif isinstance(value, int | float):
                body += _record(NUMBER, where + struct.pack("<d", value))
    return head + body + _record(EOF)


def _begin(kind: int) -> bytes:
    return _record(BOF, struct.pack("<HHHHII", 0x0600, kind, 0x0DBB, 0x07CC, 0x41, 0x06))


def _record(number: int, body: bytes = b"") -> bytes:
    return struct.pack("<HH", number, len(body)) + body
