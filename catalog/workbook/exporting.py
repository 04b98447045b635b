"""The catalogue as a workbook: the latest revision of every entry, readable, and importable without a change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Any

import xlsxwriter
from django.db.models import F, OuterRef, QuerySet, Subquery

from catalog.content import RevisionContent
from catalog.enums import RevisionState
from catalog.models import EntryRevision, LegalInstrument, Measure
from catalog.permissions import WORKBOOK_EXPORT
from catalog.selectors.contents import contents_of
from catalog.workbook import columns as c
from core.actors import Actor
from core.permissions import require
from organizations.models import Organization


def latest_revisions() -> QuerySet[EntryRevision]:
    """Return the newest revision of every entry that was not withdrawn, by code."""
    newest = (
        EntryRevision.objects.filter(entry=OuterRef("entry"))
        .exclude(state=RevisionState.WITHDRAWN)
        .order_by("-number")
        .values("pk")[:1]
    )
    return EntryRevision.objects.filter(pk=Subquery(newest)).order_by(F("entry__code"))


def export_workbook(*, actor: Actor) -> bytes:
    """Return the catalogue, as far as the actor may read it, as an .xlsx file.

    Every cell is text: no formula can be smuggled in or out. Importing the file unchanged changes nothing.
    """
    require(actor, WORKBOOK_EXPORT)
    visible = EntryRevision.objects.all().visible_to(actor)
    contents = [content for _, content in contents_of(latest_revisions().filter(pk__in=visible.values("pk")))]
    return write_workbook(contents)


def write_workbook(contents: Sequence[RevisionContent]) -> bytes:
    """Return the workbook of these contents."""
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    heading = book.add_format({"bold": True, "bg_color": "#DCE6F1", "text_wrap": True, "valign": "top"})
    wrapped = book.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})

    def sheet(name: str, titles: Sequence[str], widths: Sequence[int], rows: Iterable[Sequence[str]]) -> None:
        page = book.add_worksheet(name)
        page.freeze_panes(1, 1)
        for position, (title, width) in enumerate(zip(titles, widths, strict=True)):
            page.set_column(position, position, width)
            page.write_string(0, position, title, heading)
        for line, row in enumerate(rows, start=1):
            for position, value in enumerate(row):
                page.write_string(line, position, value, wrapped)

    guide = book.add_worksheet(c.GUIDE)
    guide.set_column(0, 0, 100)
    for line, words in enumerate(c.GUIDE_TEXT):
        guide.write_string(line, 0, words, heading if line == 0 else wrapped)
    for name, rows in _rows(contents).items():
        table = c.SHEETS[name]
        sheet(name, [col.heading for col in table], [col.width for col in table], rows)
    for name, titles, rows in _references():
        sheet(name, titles, [24] * len(titles), rows)
    book.close()
    return buffer.getvalue()


def _line(table: Sequence[c.Column], item: Any, entry_code: str) -> list[str]:
    return [
        entry_code if column.field == "entry_code" else column.write(getattr(item, column.field)) for column in table
    ]


def _rows(contents: Sequence[RevisionContent]) -> dict[str, list[list[str]]]:
    found: dict[str, list[list[str]]] = {name: [] for name in c.SHEETS}
    for content in contents:
        found[c.ENTRIES].append(_line(c.SHEETS[c.ENTRIES], content, content.entry_code))
        for name, items in ((c.CITATIONS, content.citations), (c.MEASURES, content.measures)):
            found[name] += [_line(c.SHEETS[name], item, content.entry_code) for item in items]
    return found


def _references() -> list[tuple[str, list[str], list[list[str]]]]:
    instruments = [
        [
            row.code,
            row.title,
            row.number,
            row.get_kind_display(),
            c.text_of(row.effective_from),
            c.text_of(row.needs_check),
        ]
        for row in LegalInstrument.objects.order_by("kind", "code")
    ]
    measures = [
        [row.code, row.name, row.get_polarity_display(), row.get_measure_class_display()]
        for row in Measure.objects.order_by("sort", "code")
    ]
    units = [[row.code, row.name, c.text_of(row.valid_to)] for row in Organization.objects.order_by("sort", "code")]
    return [
        (c.INSTRUMENTS, ["代号", "名称", "文号", "种类", "施行日", "待核"], instruments),
        (c.LIBRARY, ["编号", "措施", "奖惩类型", "类别"], measures),
        (c.UNITS, ["代号", "名称", "最后存续日"], units),
    ]
