"""What a check is worth: how far the events of the house are in it, and how old the lists of others are.

The words about the sources are made anew only when a source, an entry, a rule or the day has changed; the newest rows of
their histories are compared on every call, so that a source that stands still is never told as fresh.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django.db import connection

from core.text import zh_day
from organizations.enums import ENDING_SUCCESSIONS
from sanctions.consulting import Consulted, sources_consulted

KINDS = sorted(ENDING_SUCCESSIONS)
OWN = "信用广元（本平台）"
STANDING_SQL = """
SELECT coalesce((SELECT max(position) FROM core_outboxposition), 0),
       (SELECT max(history_id) FROM sanctions_historicalexternalsource),
       (SELECT max(history_id) FROM sanctions_historicalexternallisting),
       (SELECT max(history_id) FROM sanctions_historicalexternalrule),
       (SELECT code FROM organizations_organization WHERE id = %(unit)s),
       (WITH RECURSIVE carried (id) AS (
            SELECT %(unit)s::bigint
             UNION SELECT past.predecessor_id FROM organizations_succession past
               JOIN carried ON carried.id = past.successor_id
              WHERE past.kind = ANY(%(kinds)s) AND past."on" <= %(day)s)
        SELECT array_agg(id) FROM carried)
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """The position of the feed up to which events are in the answer, who asks, and the sources consulted.

    unit: the code of the unit that asks; units: it and those whose duties it carries on the day.
    """

    position: int
    unit: str
    units: tuple[int, ...]
    sources: tuple[dict[str, Any], ...]

    @property
    def stale(self) -> list[str]:
        """Return the names of the lists that are old, or were never received."""
        return [source["list_name"] for source in self.sources if source["stale"]]


def standing_on(day: date, unit: int) -> Standing:
    """Return what an answer given to this unit now is worth; one statement while no source has changed."""
    with connection.cursor() as cursor:
        cursor.execute(STANDING_SQL, {"unit": unit, "kinds": KINDS, "day": day})
        position, *mark, code, units = cursor.fetchone()
    return Standing(position, code, tuple(units), _sources(connection.settings_dict["NAME"], day, *mark))


@lru_cache(maxsize=8)
def _sources(database: str, day: date, *marks: int | None) -> tuple[dict[str, Any], ...]:
    own = {
        "source": OWN,
        "list_name": "联合奖惩名单、实施任务",
        "received_on": day.isoformat(),
        "age_days": 0,
        "stale": False,
        "words": f"{OWN}：截至{zh_day(day)}核查之时",
    }
    return (own, *(_source(row) for row in sources_consulted(day)))


def _source(row: Consulted) -> dict[str, Any]:
    return {
        "source": row.source,
        "list_name": row.list_name,
        "received_on": row.received_on.isoformat() if row.received_on else None,
        "age_days": row.age_days,
        "stale": row.is_stale,
        "words": row.words,
    }
