"""逢报必查率 as a workbook: the figures by unit, matter, district and month, and the decisions that want looking at."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Any

import xlsxwriter

from supervision.checking.board import Board, Figures, Line

NOTES = (
    "逢报必查率＝作出决定前已核查的件数／已报送的许可、资质认可和荣誉的件数，按作出决定的月份统计。",
    "一次核查算作某件决定的核查：单位、主体相同，双方都写明事项编码的事项也相同，且不晚于作出决定之日；"
    "业务编号与决定文书号或者证书编号相同的不限时间，其余的须在“核查有效期”（期限规则 SUP-T01）之内。",
    "提示禁止仍准予：决定前最后一次核查提示禁止，且该措施在作出决定之日仍在实施；措施已暂停、已解除的不计。",
    "逾期未反馈：核查提示有措施，超过“核查结果反馈”期限（期限规则 SUP-T02）没有反馈。期限之内的不计。",
    "同一日的核查和决定不分先后，视为先核查。已撤回的报送不计；更正后的决定按最新版本计一次。",
)
HEADS = ("决定", "已核查", "逢报必查率", "未查即办", "提示禁止仍准予", "应反馈", "已反馈", "逾期未反馈")
NAME_WIDTH, NUMBER_WIDTH = 34, 12
DECISION_HEADS = ("决定日期", "种类", "决定文书号", "单位", "事项", "主体", "核查编号", "核查日期", "核查提示", "情形")


def write_workbook(board: Board, decisions: Iterable[Sequence[object]]) -> bytes:
    """Return the .xlsx file: numbers as numbers, every word as text, nothing as a formula."""
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    formats = {
        "head": book.add_format({"bold": True, "bg_color": "#DCE6F1", "text_wrap": True, "valign": "top", "border": 1}),
        "text": book.add_format({"num_format": "@", "valign": "top"}),
        "share": book.add_format({"num_format": "0.0%"}),
        "count": book.add_format({"num_format": "0"}),
    }
    for name, titles, lines in (
        ("单位", ("单位", "区划"), board.units),
        ("事项", ("事项",), board.matters),
        ("县区", ("县区",), board.districts),
        ("月份", ("月份",), board.months),
    ):
        _sheet(book, formats, name, titles, lines)
    _decisions(book, formats, decisions)
    page = book.add_worksheet("口径")
    page.set_column(0, 0, 110)
    for number, words in enumerate(NOTES):
        page.write_string(number, 0, words, formats["text"])
    book.close()
    return buffer.getvalue()


def _head(page: Any, formats: dict[str, Any], titles: Sequence[str], heads: Sequence[str]) -> None:
    page.set_landscape()
    page.set_paper(9)  # A4
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)
    page.freeze_panes(1, len(titles))
    for column, words in enumerate((*titles, *heads)):
        page.write_string(0, column, words, formats["head"])


def _sheet(book: Any, formats: dict[str, Any], name: str, titles: Sequence[str], lines: Sequence[Line]) -> None:
    page = book.add_worksheet(name)
    _head(page, formats, titles, HEADS)
    page.set_column(0, 0, NAME_WIDTH)
    page.set_column(1, len(titles) + len(HEADS), NUMBER_WIDTH)
    for row, line in enumerate(lines, 1):
        words = (line.name, line.place)[: len(titles)]
        for column, word in enumerate(words):
            page.write_string(row, column, word, formats["text"])
        _figures(page, formats, row, len(titles), line.figures)


def _figures(page: Any, formats: dict[str, Any], row: int, column: int, f: Figures) -> None:
    values = (f.decisions, f.checked, f.rate.value, f.unchecked, f.despite, f.needing, f.answered, f.silent)
    for place, value in enumerate(values, column):
        if value is None:
            page.write_string(row, place, "—", formats["text"])
        else:
            page.write_number(row, place, value, formats["share" if isinstance(value, float) else "count"])


def _decisions(book: Any, formats: dict[str, Any], rows: Iterable[Sequence[object]]) -> None:
    page = book.add_worksheet("需核对的决定")
    _head(page, formats, (), DECISION_HEADS)
    page.set_column(0, len(DECISION_HEADS) - 1, 18)
    for number, cells in enumerate(rows, 1):
        for column, value in enumerate(cells):
            page.write_string(number, column, str(value), formats["text"])
