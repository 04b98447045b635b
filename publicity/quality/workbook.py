"""The figures of timeliness and quality as a workbook: numbers as numbers, every word as text, nothing as a formula."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any

import xlsxwriter

from publicity.quality.board import MEASURES, Board, Figures, UnitLine
from publicity.quality.timeliness import LABELS

NOTES = (
    "报送及时：自作出决定之日起7个工作日内收到；公示及时：7个工作日内社会公众可见。决定当日不计入。",
    "依法不予公开、暂缓公开的不计入公示及时率；尚未公示也未到期的不计入，到期后计入。",
    "上报率＝已报送与台账的交集／台账，台账取单位填报数与行政权力平台计数中较大者。",
    "合规率＝无错误的行／报送的行，入库率＝入库的行／报送的行，按收到月份统计；重复报送而未变的行不计。",
    "准确率＝抽查中与决定文书一致的记录／已比对的记录。垂直管理单位按其上级规定，不参加7日排名。",
)
A3 = 8  # as the format numbers papers; thirty columns cannot be read on a smaller one
HEAD_HEIGHT = 32  # two lines, which readers do not find out by themselves
NAME_WIDTH, SHARE_WIDTH, DAY_WIDTH = 30, 9, 6.5
Rows = Sequence[tuple[list[str], Figures]]
COUNTS = ("决定数", "已公示或已到期", "期限内待公示", "逾期未公示", "不公开或暂缓")


def write_workbook(board: Board) -> bytes:
    """Return the board as an .xlsx file: units, vertical units, districts, months, notes."""
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    formats = {
        "head": book.add_format({"bold": True, "bg_color": "#DCE6F1", "text_wrap": True, "valign": "top", "border": 1}),
        "text": book.add_format({"num_format": "@", "valign": "top"}),
        "share": book.add_format({"num_format": "0.0%"}),
        "count": book.add_format({"num_format": "0"}),
    }
    _sheet(book, formats, board, "单位", ("名次", "单位", "区划"), [_of_unit(line) for line in board.lines])
    if board.vertical:
        _sheet(
            book, formats, board, "垂直管理单位", ("名次", "单位", "区划"), [_of_unit(line) for line in board.vertical]
        )
    _sheet(book, formats, board, "县区", ("县区",), [([name], figures) for name, figures in board.districts])
    _sheet(book, formats, board, "月份", ("月份",), [([f"{month:%Y-%m}"], figures) for month, figures in board.months])
    page = book.add_worksheet("口径")
    page.set_column(0, 0, 110)
    for line, words in enumerate(NOTES):
        page.write_string(line, 0, words, formats["text"])
    book.close()
    return buffer.getvalue()


def _of_unit(line: UnitLine) -> tuple[list[str], Figures]:
    return [str(line.rank or ""), line.unit.name, line.district], line.figures


def _printed(page: Any, board: Board) -> None:
    """Let the sheet come out of a printer as one page wide, each page with the heads and the months it speaks of."""
    first, last = board.asked.first, board.asked.last
    page.set_landscape()
    page.set_paper(A3)
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)
    page.set_header(f"&C双公示时效与质量 {first.year}年{first.month}月至{last.year}年{last.month}月作出的决定")
    page.set_footer("&C第&P页，共&N页")


def _sheet(book: Any, formats: dict[str, Any], board: Board, name: str, titles: Sequence[str], rows: Rows) -> None:
    page = book.add_worksheet(name)
    _printed(page, board)
    page.freeze_panes(1, len(titles))
    page.set_row(0, HEAD_HEIGHT)
    heads = [
        *titles,
        *(label for _, label, _, _ in MEASURES),
        *COUNTS,
        *(f"第{label}日收到" if label.isdigit() else f"{label}收到" for label in LABELS),
        *(f"第{label}日可见" if label.isdigit() else f"{label}可见" for label in LABELS),
    ]
    page.set_column(0, len(heads), DAY_WIDTH)
    page.set_column(len(titles), len(titles) + len(MEASURES) + len(COUNTS) - 1, SHARE_WIDTH)
    page.set_column(0, 0, SHARE_WIDTH if len(titles) > 1 else NAME_WIDTH)
    if len(titles) > 1:
        page.set_column(1, 1, NAME_WIDTH)
        page.set_column(2, 2, SHARE_WIDTH)
    for column, head in enumerate(heads):
        page.write_string(0, column, head, formats["head"])
    for line, (words, figures) in enumerate(rows, 1):
        for column, word in enumerate(words):
            page.write_string(line, column, word, formats["text"])
        column = len(words)
        for _, _, _, of in MEASURES:
            value = of(figures).value
            if value is None:
                page.write_string(line, column, "—", formats["text"])
            else:
                page.write_number(line, column, value, formats["share"])
            column += 1
        t = figures.times
        for number in (t.decisions, t.shown_due, t.waiting, t.overdue, t.closed, *t.received, *t.visible):
            page.write_number(line, column, number, formats["count"])
            column += 1
