"""What a batch would do, entry by entry and by name, before anything is done: added, changed, ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from core.masking import mask_name
from exchange.models import ListBatch
from exchange.models.downflow import Extent

AT_ONCE = 50
CAP = 100_000


@dataclass(frozen=True, slots=True)
class Effect:
    """One entry that would be touched: who it is about, and what it says now and would say."""

    place: int
    number: str
    name: str
    listed_on: date | None
    what: str


@dataclass(frozen=True, slots=True)
class Effects:
    """One kind of effect: how many entries, and a page of them."""

    count: int
    rows: list[Effect]
    next: int | None


_LINES = """
  FROM exchange_listrow line
  LEFT JOIN sanctions_externallisting kept ON kept.register_id = %(register)s AND kept.source_number = line.number
 WHERE line.batch_id = %(batch)s AND line.outcome = ''
"""
_IS_NEW = " AND line.op = 'U' AND kept.id IS NULL"
_OTHER_SUBJECT = (
    "(kept.id_type, kept.id_value, kept.personal_id) IS DISTINCT FROM (line.id_type, line.id_value, line.personal_id)"
)
_OTHER_DAYS = "(kept.listed_on, kept.expected_exit_on) IS DISTINCT FROM (line.listed_on, line.expected_exit_on)"
_OTHER_WORDS = (
    "(kept.reported_name, kept.authority, kept.basis) IS DISTINCT FROM (line.name, line.authority, line.document)"
)
_STANDS_AGAIN = "(kept.ended_on IS NOT NULL AND line.ended_on IS NULL)"
_IS_CHANGED = (
    " AND line.op = 'U' AND kept.id IS NOT NULL AND (kept.ended_on IS NOT NULL OR line.ended_on IS NULL)"
    f" AND ({_OTHER_SUBJECT} OR {_OTHER_DAYS} OR {_OTHER_WORDS} OR {_STANDS_AGAIN})"
)
_SAYS_ENDED = " AND kept.ended_on IS NULL AND kept.id IS NOT NULL AND (line.op = 'D' OR line.ended_on IS NOT NULL)"
_COLUMNS = "line.id, line.number, coalesce(nullif(line.name, ''), kept.reported_name), line.is_person"
_WHAT_CHANGES = (
    f"concat_ws('、', CASE WHEN kept.reported_name <> line.name THEN '名称原为' || CASE WHEN kept.is_person THEN '（自然人）'"
    f" ELSE kept.reported_name END END, CASE WHEN {_OTHER_SUBJECT} THEN '证照号码不同' END,"
    f" CASE WHEN {_OTHER_DAYS} THEN '日期不同' END,"
    f" CASE WHEN {_STANDS_AGAIN} THEN '重新列入' END, CASE WHEN {_OTHER_WORDS} AND kept.reported_name = line.name"
    " THEN '机关或文书不同' END)"
)
_GONE = """
  FROM sanctions_externallisting kept
 WHERE kept.register_id = %(register)s AND kept.ended_on IS NULL
   AND NOT EXISTS (SELECT 1 FROM exchange_listrow line
                    WHERE line.batch_id = %(batch)s AND line.number = kept.source_number)
"""


def added(batch: ListBatch, after: int = 0) -> Effects:
    """Return the entries that the list does not have yet."""
    return _page(batch, _COLUMNS + ", line.listed_on, ''", _LINES + _IS_NEW, "line.id", after)


def changed(batch: ListBatch, after: int = 0) -> Effects:
    """Return the entries that would say something else."""
    return _page(batch, f"{_COLUMNS}, line.listed_on, {_WHAT_CHANGES}", _LINES + _IS_CHANGED, "line.id", after)


def ended_by_rows(batch: ListBatch, after: int = 0) -> Effects:
    """Return the entries that the batch itself says have ended."""
    return _page(batch, f"{_COLUMNS}, kept.listed_on, '来源写明退出'", _LINES + _SAYS_ENDED, "line.id", after)


def ended_by_absence(batch: ListBatch, after: int = 0) -> Effects:
    """Return the entries that a full list no longer has; a delta ends nobody so."""
    if batch.extent != Extent.FULL:
        return Effects(0, [], None)
    columns = "kept.id, kept.source_number, kept.reported_name, kept.is_person, kept.listed_on, '全量名单不再列有'"
    return _page(batch, columns, _GONE, "kept.id", after)


def _page(batch: ListBatch, columns: str, body: str, key: str, after: int) -> Effects:
    values: Mapping[str, Any] = {"register": batch.register_id, "batch": batch.pk, "after": after, "limit": AT_ONCE + 1}
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM (SELECT 1 {body} LIMIT {CAP}) counted", values)
        count = int(cursor.fetchone()[0])
        cursor.execute(f"SELECT {columns} {body} AND {key} > %(after)s ORDER BY {key} LIMIT %(limit)s", values)
        found = cursor.fetchall()
    rows = [
        Effect(place, number, mask_name(name or "") if is_person else name or "", listed_on, what)
        for place, number, name, is_person, listed_on, what in found[:AT_ONCE]
    ]
    return Effects(count, rows, rows[-1].place if len(found) > AT_ONCE else None)
