"""The sheets and columns of the workbook: one table for writing and for reading, so that a round trip is exact."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from catalog.content import CHOICES

YES, NO = "是", "否"
LIST_MARK = "、"
Reader = Callable[[str], Any]
Writer = Callable[[Any], str]


class CellError(ValueError):
    """A cell cannot be read; the message is for the officer."""


def text_of(value: object) -> str:
    """Return a cell as text: dates as ISO days, whole numbers without a decimal point."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).replace("\r\n", "\n")


def _read_flag(text: str) -> bool:
    words = {YES: True, NO: False, "": False, "true": True, "false": False, "1": True, "0": False}
    answer = words.get(text.strip().lower())
    if answer is None:
        raise CellError(f"“{text}”应填“是”或“否”")
    return answer


def _read_months(text: str) -> int | None:
    if not text.strip():
        return None
    if not text.strip().isascii() or not text.strip().isdigit() or int(text) > 1200:
        raise CellError(f"“{text}”应填 0 至 1200 的整月数")
    return int(text)


def _read_day(text: str) -> date | None:
    cleaned = text.strip().replace("/", "-")
    if not cleaned:
        return None
    try:
        year, month, day_of_month = (int(part) for part in cleaned.split("-"))
        return date(year, month, day_of_month)
    except ValueError:
        raise CellError(f"“{text}”应填日期，如 2026-01-01") from None


def _choice_reader(choices: Mapping[str, str]) -> Reader:
    codes = {**{label: code for code, label in choices.items()}, **{code: code for code in choices}}

    def read(text: str) -> str:
        wanted = text.strip()
        if wanted and wanted not in codes:
            raise CellError(f"“{text}”应填：{LIST_MARK.join(choices.values())}")
        return codes.get(wanted, "")

    return read


def _choices_reader(choices: Mapping[str, str]) -> Reader:
    one = _choice_reader(choices)
    return lambda text: tuple(one(part) for part in _read_codes(text))


def _read_codes(text: str) -> tuple[str, ...]:
    for mark in (",", "，", ";", "；", "\n"):
        text = text.replace(mark, LIST_MARK)
    return tuple(part.strip() for part in text.split(LIST_MARK) if part.strip())


def _read_lines(text: str) -> tuple[str, ...]:
    return tuple(line for line in text.split("\n") if line.strip())


@dataclass(frozen=True, slots=True)
class Column:
    """One column: the field it fills, its heading, and how the value is written and read."""

    field: str
    heading: str
    read: Reader = str
    write: Writer = text_of
    width: int = 16
    required: bool = False


def text(field: str, heading: str, width: int = 24, *, required: bool = False) -> Column:
    return Column(field, heading, width=width, required=required)


def flag(field: str, heading: str) -> Column:
    return Column(field, heading, _read_flag, width=8)


def months(field: str, heading: str) -> Column:
    return Column(field, heading, _read_months, width=10)


def day(field: str, heading: str) -> Column:
    return Column(field, heading, _read_day, width=12)


def choice(field: str, heading: str, *, required: bool = True) -> Column:
    choices = CHOICES[field]
    return Column(
        field, heading, _choice_reader(choices), lambda value: choices.get(str(value), str(value)), 14, required
    )


def codes(field: str, heading: str, width: int = 30) -> Column:
    return Column(field, heading, _read_codes, LIST_MARK.join, width)


def lines(field: str, heading: str) -> Column:
    return Column(field, heading, _read_lines, "\n".join, 40)


ENTRIES, CITATIONS, MEASURES = "事项", "依据", "措施"
KEY = text("entry_code", "事项编号", 12, required=True)
SHEETS: dict[str, tuple[Column, ...]] = {
    ENTRIES: (
        KEY,
        choice("polarity", "奖惩类型"),
        text("domain", "领域", 14, required=True),
        text("title", "行为", 50, required=True),
        text("cause", "实施事由/奖励事由", 50),
        text("handling", "处理措施", 50),
        lines("evidence", "证据材料（每行一项）"),
        Column(
            "subject_kinds",
            "主体类型",
            _choices_reader(CHOICES["subject_kinds"]),
            lambda kinds: LIST_MARK.join(CHOICES["subject_kinds"].get(kind, kind) for kind in kinds),
            24,
        ),
        codes("initiating_units", "发起单位代号"),
        choice("period_kind", "期限种类"),
        months("period_min_months", "最短（月）"),
        months("period_max_months", "最长（月）"),
        months("period_default_months", "通常（月）"),
        choice("period_alternative", "期限另可为", required=False),
        text("period_text", "期限说明"),
        flag("period_needs_check", "期限待核"),
        text("repair_condition", "修复/退出条件", 40),
        flag("repair_needs_check", "修复条件待核"),
        choice("severity", "失信程度", required=False),
        flag("is_major", "重大事项"),
        choice("group_code", "责任专项小组"),
        choice("governed_by", "名单管理"),
        text("governance_note", "名单管理说明"),
        day("effective_from", "生效日"),
    ),
    CITATIONS: (
        KEY,
        text("instrument", "法律文件代号", 24, required=True),
        text("article", "条款", 18, required=True),
        flag("needs_check", "待核"),
        text("note", "说明", 40),
    ),
    MEASURES: (
        KEY,
        text("code", "措施编号", 10, required=True),
        text("content", "措施内容", 50, required=True),
        codes("units", "实施单位代号"),
        lines("citations", "所依条款（文件代号/条款，每行一项）"),
        choice("mode", "期限方式"),
        months("min_months", "法定最短（月）"),
        months("max_months", "法定最长（月）"),
        flag("permanent", "可为终身或无终期"),
        text("start", "法定起算"),
        text("exit", "法定解除"),
        flag("ends_on_repair", "信用修复即终止"),
        flag("stops_on_pause", "异议期间暂停"),
        choice("target", "对象"),
        flag("needs_check", "待核"),
        text("note", "说明", 40),
    ),
}
INSTRUMENTS, LIBRARY, UNITS, GUIDE = "法律文件（对照）", "措施库（对照）", "单位（对照）", "说明"
GUIDE_TEXT = (
    "联合奖惩目录清单工作簿",
    "可修改“事项”“依据”“措施”三张表后导入；导入只形成草拟版本，不改变已发布的内容，与现有内容一致的行不产生任何变化。",
    "一个事项一行；它的依据和措施分别列在另两张表，用事项编号对应，行的先后即显示的先后。",
    "三张对照表列出可用的法律文件、措施和单位代号，修改对照表不起作用。",
    "导入后逐行答复：新增、更新、一致、重复或者退回；退回的写明表、行、列和原因。",
)
