"""Worker: the plain list and the list in two times. Returns milliseconds and numbers of rows."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from benchmarks.figures import repeated
from benchmarks.listings import DAY
from core import clock
from core.history import known_sql
from sanctions.asof import COLUMNS, LISTING_TABLE, list_on
from sanctions.models import Listing

STATES = ("in_force", "paused")
FIELDS = [name.strip() for name in COLUMNS.split(",")]
TIMES = 7


def main() -> dict[str, Any]:
    now = clock.end_of(DAY)
    half_a_year_ago = clock.end_of(DAY - timedelta(days=183))
    lists = {
        "plain": lambda: list(
            Listing.objects.with_state_on(DAY)
            .filter(state_on__in=STATES)
            .order_by("pk")
            .values_list(*FIELDS, "state_on")
        ),
        "now": lambda: list(list_on(DAY, now, states=STATES)),
        "then": lambda: list(list_on(DAY - timedelta(days=365), half_a_year_ago, states=STATES)),
    }
    found: dict[str, Any] = {name: repeated(act, TIMES) for name, act in lists.items()}
    found["rows"] = {name: len(act()) for name, act in lists.items()}
    assert found["rows"]["plain"] == found["rows"]["now"], "the list known now is the plain list"
    found["subject"] = repeated(lambda: one_subject(now), TIMES)
    return found


def one_subject(at: datetime) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(known_sql(LISTING_TABLE, COLUMNS, "subject_id = 7"), {"at": at})
        return list(cursor.fetchall())
