"""Excel workbooks: the archive is measured before anything is parsed, then calamine reads the one sheet with data."""

from __future__ import annotations

import html
import re
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import fastexcel
import polars as pl

from core.intake import refusals
from core.intake.frames import MARKS, RawBatch, no_marks

MOST_ROWS = 100_000
MOST_COLUMNS = 300
MOST_UNPACKED = 768 * 1024 * 1024
MOST_RATIO, RATIO_FROM = 200, 32 * 1024 * 1024
MOST_MARKS = 200_000
MOST_SHEETS = 50
UNKNOWN = 1 << 20  # no cell says where it stands
SLACK = 40  # titles, explanations and headers above the data
BLOCK = 1024 * 1024
NOT_DATA = re.compile(r"示例|样例|说明|字典|选项|错误清单")

_ROW = re.compile(rb"<(?:\w+:)?row\b")
_ROW_NUMBER = re.compile(rb'[^>]*?\br="(\d+)"')
_END = re.compile(rb"</(?:\w+:)?worksheet>|<(?:\w+:)?worksheet\b[^>]*/>")
_CELL_VALUE = re.compile(rb"<(?:\w+:)?(?:v|t)[ >]")
_WIDE = re.compile(rb'\br="(?:[A-Z]{3,}|[L-Z][A-Z]|K[O-Z])\d')
_VALUED = re.compile(
    rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]+)\d+"[^>]*>\s*(?:<(?:\w+:)?f\b.*?(?:/>|</(?:\w+:)?f>))?\s*<(?:\w+:)?(?:v|is)>'
)
_FORMULA = re.compile(rb"<(?:\w+:)?c\b([^>]*)>\s*<(?:\w+:)?f\b")
_ERROR = re.compile(
    rb'<(?:\w+:)?c\b([^>]*\bt="e"[^>]*)>(?:\s*<(?:\w+:)?f\b.*?(?:/>|</(?:\w+:)?f>))?\s*<(?:\w+:)?v>([^<]*)'
)
_PLACE = re.compile(rb'\br="([A-Z]+)(\d+)"')
_MERGE = re.compile(rb'<(?:\w+:)?mergeCell\b[^>]*\bref="([A-Z]+)(\d+):([A-Z]+)(\d+)"')


@dataclass
class Measured:
    """What one sheet's text says before it is parsed."""

    name: str = ""
    rows: int = 0  # rows that hold a value
    current: int = 0
    last_row: int = 0
    wide: bool = False
    first_column: int = UNKNOWN  # calamine begins at the first column that holds a value
    marks: list[tuple[int, int, str, str]] = field(default_factory=list)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)  # first row, column, last row, column


class ExcelSource:
    """The one sheet of a workbook that holds data, as batches of raw rows."""

    encoding = ""

    def __init__(self, path: Path, kind: str) -> None:
        self.kind = kind
        measured = measure(path) if kind == "xlsx" else {}
        try:
            reader = fastexcel.read_excel(str(path))
        except fastexcel.FastExcelError as error:
            raise _refused(_told_by_name(path, kind) or error) from error
        self.sheet, self.frame = _sheet(reader, measured)
        self.measured = measured.get(self.sheet, Measured())
        if self.frame.width > MOST_COLUMNS + 1:
            raise refusals.too_many_columns(self.frame.width - 1, MOST_COLUMNS)
        self.total: int | None = self.frame.height
        self.frame = _spread(self.frame, self.measured)
        errors = {mark[:2] for mark in self.measured.marks if mark[2] == "error"}
        self.measured.marks = [m for m in self.measured.marks if m[2] != "formula" or m[:2] not in errors]
        self.marks = (
            pl.DataFrame(self.measured.marks, schema=MARKS, orient="row") if self.measured.marks else no_marks()
        )

    def batches(self, rows: int) -> Iterator[RawBatch]:
        """Give the rows in batches of exactly this many, the last one shorter."""
        for start in range(0, self.frame.height, rows):
            part = self.frame[start : start + rows]
            marks = self.marks
            if marks.height:
                marks = marks.filter(pl.col("row").is_between(start + 1, start + part.height))
            yield RawBatch(part, marks)


