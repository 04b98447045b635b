"""History in two times: what was in force on a day, as the system knew it at an instant.

The day is a legal one and answered by the measure clock; the instant is when rows were written, answered by the history
that the database itself keeps (core.history). Both are set-based: a list of a hundred thousand is one statement.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from core.history import known_sql, unfinished_sql
from core.periods import STATE_LABELS, PeriodState
from sanctions.models import Listing
from subjects.models import Subject
from subjects.selectors import family

COLUMNS = (
    "id, public_id, subject_id, revision_id, polarity, state, starts_on, original_ends_on, ends_on, over_from,"
    " revoked_from, delisted_on, tacit_from"
)
ASOF_SQL = """
WITH known AS MATERIALIZED ({listings}),
spans AS (
    SELECT listing_id, range_agg(daterange(from_on, to_on)) FILTER (WHERE cause <> 'lapse') AS pauses,
           range_agg(daterange(from_on, to_on)) FILTER (WHERE cause = 'lapse') AS lapses
      FROM ({pauses}) held GROUP BY listing_id
),
answered AS (
    SELECT known.*, core_period_state(
               %(day)s, known.starts_on, known.original_ends_on,
               CASE WHEN known.tacit_from IS NULL THEN spans.pauses
                    ELSE coalesce(spans.pauses, datemultirange())
                         + datemultirange(daterange(known.tacit_from, NULL)) END,
               spans.lapses, known.over_from, known.revoked_from) AS state_on
      FROM known LEFT JOIN spans ON spans.listing_id = known.id
)
SELECT {columns}, state_on FROM answered WHERE {wanted} ORDER BY id LIMIT %(limit)s
"""
LISTING_TABLE, PAUSE_TABLE = "sanctions_historicallisting", "sanctions_historicallistingpause"
PAUSE_COLUMNS = "id, listing_id, from_on, to_on, cause"
BATCH = 5_000


@dataclass(frozen=True, slots=True)
class KnownListing:
    """A listing as it was known: its dates as they stood written then, and its state on the day by them.

    state: the last act known; state_on: pending, in_force, paused, ended or revoked on the day; tacit_from: the day from
    which silence about a waiting objection pauses it (ADR 0024).
    """

    id: int
    public_id: str
    subject_id: int
    revision_id: int
    polarity: str
    state: str
    starts_on: date
    original_ends_on: date | None
    ends_on: date | None
    over_from: date | None
    revoked_from: date | None
    delisted_on: date | None
    tacit_from: date | None
    state_on: str

    @property
    def label(self) -> str:
        return STATE_LABELS[PeriodState(self.state_on)]


def listing_on(listing: Listing, day: date, at: datetime) -> KnownListing | None:
    """Return what was known at `at` of the listing on `day`; None where the system did not know of it yet."""
    return next(_answers(day, at, "id = %(listing)s", "listing_id = %(listing)s", listing=listing.pk), None)


def subject_on(subject: Subject, day: date, at: datetime) -> list[KnownListing]:
    """Return what was known at `at` of every listing, on `day`, of the subject and the duplicates folded into it."""
    pauses = f"listing_id IN (SELECT id FROM {LISTING_TABLE} WHERE subject_id = ANY(%(subjects)s))"
    return list(_answers(day, at, "subject_id = ANY(%(subjects)s)", pauses, subjects=list(family(subject))))


def list_on(
    day: date,
    at: datetime,
    *,
    polarity: str | None = None,
    states: Iterable[str] = ("in_force", "paused"),
    after: int = 0,
    limit: int | None = None,
) -> Iterator[KnownListing]:
    """Give the list of `day` as it was known at `at`, by key: one statement, rows fetched from the database in batches.

    after, limit: one page of it, the rows after a key; a page looks at no row before it.
    """
    among = "polarity = %(polarity)s" if polarity else "true"  # never changes, so it keeps whole rows
    facts = {"polarity": polarity, "states": [str(state) for state in states], "after": after, "limit": limit}
    return _answers(
        day, at, f"{among} AND id > %(after)s", "listing_id > %(after)s", "state_on = ANY(%(states)s)", **facts
    )


def _answers(
    day: date, at: datetime, among: str, pauses: str, wanted: str = "true", **facts: Any
) -> Iterator[KnownListing]:
    unfinished = unfinished_sql((LISTING_TABLE, among), (PAUSE_TABLE, pauses))
    statement = ASOF_SQL.format(
        listings=known_sql(LISTING_TABLE, COLUMNS, among, unfinished),
        pauses=known_sql(PAUSE_TABLE, PAUSE_COLUMNS, pauses, unfinished),
        columns=COLUMNS,
        wanted=wanted,
    )
    with connection.chunked_cursor() as cursor:  # the rows stay with the database until they are asked for
        cursor.execute(statement, {"limit": None, **facts, "day": day, "at": at})
        while rows := cursor.fetchmany(BATCH):
            yield from (KnownListing(*row) for row in rows)


def knowledge_of(listing: Listing) -> list[dict[str, Any]]:
    """Return the instants at which what is known of the listing's dates changed, oldest first, with the act and why."""
    rows = sorted(
        [*listing.history.all(), *_pause_history(listing)], key=lambda row: (row.history_date, row.history_id)
    )
    acts = {row.history_begun or row: row for row in rows}  # an act is known with the last of its rows
    return [
        {
            "at": row.history_date,
            "act": row.history_act,
            "on": row.history_on,
            "actor": (row.history_actor or {}).get("label", ""),
            "reason": row.history_change_reason or "",
        }
        for row in acts.values()
    ]


def _pause_history(listing: Listing) -> list[Any]:
    model: Any = listing.pauses.model
    return list(model.history.filter(listing_id=listing.pk))
