"""One page of the feed after a position: only what may leave, each event as the database writes it.

A page costs the same at any depth: one range of the index of what leaves, each event by its key. A page of chosen types
ends after `WINDOW` positions even where few of them are found, so `next` says how far was read, not which event came
last.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from core import clock, events
from core.problems import Problem
from exchange import lists

DEFAULT, MOST = 500, 1_000
WINDOW = 20_000
HEAD_SQL = "SELECT position FROM exchange_outgoinghorizon WHERE id = 1"
MARK_SQL = """
SELECT event.event_id::text FROM core_outboxposition place JOIN core_outboxevent event ON event.id = place.event_id
 WHERE place.position = %s
"""
PAGE_SQL = """
SELECT place.position, event.event_id::text, event.aggregate_type, event.aggregate_id, event.payload ->> 'entry',
       row_to_json((SELECT row FROM (SELECT place.position, event.event_id, event.event_type, event.version,
           event.aggregate_type, event.aggregate_id, event.legal_on, event.recorded_at, event.payload) row))::text
  FROM exchange_outgoingevent place JOIN core_outboxevent event ON event.id = place.event_id
 WHERE place.position > %(after)s AND place.position <= %(until)s{narrowed}
 ORDER BY place.position LIMIT %(limit)s
"""
OF_TYPES, OF_WORLD = " AND event.event_type = ANY (%(types)s)", " AND place.demo = %(world)s"
ENTRY = "catalog.entryrevision"  # told of by revision, held by the code of its entry
Row = tuple[int, str, str, str, str | None, str]


@dataclass(frozen=True, slots=True)
class Page:
    """What stands after a position: the events as JSON, how far was read, the mark there, and where the feed ends."""

    items: list[str]
    next: int
    mark: str
    head: int

    def body(self, day: date, retry_after: int | None = None) -> bytes:
        """Return the answer; only texts that the database wrote as JSON, numbers and an identifier go into it."""
        tail = f'"next":{self.next},"mark":"{self.mark}","head":{self.head},"as_of":"{day.isoformat()}"'
        again = "null" if retry_after is None else str(retry_after)
        return f'{{"items":[{",".join(self.items)}],{tail},"retry_after":{again}}}'.encode()


def head() -> int:
    """Return the position up to which the feed can be read."""
    with connection.cursor() as cursor:
        cursor.execute(HEAD_SQL)
        row = cursor.fetchone()
        return int(row[0]) if row else 0


def mark_at(position: int) -> str:
    """Return the mark of a position: the identifier of the event that stands there, nothing before the first."""
    with connection.cursor() as cursor:
        cursor.execute(MARK_SQL, [position])
        row = cursor.fetchone()
        return str(row[0]) if row else ""


def wanted_types(asked: str | None) -> list[str] | None:
    """Return the event types asked for by name or family, None for all that leave; Problem names a strange one."""
    known = events.leaving()
    if not asked:
        return None
    chosen: list[str] = []
    for word in (part.strip() for part in asked.split(",")):
        meant = [name for name in known if name == word or name.startswith(f"{word}.")] if word else []
        if not meant:
            families = "、".join(sorted({name.partition(".")[0] for name in known}))
            wrong = f"没有名为“{word[:60]}”的事件类型可以读取"
            raise Problem("bad_parameter", wrong, field="types", remedy=f"可用的大类：{families}；或者其中的事件类型")
        chosen += meant
    return sorted(set(chosen))


def check(after: int, mark: str | None, newest: int) -> None:
    """Return where the follower's place is one of this feed; EXC-01 beyond its end, EXC-02 on another one's.

    Both happen after the platform was restored from a copy: what the follower has read since then did not happen here.
    """
    snapshot = "重新下载最新的全量快照，从快照的位置继续"
    if after > newest:
        wrong = f"位置 {after} 在最新位置 {newest} 之后，本平台没有发出过"
        raise Problem("EXC-01", wrong, status=409, field="after", title="位置不存在", remedy=snapshot)
    if mark and after and mark != mark_at(after):
        wrong = f"位置 {after} 的标记与本平台的不一致：这一位置不是本序列给出的"
        raise Problem("EXC-02", wrong, status=409, field="mark", title="位置属于另一序列", remedy=snapshot)


def page(
    after: int, *, limit: int = DEFAULT, types: Sequence[str] | None = None, newest: int | None = None,
    documents: bool = False,
    world: bool | None = None,
) -> Page:  # fmt: skip
    """Return up to `limit` events after the position.

    documents: each event comes with what the public sees of its record now, null where that is nothing: a late
    reader never gets back what is gone. world: only what concerns demo subjects, or real ones (`world_of`).
    """
    end = head() if newest is None else newest
    narrowed = (OF_TYPES if types is not None else "") + (OF_WORLD if world is not None else "")
    until = min(end, after + WINDOW) if narrowed else end
    asked = {"after": after, "until": until, "types": list(types or ()), "limit": limit, "world": world}
    with connection.cursor() as cursor:
        cursor.execute(PAGE_SQL.format(narrowed=narrowed), asked)
        rows: list[Row] = cursor.fetchall()
    full = len(rows) == limit
    reached = rows[-1][0] if full else max(after, until)
    mark = rows[-1][1] if rows and rows[-1][0] == reached else mark_at(reached)
    items = _with_documents(rows) if documents else [row[5] for row in rows]
    return Page(items, reached, mark, end)


def _by_kind(rows: Iterable[Row]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for row in rows:
        found.setdefault(row[2], set()).add(_key(row))
    return found


def _key(row: Row) -> str:
    return (row[4] or "") if row[2] == ENTRY else row[3]


def _with_documents(rows: list[Row]) -> list[str]:
    day = clock.today()
    held: dict[tuple[str, str], Any] = {}
    for kind, keys in _by_kind(rows).items():
        held |= {(kind, key): line for key, line in lists.documents(kind, sorted(keys), day).items()}
    return [f'{row[5][:-1]},"document":{held.get((row[2], _key(row)), "null")}}}' for row in rows]
