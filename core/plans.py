"""Statements whose plan the connection keeps: PostgreSQL plans them once, and afterwards only answers.

A hot page asks the same few questions of single rows all day; planning such a statement takes PostgreSQL three times as
long as running it. `Planned` marks its text, and the cursor of our connections turns it into PREPARE, once for each
connection, and EXECUTE. Everything above the cursor (counts, logs, time-outs) sees the statement itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

from psycopg2 import errors
from psycopg2.extensions import connection as Connection
from psycopg2.extensions import cursor as PlainCursor


class Planned(str):
    """The text of a statement that is planned once, with `%s` where its values stand.

    Each place must be of one type that the statement itself tells (a column beside it, or a cast). The texts should be
    few: each is kept by every connection for as long as it lives.
    """

    __slots__ = ()


MOST = 256  # texts in the life of a process; what comes after is planned each time
_names: dict[str, str] = {}
_lock = Lock()
_held: WeakKeyDictionary[Connection, set[str]] = WeakKeyDictionary()


def _name(text: str) -> str | None:
    """Return the name under which connections keep this text; None where there are too many already."""
    found = _names.get(text)
    if found is None:
        with _lock:
            if len(_names) < MOST:
                found = _names.setdefault(text, f"kept_{len(_names) + 1}")
    return found


class PlanKeepingCursor(PlainCursor):
    """A cursor that executes `Planned` statements by the plan that its connection keeps, and all others as ever."""

    def execute(self, query: Any, vars: Any = None) -> None:
        name = _name(query) if isinstance(query, Planned) else None
        if name is None:
            super().execute(query, vars)
        else:
            self._by_plan(name, query, vars or ())

    def _by_plan(self, name: str, text: Planned, values: Sequence[Any]) -> None:
        try:
            self._executed(name, text, values)
        except (errors.InvalidSqlStatementName, errors.FeatureNotSupported):
            # Somebody discarded the plans, or a table was altered. Inside a transaction only its end mends that.
            _held.pop(self.connection, None)
            if not self.connection.autocommit:
                raise
            self._executed(name, text, values)

    def _executed(self, name: str, text: Planned, values: Sequence[Any]) -> None:
        held = _held.get(self.connection)
        if held is None:
            super().execute("DEALLOCATE ALL")
            held = _held[self.connection] = set()
        if name not in held:
            numbered = text % tuple(f"${place}" for place in range(1, len(values) + 1))
            super().execute(f"PREPARE {name} AS {numbered}")
            held.add(name)
        places = ", ".join(["%s"] * len(values))
        super().execute(f"EXECUTE {name} ({places})" if values else f"EXECUTE {name}", values)


def keep_plans(connection: Any, **_signal: Any) -> None:
    """Let the cursors of a connection that was just made keep plans; received from `connection_created`."""
    connection.connection.cursor_factory = PlanKeepingCursor
