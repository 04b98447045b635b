"""Listings with tasks at several units on a city of legal entities, made past every trigger: only their reading counts."""

from __future__ import annotations

from datetime import date

from benchmarks import stage

PATIENCE = 3_600
# One issued decision stands behind all of them. Every listing has the measures of one entry at four units; one in forty
# stands still, one in ten is over. UNIT, who will ask, has a task of every second listing.
FILL = """
SET session_replication_role = replica;
CREATE TEMP TABLE entities AS SELECT id, row_number() OVER (ORDER BY id) AS place FROM subjects_subject;
CREATE UNIQUE INDEX ON entities (place);
CREATE TEMP TABLE cells AS
    SELECT cell.revision_id, cell.measure_id, cell.unit_id, prescribed.content,
           row_number() OVER (ORDER BY (unit.code = '{unit}') DESC, measure.code, unit.code) AS place
      FROM catalog_revisionmeasureunit cell
      JOIN catalog_entryrevision revision ON revision.id = cell.revision_id AND revision.state = 'published'
      JOIN catalog_entry entry ON entry.id = revision.entry_id AND entry.code = '{entry}'
      JOIN catalog_measure measure ON measure.id = cell.measure_id
      JOIN catalog_revisionmeasure prescribed USING (revision_id, measure_id)
      JOIN organizations_organization unit ON unit.id = cell.unit_id;
INSERT INTO sanctions_determination (id, public_id, case_id, lead_unit_id, meeting_id, years, months, days, permanent,
    until_performed, period_source, period_reason, measure_months, cause, basis, measures_hint, exit_terms, remedies,
    number, number_year, official_number, decided_on, issued_on, decided_by_key, issued_by_key)
SELECT 1, '0BENCH0DECISI0N0', 1, min(id), 1, 3, 0, 0, false, false, 'catalogue', '', '{{}}', '拖欠工资', '《保障农民工工资支付条例》',
       '', '', '不服本决定的，可先向作出认定的单位提出书面异议', 1, 2025, '广信组〔2025〕1号', '{start}', '{start}', 'a', 'b'
  FROM organizations_organization;
INSERT INTO sanctions_listing (id, public_id, case_subject_id, determination_id, subject_id, revision_id, polarity,
    governed_by, state, served_on, starts_on, original_ends_on, ends_on)
SELECT n, 'L' || upper(lpad(to_hex(n), 15, '0')), n, 1, entity.id, (SELECT min(revision_id) FROM cells), 'discipline', 'city',
       'issued', date '{start}' - (n % 300)::int, date '{start}' - (n % 300)::int, end_day.day,
       CASE WHEN n % 40 = 7 THEN NULL ELSE end_day.day END
  FROM generate_series(1, {size}) AS n
  JOIN entities entity ON entity.place = 1 + (n * 7919::bigint) % {entities}
  CROSS JOIN LATERAL (SELECT CASE WHEN n % 10 = 0 THEN date '{today}' - 1 ELSE date '{today}' + (n % 700)::int END AS day)
    AS end_day;
INSERT INTO sanctions_listingpause (listing_id, cause, ref, from_on, to_on)
SELECT id, 'objection', 'A', date '{today}' - 5, NULL FROM sanctions_listing WHERE id % 40 = 7;
INSERT INTO sanctions_executiontask (public_id, listing_id, revision_id, measure_id, named_unit_id, unit_id, content, duty,
    state, assigned_on, starts_on, ends_on, follows_listing, stops_on_pause, ends_on_repair)
SELECT 'T' || upper(lpad(to_hex(listing.id * 8 + cell.place), 15, '0')), listing.id, cell.revision_id, cell.measure_id,
       cell.unit_id, cell.unit_id, cell.content, 'duty', 'acknowledged', listing.starts_on, listing.starts_on,
       listing.ends_on, true, true, true
  FROM sanctions_listing listing
  JOIN cells cell ON cell.place BETWEEN 1 + listing.id % 2 AND 4 + listing.id % 2;
INSERT INTO sanctions_externallisting (public_id, register_id, source, source_number, list_name, subject_id, reported_name,
    basis, listed_on, received_on)
SELECT 'E' || upper(lpad(to_hex(n), 15, '0')), source.id, source.name, 'N' || n, source.list_name, entity.id, '', '', '{start}',
       '{today}'
  FROM sanctions_externalsource source, generate_series(1, {size} / 4) AS n
  JOIN entities entity ON entity.place = 1 + (n * 104729::bigint) % {entities}
 WHERE source.list_code = 'enforcement';
SELECT setval(pg_get_serial_sequence('sanctions_listing', 'id'), {size});
"""
ENTRY, UNIT = "CJ-003", "zjj"


def fill(database: str, size: int, entities: int, today: date) -> None:
    """Give the database `size` listings, each with four tasks, and a quarter as many entries of another's list."""
    values = {"size": size, "entities": entities, "today": today.isoformat(), "start": "2025-06-01"}
    stage.server().execute(FILL.format(entry=ENTRY, unit=UNIT, **values), database, timeout=PATIENCE)
    stage.server().execute("VACUUM ANALYZE", database, timeout=PATIENCE)
