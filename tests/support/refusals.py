"""How tests ask for a refusal: by a service, with its code and who can mend it, and by the database, by its SQLSTATE."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from core.actors import Actor, acting
from core.problems import Refused

ANYBODY = Actor.job("test.sql")


def refused(code: str, act: Callable[..., Any], **call: Any) -> Refused:
    """Call the act, which must be refused with this code among its violations, each saying what and by whom mended."""
    with pytest.raises(Refused) as caught:
        act(**call)
    problem = caught.value
    assert code in [violation.code for violation in problem.errors], problem.as_dict()
    assert problem.detail
    assert problem.remedy, problem.as_dict()
    return problem


def sql(statement: str, values: Sequence[Any] = ()) -> list[Any]:
    """Run raw SQL as a named actor, as somebody at the psql prompt could."""
    with acting(ANYBODY, "test.sql", reason="直接写库"), connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


@contextmanager
def database_refuses(*codes: str) -> Iterator[None]:
    """The block is refused by the database with one of these SQLSTATEs or constraint names."""
    with pytest.raises(DatabaseError) as caught, transaction.atomic():
        yield
    cause = caught.value.__cause__ or caught.value
    diagnosis = getattr(cause, "diag", None)
    told = {str(getattr(cause, "pgcode", "")), str(getattr(diagnosis, "constraint_name", ""))}
    assert told & set(codes), (told, str(cause))


def copied(table: str, key: int, **changes: Any) -> None:
    """INSERT … SELECT a row of a table with some columns changed; public_id and id are made anew where there are any."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped",
            [table],
        )
        columns = [name for (name,) in cursor.fetchall() if name != "id"]
    if "public_id" in columns:
        changes.setdefault("public_id", "0TEST0COPY0000Q0")
    chosen = [("%s" if name in changes else f'"{name}"') for name in columns]
    values = [changes[name] for name in columns if name in changes]
    names = ", ".join(f'"{name}"' for name in columns)
    sql(f'INSERT INTO "{table}" ({names}) SELECT {", ".join(chosen)} FROM "{table}" WHERE id = %s', [*values, key])


def _counts() -> dict[str, int]:
    """Return how many rows every table has; not those of officers, whom the factories make on first use."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
            " AND relname ~ '^(core|catalog|subjects|sanctions|publicity|repair|objections)_' ORDER BY relname"
        )
        tables = [name for (name,) in cursor.fetchall()]
        cursor.execute(" UNION ALL ".join(f"SELECT '{name}', count(*) FROM \"{name}\"" for name in tables))
        return dict(cursor.fetchall())


@contextmanager
def nothing_written() -> Iterator[None]:
    """No table, history, record of acts or event is longer or shorter after the block than before."""
    before = _counts()
    yield
    after = _counts()
    assert after == before, {name: after[name] - before[name] for name in after if after[name] != before[name]}
