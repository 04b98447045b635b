"""Search of legal entities: exact > beginning > contiguous > all fragments, one page at a time.

Three plans give the same order: `index` fetches what the gram index gives and sorts it; `walk` goes through the names
in the order of the answer and stops early, for words that thousands of names hold; `pieces` is asked only where
nothing holds the words as they stand. A cursor keeps the plan that its first page took. docs/adr/0009-name-search.md.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db import connection

from core.paging import Page, make_cursor, read_cursor
from subjects.enums import LEGAL_ENTITY_KINDS, MatchReason
from subjects.search import statements as sql
from subjects.search import statistics
from subjects.search.query import Query

COUNT_CAP = 1_000
WINDOW = 20_000  # names that a walk looks at before it gives up or gives the page as it is
WINDOWS_A_PAGE = 5
SLACK = 500
CANDIDATES = 500
ORG_CODE_LENGTH, USCC_LENGTH = 9, 18
ORDER = ("plan", "tier", "sort", "id", "asked")
PLANS = frozenset({"index", "walk", "code", "pieces", "loose"})


@dataclass(frozen=True, slots=True)
class Hit:
    """One subject found: what is shown of it, and which of its names or codes matched, for which reason."""

    subject_id: int
    public_id: str
    code: str
    name: str
    kind: str
    status: str
    district_code: str
    is_demo: bool
    reason: str
    matched: str
    tier: int


SearchPage = Page[Hit]


@dataclass(frozen=True, slots=True)
class Among:
    """Some subjects, by key, their folded duplicates included, and what the searcher calls them."""

    label: str
    keys: Collection[int]


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a page begins: the plan, and the key of the last row shown."""

    plan: str
    tier: int = -1
    sort: str = ""
    id: int = 0


@dataclass(slots=True)
class _Found:
    rows: list[tuple[Any, ...]]
    plan: str
    resume: int | None = None  # a walk that stopped short: where to go on


