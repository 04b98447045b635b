"""What stands about a subject on its page: parts that this and higher floors fill, each scoped and a page at a time.

A part never shows a row that its officer could not find elsewhere: its rows come scoped, or are public today.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core.actors import Actor
from core.paging import keyset_page
from organizations.acts.pages import Row, Section
from organizations.acts.words import zh
from subjects.models import CreditRecord, Subject
from subjects.permissions import SEE_RECORDS
from subjects.selectors import family

AT_ONCE, COUNTED = 10, 1000


@dataclass(frozen=True, slots=True)
class Part:
    """One table of the page: which rows of these records of a subject the actor may see, in which order, in words."""

    key: str
    title: str
    head: Sequence[str]
    seen_by: frozenset[str]  # any of these permissions; others do not find the part on the page
    rows: Callable[[Actor, Subject, Sequence[int]], QuerySet[Any]]
    order: Sequence[str]
    shown: Callable[[Actor, Sequence[Any]], list[Row]]
    empty: str
    note: str = ""


_parts: list[Part] = []


def register(part: Part) -> None:
    """Let a floor add a part to the page; from AppConfig.ready(), in the order of the floors."""
    if all(part.key != known.key for known in _parts):
        _parts.append(part)


def sections_for(actor: Actor, subject: Subject, asked: Mapping[str, str]) -> list[Section]:
    """Return the parts of a subject's page for an officer who may see the subject; `asked` holds their cursors."""
    keys = family(subject)
    seen = [part for part in (*_parts, RECORDS) if any(actor.may(code) for code in part.seen_by)]
    cursors = {part.key: asked[part.key] for part in seen if asked.get(part.key)}
    return [_section(part, actor, subject, keys, cursors) for part in seen]


def _section(part: Part, actor: Actor, subject: Subject, keys: Sequence[int], cursors: Mapping[str, str]) -> Section:
    rows = part.rows(actor, subject, keys)
    page = keyset_page(rows, order=part.order, cursor=cursors.get(part.key), limit=AT_ONCE, cap=COUNTED)
    more = "以上" if page.count_capped else ""
    pages = []
    if part.key in cursors:
        others = {name: cursor for name, cursor in cursors.items() if name != part.key}
        pages.append(("回到最前", _address(part, others)))
    if page.next:
        pages.append((f"再往后 {AT_ONCE} 条", _address(part, {**cursors, part.key: page.next})))
    return Section(
        f"{part.title}（{page.count} 条{more}）" if page.count else part.title,
        part.head,
        part.shown(actor, page.items),
        part.empty,
        part.note if page.count else "",
        key=part.key,
        pages=pages,
    )


def _address(part: Part, cursors: Mapping[str, str]) -> str:
    return f"?{urlencode(cursors)}#{part.key}"


def linkable(rows: QuerySet[Any], items: Iterable[Any]) -> set[int]:
    """Return the keys of those items whose page opens to the officer: the scoped rows are asked once."""
    return set(rows.filter(pk__in=[item.pk for item in items]).values_list("pk", flat=True))


# --- what this floor knows itself ------------------------------------------------------------------------------------


def _records(actor: Actor, subject: Subject, keys: Sequence[int]) -> QuerySet[Any]:
    return CreditRecord.objects.visible_to(actor).current().filter(subject__in=keys)


def _record_rows(actor: Actor, items: Sequence[Any]) -> list[Row]:
    return [
        Row(
            (
                under(" ".join(filter(None, (row.title, row.level))) or row.content, row.get_kind_display()),
                under(row.authority_name, row.document_number),
                zh(row.decided_on),
                row.fulfilment or (f"至{zh(row.ends_on)}" if row.ends_on else ""),
            )
        )
        for row in items
    ]


def under(first: object, second: object) -> SafeString:
    """Return a cell of two lines; the page is narrow, and a table of many columns would leave its card."""
    return format_html('{}<br><span class="wb-quiet">{}</span>', first, second) if second else format_html("{}", first)


RECORDS = Part(
    key="records",
    title="其他信用记录",
    head=("名称或者事由", "认定单位", "认定日期", "期限或者履行"),
    seen_by=frozenset({SEE_RECORDS}),
    rows=_records,
    order=("-decided_on", "-id"),
    shown=_record_rows,
    empty="没有守信荣誉、严重失信或者信用承诺记录",
)
