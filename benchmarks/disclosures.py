"""Licences and penalties by the million on a city of legal entities, made by the cluster's owner past every trigger:
only their reading is measured.
"""

from __future__ import annotations

from datetime import date

from benchmarks import stage

PATIENCE = 3_600  # seconds: a busy machine makes the same millions

# What both tables have in common. Each entity has about as many decisions as any other; the newest are of the last year.
_COMMON = """
    (public_id, version, subject_id, party, party_name, uscc, registration_number, organisation_code, tax_number,
     institution_number, association_number, legal_representative, representative_id_type, party_id_type,
     document_number, decided_on, authority_name, authority_code, source_name, source_code, item_code, remark, unit_id,
     authority_id, reported_on, first_reported_on, recorded_at, content_digest, findings, due_provisional, state, scope,
     scope_reason, looked_at, checked_on, checked_by_key, passed_on, passed_by_key, automatic, visible_from,
     first_visible_on, last_public_day, change_ground, change_document, noted_by_key, end_ground, {more})
SELECT '{letter}' || upper(lpad(to_hex(n), 15, '0')), 1, s.id, 'F', s.name, coalesce(i.code, ''), '', '', '',
     '', '', '', '', '',
     '广' || u.short_name || '{word}〔' || 2019 + n % 8 || '〕' || n || '号', d.day, u.name, '11510800MB000000XX',
     u.name, '11510800MB000000XX', '', '', u.id, u.id, d.day + 1, d.day + 1, '{today}'::date,
     decode(md5('{letter}' || n), 'hex'), '{{}}', false, 'passed', 'open', '', false, d.day + 2, 'officer:1', d.day + 3,
     'officer:2', false, d.day + 3, d.day + 3, {last_day}, '', '', '', '', {values}
  FROM generate_series(1, {size}) AS n
  JOIN entities s ON s.place = (n * 7919::bigint) % {entities}
  LEFT JOIN codes i ON i.subject_id = s.id
  JOIN units u ON u.place = n % (SELECT count(*) FROM units)
  CROSS JOIN LATERAL (SELECT date '{today}' - 10 - (n % {days})::int AS day) AS d;
"""
_HEAD = """
SET session_replication_role = replica;
CREATE TEMP TABLE entities AS SELECT id, name, row_number() OVER (ORDER BY id) - 1 AS place FROM subjects_subject;
CREATE UNIQUE INDEX ON entities (place);
CREATE TEMP TABLE codes AS SELECT subject_id, min(value) AS code FROM subjects_identifier WHERE type = 'uscc'
    GROUP BY subject_id;
CREATE UNIQUE INDEX ON codes (subject_id);
CREATE TEMP TABLE units AS SELECT id, name, short_name, row_number() OVER (ORDER BY id) - 1 AS place
    FROM organizations_organization;
ANALYZE entities; ANALYZE codes; ANALYZE units;
"""
_PENALTY = {
    "letter": "P",
    "word": "罚",
    "days": 1_000,  # a penalty is shown for three years at the longest
    "last_day": "d.day + 1095",
    "more": "violation, facts, basis, kinds_text, kinds, content, fine, suspended_permit, severity, severity_by,"
    " severity_sure, severity_note, regime_code",
    "values": "'未按规定保存进货查验记录', '现场检查发现未按规定保存进货查验记录和相关凭证', '《中华人民共和国食品安全法》第一百二十六条',"
    " '罚款', '{fine}', '处以罚款', 0.5 + n % 20, '', 'ordinary', 'table', true, '', ''",
}
_LICENCE = {
    "letter": "L",
    "word": "许",
    "days": 2_500,
    "last_day": "NULL::date",
    "more": "document_title, licence_kind, certificate_name, certificate_number, content, valid_from, valid_to, status",
    "values": "'准予行政许可决定书', '普通', '食品经营许可证', 'JY' || n, '食品销售', d.day, d.day + 1825, 1",
}


def fill(database: str, size: int, entities: int, today: date) -> None:
    """Give the database `size` public decisions, half of them penalties, spread over its `entities` legal entities."""
    halves = [("publicity_penalty", _PENALTY), ("publicity_licence", _LICENCE)]
    inserts = [
        f"INSERT INTO {table}" + _COMMON.format(size=size // 2, entities=entities, today=today, **own)
        for table, own in halves
    ]
    server = stage.server()
    server.execute(_HEAD + "\n".join(inserts), database, timeout=PATIENCE)
    for table, _ in halves:
        server.execute(f"VACUUM ANALYZE {table}", database, timeout=PATIENCE)