def _sheet(reader: fastexcel.ExcelReader, measured: dict[str, Measured]) -> tuple[str, pl.DataFrame]:
    """Return the sheet that holds data; two of them are refused, so that none is left out in silence."""
    found: list[tuple[str, pl.DataFrame]] = []
    if not reader.sheet_names:
        raise refusals.damaged("工作簿里没有工作表")
    for name in reader.sheet_names[:MOST_SHEETS]:
        if NOT_DATA.search(name) or (name in measured and measured[name].rows == 0):
            continue
        try:
            sheet = reader.load_sheet(name, header_row=None, dtypes="string", skip_rows=0)
            frame = pl.DataFrame(sheet)
        except fastexcel.FastExcelError as error:
            raise _refused(error) from error
        if sheet.visible == "visible" and frame.height and frame.width:
            found.append((name, frame))
    if not found:
        raise refusals.empty()
    if len(found) > 1:
        raise refusals.several_sheets([name for name, _ in found])
    name, frame = found[0]
    offset = measured[name].first_column if name in measured else 0
    offset = 0 if offset == UNKNOWN else offset
    frame = pl.select(
        pl.int_range(1, frame.height + 1, dtype=pl.UInt32).alias("row"),
        *(pl.lit(None, pl.String).alias(str(place)) for place in range(offset)),
        *(column.alias(str(place + offset)) for place, column in enumerate(frame)),
    )
    return name, frame


def _told_by_name(path: Path, kind: str) -> Exception | None:
    """Return what is said of the file under a name with its extension: without one, only that it is no workbook."""
    with tempfile.TemporaryDirectory() as folder:
        named = Path(folder) / f"book.{kind}"
        named.symlink_to(path)
        try:
            fastexcel.read_excel(str(named))
        except fastexcel.FastExcelError as error:
            return error
    return None


def _refused(error: Exception) -> refusals.FileRefused:
    if "password" in str(error).lower():
        return refusals.protected()
    return refusals.damaged("工作簿内部结构读不出来")


def _spread(frame: pl.DataFrame, measured: Measured) -> pl.DataFrame:
    """Show in every cell of a merged range what its first cell shows, and mark the cells that were filled."""
    changes: dict[int, dict[int, str]] = {}
    for first_row, first, last_row, _ in measured.merges:
        if first >= frame.width - 1 or first_row > frame.height:
            continue
        text = frame.item(first_row - 1, first + 1)
        if text is None:
            continue
        for row in range(first_row + 1, min(last_row, frame.height) + 1):
            changes.setdefault(first, {})[row] = text
            measured.marks.append((row, first, "merged", ""))
    for place, values in changes.items():
        name = str(place)
        frame = frame.with_columns(
            pl.coalesce(pl.col(name), pl.col("row").replace_strict(values, default=None, return_dtype=pl.String)).alias(
                name
            )
        )
    return frame


def measure(path: Path) -> dict[str, Measured]:
    """Return what each sheet holds, by its name; refuses bombs, too many rows and too many columns unparsed."""
    try:
        with zipfile.ZipFile(path) as archive:
            _weigh(archive)
            parts = _parts(archive)
            return {name: _measured(archive, part, name) for name, part in parts.items()}
    except (zipfile.BadZipFile, EOFError, KeyError, ValueError, NotImplementedError, OSError) as error:
        raise refusals.damaged("压缩内容不完整") from error


def _weigh(archive: zipfile.ZipFile) -> None:
    entries = archive.infolist()
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > MOST_UNPACKED:
        raise refusals.bomb(f"展开后 {unpacked // 1024 // 1024} MB")
    for entry in entries:
        if entry.file_size > RATIO_FROM and entry.file_size > MOST_RATIO * max(entry.compress_size, 1):
            raise refusals.bomb(f"{entry.filename[-40:]} 的压缩比超过 {MOST_RATIO} 倍")


