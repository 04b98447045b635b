"""Questions that are put together once: what Django makes of a queryset is kept and asked again with other values.

Hot pages ask the same few questions all day, and putting one together takes Django longer than PostgreSQL takes to
answer it. The queryset stays the only place where the question is written; nothing of an answer is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models import BigAutoField, ForeignKey, Lookup, QuerySet, prefetch_related_objects
from django.db.models.query import ModelIterable
from django.db.models.sql.compiler import SQLCompiler

Value = date | list[int]
Build = Callable[..., "QuerySet[Any]"]
MOST = 256


@BigAutoField.register_lookup
@ForeignKey.register_lookup
class Among(Lookup):
    """`key__among=[…]`: one value however many keys there are, where `in` would be another statement for each number."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        left, params = self.process_lhs(compiler, connection)
        return f"{left} = ANY(%s)", [*params, list(self.rhs)]


@dataclass(frozen=True, slots=True)
class _Statement:
    """A statement with the places of its values: (True, which value) or (False, what stands there always)."""

    sql: str
    places: tuple[tuple[bool, Any], ...]
    compiler: SQLCompiler
    prefetch: tuple[Any, ...]

    def filled(self, values: Sequence[Value]) -> tuple[Any, ...]:
        return tuple(values[place] if given else place for given, place in self.places)


def rows(build: Build, shape: tuple[Hashable, ...], *values: Value) -> list[Any]:
    """Return the rows of `build(*shape, *values)`, as that queryset itself would.

    `build` may look at `shape`, and must only hand `values` (days, lists of keys) on: it is called with others.
    """
    statement = _statement(build, shape, tuple(map(type, values)))
    if statement is None:
        return []
    compiler = copy(statement.compiler)
    compiler.connection = connections[DEFAULT_DB_ALIAS]
    filled = statement.filled(values)
    compiler.as_sql = lambda *_args, **_kwargs: (statement.sql, filled)  # type: ignore[method-assign]
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
    statement = _statement(build, shape, tuple(map(type, values)))
    if statement is None:
        return []
    with connection.cursor() as cursor:
        cursor.execute(form.replace("{}", statement.sql), statement.filled(values))
        return cursor.fetchall()


@lru_cache(maxsize=MOST)
def _statement(build: Build, shape: tuple[Hashable, ...], kinds: tuple[type, ...]) -> _Statement | None:
    marks = [_mark(kind, place) for place, kind in enumerate(kinds)]
    queryset = build(*shape, *marks)
    compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
    try:
        sql, params = compiler.as_sql()
    except EmptyResultSet:
        return None
    places = tuple((True, marks.index(param)) if param in marks else (False, param) for param in params)
    if {place for given, place in places if given} != set(range(len(marks))):
        raise TypeError(f"{build.__name__} does not hand every value on to the statement as it is")
    compiler.connection = None  # each thread has its own
    return _Statement(sql, places, compiler, tuple(queryset._prefetch_related_lookups))  # type: ignore[attr-defined]


def _mark(kind: type, place: int) -> Value:
    """Return a value that no question has, by which its place is found again."""
    return [-(10**15) - place] if kind is list else date(3, 7, 11) + timedelta(days=place)
