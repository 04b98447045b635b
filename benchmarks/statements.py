"""What an answer sends to the database, for the floor view to send again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from psycopg2.extensions import AsIs

from core.plans import Planned

# A whole text and None; or, of a statement whose plan is kept, its text with the literals of its values, in their order.
Statement = tuple[str, list[str] | None]
NUMBER = "@number@"  # where a noted call of checks had its own number


@contextmanager
def noted(statements: list[Statement]) -> Iterator[None]:
    """Collect what is sent to the database, in a form that can be sent again."""

    def note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        cursor = context["cursor"]
        if isinstance(sql, Planned):
            statements.append((str(sql), [cursor.mogrify("%s", [value]).decode() for value in params or ()]))
        else:
            whole = cursor.mogrify(sql, params) if params is not None else sql
            statements.append((whole.decode() if isinstance(whole, bytes) else whole, None))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield


def renumbered(statements: Iterable[Statement], old: str, new: str) -> list[Statement]:
    """Return the statements with another number in place of the one that a call was given."""
    return [
        (text.replace(old, new), None if values is None else [value.replace(old, new) for value in values])
        for text, values in statements
    ]


def send(cursor: Any, statement: Statement) -> None:
    """Send a noted statement again, by its kept plan if it was sent so."""
    text, literals = statement
    if literals is None:
        cursor.execute(text)
    else:
        cursor.execute(Planned(text), [AsIs(literal) for literal in literals])