_SHEET = re.compile(rb"<(?:\w+:)?sheet\b([^>]*)/?>")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\b([^>]*)/?>")
_ATTRIBUTE = re.compile(rb'([\w:]+)="([^"]*)"')


def _parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Return sheet name → path inside the archive."""
    relations = {}
    for match in _RELATION.finditer(archive.read("xl/_rels/workbook.xml.rels")):
        values = dict(_ATTRIBUTE.findall(match.group(1)))
        target = values.get(b"Target", b"").decode("utf-8", "replace")
        relations[values.get(b"Id")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    found = {}
    names = set(archive.namelist())
    for match in _SHEET.finditer(archive.read("xl/workbook.xml")):
        values = dict(_ATTRIBUTE.findall(match.group(1)))
        part = relations.get(values.get(b"r:id"), "")
        if part in names:
            found[html.unescape(values.get(b"name", b"").decode("utf-8", "replace"))] = part
    return found


def _measured(archive: zipfile.ZipFile, part: str, name: str) -> Measured:
    found = Measured(name)
    rest, read = b"", 0
    with archive.open(part) as source:
        while block := source.read(BLOCK):
            read += len(block)
            if read > MOST_UNPACKED:
                raise refusals.bomb("实际大小与压缩目录不符")
            text = rest + block
            end = text.rfind(b"row>")
            cut = end + 4 if end >= 0 else 0
            if not cut:
                rest = text
                if len(rest) > 64 * BLOCK:
                    raise refusals.exhausted("单行长度")
                continue
            _scan(text[:cut], found)
            rest = text[cut:]
    if not _END.search(rest):
        raise refusals.damaged(f"工作表“{name[:20]}”没有写完")
    _scan(rest, found)
    if found.wide:
        raise refusals.too_many_columns(MOST_COLUMNS + 1, MOST_COLUMNS)
    if found.rows > MOST_ROWS + SLACK or found.last_row > MOST_ROWS + SLACK:
        raise refusals.too_many_rows(max(found.rows, found.last_row), MOST_ROWS, f"工作表“{name[:20]}”")
    return found


def _scan(text: bytes, found: Measured) -> None:
    """Count the rows with values in this piece of a sheet, and note formulas, errors and merged ranges."""
    for piece in _ROW.split(text)[1:]:
        number = _ROW_NUMBER.match(piece)
        found.current = int(number.group(1)) if number else found.current + 1
        if _CELL_VALUE.search(piece):
            found.rows += 1
            found.last_row = found.current
    if found.first_column:
        places = [column_number(match.group(1)) for match in _VALUED.finditer(text)]
        found.first_column = min([found.first_column, *places])
    found.wide = found.wide or _WIDE.search(text) is not None
    if (b"<f>" in text or b"<f " in text) and len(found.marks) < MOST_MARKS:
        found.marks += [mark for match in _FORMULA.finditer(text) if (mark := _mark(match.group(1), "formula"))]
    if b't="e"' in text and len(found.marks) < MOST_MARKS:
        for match in _ERROR.finditer(text):
            if mark := _mark(match.group(1), "error", match.group(2).decode("utf-8", "replace")[:20]):
                found.marks.append(mark)
    if b"mergeCell " in text:
        for match in _MERGE.finditer(text):
            left, top, right, bottom = match.groups()
            found.merges.append((int(top), column_number(left), int(bottom), column_number(right)))


def _mark(attributes: bytes, kind: str, text: str = "") -> tuple[int, int, str, str] | None:
    place = _PLACE.search(attributes)
    return (int(place.group(2)), column_number(place.group(1)), kind, text) if place else None


def column_number(letters: bytes) -> int:
    """Return 0 for A, 26 for AA."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1
