"""Workbooks that officers fill in and send back: the template of a profile, and the rows of a file that were refused.

Every cell is written as text that no spreadsheet computes: what begins like a formula stays text when it is edited.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from core.intake.columns import PARTIES, Column, ColumnType
from core.intake.profiles import Profile
from core.intake.reading import RawRows, raw_rows
from core.intake.settings import IntakeSettings

FONT = "等线"
A3 = 8
LINE = 14.5  # points of one line of this font
TALLEST = 110  # points that the file's own cells may take; what is longer is read in the cell
NOTES = (6, 38, 16, 14, 9, 16, 12, 9, 42, 48, 40)  # widths of the columns that explain a profile
WHY_WIDTH = 44
FILLED_ROWS = 5000  # rows of a template that carry formats and drop-downs
LONGEST_CELL = 32_000
MOST_COMMENTS = 5000  # more of them make a workbook that hardly opens; colour and text remain
NEEDED, CONDITIONAL, FREE, WRONG, DOUBTFUL = "#C0392B", "#B9770E", "#4A5B6D", "#F8D7DA", "#FFF3CD"
NEEDS = {"R": "必填", "O": "选填", "-": "不填"}
OVER = "多出的内容"
WHY = "错误说明（可删去本列）"
_RISKY = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


@dataclass(frozen=True)
class _Sheet:
    book: Workbook
    paper: Worksheet

    def style(self, **properties: Any) -> Format:
        return self.book.add_format({"font_name": FONT, "font_size": 10, "valign": "vcenter", **properties})


def template(profile: Profile, *, settings: IntakeSettings, to: Path) -> Path:
    """Write the template of a profile: drop-downs, notes at every column, examples, and what each column takes."""
    columns = [column for column in profile.columns if column.standard]
    book = _book(to, f"{profile.title}导入模板")
    papers = [book.add_worksheet(name) for name in (profile.title[:20], "填写说明", "填写示例", "选项")]
    options = _options(_Sheet(book, papers[3]), profile, settings)
    _form(_Sheet(book, papers[0]), profile, settings, columns, options)
    _notes(_Sheet(book, papers[1]), profile, settings, columns)
    _examples(_Sheet(book, papers[2]), columns)
    _closed(book)
    return to


def _closed(book: Workbook) -> None:
    """Write the file; every sheet prints on sheets of A3, as wide as its columns."""
    for paper in book.worksheets():
        paper.set_landscape()
        paper.set_paper(A3)
        paper.fit_to_pages(1, 0)
        paper.set_margins(0.3, 0.3, 0.4, 0.4)
    book.close()


def _book(to: Path, title: str) -> Workbook:
    settings = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(str(to), settings)
    book.set_properties({"title": title, "author": "信用广元"})
    return book


def _need(column: Column, settings: IntakeSettings) -> str:
    needs = {settings.need(column, kind) for kind in PARTIES}
    return "R" if needs == {"R"} else "C" if "R" in needs else "O"


def _width(column: Column) -> int:
    if column.type in {ColumnType.DATE, ColumnType.INTEGER}:
        return 13
    if column.type in {ColumnType.CODE, ColumnType.PERSONAL}:
        return 26 if column.type is ColumnType.CODE else 22
    return 30 if (column.length or 0) >= 500 else 24 if (column.length or 0) >= 100 else 16


def _form(
    sheet: _Sheet, profile: Profile, settings: IntakeSettings, columns: list[Column], options: Mapping[str, str]
) -> None:
    """Write the sheet to fill in: an explanation that reading skips, the header, and rows ready for text."""
    paper = sheet.paper
    said = (
        f"表格说明：{profile.title}（{profile.version} 版）。红色列必填，橙色列按行政相对人类别或其他栏必填，灰色列选填；"
        "鼠标停在表头上看填写要求。从第 3 行起每行一条，不要合并单元格、不要改表头。"
    )
    left = sheet.style(font_color="#1F3045", bg_color="#EEF5F6", text_wrap=True, indent=1)
    paper.merge_range(0, 0, 0, min(len(columns), 8) - 1, said, left)
    paper.set_row(0, 34)
    paper.set_row(1, 46)
    colours = {"R": NEEDED, "C": CONDITIONAL, "O": FREE}
    heads = {
        need: sheet.style(
            bold=True,
            font_color="#FFFFFF",
            bg_color=colour,
            border=1,
            border_color="#FFFFFF",
            text_wrap=True,
            align="center",
        )
        for need, colour in colours.items()
    }
    text, day = sheet.style(num_format="@"), sheet.style(num_format="yyyy/mm/dd", align="center")
    amount = sheet.style(num_format="0.######")
    formats = {ColumnType.DATE: day, ColumnType.AMOUNT: amount}
    for place, column in enumerate(columns):
        need = _need(column, settings)
        paper.write_string(1, place, column.header + ("(必填)" if need == "R" else ""), heads[need])
        paper.write_comment(
            1, place, _comment(column, settings), {"x_scale": 2.2, "y_scale": 1.4, "author": "信用广元"}
        )
        paper.set_column(place, place, _width(column), formats.get(column.type, text))
        if column.vocabulary:
            paper.data_validation(2, place, FILLED_ROWS, place, _choice(column, options[column.vocabulary]))
    paper.freeze_panes(2, 1)
    paper.ignore_errors({"number_stored_as_text": f"A1:AZ{FILLED_ROWS}"})


def _choice(column: Column, source: str) -> dict[str, Any]:
    """Return a drop-down; several or free values only warn, because the list cannot hold them all."""
    rule: dict[str, Any] = {"validate": "list", "source": source, "error_title": "不在选项之内"}
    if column.several:
        return rule | {"error_type": "information", "error_message": "多项用分号隔开；其他写成“其他-内容”。"}
    return rule | {"error_type": "warning", "error_message": "请从列表中选择；其他写成“其他-内容”。"}


def _comment(column: Column, settings: IntakeSettings) -> str:
    length = settings.length(column)
    lines = [
        f"{column.header}（{column.code}）",
        f"类型：{column.type.value}" + (f"，最多 {length} 字符" if length else ""),
        "、".join(f"{PARTIES[kind]}{NEEDS[settings.need(column, kind)]}" for kind in PARTIES)
        if not isinstance(column.required, str)
        else NEEDS[settings.need(column, "")],
        column.note,
        f"示例：{column.example}" if column.example else "",
    ]
    return "\n".join(line for line in lines if line)


def _options(sheet: _Sheet, profile: Profile, settings: IntakeSettings) -> dict[str, str]:
    """Write the vocabularies, one in each column; returns where each stands."""
    head, text = sheet.style(bold=True, bg_color="#DCEBED"), sheet.style(num_format="@")
    found = {}
    for place, (name, vocabulary) in enumerate(profile.vocabularies.items()):
        words = settings.vocabulary(profile, name)
        sheet.paper.write_string(0, place, vocabulary.title, head)
        for at, word in enumerate(words, 1):
            sheet.paper.write_string(at, place, word, text)
        sheet.paper.set_column(place, place, 26)
        letter = chr(ord("A") + place)
        found[name] = f"=选项!${letter}$2:${letter}${len(words) + 1}"
    return found


def _notes(sheet: _Sheet, profile: Profile, settings: IntakeSettings, columns: list[Column]) -> None:
    head = sheet.style(bold=True, font_color="#FFFFFF", bg_color="#0F4C5C", border=1, border_color="#FFFFFF")
    cell = sheet.style(text_wrap=True, bottom=1, bottom_color="#DFE5E3")
    heads = ["序号", "信息项", "列代码", "类型", "最多字符", *PARTIES.values(), "填写要求", "选项", "示例"]
    for place, (text, width) in enumerate(zip(heads, NOTES, strict=True)):
        sheet.paper.write_string(0, place, text, head)
        sheet.paper.set_column(place, place, width)
    for at, column in enumerate(columns, 1):
        words = settings.vocabulary(profile, column.vocabulary) if column.vocabulary else ()
        length = settings.length(column)
        row = [
            str(at), column.header, column.code, column.type.value, str(length or ""),
            *(NEEDS[settings.need(column, kind)] for kind in PARTIES), column.note, "、".join(words), column.example,
        ]  # fmt: skip
        for place, text in enumerate(row):
            sheet.paper.write_string(at, place, text, cell)
        sheet.paper.set_row(at, _height(zip(row, NOTES, strict=True)))
    sheet.paper.freeze_panes(1, 2)


def _height(cells: Iterable[tuple[str, int]]) -> float:
    """Return the height that shows every text within its width; a Chinese character is two wide."""
    return min(max([1, *(_lines(text, width) for text, width in cells)]) * LINE + 3, 400)


def _lines(text: str, width: int) -> int:
    """Return how many lines a text takes that is wrapped at this width."""
    return sum(-(-sum(1 + (ord(c) > 0xFF) for c in line) // width) or 1 for line in text.split("\n"))


def _examples(sheet: _Sheet, columns: list[Column]) -> None:
    head, cell = sheet.style(bold=True, bg_color="#DCEBED", text_wrap=True), sheet.style(num_format="@", text_wrap=True)
    sheet.paper.set_row(0, 32)
    for place, column in enumerate(columns):
        sheet.paper.write_string(0, place, column.header, head)
        sheet.paper.write_string(1, place, column.example, cell)
        sheet.paper.set_column(place, place, _width(column))
    sheet.paper.set_row(1, _height((column.example, _width(column)) for column in columns))
    sheet.paper.freeze_panes(1, 1)


def wrong_rows(
    path: Path,
    *,
    profile: Profile,
    settings: IntakeSettings,
    errors: pl.DataFrame,
    to: Path,
    name: str | None = None,
    left: int = 0,
) -> Path:
    """Write the rows that did not go in by `errors` (row, column, code, message, severity), as they stand in the file.

    What is only to be looked at in such a row is told beside; rows that went in are not sent back. `left` is how many
    more wrong rows there are than the errors tell of.
    The header is the file's own behind a first column that says what is wrong; faulty cells are coloured and carry the
    message as a comment, choices drop down, so that the sheet can be corrected and sent back as it is.
    """
    told: dict[int, list[dict[str, Any]]] = {}
    wrong = errors.filter(pl.col("severity") == "error")["row"]
    for error in errors.filter(pl.col("row").is_in(wrong.implode())).iter_rows(named=True):
        told.setdefault(error["row"], []).append(error)
    book = _book(to, f"{profile.title}待更正的行")
    papers = [book.add_worksheet(name) for name in (profile.title[:20], "错误清单", "选项")]
    sheet, options = _Sheet(book, papers[0]), _options(_Sheet(book, papers[2]), profile, settings)
    written: dict[int, int] = {}
    writer: _WrongRows | None = None
    for found in raw_rows(path, profile=profile, settings=settings, rows=sorted(told), name=name) if told else ():
        writer = writer or _WrongRows(sheet, profile, found)
        for row in found.frame.iter_rows(named=True):
            written[row["row"]] = writer.write(row, told[row["row"]])
    if writer:
        writer.close(options)
    if not options:
        papers[2].hide()
    _list_of_errors(_Sheet(book, papers[1]), profile, told, written, left)
    _closed(book)
    return to


class _WrongRows:
    """The sheet of refused rows: header on its first row, why before each row, the cells in the order of the file."""

    def __init__(self, sheet: _Sheet, profile: Profile, found: RawRows) -> None:
        self.sheet, self.profile, self.fields = sheet, profile, found.fields
        self.places = {profile.column(name).code: place for place, name in found.fields.items()}
        self.width = len(found.cells)
        self.row, self.comments = 0, 0
        base = {"num_format": "@", "text_wrap": True, "border": 1, "border_color": "#DFE5E3"}
        self.formats = {
            (colour, risky): sheet.style(**base, **({"bg_color": colour} if colour else {}), quote_prefix=risky)
            for colour in ("", WRONG, DOUBTFUL)
            for risky in (False, True)
        }
        self.head = sheet.style(
            bold=True, font_color="#FFFFFF", bg_color=FREE, text_wrap=True, border=1, border_color="#FFFFFF"
        )
        self.why = sheet.style(**base, font_color=NEEDED, indent=1)
        why = sheet.style(bold=True, font_color="#FFFFFF", bg_color=NEEDED, text_wrap=True)
        sheet.paper.write_string(0, 0, WHY, why)
        sheet.paper.set_column(0, 0, WHY_WIDTH)
        self.widths = [WHY_WIDTH]
        for place, text in enumerate(found.cells):
            field = found.fields.get(place)
            self.widths.append(_width(profile.column(field)) if field else 12)
            sheet.paper.write_string(0, place + 1, text, self.head)
            sheet.paper.set_column(place + 1, place + 1, self.widths[-1])
        sheet.paper.set_row(0, min(_height(zip(found.cells, self.widths[1:], strict=True)), 64))
        sheet.paper.freeze_panes(1, 1)

    def write(self, cells: Mapping[str, Any], errors: list[dict[str, Any]]) -> int:
        """Write one row with its marks; returns the row of the sheet, counted from 1."""
        self.row += 1
        at: dict[int, list[dict[str, Any]]] = {}
        for error in errors:
            at.setdefault(self.places.get(error["column"], 0), []).append(error)
        texts = [_shown(cells.get(str(place))) for place in range(self.width)]
        for place, text in enumerate(texts):
            self._cell(place, text, at.get(place, []))
        lines = dict.fromkeys(f"{error['code']} {error['message']}" for error in errors)
        why = "\n".join([f"原文件第 {cells['row']} 行", *lines])[:LONGEST_CELL]
        self.sheet.paper.write_string(self.row, 0, why, self.why)
        tallest = min(_height(zip(texts, self.widths[1:], strict=True)), TALLEST)
        self.sheet.paper.set_row(self.row, max(_height([(why, WHY_WIDTH)]), tallest))
        if cells.get("over"):
            self.sheet.paper.write_string(0, self.width + 1, OVER, self.head)
            self._cell(self.width, _shown(cells["over"]), [])
        return self.row + 1

    def close(self, options: Mapping[str, str]) -> None:
        """Let choices drop down in the rows that were written."""
        for place, name in self.fields.items():
            column = self.profile.column(name)
            if column.vocabulary:
                self.sheet.paper.data_validation(
                    1, place + 1, self.row, place + 1, _choice(column, options[column.vocabulary])
                )

    def _cell(self, place: int, text: str, errors: list[dict[str, Any]]) -> None:
        severe = any(error["severity"] == "error" for error in errors)
        style = self.formats[WRONG if severe else DOUBTFUL if errors else "", text.startswith(_RISKY)]
        if text:
            self.sheet.paper.write_string(self.row, place + 1, text, style)
        else:
            self.sheet.paper.write_blank(self.row, place + 1, None, style)
        if errors and self.comments < MOST_COMMENTS:
            self.comments += 1
            said = "\n".join(f"{error['code']} {error['message']}" for error in errors)
            size = {"width": 300, "height": 20 + 20 * (_lines(said[:1000], 40))}
            self.sheet.paper.write_comment(self.row, place + 1, said[:1000], {**size, "author": "信用广元"})


def _shown(value: str | None) -> str:
    return (value or "").removesuffix(" 00:00:00")[:LONGEST_CELL]


def _list_of_errors(
    sheet: _Sheet, profile: Profile, told: Mapping[int, list[dict[str, Any]]], written: Mapping[int, int], left: int
) -> None:
    """Write the list of findings beside the rows: where each stood in the file, and where it stands now."""
    head = sheet.style(bold=True, font_color="#FFFFFF", bg_color="#0F4C5C")
    cell = sheet.style(text_wrap=True, bottom=1, bottom_color="#DFE5E3")
    heads = {"原文件行号": 11, "本表行号": 9, "信息项": 34, "列代码": 16, "规则": 8, "级别": 7, "说明": 80}
    for place, (text, width) in enumerate(heads.items()):
        sheet.paper.write_string(0, place, text, head)
        sheet.paper.set_column(place, place, width)
    titles = {column.code: column.header for column in profile.columns}
    for at, (row, error) in enumerate(_flat(told), 1):
        level = "错误" if error["severity"] == "error" else "提醒"
        line = [str(row), str(written.get(row, "")), titles.get(error["column"], "整行"), error["column"], error["code"],
                level, error["message"]]  # fmt: skip
        for place, text in enumerate(line):
            sheet.paper.write_string(at, place, text[:LONGEST_CELL], cell)
        sheet.paper.set_row(at, _height(zip(line, heads.values(), strict=True)))
    sheet.paper.freeze_panes(1, 0)
    if left:
        more = f"另有 {left} 行错误没有列出：更正这些行后，在原文件中一并更正其余的行，重新报送即可看到。"
        sheet.paper.write_string(sum(map(len, told.values())) + 2, 0, more, sheet.style(bold=True, font_color=NEEDED))


def _flat(told: Mapping[int, list[dict[str, Any]]]) -> Iterator[tuple[int, dict[str, Any]]]:
    for row in sorted(told):
        for error in told[row]:
            yield row, error
