"""One database for the tests that commit, one after another: what a test did to it is undone before the next.

Making a copy of the template writes 2,700 files; finding and undoing what a test wrote takes a tenth of the time. Rows
are known by the transaction that wrote them, so nothing has to be announced. Where a test changed the schema, or where
the role may not switch triggers off, a new copy is made instead.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg2
from django.conf import settings
from psycopg2 import sql

from credit_platform.embedded.commands import configured
from credit_platform.embedded.places import SUPERUSER
from tests.support import databases

TABLES = """
SELECT relname FROM pg_class
 WHERE relkind = 'r' AND relpersistence = 'p' AND relnamespace = 'public'::regnamespace ORDER BY relname
"""
# Any change of the schema adds, replaces or removes a row of one of these.
CATALOGUES = ("pg_class", "pg_attribute", "pg_proc", "pg_trigger", "pg_constraint", "pg_index", "pg_attrdef")
OTHERS = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
LEAVE = f"SELECT pg_terminate_backend(pid, 10000) {OTHERS} AND backend_type = 'client backend'"


class Reused:
    """A copy of the template, and what it held when it was made."""

    def __init__(self) -> None:
        self.name = ""
        self.used = False

    def take(self) -> str:
        """Return the name of a database that is as the template is."""
        if self.used and not self._undone():
            self.drop()
        if not self.name:
            self.name = databases.clone()
            self._remember()
        self.used = True
        return self.name

    def drop(self) -> None:
        if self.name:
            databases.drop(self.name)
        self.name, self.used = "", False

    @contextmanager
    def _cursor(self) -> Iterator[Any]:
        """Give a cursor on the database, of a superuser where there is one; commits at the end."""
        default = settings.DATABASES["default"]
        embedded = not configured("DATABASE_URL")
        connection = psycopg2.connect(
            dbname=self.name,
            user=SUPERUSER if embedded else default["USER"],
            password=None if embedded else default["PASSWORD"],
            host=default.get("HOST") or None,
            port=default.get("PORT") or None,
        )
        try:
            with connection, connection.cursor() as cursor:
                yield cursor
        finally:
            connection.close()

    def _remember(self) -> None:
        """Note how many rows each table has, what they are, and where the numbers stand."""
        with self._cursor() as cursor:
            cursor.execute(TABLES)
            tables = [name for (name,) in cursor.fetchall()]
            cursor.execute(_union("SELECT {name}, count(*) FROM {table}", tables))
            self.counts = dict(cursor.fetchall())
            self.rows: dict[str, bytes] = {}
            for table in (name for name, count in self.counts.items() if count):
                copied = io.BytesIO()
                cursor.copy_expert(_in(cursor, "COPY {} TO STDOUT", table), copied)
                self.rows[table] = copied.getvalue()
            self.numbers = _numbers(cursor)
            self.schema = _schema(cursor)
            self._note_horizon(cursor)

    def _note_horizon(self, cursor: Any) -> None:
        """Note this transaction: what is written by later ones is a test's."""
        cursor.execute("SELECT pg_current_xact_id()::text::bigint & 4294967295")
        self.horizon = cursor.fetchone()[0]

    def _undone(self) -> bool:
        """Bring the database back; tell whether that could be done."""
        try:
            with self._cursor() as cursor:
                cursor.execute(LEAVE)
                if _schema(cursor) != self.schema:
                    return False
                cursor.execute("SET session_replication_role = replica")  # no trigger, no foreign key
                for table in self._changed(cursor):
                    cursor.execute(_in(cursor, "DELETE FROM {}", table))
                    if table in self.rows:
                        cursor.copy_expert(_in(cursor, "COPY {} FROM STDIN", table), io.BytesIO(self.rows[table]))
                for sequence, (last, begun) in _numbers(cursor).items():
                    if (last, begun) != self.numbers[sequence]:
                        cursor.execute("SELECT setval(%s, %s, %s)", [sequence, *self.numbers[sequence]])
                self._note_horizon(cursor)
        except psycopg2.Error:
            return False
        return True

    def _changed(self, cursor: Any) -> list[str]:
        """Return the tables in which a row was written or from which one is gone."""
        empty = [name for name, count in self.counts.items() if not count]
        cursor.execute(_union("SELECT {name} WHERE EXISTS (SELECT 1 FROM {table})", empty))
        found = [name for (name,) in cursor.fetchall()]
        written = f"count(*) FILTER (WHERE xmin::text::bigint > {int(self.horizon)})"
        cursor.execute(_union(f"SELECT {{name}}, count(*), {written} FROM {{table}}", list(self.rows)))
        return found + [name for name, count, new in cursor.fetchall() if new or count != self.counts[name]]


def _in(cursor: Any, statement: str, table: str) -> str:
    return sql.SQL(statement).format(sql.Identifier(table)).as_string(cursor)


def _union(query: str, tables: list[str]) -> sql.Composable:
    """Return one query that asks the same of every table."""
    return sql.SQL(" UNION ALL ").join(
        sql.SQL(query).format(name=sql.Literal(table), table=sql.Identifier(table)) for table in tables
    )


def _numbers(cursor: Any) -> dict[str, tuple[int, bool]]:
    """Return where each sequence stands, as setval takes it."""
    cursor.execute(
        "SELECT quote_ident(sequencename), coalesce(last_value, start_value), last_value IS NOT NULL FROM pg_sequences"
        " WHERE schemaname = 'public'"
    )
    return {name: (value, begun) for name, value, begun in cursor.fetchall()}


def _schema(cursor: Any) -> list[tuple[Any, ...]]:
    """Return what differs after any change of the schema."""
    cursor.execute(
        " UNION ALL ".join(f"SELECT '{name}', count(*), max(xmin::text::bigint) FROM {name}" for name in CATALOGUES)
        + " ORDER BY 1"
    )
    found: list[tuple[Any, ...]] = cursor.fetchall()
    return found
