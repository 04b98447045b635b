"""Batches of an external list, by set: each chunk is one statement that adds, changes or ends what its source says.

Matching is by identifier alone: a code, or a person's number, and the name has to be one that its owner has or had.
What matches nobody is kept without a subject and asked again (`match_again`) when subjects have come in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl
from django.db import connection

from core import clock
from core.actors import Actor, acting
from core.intake.staging import execute, fetch
from core.permissions import require
from core.text import zh_day
from sanctions.models import ExternalSource

MERGE = "sanctions.external.merge"
ANSWER = "external_answer"  # temporary: row, outcome, code, message
NOT_ON_FILE, OTHER_NAME, UNKNOWN_KEY = "V05", "E1001", "E2002"


@dataclass(frozen=True, slots=True)
class Rows:
    """A trusted query with its parameters, of the columns that the function which takes it names."""

    sql: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Received:
    """The batch that a chunk belongs to."""

    register: ExternalSource
    batch_no: str
    as_of: date
    on: date


_STAGE = """
CREATE TEMP TABLE external_stage ON COMMIT DROP AS
SELECT given.*, owner.id AS owner_id,
       owner.id IS NOT NULL AND EXISTS (
           SELECT 1 FROM subjects_subjectname known
            WHERE known.subject_id IN (owner.id, owner.canonical_id) AND known.norm = given.norm) AS named
  FROM ({rows}) given
  LEFT JOIN subjects_identifier held
    ON given.personal_id IS NULL AND held.type = given.id_type AND held.value = given.id_value
  LEFT JOIN subjects_identifier own ON own.personal_id = given.personal_id
  LEFT JOIN subjects_subject owner ON owner.id = coalesce(held.subject_id, own.subject_id)
"""
# What a source may change of its entry; an entry that says the same again is not touched, and leaves no history.
_CONTENT = (
    "subject_id", "reported_name", "norm", "is_person", "id_type", "id_value", "personal_id", "authority", "basis",
    "listed_on", "expected_exit_on", "ended_on", "end_note",
)  # fmt: skip
_UPSERT = """
WITH done AS (
    INSERT INTO sanctions_externallisting AS kept (public_id, register_id, source, source_number, list_name,
        received_on, batch_no, {content})
    SELECT fresh_id, %(register)s, %(source)s, number, %(list_name)s, %(on)s, %(batch)s,
        CASE WHEN named THEN owner_id END, name, norm, is_person, id_type, id_value, personal_id, authority, document,
        listed_on, expected_exit_on, ended_on,
        CASE WHEN ended_on IS NULL THEN '' ELSE %(said)s END
      FROM external_stage WHERE op = 'U'
    ON CONFLICT (register_id, source_number) WHERE register_id IS NOT NULL DO UPDATE
       SET ({content}, source, list_name, received_on, batch_no)
         = ({excluded}, excluded.source, excluded.list_name, excluded.received_on, excluded.batch_no)
     WHERE ({kept}) IS DISTINCT FROM ({excluded})
    RETURNING new.source_number AS number,
        CASE WHEN old.id IS NULL THEN 'a' WHEN old.ended_on IS NULL AND new.ended_on IS NOT NULL THEN 'e' ELSE 'u' END
            AS what
)
INSERT INTO external_done SELECT number, what FROM done
"""
_END = """
WITH done AS (
    UPDATE sanctions_externallisting kept
       SET ended_on = coalesce(stage.ended_on, %(as_of)s), end_note = %(told)s, received_on = %(on)s,
           batch_no = %(batch)s
      FROM external_stage stage
     WHERE stage.op = 'D' AND kept.register_id = %(register)s AND kept.source_number = stage.number
       AND (kept.ended_on IS NULL OR kept.ended_on <> stage.ended_on)
    RETURNING kept.source_number AS number
)
INSERT INTO external_done SELECT number, 'e' FROM done
"""
_ANSWER = f"""
CREATE TEMP TABLE {ANSWER} ON COMMIT DROP AS
SELECT stage.row,
       CASE WHEN stage.op = 'D' AND kept.id IS NULL THEN 'r'
            WHEN stage.op = 'U' AND NOT stage.named THEN 'q'
            ELSE coalesce(done.what, '=') END AS outcome,
       CASE WHEN stage.op = 'D' AND kept.id IS NULL THEN '{UNKNOWN_KEY}'
            WHEN stage.op = 'D' OR stage.named THEN ''
            WHEN stage.owner_id IS NOT NULL THEN '{OTHER_NAME}'
            ELSE '{NOT_ON_FILE}' END AS code,
       CASE WHEN stage.op = 'D' AND kept.id IS NULL THEN '没有这个编号的名单记录，不能结束'
            WHEN stage.op = 'D' OR stage.named THEN ''
            WHEN stage.owner_id IS NOT NULL THEN '名称与证照号码登记的名称不一致，暂不对应主体'
            WHEN stage.id_type = '' THEN '没有可以用来对应主体的证照号码'
            ELSE '本市没有该证照号码的主体，建档后自动对应' END AS message
  FROM external_stage stage
  LEFT JOIN external_done done ON done.number = stage.number
  LEFT JOIN sanctions_externallisting kept
    ON stage.op = 'D' AND kept.register_id = %(register)s AND kept.source_number = stage.number
