"""CSV as people send it: UTF-8 with or without BOM, GB18030, UTF-16; commas, tabs or semicolons; stray quotes.

Lines without a quote are parsed in blocks by polars; lines with one go through the csv module, which alone says where
such a record ends. `row` counts records, the header being one of them, as a spreadsheet shows the file.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path

import polars as pl

from core.intake import refusals
from core.intake.frames import RawBatch, no_marks
from core.intake.reading.sniffing import BOMS

BLOCK = 2 * 1024 * 1024
LONGEST_LINE = 64 * 1024 * 1024
LONGEST_RECORD = 1000  # physical lines that one quoted cell may span
MOST_BROKEN = 200  # rows with a quote that never closes, before the whole file is taken for damaged
MOST_COLUMNS = 300
HEAD_LINES = 40
BEYOND = 8  # columns beyond the header that are looked at
BROKEN_QUOTE = "引号不成对，这一行无法分列"

csv.field_size_limit(LONGEST_LINE)
# GB 18030-2005 gave these characters private code points; fonts and newer files have the real ones.
_PRIVATE = dict(
    zip(
        [0xE81E, 0xE826, 0xE82B, 0xE82C, 0xE832, 0xE843, 0xE854, 0xE864],
        "\u9fb4\u9fb5\u9fb6\u9fb7\u9fb8\u9fb9\u9fba\u9fbb",
        strict=True,
    )
)
_PRIVATE_ANY = re.compile("[\ue81e-\ue864]")


def encoding_of(path: Path) -> str:
    """Return utf-8, utf-16 or gb18030; the first characters beyond ASCII decide, wherever they stand."""
    with path.open("rb") as source:
        block = source.read(BLOCK)
        for bom, encoding in BOMS:
            if block.startswith(bom):
                return encoding
        while block:
            if not block.isascii():
                return "utf-8" if _is_utf8(block + source.read(8)) else "gb18030"
            block = source.read(BLOCK)
    return "utf-8"


def _is_utf8(block: bytes) -> bool:
    """Whether the block is UTF-8 throughout, or nearly: one damaged cell does not make a file GB18030."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(block)
    except UnicodeDecodeError:
        damaged = block.decode("utf-8", "replace").count("\ufffd")
        return damaged * 50 < sum(byte > 0x7F for byte in block[:200_000]) // 3 and damaged < 200
    return True


class CsvSource:
    """A CSV file as batches of raw rows."""

    kind = "csv"

    def __init__(self, path: Path) -> None:
        self.path = path
        self.encoding = encoding_of(path)
        self.sheet = ""
        self.total: int | None = None
        sample = list(islice(chain.from_iterable(self._lines()), HEAD_LINES))
        self.separator = _separator(sample)
        self.width = _width(sample, self.separator)
        if self.width > MOST_COLUMNS:
            raise refusals.too_many_columns(self.width, MOST_COLUMNS)

    def _blocks(self) -> Iterator[bytes]:
        """Give the file as valid UTF-8 with \\n line ends, in blocks that end anywhere."""
        decoder = codecs.getincrementaldecoder(self.encoding)("replace")
        with self.path.open("rb") as source:
            head = source.read(4)
            source.seek(next((len(bom) for bom, _ in BOMS if head.startswith(bom)), 0))
            while block := source.read(BLOCK):
                text = decoder.decode(block)
                if self.encoding == "gb18030" and _PRIVATE_ANY.search(text):
                    text = text.translate(_PRIVATE)
                yield text.encode("utf-8", "replace")
        if rest := decoder.decode(b"", final=True):
            yield rest.encode("utf-8", "replace")

    def _lines(self) -> Iterator[list[bytes]]:
        """Give runs of whole physical lines."""
        rest, only_cr = b"", None
        for block in self._blocks():
            if only_cr is None:
                only_cr = b"\r" in block and b"\n" not in block
            text = rest + (block.replace(b"\r", b"\n") if only_cr else block)
            lines = text.split(b"\n")
            rest = lines.pop()
            if len(rest) > LONGEST_LINE:
                raise refusals.exhausted("单行长度")
            yield lines
        if rest:
            yield [rest]

    def batches(self, rows: int) -> Iterator[RawBatch]:
        """Give the rows in batches of exactly this many, the last one shorter."""
        waiting: list[pl.DataFrame] = []
        broken: dict[int, str] = {}
        height = 0
        for frame, wrong in self._parsed():
            waiting.append(frame)
            broken |= wrong
            height += frame.height
            if height < rows:
                continue
            whole = pl.concat(waiting)
            while whole.height >= rows:
                yield _batch(whole[:rows], broken)
                whole = whole[rows:]
            waiting, height = [whole], whole.height
        if height:
            yield _batch(pl.concat(waiting), broken)

    def _parsed(self) -> Iterator[tuple[pl.DataFrame, dict[int, str]]]:
        """Give one frame per block of lines, each row with the number of its record."""
        row, broken, carried = 0, 0, list[bytes]()
        blocks = self._lines()
        block = next(blocks, None)
        while block is not None or carried:
            following = next(blocks, None)
            lines, carried = [*carried, *(block or [])], []
            records = _Records(self.separator, row)
            carried = records.take(lines, final=following is None)
            row, broken = records.row, broken + len(records.broken)
            if broken > MOST_BROKEN:
                raise refusals.unpaired(broken)
            if (frame := self._joined(records)) is not None:
                yield frame, records.broken
            block = following

    def _joined(self, records: _Records) -> pl.DataFrame | None:
        parts = []
        if records.plain:
            parts.append(self._frame(records.plain, records.plain_rows))
        if records.quoted:
            parts.append(self._from_records(records.quoted, records.quoted_rows))
        return pl.concat(parts).sort("row") if parts else None

    def _frame(self, lines: list[bytes], rows: list[int]) -> pl.DataFrame:
        """Parse lines without quotes; whatever stands beyond the last column of the header goes into column `over`."""
        beyond = [f"over{place}" for place in range(BEYOND)]
        schema = dict.fromkeys([*map(str, range(self.width)), *beyond], pl.String)
        frame = pl.read_csv(
            b"\n".join(lines) + b"\n",
            has_header=False,
            separator=self.separator,
            quote_char=None,
            schema=schema,
            missing_columns="insert",
            extra_columns="ignore",
            truncate_ragged_lines=True,
            raise_if_empty=False,
        )
        over = pl.concat_str(beyond, ignore_nulls=True).replace("", None).alias("over")
        frame = frame.with_columns(over).drop(beyond)
        return frame.insert_column(0, pl.Series("row", rows, dtype=pl.UInt32))

    def _from_records(self, records: list[list[str]], rows: list[int]) -> pl.DataFrame:
        columns: dict[str, list[str | None]] = {
            str(place): [(record[place] or None) if place < len(record) else None for record in records]
            for place in range(self.width)
        }
        columns["over"] = ["".join(record[self.width :]) or None for record in records]
        frame = pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))
        return frame.insert_column(0, pl.Series("row", rows, dtype=pl.UInt32))


