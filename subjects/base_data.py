"""Base data of registered bodies: what a registrar says of those it registered, by set."""

from __future__ import annotations

from datetime import date

import polars as pl

from core import actors, clock, events
from core.actors import Actor
from core.intake.merging import Merged, Work, register_target
from core.intake.staging import execute
from core.models.intake import IntakeBatch
from core.problems import Violation
from subjects import versions
from subjects.matching import Names, match

TARGET = "subjects"
# How much of each the record of a subject holds.
LIMITS = {"district_code": 6, "address": 300, "industry": 100, "legal_representative": 100, "registrar": 100}
TEXTS = tuple(LIMITS)
FIELDS = (*TEXTS, "established_on")
EVENT = "subject.described"
CHANGED = " OR ".join(f"coalesce(r.{name}, s.{name}) IS DISTINCT FROM s.{name}" for name in FIELDS)
WRITTEN = ", ".join(f"{name} = coalesce(r.{name}, s.{name})" for name in FIELDS)


class BaseData:
    """The subjects themselves as a target of intake: an empty cell leaves what is on file."""

    def merge(self, work: Work) -> Merged:
        """Open the records that are missing, mend the others, and answer each row; a name is never changed here."""
        names = Names.of(work.profile)
        frame = work.frame
        merged = match(frame, names, on=work.on, unit_id=work.batch.unit_id, provisional=False)
        merged.questions = [versions.undecidable(question) for question in merged.questions]
        frame = frame.filter(~pl.col("row").is_in(list(merged.outcomes)))
        if frame.is_empty():
            return merged
        versions.stage_rows(_staged(frame))
        execute("DROP TABLE IF EXISTS pg_temp.intake_verdict")
        execute(
            f"""
            CREATE TEMP TABLE intake_verdict ON COMMIT DROP AS
            SELECT r.row, s.id AS subject_id,
                   CASE WHEN fresh.id IS NOT NULL THEN 'i' WHEN s.is_provisional OR {CHANGED} THEN 'u' ELSE '=' END AS outcome
              FROM intake_rows r JOIN intake_match m ON m.row = r.row JOIN subjects_subject s ON s.id = m.subject_id
              LEFT JOIN intake_fresh fresh ON fresh.id = s.id
            """
        )
        execute(
            f"UPDATE subjects_subject s SET {WRITTEN}, is_provisional = false FROM intake_rows r"
            " JOIN intake_verdict v ON v.row = r.row WHERE s.id = v.subject_id AND v.outcome IN ('i', 'u')"
            f" AND (s.is_provisional OR {CHANGED})"
        )
        _announce()
        versions.answer(merged)
        return merged

    def finish(self, batch: IntakeBatch) -> None:
        """Nothing follows."""

    def obstacle(self, batch: IntakeBatch) -> Violation | None:
        """What a registrar said of a body is mended by saying it right; records are not unmade."""
        if not batch.inserted + batch.updated:
            return None
        return Violation(
            "SUB-23",
            "主体基础信息已经按本批更新，不能整批撤回",
            remedy="更正文件后重新报送；个别主体有误的，在主体档案上更正",
        )

    def take_back(self, batch: IntakeBatch, *, actor: Actor, reason: str, on: date, most: int) -> int:
        """Nothing was written that could be taken back."""
        return 0


def _staged(frame: pl.DataFrame) -> pl.DataFrame:
    texts = [
        (pl.col(name).str.slice(0, LIMITS[name]) if name in frame.columns else pl.lit(None, pl.String)).alias(name)
        for name in TEXTS
    ]
    day = pl.col("established_on") if "established_on" in frame.columns else pl.lit(None, pl.Date)
    return frame.select(pl.col("row").cast(pl.Int64), *texts, day.alias("established_on"))


def _announce() -> None:
    events.check(EVENT, 1, ("kind", "name"))
    act = actors.current()
    execute(
        """
        INSERT INTO core_outboxevent (event_id, event_type, version, aggregate_type, aggregate_id, legal_on, recorded_at,
            actor_kind, payload)
        SELECT gen_random_uuid(), %s, 1, 'subjects.subject', s.public_id, %s, %s, %s,
               jsonb_build_object('kind', s.kind, 'name', s.name)
          FROM intake_verdict v JOIN subjects_subject s ON s.id = v.subject_id WHERE v.outcome = 'u' ORDER BY v.row
        """,
        [EVENT, act.on, clock.now(), act.actor.kind],
    )


def register() -> None:
    register_target(TARGET, BaseData)