"""


def merge_rows(*, actor: Actor, received: Received, rows: Rows) -> dict[str, int]:
    """Write one chunk of a list as its source has it, in the caller's transaction; returns how many of each outcome.

    rows: row, fresh_id, op (U or D), number, name, norm, is_person, id_type, id_value, personal_id, authority,
    document, listed_on, expected_exit_on, ended_on; a number once. The temporary table `external_answer` then tells
    what became of each: a added, u changed, e ended, = unchanged, q without a subject, r rejected.
    """
    require(actor, MERGE)
    register = received.register
    values = {
        "register": register.pk,
        "source": register.name,
        "list_name": register.list_name,
        "on": received.on,
        "as_of": received.as_of,
        "batch": received.batch_no,
        "said": "来源在名单中写明退出日",
        "told": f"来源在截至{zh_day(received.as_of)}的增量批次中告知退出",
    }
    content = ", ".join(_CONTENT)
    excluded = ", ".join(f"excluded.{name}" for name in _CONTENT)
    kept = ", ".join(f"kept.{name}" for name in _CONTENT)
    with acting(actor, "external.merge", on=received.on):
        execute(f"DROP TABLE IF EXISTS pg_temp.external_stage, pg_temp.external_done, pg_temp.{ANSWER}")
        execute(_STAGE.format(rows=rows.sql), rows.parameters)
        execute("ANALYZE external_stage")
        execute("CREATE TEMP TABLE external_done (number varchar(128), what char(1)) ON COMMIT DROP")
        execute(_UPSERT.format(content=content, excluded=excluded, kept=kept), values)
        execute(_END, values)
        execute(_ANSWER, values)
        counted = fetch(
            f"SELECT outcome, count(*) FROM {ANSWER} GROUP BY outcome", {"outcome": pl.String, "count": pl.Int64}
        )
        return dict(counted.iter_rows())


def end_absent(*, actor: Actor, received: Received, present: Rows, limit: int) -> int:
    """End up to `limit` entries that a full list no longer has, by the source's own word; none when all are ended.

    present: the numbers that the list has, whether their rows could be read or not; the column is `number`.
    """
    require(actor, MERGE)
    with acting(actor, "external.absent", on=received.on):
        return execute(
            f"""
            WITH present AS ({present.sql}), gone AS (
                SELECT kept.id FROM sanctions_externallisting kept
                 WHERE kept.register_id = %(register)s AND kept.ended_on IS NULL
                   AND NOT EXISTS (SELECT 1 FROM present WHERE present.number = kept.source_number)
                 ORDER BY kept.id LIMIT %(limit)s FOR UPDATE)
            UPDATE sanctions_externallisting kept
               SET ended_on = %(as_of)s, end_note = %(note)s, received_on = %(on)s, batch_no = %(batch)s
              FROM gone WHERE kept.id = gone.id
            """,
            {
                **present.parameters,
                "register": received.register.pk,
                "limit": limit,
                "as_of": received.as_of,
                "note": f"来源截至{zh_day(received.as_of)}的全量名单不再列有",
                "on": received.on,
                "batch": received.batch_no,
            },
        )


def note_received(*, actor: Actor, received: Received, full: bool, number: str) -> None:
    """Write down that the whole batch is in: how fresh the list is now."""
    require(actor, MERGE)
    with acting(actor, "external.received", on=received.on):
        register = ExternalSource.objects.select_for_update().get(pk=received.register.pk)
        register.received_at, register.as_of, register.last_number = clock.now(), received.as_of, number
        if full:
            register.full_as_of = received.as_of
        register.save(update_fields=["received_at", "as_of", "last_number", "full_as_of"])


_MATCH_AGAIN = """
WITH found AS (
    SELECT listing.id, owner.id AS owner_id FROM sanctions_externallisting listing
      LEFT JOIN subjects_identifier held
        ON listing.personal_id IS NULL AND held.type = listing.id_type AND held.value = listing.id_value
      LEFT JOIN subjects_identifier own ON own.personal_id = listing.personal_id
      JOIN subjects_subject owner ON owner.id = coalesce(held.subject_id, own.subject_id)
     WHERE listing.subject_id IS NULL AND listing.ended_on IS NULL AND listing.id_type <> '' AND listing.id > %(after)s
       AND EXISTS (SELECT 1 FROM subjects_subjectname known
                    WHERE known.subject_id IN (owner.id, owner.canonical_id) AND known.norm = listing.norm)
     ORDER BY listing.id LIMIT %(limit)s)
UPDATE sanctions_externallisting listing SET subject_id = found.owner_id FROM found WHERE listing.id = found.id
RETURNING listing.id
"""


def match_again(*, actor: Actor, limit: int = 10_000) -> int:
    """Give entries without a subject the one that has come on file since, by identifier and name; returns how many."""
    require(actor, MERGE)
    matched, after = 0, 0
    while True:
        with acting(actor, "external.match"), connection.cursor() as cursor:
            cursor.execute(_MATCH_AGAIN, {"after": after, "limit": limit})
            keys = [row[0] for row in cursor.fetchall()]
        matched += len(keys)
        if len(keys) < limit:
            return matched
        after = max(keys)
