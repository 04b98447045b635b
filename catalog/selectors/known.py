"""The catalogue in two times: which revisions were in force on a day, as the system knew it at an instant."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import connection

from catalog.guards import FROZEN, WEAK
from core.history import known_sql

# The conditions of catalog_revision_in_force and catalog_revision_carried, over the rows as they were known.
KNOWN_SQL = f"""
WITH revisions AS ({
    known_sql(
        "catalog_historicalentryrevision",
        "id, entry_id, number, title, state, activated_on, effective_from, effective_to",
    )
}), citations AS ({known_sql("catalog_historicalrevisioncitation", "id, revision_id, article_id, needs_check")}),
articles AS ({known_sql("catalog_historicalarticle", "id, instrument_id, valid_from, valid_to")}),
instruments AS ({known_sql("catalog_historicallegalinstrument", "id, kind, effective_from, effective_to")}),
entries AS ({known_sql("catalog_historicalentry", "id, code, polarity")})
SELECT entries.code, revisions.number, revisions.title, revisions.id
  FROM revisions JOIN entries ON entries.id = revisions.entry_id
 WHERE revisions.state IN ({FROZEN}) AND revisions.activated_on IS NOT NULL AND revisions.effective_from <= %(day)s
   AND (revisions.effective_to IS NULL OR revisions.effective_to >= %(day)s)
   AND EXISTS (
        SELECT 1 FROM citations
          JOIN articles ON articles.id = citations.article_id
          JOIN instruments ON instruments.id = articles.instrument_id
         WHERE citations.revision_id = revisions.id AND NOT citations.needs_check
           AND (entries.polarity = 'incentive' OR instruments.kind NOT IN ({WEAK}))
           AND coalesce(articles.valid_from, instruments.effective_from) <= %(day)s
           AND coalesce(least(articles.valid_to, instruments.effective_to), %(day)s) >= %(day)s)
 ORDER BY entries.code
"""


def catalogue_on(day: date, at: datetime) -> list[dict[str, Any]]:
    """Return the revisions in force on `day` as known at `at`, by entry code; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(KNOWN_SQL, {"day": day, "at": at})
        return [
            {"entry": code, "number": number, "title": title, "id": key}
            for code, number, title, key in cursor.fetchall()
        ]
