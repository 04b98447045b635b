"""Importing a workbook: drafts only, an answer for every row, and nothing changed where nothing differs."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from io import BytesIO
from typing import Any
from zipfile import BadZipFile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from catalog.content import CitationContent, MeasureContent, RevisionContent
from catalog.enums import RevisionState
from catalog.models import EntryRevision
from catalog.permissions import REVISION_DRAFT
from catalog.selectors.contents import Library, contents_of
from catalog.services.drafting import draft_revision, revise_draft
from catalog.workbook import columns as c
from catalog.workbook.exporting import latest_revisions
from core.actors import Actor, acting
from core.permissions import require
from core.problems import Problem

MAX_BYTES = 5 * 1024 * 1024
MAX_ROWS = 20_000
ITEM_TYPES: dict[str, Any] = {c.CITATIONS: CitationContent, c.MEASURES: MeasureContent}


@dataclass(frozen=True, slots=True)
class RowError:
    """One thing wrong in one row, as the file shows it."""

    sheet: str
    row: int
    column: str
    code: str
    message: str
    severity: str = "error"


@dataclass(frozen=True, slots=True)
class RowAnswer:
    """What became of one row: inserted, updated, unchanged, duplicate or rejected."""

    sheet: str
    row: int
    entry_code: str
    outcome: str


@dataclass
class ImportReceipt:
    """The answer to a workbook; the counters add up to `rows`."""

    answers: list[RowAnswer] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)
    drafts: list[EntryRevision] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        counted = Counter(answer.outcome for answer in self.answers)
        names = ("inserted", "updated", "unchanged", "duplicate", "questioned", "rejected")
        return {
            "rows": len(self.answers),
            **{name: counted.get(name, 0) for name in names},
            "errors_total": len(self.errors),
            "errors": [asdict(error) for error in self.errors[:1000]],
            "drafts": [str(draft) for draft in self.drafts],
        }


@dataclass
class _Row:
    sheet: str
    number: int
    values: dict[str, Any]
    is_duplicate: bool = False

    @property
    def key(self) -> str:
        return str(self.values.get("entry_code", ""))


def import_workbook(*, actor: Actor, data: bytes) -> ImportReceipt:
    """Turn the workbook's differences into drafts; answers for every row and never touches what is published.

    An entry with one row at fault is left out as a whole, and says which; the others go on. Raises NotPermitted,
    Problem WB-01 (not a workbook, too large), WB-02 (sheets or columns missing or unknown).
    """
    require(actor, REVISION_DRAFT)
    receipt = ImportReceipt()
    rows = [row for name, cells in _open(data).items() for row in _read(name, cells, receipt)]
    _mark_duplicates(rows, receipt)
    library = Library.load()
    with acting(actor, "catalog.workbook.import"):
        present = {content.entry_code: (revision, content) for revision, content in contents_of(latest_revisions())}
        for entry_code in dict.fromkeys(row.key for row in rows):
            mine = [row for row in rows if row.key == entry_code and not row.is_duplicate]
            outcome = _import_entry(actor, entry_code, mine, present.get(entry_code), library, receipt)
            receipt.answers += [RowAnswer(row.sheet, row.number, entry_code, outcome) for row in mine]
    receipt.answers += [RowAnswer(row.sheet, row.number, row.key, "duplicate") for row in rows if row.is_duplicate]
    order = {name: position for position, name in enumerate(c.SHEETS)}
    receipt.answers.sort(key=lambda answer: (order[answer.sheet], answer.row))
    receipt.errors.sort(key=lambda error: (order.get(error.sheet, 9), error.row))
    return receipt


def _open(data: bytes) -> dict[str, list[tuple[Any, ...]]]:
    """Return the cells of the three sheets, heading row first; formulas are read as their last value."""
    fix = "用导出的工作簿修改后另存为 .xlsx 再导入"
    if len(data) > MAX_BYTES:
        raise Problem("WB-01", f"文件超过 {MAX_BYTES // 1024 // 1024} MB", status=413, remedy="拆分后分批导入")
    try:
        book = load_workbook(BytesIO(data), read_only=True, data_only=True)
    except (BadZipFile, InvalidFileException, KeyError, ValueError, OSError) as problem:
        raise Problem("WB-01", "文件不是可读的 Excel 工作簿（.xlsx）", remedy=fix) from problem
    missing = [name for name in c.SHEETS if name not in book.sheetnames]
    if missing:
        raise Problem("WB-02", f"缺少工作表：{'、'.join(missing)}", remedy=fix)
    found: dict[str, list[tuple[Any, ...]]] = {}
    for name in c.SHEETS:
        cells: list[tuple[Any, ...]] = []
        for line in book[name].iter_rows(values_only=True, max_col=60):
            cells.append(line)
            if len(cells) > MAX_ROWS:
                raise Problem("WB-01", f"工作表“{name}”超过 {MAX_ROWS} 行", status=413, remedy="拆分后分批导入")
        found[name] = cells
    book.close()
    return found


def _plain(heading: object) -> str:
    return c.text_of(heading).replace(" ", "").replace("(", "（").replace(")", "）").strip()


def _read(name: str, cells: list[tuple[Any, ...]], receipt: ImportReceipt) -> list[_Row]:
    table = c.SHEETS[name]
    headings = [_plain(value) for value in (cells[0] if cells else ())]
    known = {_plain(column.heading): column for column in table}
    missing = [column.heading for column in table if _plain(column.heading) not in headings]
    unknown = [heading for heading in headings if heading and heading not in known]
    if missing or unknown:
        parts = [f"缺少列：{'、'.join(missing)}" if missing else "", f"多出列：{'、'.join(unknown)}" if unknown else ""]
        raise Problem("WB-02", f"工作表“{name}”" + "；".join(filter(None, parts)), remedy="以导出的工作簿为样式")
    rows = []
    for number, line in enumerate(cells[1:], start=2):
        texts = [c.text_of(value) for value in line]
        if not any(item.strip() for item in texts):
            continue
        values: dict[str, Any] = {}
        for heading, item in zip(headings, texts, strict=False):
            column = known.get(heading)
            if column is not None:
                _cell(name, number, column, item, values, receipt)
        rows.append(_Row(name, number, values))
    return rows


def _cell(sheet: str, number: int, column: c.Column, item: str, values: dict[str, Any], receipt: ImportReceipt) -> None:
    if column.field == "entry_code":
        item = item.strip()
    if column.required and not item.strip():
        receipt.errors.append(RowError(sheet, number, column.heading, "WB-03", f"“{column.heading}”必填"))
    try:
        values[column.field] = column.read(item)
    except c.CellError as problem:
        values[column.field] = None
        receipt.errors.append(RowError(sheet, number, column.heading, "WB-04", str(problem)))


def _mark_duplicates(rows: list[_Row], receipt: ImportReceipt) -> None:
    seen: dict[tuple[Any, ...], _Row] = {}
    for row in rows:
        parts = {c.ENTRIES: (), c.CITATIONS: ("instrument", "article"), c.MEASURES: ("code",)}[row.sheet]
        key = (row.sheet, row.key, *(row.values.get(part) for part in parts))
        first = seen.setdefault(key, row)
        if first is not row:
            row.is_duplicate = True
            same = first.values == row.values
            message = f"与第 {first.number} 行重复" + ("" if same else "而内容不同，以先出现的为准")
            receipt.errors.append(
                RowError(row.sheet, row.number, c.KEY.heading, "WB-05", message, "warning" if same else "error")
            )


def _import_entry(
    actor: Actor,
    entry_code: str,
    rows: list[_Row],
    present: tuple[EntryRevision, RevisionContent] | None,
    library: Library,
    receipt: ImportReceipt,
) -> str:
    heads = [row for row in rows if row.sheet == c.ENTRIES]
    places = {(row.sheet, row.number) for row in rows}
    if any((error.sheet, error.row) in places and error.severity == "error" for error in receipt.errors):
        _explain(rows, receipt, "WB-06", "同一事项有错误行，整个事项未导入")
        return "rejected"
    if not heads:
        _explain(rows, receipt, "WB-07", f"“{c.ENTRIES}”表中没有事项 {entry_code}")
        return "rejected"
    content = _content(heads[0], rows)
    if present is not None and present[1] == content:
        return "unchanged"
    try:
        if present is not None and present[0].state == RevisionState.DRAFTED:
            receipt.drafts.append(revise_draft(actor=actor, revision=present[0], content=content))
            return "updated"
        receipt.drafts.append(draft_revision(actor=actor, content=content, library=library))
    except Problem as problem:
        found = problem.errors or ()
        for violation in found:
            receipt.errors.append(
                RowError(c.ENTRIES, heads[0].number, violation.field or "", violation.code, violation.detail)
            )
        if not found:
            receipt.errors.append(RowError(c.ENTRIES, heads[0].number, "", problem.code, problem.detail))
        _explain([row for row in rows if row is not heads[0]], receipt, "WB-06", "所属事项未通过校验，未导入")
        return "rejected"
    return "inserted" if present is None else "updated"


def _explain(rows: list[_Row], receipt: ImportReceipt, code: str, message: str) -> None:
    said = {(error.sheet, error.row) for error in receipt.errors}
    receipt.errors += [
        RowError(row.sheet, row.number, "", code, message) for row in rows if (row.sheet, row.number) not in said
    ]


def _content(head: _Row, rows: list[_Row]) -> RevisionContent:
    def items(sheet: str) -> tuple[Any, ...]:
        make = ITEM_TYPES[sheet]
        mine = [row for row in rows if row.sheet == sheet]
        return tuple(make(**{key: value for key, value in row.values.items() if key != "entry_code"}) for row in mine)

    return RevisionContent(**head.values, citations=items(c.CITATIONS), measures=items(c.MEASURES))
