"""What an answer sends to the database, for the floor view to send again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection


@contextmanager
def noted(statements: list[tuple[str, None]]) -> Iterator[None]:
    """Collect what is sent to the database, as whole texts."""

    def note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        text = context["cursor"].mogrify(sql, params) if params is not None else sql
        statements.append((text.decode() if isinstance(text, bytes) else text, None))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield
