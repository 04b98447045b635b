"""The public lists that others may hold whole: what is on each today, by one statement, and which events concern it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from catalog.selectors import public_catalogue
from core.api.responses import to_json
from exchange.lines import Statement, statement
from publicity import documents as disclosed
from publicity.enums import RecordKind
from repair.selectors import LAST_SHOWN_SQL
from sanctions import documents as listed
from subjects import documents as registered

Ids = Sequence[str] | None
World = bool | None  # demo subjects, real ones, or both: `subjects.selectors.world_of`


@dataclass(frozen=True, slots=True)
class PublicList:
    """One list. closed: handed out whole only to a client that keeps up with what is removed from it.

    aggregate: the kind of record that events about it name; statement: its documents on a day, of named records or all.
    """

    code: str
    title: str
    about: str
    aggregate: str
    statement: Callable[[date, Ids, World], Statement] | None
    closed: bool = False


def _of_decisions(kind: str) -> Callable[[date, Ids, World], Statement]:
    def made(day: date, ids: Ids, world: World) -> Statement:
        return statement(disclosed.rows(day, kind, ids, world), disclosed.columns(kind), disclosed.MASKED[kind])

    return made


def _of_listings(polarity: str) -> Callable[[date, Ids, World], Statement]:
    def made(day: date, ids: Ids, world: World) -> Statement:
        return statement(listed.rows(day, polarity, ids, world), listed.columns(day, LAST_SHOWN_SQL))

    return made


def _subjects(day: date, ids: Ids, world: World) -> Statement:
    return statement(registered.rows(ids, world), registered.COLUMNS)


def entries(day: date) -> Iterator[tuple[str, bytes]]:
    """Give the code and line of every entry in force on the day."""
    for entry in sorted(public_catalogue(day), key=lambda row: str(row["code"])):
        yield entry["code"], to_json({"id": entry["code"], **entry, "last_public_day": None})


LISTS: dict[str, PublicList] = {
    one.code: one
    for one in (
        PublicList(
            "subjects",
            "法人和非法人组织",
            "已核实的法人和非法人组织；并入其他档案的以 into 指明",
            "subjects.subject",
            _subjects,
        ),
        PublicList(
            "licences",
            "行政许可",
            "公示中的行政许可，不含自然人",
            "publicity.licence",
            _of_decisions(RecordKind.LICENCE.value),
        ),
        PublicList(
            "penalties",
            "行政处罚",
            "公示中的行政处罚，不含自然人",
            "publicity.penalty",
            _of_decisions(RecordKind.PENALTY.value),
            closed=True,
        ),
        PublicList(
            "incentives",
            "守信激励名单",
            "有效的守信激励，不含自然人",
            "sanctions.listing",
            _of_listings(listed.POLARITIES["incentives"]),
        ),
        PublicList(
            "disciplines",
            "失信惩戒名单",
            "公示中的失信惩戒，不含自然人",
            "sanctions.listing",
            _of_listings(listed.POLARITIES["disciplines"]),
            closed=True,
        ),
        PublicList("catalogue", "目录清单", "有效的联合奖惩事项", "catalog.entryrevision", None),
    )
}


def documents(aggregate: str, ids: Sequence[str], day: date) -> dict[str, str]:
    """Return the present public document of each of these records as JSON; what is not public has none."""
    if aggregate == LISTS["catalogue"].aggregate:
        wanted = set(ids)
        return {code: line.decode() for code, line in entries(day) if code in wanted}
    found: dict[str, str] = {}
    for one in LISTS.values():
        if one.aggregate == aggregate and one.statement is not None:
            found |= one.statement(day, ids, None).by_id()
    return found