class _Search:
    """One search: the query, its scope, and the statements it takes."""

    def __init__(
        self,
        query: Query,
        *,
        kind: str | None,
        district: str | None,
        among: Among | None,
        provisional: bool,
        limit: int,
    ) -> None:
        self.query, self.limit, self.among = query, limit, among
        self.statistics = statistics.current()
        self.params: dict[str, Any] = {"kind": kind, "district": district, "limit": limit + 1}
        self.params |= {"norm": query.norm, "upper": query.upper, "patterns": query.patterns, "window": WINDOW}
        self.params |= {"slack": limit + 1 + SLACK, "candidates": CANDIDATES}
        self.inner = sql.OF_KIND if kind else ""
        self.outer = (sql.OF_DISTRICT if district else "") + ("" if provisional else sql.NOT_PROVISIONAL)
        self.asked = f"{query.norm}|{query.code if query.may_be_code else ''}|{kind}|{district}|{provisional}"
        if among is not None:
            self.params["among"] = list(among.keys)
            self.inner += sql.AMONG
            self.asked += f"|{among.label}"

    def _run(self, page: str, **params: Any) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(sql.SHOWN.format(page=page), self.params | params)
            return cursor.fetchall()

    def _scope(self, name: str) -> str:
        return (self.inner + self.outer).format(n=name)

    def _after(self, place: _Place) -> dict[str, Any]:
        return {"after_tier": place.tier, "after_sort": place.sort, "after_id": place.id}

    def first(self) -> _Found:
        """Take the first plan that finds anything."""
        if self.query.may_be_code and (rows := self.by_code(_Place("code"))):
            return _Found(rows, "code")
        expected = self.statistics.together(self.query.word_grams)
        # Of some subjects only, few names match whatever the words are: a walk would pass over nearly all of them.
        if self.among is None and self.statistics.walk_is_cheaper(expected, self.limit + 1):
            found = self.walk(_Place("walk"), windows=1)
            if len(found.rows) > self.limit or (found.rows and found.resume is None):
                return found
        for plan in (self.by_index, self.in_pieces, self.loosely):
            rows, name = plan(_Place(plan.__name__))
            if rows:
                return _Found(rows, name)
        return _Found([], "index")

    def go_on(self, place: _Place) -> _Found:
        """Give the next page of the plan that the first page took."""
        if place.plan == "walk":
            return self.walk(place, windows=WINDOWS_A_PAGE)
        if place.plan == "code":
            return _Found(self.by_code(place), "code")
        plan = {"index": self.by_index, "pieces": self.in_pieces, "loose": self.loosely}[place.plan]
        return _Found(*plan(place))

    def by_code(self, place: _Place) -> list[tuple[Any, ...]]:
        code = self.query.code
        scope = (self.inner + self.outer).format(n="i").replace("aside.", "s.")
        parts = [sql.WHOLE_CODE]
        if len(code) == ORG_CODE_LENGTH:
            parts.append(sql.CODE_INSIDE)
        if len(code) < USCC_LENGTH:
            parts.append(sql.CODE_BEGINNING)
        return self._run(
            sql.BY_CODE.format(parts=" UNION ALL ".join(part.format(scope=scope) for part in parts)),
            code=code,
            code_upper=code + "~",
            after_code=place.sort if place.tier == 1 else "",
            root=code[: ORG_CODE_LENGTH - 1],
            **self._after(place),
        )

    def by_index(self, place: _Place) -> tuple[list[tuple[Any, ...]], str]:
        grams = self.statistics.telling(self.query.grams)
        return self._run(sql.BY_INDEX.format(scope=self._scope("n")), grams=grams, **self._after(place)), "index"

    def walk(self, place: _Place, *, windows: int) -> _Found:
        """Walk names that begin with the query, then those that hold it, `windows` stretches at most."""
        many_words = len(self.query.patterns) > 1
        scopes = {"inner_scope": self.inner.format(n="n"), "outer_scope": self.outer.format(n="w")}
        beginning = place.tier < 2
        after = {"after_sort": place.sort or self.query.norm, "after_id": place.id} if beginning else {}
        params: dict[str, Any] = {
            "inside_after": 0 if beginning else place.id,
            "inside_tier": 3 if many_words else 2,
            **after,
        }
        parts = [sql.WALK_BEGINNING, sql.WALK_INSIDE] if beginning else [sql.WALK_INSIDE]
        rows: list[tuple[Any, ...]] = []
        for _ in range(windows):
            page = sql.WALK.format(parts=" UNION ALL ".join(part.format(**scopes) for part in parts))
            params["limit"] = self.limit + 1 - len(rows)
            rows += self._run(page, **params)
            if len(rows) > self.limit:
                return _Found(rows, "walk")
            with connection.cursor() as cursor:
                cursor.execute(sql.WINDOW_END.format(inner_scope=scopes["inner_scope"]), self.params | params)
                end = cursor.fetchone()
            if end is None:
                return _Found(rows, "walk")
            parts, params["inside_after"] = [sql.WALK_INSIDE], end[0]
        return _Found(rows, "walk", resume=params["inside_after"])

    def in_pieces(self, place: _Place) -> tuple[list[tuple[Any, ...]], str]:
        """Names that hold every character of the query within pieces of two and more."""
        groups = self.query.groups
        if len(self.query.grams) < 2 or not groups:
            return [], "pieces"
        sizes = {tuple(group): sum(map(self.statistics.names_with, group)) for group in groups}
        common = max(self.statistics.total / 20, min(sizes.values()))
        params: dict[str, Any] = {}
        conditions = []
        for number, group in enumerate(sizes):
            params[f"group{number}"] = list(group)
            held = f"n.grams && %(group{number})s"
            conditions.append(held if sizes[group] <= common else f"({held}) IS TRUE")  # the latter: not by index
        if self.query.single_characters:
            params["single"] = self.query.single_characters
            conditions.append("n.norm LIKE ALL (%(single)s)")
        return self._pieces(" AND ".join(conditions), sql.ALL_NAMES, place, params), "pieces"

    def loosely(self, place: _Place) -> tuple[list[tuple[Any, ...]], str]:
        """Names that hold every character of the query, two of them together; the last resort."""
        if len(self.query.norm) < 3:
            return [], "loose"
        expected = sum(map(self.statistics.names_with, self.query.grams))
        names = sql.SOME_NAMES if expected > 5 * WINDOW else sql.ALL_NAMES
        condition = "n.grams && %(all_grams)s AND n.norm LIKE ALL (%(every)s)"
        return self._pieces(condition, names, place, {"every": self.query.every_character}), "loose"

    def _pieces(self, condition: str, names: str, place: _Place, params: dict[str, Any]) -> list[tuple[Any, ...]]:
        page = sql.IN_PIECES.format(names=names, condition=condition, scope=self._scope("n"))
        return self._run(page, all_grams=self.query.grams, **params, **self._after(place))

    def page(self, found: _Found) -> SearchPage:
        """Turn rows into hits, with the cursor of the next page."""
        rows, more = found.rows[: self.limit], len(found.rows) > self.limit
        following = None
        if more:
            tier, sort, key = rows[-1][:3]
            following = make_cursor(ORDER, [found.plan, tier, sort, key, self.asked])
        elif found.resume is not None:
            following = make_cursor(ORDER, [found.plan, 3, "", found.resume, self.asked])
        count, capped = self._count(found, len(rows), following is not None)
        return Page([self._hit(row) for row in rows], following, count, capped)

    def _count(self, found: _Found, shown: int, more: bool) -> tuple[int, bool]:
        """Return how many there are, or at least are."""
        total = found.rows[0][3] if found.rows else 0
        if total is not None:
            bounded = CANDIDATES if found.plan in ("pieces", "loose") else COUNT_CAP
            capped = total >= bounded if bounded == CANDIDATES else total > bounded
            capped = capped or (found.plan == "code" and total > SLACK)
            return min(total, COUNT_CAP), capped
        known = self.statistics.names_with(self.query.norm) if len(self.query.norm) == 2 and not self._narrowed else 0
        if known > COUNT_CAP:
            return COUNT_CAP, True
        return shown + more, more

    @property
    def _narrowed(self) -> bool:
        return bool(self.params["kind"] or self.params["district"] or self.among)

    def _hit(self, row: tuple[Any, ...]) -> Hit:
        tier, _, _, _, name, is_current, key, public_id, shown, kind, status, district, demo, held, code = row
        if code is not None:
            reason, matched = MatchReason.CODE.value, code
        elif tier == 3:
            reason, matched = MatchReason.FRAGMENTS.value, name
        else:
            same = is_current and name == shown
            reason, matched = (MatchReason.NAME if same else MatchReason.FORMER_NAME).value, name
        return Hit(key, public_id, held or public_id, shown, kind, status, district, demo, reason, matched, tier)


