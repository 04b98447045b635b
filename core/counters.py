"""Gapless numbers for legal documents."""

from __future__ import annotations

from django.db import connection

NEXT = """
INSERT INTO core_counter (series, unit_key, year, last) VALUES (%s, %s, %s, 1)
ON CONFLICT (series, unit_key, year) DO UPDATE SET last = core_counter.last + 1 RETURNING last
"""


def next_number(series: str, unit_key: str, year: int) -> int:
    """Return the next number of the series; a rolled-back act gives its number back, so none is ever missing.

    Holds the counter's row until the transaction ends: call it last (design §3, Numbers).
    """
    with connection.cursor() as cursor:
        cursor.execute(NEXT, [series, unit_key, year])
        return int(cursor.fetchone()[0])