class _Records:
    """The records of one block of physical lines, apart by whether a quote stands in them."""

    def __init__(self, separator: str, row: int) -> None:
        self.separator, self.row = separator, row
        self.plain: list[bytes] = []
        self.plain_rows: list[int] = []
        self.quoted: list[list[str]] = []
        self.quoted_rows: list[int] = []
        self.broken: dict[int, str] = {}

    def take(self, lines: list[bytes], *, final: bool) -> list[bytes]:
        """Read the lines; returns those of a last record that goes on in the next block."""
        marked = [place for place, line in enumerate(lines) if b'"' in line]
        if marked and all(lines[place].count(b'"') % 2 == 0 for place in marked) and self._whole(lines, marked):
            return []
        at = 0
        for place in marked:
            if place < at:
                continue
            self._plain(lines[at:place])
            record, used = self._record(lines, place)
            if record is None and not final and used < LONGEST_RECORD:
                return lines[place:]
            self.row += 1
            self.quoted_rows.append(self.row)
            if record is None:
                self.broken[self.row] = BROKEN_QUOTE
                if len(self.broken) > MOST_BROKEN:
                    raise refusals.unpaired(len(self.broken))
                self.quoted.append([lines[place].decode("utf-8", "replace").rstrip("\r")[:2000]])
            else:
                self.quoted.append(record)
            at = place + (used if record is not None else 1)
        self._plain(lines[at:])
        return []

    def _whole(self, lines: list[bytes], marked: list[int]) -> bool:
        """Read a block in which every record is one line, as nearly every block is; False where one is not."""
        texts = [lines[place].decode("utf-8", "replace").rstrip("\r") for place in marked]
        try:
            records = list(csv.reader(texts, delimiter=self.separator, strict=True))
        except csv.Error:
            return False
        if len(records) != len(marked):
            return False
        first = self.row + 1
        self.quoted, self.quoted_rows = records, [first + place for place in marked]
        held = set(marked)
        self.plain = [line for line in lines if b'"' not in line]
        self.plain_rows = [first + place for place in range(len(lines)) if place not in held]
        self.row += len(lines)
        return True

    def _plain(self, lines: list[bytes]) -> None:
        self.plain += lines
        self.plain_rows.extend(range(self.row + 1, self.row + 1 + len(lines)))
        self.row += len(lines)

    def _record(self, lines: list[bytes], first: int) -> tuple[list[str] | None, int]:
        """Return the record that begins on this line and how many lines it spans; None where it does not close."""
        used = 0

        def feed() -> Iterator[str]:
            nonlocal used
            for line in lines[first : first + LONGEST_RECORD]:
                used += 1
                yield line.decode("utf-8", "replace").rstrip("\r") + "\n"

        reader = csv.reader(feed(), delimiter=self.separator, strict=True)
        try:
            return next(reader), used
        except (csv.Error, StopIteration):
            # A quote that closes too early is broken here and now; one that never closes may do so in the next block.
            ended = first + used >= len(lines)
            return None, used if ended else LONGEST_RECORD


def _separator(sample: list[bytes]) -> str:
    """Return the separator that the first lines use most."""
    text = b"\n".join(line[:100_000] for line in sample[:10])
    return max((",", "\t", ";", "|"), key=lambda separator: text.count(separator.encode()))


def _width(sample: list[bytes], separator: str) -> int:
    """Return how many columns the first records have at most."""
    records = _Records(separator, 0)
    records.take(sample, final=True)
    plain = (line.count(separator.encode()) + 1 for line in records.plain)
    return max([1, *plain, *map(len, records.quoted)])


def _batch(frame: pl.DataFrame, broken: dict[int, str]) -> RawBatch:
    rows = set(frame["row"]) if broken else set()
    return RawBatch(frame, no_marks(), {row: reason for row, reason in broken.items() if row in rows})