def search(
    q: str,
    *,
    kind: str | None = None,
    district: str | None = None,
    among: Among | None = None,
    cursor: str | None = None,
    limit: int = 20,
    provisional: bool = True,
) -> SearchPage:
    """Return one page of legal entities whose name, former name or code matches; natural persons never come out.

    A longer correct query never finds nothing: glueing on another piece of a name that is found still finds it.
    Ranked exact, beginning, contiguous, fragments; each subject once, duplicates through the record they are folded
    into. `provisional=False` leaves out records not yet verified. The count stops at COUNT_CAP; for words held by
    thousands of names it is a lower bound. `among` keeps to some subjects. Raises Problem SUB-20 (too short), SUB-21
    (too long), bad_cursor.
    """
    query = Query.read(q)
    if kind is not None and kind not in LEGAL_ENTITY_KINDS:
        return Page([], None, 0, False)
    asked = _Search(query, kind=kind, district=district, among=among, provisional=provisional, limit=limit)
    if not cursor:
        return asked.page(asked.first())
    plan, tier, sort, key, same = read_cursor(cursor, ORDER)
    if same != asked.asked or plan not in PLANS:
        read_cursor("", ORDER)  # raises: the cursor belongs to another question
    return asked.page(asked.go_on(_Place(plan, tier, sort, key)))
