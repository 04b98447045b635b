"""Questions that are put together once: what Django makes of a queryset is kept and asked again with other values.

Hot pages ask the same few questions all day, and putting one together takes Django longer than PostgreSQL takes to
answer it. The queryset stays the only place where the question is written; nothing of an answer is kept. What PostgreSQL
makes of the statement is kept by the connection (`core.plans`).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from types import SimpleNamespace
from typing import Any, TypeGuard

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models import BigAutoField, ForeignKey, Lookup, QuerySet, prefetch_related_objects
from django.db.models.query import ModelIterable
from django.db.models.sql.compiler import SQLCompiler
from psycopg2.extensions import AsIs

from core.plans import Planned

Value = date | list[int]
Mark = date | list[int] | int
Build = Callable[..., "QuerySet[Any]"]
MOST = 256
OPEN = "\ue000"  # a private character: nothing that is asked for holds it


@BigAutoField.register_lookup
@ForeignKey.register_lookup
class Among(Lookup):
    """`key__among=[…]`: one value however many keys there are, where `in` would be another statement for each number.

    One key, as nearly every subject has, is compared as one: of a list PostgreSQL guesses that it holds ten.
    """

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        left, params = self.process_lhs(compiler, connection)
        keys = list(self.rhs)
        return (f"{left} = %s", [*params, *keys]) if len(keys) == 1 else (f"{left} = ANY(%s)", [*params, keys])


@dataclass(frozen=True, slots=True)
class _Statement:
    """A statement in which only the places of its values are open, and which value each of them takes."""

    sql: Planned
    places: tuple[int, ...]
    compiler: SQLCompiler
    converters: dict[int, Any]
    prefetch: tuple[Any, ...]

    def filled(self, values: Sequence[Value]) -> tuple[Any, ...]:
        given = [value[0] if _is_one(value) else value for value in values]
        return tuple(given[place] for place in self.places)


def rows(build: Build, shape: tuple[Hashable, ...], *values: Value) -> list[Any]:
    """Return the rows of `build(*shape, *values)`, as that queryset itself would.

    `build` may look at `shape`, and must only hand `values` (days, lists of keys) on: it is called with others.
    """
    statement = _statement(build, shape, tuple(map(_kind, values)))
    if statement is None:
        return []
    compiler = copy(statement.compiler)
    compiler.connection = connections[DEFAULT_DB_ALIAS]
    filled = statement.filled(values)
    compiler.as_sql = lambda *_args, **_kwargs: (statement.sql, filled)  # type: ignore[method-assign]
    compiler.get_converters = lambda _columns: statement.converters  # type: ignore[assignment, method-assign]
    asked = SimpleNamespace(
        db=DEFAULT_DB_ALIAS, query=SimpleNamespace(get_compiler=lambda **_kwargs: compiler), _known_related_objects={}
    )
    found: list[Any] = list(ModelIterable(asked))  # type: ignore[arg-type]
    if found and statement.prefetch:
        prefetch_related_objects(found, *statement.prefetch)
    return found


def count(build: Build, shape: tuple[Hashable, ...], *values: Value) -> int:
    """Return how many rows `build(*shape, *values)` has; give it a queryset of keys with a limit."""
    found = _fetched("SELECT count(*) FROM ({}) counted", build, shape, values)
    return int(found[0][0]) if found else 0


def tuples(build: Build, shape: tuple[Hashable, ...], *values: Value) -> list[tuple[Any, ...]]:
    """Return the rows of a queryset of plain columns (`values_list`)."""
    return _fetched("{}", build, shape, values)


def _fetched(form: str, build: Build, shape: tuple[Hashable, ...], values: Sequence[Value]) -> list[tuple[Any, ...]]:
    statement = _statement(build, shape, tuple(map(_kind, values)))
    if statement is None:
        return []
    with connection.cursor() as cursor:
        cursor.execute(Planned(form.replace("{}", statement.sql)), statement.filled(values))
        return cursor.fetchall()


@lru_cache(maxsize=MOST)
def _statement(build: Build, shape: tuple[Hashable, ...], kinds: tuple[type, ...]) -> _Statement | None:
    marks = [_mark(kind, place) for place, kind in enumerate(kinds)]
    queryset = build(*shape, *([mark] if isinstance(mark, int) else mark for mark in marks))
    compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
    try:
        sql, params = compiler.as_sql()
    except EmptyResultSet:
        return None
    places = tuple(marks.index(param) for param in params if param in marks)
    if set(places) != set(range(len(marks))):
        raise TypeError(f"{build.__name__} does not hand every value on to the statement as it is")
    converters = compiler.get_converters([column for column, *_ in compiler.select[: compiler.col_count]])
    compiler.connection = None  # each thread has its own
    lookups = tuple(queryset._prefetch_related_lookups)  # type: ignore[attr-defined]
    return _Statement(_with_constants(sql, params, marks), places, compiler, converters, lookups)


def _with_constants(sql: str, params: Sequence[Any], marks: Sequence[Mark]) -> Planned:
    """Return the statement with what never changes written into it, so that partial indexes see it; values stay open."""
    with connection.cursor() as cursor:
        text = cursor.mogrify(sql, [AsIs(OPEN) if param in marks else param for param in params]).decode()
    return Planned(text.replace("%", "%%").replace(OPEN, "%s"))


def _is_one(value: Value) -> TypeGuard[list[int]]:
    return isinstance(value, list) and len(value) == 1


def _kind(value: Value) -> type:
    """Return date, list or, for a list of one key, int: each gives a statement of its own."""
    return int if _is_one(value) else type(value)


def _mark(kind: type, place: int) -> Mark:
    """Return a value that no question has, by which its place is found again."""
    if kind is date:
        return date(3, 7, 11) + timedelta(days=place)
    number = -(10**15) - place
    return number if kind is int else [number, number]
