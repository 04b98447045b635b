"""Hostile and broken files: each ends in one clear refusal, in the child, within bounded memory."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
import xlsxwriter

from core.intake import reading
from core.intake.reading import child, raw_rows
from core.problems import Problem
from publicity.profiles import PENALTIES
from tests.support.old_books import compound, old_book
from tests.support.tables import (
    COLUMNS,
    HEADERS,
    SETTINGS,
    cells,
    chunks,
    csv_file,
    json_file,
    outcome,
    penalty,
    xlsx_file,
)

SHEET = "xl/worksheets/sheet1.xml"
CELL_OF_FACTS = b"P"  # the column of the facts in a table that has every column of the standard


def sound(folder: Path) -> bytes:
    return xlsx_file(folder / "sound.xlsx", [HEADERS, cells(penalty(1))]).read_bytes()


def repacked(content: bytes, changes: dict[str, Iterable[bytes]]) -> bytes:
    """Return the archive with some of its parts replaced or added."""
    sink, source = io.BytesIO(), zipfile.ZipFile(io.BytesIO(content))
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name in [*source.namelist(), *(name for name in changes if name not in source.namelist())]:
            with archive.open(name, "w") as part:
                for piece in changes.get(name, [source.read(name)] if name in source.namelist() else []):
                    part.write(piece)
    return sink.getvalue()


def with_cell(content: bytes, cell: bytes, row: int) -> bytes:
    sheet = zipfile.ZipFile(io.BytesIO(content)).read(SHEET)
    added = b'<row r="%d">%s</row></sheetData>' % (row, cell)
    return repacked(content, {SHEET: [sheet.replace(b"</sheetData>", added)]})


def two_sheets(folder: Path) -> bytes:
    book = xlsxwriter.Workbook(folder / "two.xlsx")
    for name in ("一", "二"):
        paper = book.add_worksheet(name)
        paper.write_row(0, 0, HEADERS)
        paper.write_row(1, 0, cells(penalty(1)))
    book.close()
    return (folder / "two.xlsx").read_bytes()


FILES: dict[str, tuple[str, Callable[[Path], bytes], str]] = {
    "an empty file": ("a.csv", lambda _: b"", "IN-02"),
    "only a header": ("a.csv", lambda _: ",".join(HEADERS).encode(), "IN-02"),
    "only blanks": ("a.csv", lambda _: b"\n \n,,,\n", "IN-02"),
    "an empty workbook": ("a.xlsx", lambda folder: xlsx_file(folder / "e.xlsx", []).read_bytes(), "IN-02"),
    "a picture": ("a.csv", lambda _: b"\x89PNG\r\n\x1a\n" + bytes(100), "IN-03"),
    "a binary file": ("a.csv", lambda _: b"a\x00b" * 100, "IN-03"),
    "another archive": ("a.xlsx", lambda _: repacked(repacked_nothing(), {"word/document.xml": [b"x"]}), "IN-03"),
    "a workbook called csv": ("a.csv", sound, "IN-04"),
    "a text called xlsx": ("a.xlsx", lambda _: ",".join(HEADERS).encode(), "IN-04"),
    "a web page called xls": ("a.xls", lambda _: b"<html><table></table></html>", "IN-04"),
    "a truncated workbook": ("a.xlsx", lambda folder: sound(folder)[:3000], "IN-05"),
    "a workbook cut inside": ("a.xlsx", lambda folder: repacked(sound(folder), {SHEET: [b"<worksheet><sheetData><ro"]}), "IN-05"),
    "cut JSON": ("a.json", lambda _: b'[{"CF_WSH": 1}, {"CF', "IN-05"),
    "a password": ("a.xlsx", lambda _: compound({"EncryptedPackage": b"x" * 5000, "EncryptionInfo": b"x"}), "IN-06"),
    "a password on an old workbook": ("a.xls", lambda _: old_book([HEADERS, cells(penalty(1))], password=True), "IN-06"),
    "macros in an old workbook": ("a.xls", lambda _: compound({"Workbook": b"x", "_VBA_PROJECT": b"x"}), "IN-07"),
    "an old document": ("a.xls", lambda _: compound({"WordDocument": b"x"}), "IN-03"),
    "an old workbook that is none": ("a.xls", lambda _: compound({"Workbook": b"x"}), "IN-05"),
    "a truncated old workbook": ("a.xls", lambda _: old_book([HEADERS, cells(penalty(1))])[:3000], "IN-05"),
    "an old workbook called xlsx": ("a.xlsx", lambda _: old_book([HEADERS, cells(penalty(1))]), "IN-04"),
    "a workbook called xls": ("a.xls", sound, "IN-04"),
    "macros": ("a.xlsx", lambda folder: repacked(sound(folder), {"xl/vbaProject.bin": [b"x"]}), "IN-07"),
    "macros, and said so": ("a.xlsm", lambda folder: repacked(sound(folder), {"xl/vbaProject.bin": [b"x"]}), "IN-07"),
    "a zip bomb": (
        "a.xlsx",
        lambda folder: repacked(sound(folder), {SHEET: (bytes(1024 * 1024) for _ in range(780))}),
        "IN-08",
    ),
    "a dense zip bomb": (
        "a.xlsx",
        lambda folder: repacked(sound(folder), {SHEET: (bytes(1024 * 1024) for _ in range(64))}),
        "IN-08",
    ),
    "a cell in the last row": (
        "a.xlsx",
        lambda folder: with_cell(sound(folder), b'<c r="A1048576" t="str"><v>x</v></c>', 1048576),
        "IN-09",
    ),
    "a cell in the last column": (
        "a.xlsx",
        lambda folder: with_cell(sound(folder), b'<c r="XFD9" t="str"><v>x</v></c>', 9),
        "IN-10",
    ),
    "300 columns more": ("a.csv", lambda _: ",".join([*HEADERS, *map(str, range(300))]).encode(), "IN-10"),
    "another profile": ("a.csv", lambda _: "荣誉名称,认定日期,姓名\n甲,乙,丙".encode(), "IN-11"),
    "no header": ("a.csv", lambda _: "一,二,三\n甲,乙,丙".encode(), "IN-11"),
    "columns missing": ("a.csv", lambda _: "\n".join([",".join(HEADERS[:20]), ",".join(cells(penalty(1))[:20])]).encode(), "IN-12"),
    "a column twice": ("a.csv", lambda _: ",".join([*HEADERS, "处罚事由"]).encode(), "IN-13"),
    "deep JSON": ("a.json", lambda _: b"[" * 100_000, "IN-15"),
    "JSON in another encoding": ("a.json", lambda _: json.dumps([{"文号": "中"}], ensure_ascii=False).encode("gb18030"), "IN-15"),
    "two sheets with data": ("a.xlsx", two_sheets, "IN-16"),
    "quotes that never close": ("a.csv", lambda _: (",".join(HEADERS) + "\n" + '"x\n' * 20_000).encode(), "IN-17"),
}  # fmt: skip


def repacked_nothing() -> bytes:
    sink = io.BytesIO()
    zipfile.ZipFile(sink, "w").close()
    return sink.getvalue()


@pytest.mark.parametrize("kind", FILES)
def test_a_file_that_cannot_be_taken_in_says_why_and_what_to_do(tmp_path: Path, kind: str) -> None:
    name, make, code = FILES[kind]
    path = tmp_path / "kept"  # as it is kept: without its name
    path.write_bytes(make(tmp_path))
    with pytest.raises(Problem) as refused:
        outcome(path, name=name)
    assert refused.value.code == code
    assert refused.value.remedy


def test_a_cell_of_ten_megabytes_costs_one_row(tmp_path: Path) -> None:
    """V16: the other rows go in, and the cell goes no further than the child."""
    rows = [penalty(1), penalty(2, facts="字" * 3_500_000), penalty(3)]
    huge = b"".join((b'<c r="%s2" t="inlineStr"><is><t>' % CELL_OF_FACTS, b"x" * 10_000_000, b"</t></is></c>"))
    book = tmp_path / "a.xlsx"
    content = sound(tmp_path)
    sheet = zipfile.ZipFile(io.BytesIO(content)).read(SHEET)
    whole = re.sub(rb'<c r="%s2"[^>]*>.*?</c>' % CELL_OF_FACTS, lambda _: huge, sheet)
    book.write_bytes(repacked(content, {SHEET: [whole]}))
    for path, accepted in ((csv_file(tmp_path / "a.csv", rows), [2, 4]), (book, [])):
        [chunk] = chunks(path)
        assert chunk.frame.filter("accepted")["row"].to_list() == accepted
        assert max(map(len, chunk.frame["facts"])) < 1000
        assert chunk.errors["code"].to_list() == ["V16"]


def test_an_old_workbook_is_read_like_a_new_one(tmp_path: Path) -> None:
    path = tmp_path / "a.xls"
    day = cells(penalty(2)).index("2026/11/16")
    second: list[str | float | None] = [*cells(penalty(2))]
    second[day] = 46342.0
    path.write_bytes(old_book([HEADERS, cells(penalty(1)), second, cells(penalty(3, fine=""))]))
    found = outcome(path)
    assert (found.about.kind, found.accepted) == ("xls", [2, 3])
    assert [str(value) for value in found.values("decided_on")] == ["2026-11-16"] * 3
    assert found.codes(4) == ["V09:CF_NR_FK"]


def test_a_workbook_without_cell_addresses_is_read(tmp_path: Path) -> None:
    rows = [
        b"".join(b'<c t="str"><v>%s</v></c>' % cell.encode() for cell in row) for row in (HEADERS, cells(penalty(1)))
    ]
    sheet = b"<worksheet xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'><sheetData>%s</sheetData></worksheet>"
    path = tmp_path / "a.xlsx"
    path.write_bytes(repacked(sound(tmp_path), {SHEET: [sheet % b"".join(b"<row>%s</row>" % row for row in rows)]}))
    assert outcome(path).accepted == [2]


def test_entities_in_a_workbook_are_not_expanded(tmp_path: Path) -> None:
    sheet = zipfile.ZipFile(io.BytesIO(sound(tmp_path))).read(SHEET)
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]>'
    cell = b'<row r="9"><c r="A9" t="str"><v>&b;</v></c></row></sheetData>'
    changed = bomb + sheet.split(b"?>", 1)[1].replace(b"</sheetData>", cell)
    path = tmp_path / "a.xlsx"
    path.write_bytes(repacked(sound(tmp_path), {SHEET: [changed]}))
    with pytest.raises(Problem, match="损坏"):
        outcome(path)


def test_the_child_dies_of_its_memory_limit_and_the_parent_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "MEMORY", 400 * 1024 * 1024)
    rows = [penalty(number, facts=str(number) * 400) for number in range(60_000)]
    with pytest.raises(Problem) as refused:
        chunks(csv_file(tmp_path / "a.csv", rows))
    assert refused.value.code == "IN-14"


def test_closing_the_reading_ends_the_child(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started = []
    popen = reading.subprocess.Popen
    monkeypatch.setattr(reading.subprocess, "Popen", lambda *a, **k: started.append(popen(*a, **k)) or started[-1])
    found = reading.read(
        csv_file(tmp_path / "a.csv", [penalty(n) for n in range(400)]),
        profile=PENALTIES,
        settings=SETTINGS,
        chunk_rows=100,
    )
    next(found)
    found.close()
    assert started[0].returncode is not None


def test_the_raw_cells_of_single_rows_can_be_had_again(tmp_path: Path) -> None:
    path = csv_file(tmp_path / "a.csv", [penalty(1), penalty(2, fine="贰仟元"), penalty(3)])
    [found] = list(raw_rows(path, profile=PENALTIES, settings=SETTINGS, rows=[3]))
    assert found.cells == HEADERS
    fine = next(place for place, name in found.fields.items() if name == "fine")
    assert found.frame["row"].to_list() == [3]
    assert found.frame[str(fine)].to_list() == ["贰仟元"]


def test_parts_of_a_chunk_are_whole_and_small() -> None:
    for rows in (1, 100, 12_500, 12_501, 50_000, 99_999):
        part = child.part_rows(rows)
        assert part <= child.PART_ROWS
        assert -(-rows // part) * part - rows < part


def test_json_that_names_a_key_twice_is_refused(tmp_path: Path) -> None:
    path = json_file(tmp_path / "a.json", [{column.code: "x" for column in COLUMNS}])
    path.write_text(path.read_text("utf-8").replace('"CF_WSH": "x"', '"CF_WSH": "x", "CF_WSH": "y"'), "utf-8")
    with pytest.raises(Problem, match="重复"):
        outcome(path)
