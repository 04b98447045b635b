"""Public documents as lines of JSON that the database writes; texts with a personal number in them are masked here.

One statement serves feed and snapshot, so that both say the same. The pattern in SQL is wider than what a personal
number is: it only picks the lines that the one masking function looks at.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import F, QuerySet

from core.masking import mask_text

# Seven digits, with at most one mark between two: every personal number that `core.masking` knows holds them.
SUSPECT = "[0-9\uff10-\uff19]([ \u3000\u00b7\u200b\u2010-\u2015\uff0d-]?[0-9\uff10-\uff19]){6}"
FLAG = "!"  # before a line whose texts are to be masked


@dataclass(frozen=True, slots=True)
class Statement:
    """A SELECT of (id, line) with its parameters, and the members of each document that are masked."""

    sql: str
    params: tuple[Any, ...]
    masked: tuple[str, ...] = ()

    def written(self, line: str | bytes) -> str | bytes:
        """Return the line as it leaves: masked where it was flagged."""
        if line[:1] not in (FLAG, FLAG.encode()):
            return line
        plain = masked(line[1:], self.masked)
        return plain if isinstance(line, str) else plain.encode()

    def by_id(self) -> dict[str, str]:
        """Return every document's line by the public id of its record."""
        with connection.cursor() as cursor:
            cursor.execute(self.sql, self.params)
            return {key: str(self.written(line)) for key, line in cursor.fetchall()}


def masked(line: str | bytes, members: Iterable[str]) -> str:
    """Return the document with personal numbers in these members masked."""
    document = json.loads(line)
    for name in members:
        if document[name]:
            document[name] = mask_text(document[name])
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def statement(rows: QuerySet[Any], columns: Mapping[str, Any], mask: Sequence[str] = ()) -> Statement:
    """Return the statement that writes each row as its document: member by member from fields or expressions."""
    named = {f"d_{name}": F(source) if isinstance(source, str) else source for name, source in columns.items()}
    seen, params = rows.order_by().values(**named).query.sql_with_params()
    members = ", ".join(f'seen.d_{name} AS "{name}"' for name in columns)
    line = "row_to_json(doc)::text"
    if mask:
        texts = ", ".join(f'doc."{name}"' for name in mask)
        line = f"CASE WHEN concat_ws(' ', {texts}) ~ %s THEN '{FLAG}' ELSE '' END || {line}"
        params = (SUSPECT, *params)
    return Statement(
        f"SELECT doc.id, {line} AS line FROM (SELECT {members} FROM ({seen}) seen) doc", params, tuple(mask)
    )
