"""Databases full of listings with pauses, made by the cluster's owner past every trigger: only their reading is measured."""

from __future__ import annotations

from datetime import date

from benchmarks import stage

DAY = date(2026, 11, 23)
# Of ten listings one ends the day before DAY; three stood still for twenty days, some of them twice, one in two
# hundred is standing still, one in a thousand was repaired and given back.
LISTINGS = """
SET session_replication_role = replica;
INSERT INTO sanctions_listing (id, public_id, case_subject_id, determination_id, subject_id, revision_id, polarity,
    governed_by, state, served_on, starts_on, original_ends_on)
SELECT n, upper(lpad(to_hex(n), 16, '0')), n, 1, 1 + n %% (%(size)s / 2), 1, 'discipline', 'city', 'issued',
       date '%(day)s' - 500 - (n %% 300)::int, date '%(day)s' - 500 - (n %% 300)::int,
       CASE WHEN n %% 10 = 0 THEN date '%(day)s' - 1 - CASE WHEN n %% 100 < 30 THEN 20 ELSE 0 END
            ELSE date '%(day)s' + (n %% 700)::int END
  FROM generate_series(1, %(size)s) AS n;
INSERT INTO sanctions_listingpause (listing_id, cause, ref, from_on, to_on)
SELECT id, 'objection', 'A', starts_on + 10, starts_on + 30 FROM sanctions_listing WHERE id %% 100 < 30;
INSERT INTO sanctions_listingpause (listing_id, cause, ref, from_on, to_on)
SELECT id, 'complaint', 'B', starts_on + 25, starts_on + 30 FROM sanctions_listing WHERE id %% 100 < 5;
INSERT INTO sanctions_listingpause (listing_id, cause, ref, from_on, to_on)
SELECT id, 'court', 'C', date '%(day)s' - 40, NULL FROM sanctions_listing WHERE id %% 200 = 77;
INSERT INTO sanctions_listingpause (listing_id, cause, ref, from_on, to_on)
SELECT id, 'lapse', '', starts_on + 40, starts_on + 50 FROM sanctions_listing WHERE id %% 1000 = 555;
UPDATE sanctions_listing SET ends_on = core_period_ends_on(starts_on, original_ends_on,
    (SELECT range_agg(daterange(from_on, to_on)) FROM sanctions_listingpause p
      WHERE p.listing_id = sanctions_listing.id AND cause <> 'lapse'),
    (SELECT range_agg(daterange(from_on, to_on)) FROM sanctions_listingpause p
      WHERE p.listing_id = sanctions_listing.id AND cause = 'lapse'), over_from, revoked_from);
"""
# What the triggers would have kept: the listing as issued, its end after each pause, each pause opened and closed.
HISTORY = """
SET session_replication_role = replica;
INSERT INTO sanctions_historicallisting (id, public_id, case_subject_id, determination_id, subject_id, revision_id,
    polarity, governed_by, state, served_on, starts_on, original_ends_on, ends_on, history_date, history_type,
    history_act)
SELECT id, public_id, case_subject_id, determination_id, subject_id, revision_id, polarity, governed_by, state,
       served_on, starts_on, original_ends_on, original_ends_on, starts_on, '+', 'determination.serve'
  FROM sanctions_listing;
INSERT INTO sanctions_historicallistingpause (id, listing_id, cause, ref, from_on, to_on, history_date, history_type,
    history_act)
SELECT id, listing_id, cause, ref, from_on, NULL, from_on, '+', 'objection.accept' FROM sanctions_listingpause;
INSERT INTO sanctions_historicallistingpause (id, listing_id, cause, ref, from_on, to_on, history_date, history_type,
    history_act)
SELECT id, listing_id, cause, ref, from_on, to_on, to_on, '~', 'objection.answer' FROM sanctions_listingpause
 WHERE to_on IS NOT NULL;
INSERT INTO sanctions_historicallisting (id, public_id, case_subject_id, determination_id, subject_id, revision_id,
    polarity, governed_by, state, served_on, starts_on, original_ends_on, ends_on, history_date, history_type,
    history_act)
SELECT listing.id, public_id, case_subject_id, determination_id, subject_id, revision_id, polarity, governed_by, state,
       served_on, starts_on, original_ends_on, CASE WHEN pause.history_type = '~' THEN ends_on END,
       pause.history_date, '~', pause.history_act
  FROM sanctions_listing listing JOIN sanctions_historicallistingpause pause ON pause.listing_id = listing.id
 ORDER BY pause.history_date, pause.history_id;
"""
SETTLE = "VACUUM ANALYZE"
PATIENCE = 3_600  # seconds: a busy machine makes the same million


def build(database: str, size: int, *, history: bool = False) -> None:
    """Make the database: migrated, with `size` listings, a tenth of which end the day before DAY."""
    stage.create(database)
    values = {"size": size, "day": DAY.isoformat()}
    server = stage.server()
    server.execute(LISTINGS % values, database, timeout=PATIENCE)
    if history:
        server.execute(HISTORY, database, timeout=PATIENCE)
    server.execute(
        "SELECT setval(pg_get_serial_sequence('sanctions_listing', 'id'), max(id)) FROM sanctions_listing", database
    )
    server.execute(SETTLE, database, timeout=PATIENCE)
