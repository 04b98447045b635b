"""Gapless numbers for legal documents."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import connection

NEXT = """
INSERT INTO core_counter (series, unit_key, year, last) VALUES (%s, %s, %s, 1)
ON CONFLICT (series, unit_key, year) DO UPDATE SET last = core_counter.last + 1 RETURNING last
"""


NEXT_MANY = "SELECT unit_key, first, last FROM core_next_numbers(%s, %s, %s::text[], %s::int[])"


def next_number(series: str, unit_key: str, year: int) -> int:
    """Return the next number of the series; a rolled-back act gives its number back, so none is ever missing.

    Holds the counter's row until the transaction ends: call it last (design §3, Numbers).
    """
    with connection.cursor() as cursor:
        cursor.execute(NEXT, [series, unit_key, year])
        return int(cursor.fetchone()[0])


def next_numbers(series: str, wanted: Mapping[str, int], year: int) -> dict[str, range]:
    """Return for each unit as many next numbers as it wants, in one statement; as `next_number` otherwise."""
    with connection.cursor() as cursor:
        cursor.execute(NEXT_MANY, [series, year, list(wanted), list(wanted.values())])
        return {key: range(first, last + 1) for key, first, last in cursor.fetchall()}
