"""Honours, serious dishonesty and commitments as units report them: versions of credit records."""

from __future__ import annotations

from datetime import date

import polars as pl
from django.db import models

from core import outbox
from core.actors import Actor
from core.intake.merging import Merged, Work, register_target
from core.intake.profiles import Profile
from core.intake.staging import public_ids
from core.models.intake import IntakeBatch
from core.problems import Violation
from subjects import versions
from subjects.enums import RecordState
from subjects.matching import Names, match
from subjects.models import CreditRecord
from subjects.models.records import RECORD_KEY
from subjects.versions import VERDICT, Versions

TARGET = "credit_records"
TABLE = CreditRecord._meta.db_table
TEXTS = tuple(
    str(field.column)
    for field in CreditRecord._meta.concrete_fields
    if isinstance(field, models.CharField | models.TextField)
    and field.column not in {"public_id", "kind", "batch_no", "state"}
)
DATES = ("decided_on", "ends_on")
# Columns by which a subject is found or a person is known; they are not kept a second time.
IDENTITY = frozenset(
    {
        "uscc", "registration_number", "organisation_code", "tax_number", "institution_number", "association_number",
        "party", "party_number", "party_number_kind", "representative_number", "representative_number_kind",
        "row", "accepted", "duplicate", "digest", "key",
    }
)  # fmt: skip
SPEC = Versions(
    table=TABLE,
    aggregate=CreditRecord._meta.label_lower,
    key=RECORD_KEY,
    content=("kind", *TEXTS, *DATES, "details"),
    copied=("kind", *TEXTS, *DATES, "details"),
    more=versions.FROM_BATCH | {"state": f"'{RecordState.CURRENT}'"},
    event="record.reported",
    payload="jsonb_build_object('kind', %(kind)s::text, 'version', inserted.version)",
    replaced=f"UPDATE {TABLE} kept SET state = '{RecordState.SUPERSEDED}' FROM {VERDICT} v"
    f" WHERE v.outcome = 'u' AND kept.id = v.previous_id AND kept.state = '{RecordState.CURRENT}'",
)


class CreditRecords:
    """The table of credit records as a target of intake."""

    def merge(self, work: Work) -> Merged:
        """Match the subjects, tell what is new, and write versions with history and events."""
        names = Names.of(work.profile)
        refused = Merged()
        frame = versions.too_long(work.frame, CreditRecord, names.columns, refused)
        merged = match(frame, names, on=work.on, unit_id=work.batch.unit_id, settled=work.settled)
        merged.absorb(refused)
        frame = frame.filter(~pl.col("row").is_in(list(merged.outcomes)))
        if frame.is_empty():
            return merged
        rows = _staged(frame, work.profile)
        versions.classify(SPEC, rows, work.batch.public_id)
        versions.conflicts(merged, names.column("document_number"))
        fresh = rows.filter(pl.col("row").is_in(versions.answer(merged)))
        if fresh.is_empty():
            return merged
        versions.stage_rows(fresh, types={"details": "jsonb"})
        versions.write(
            SPEC,
            {
                "unit": work.batch.unit_id,
                "batch": work.batch.public_id,
                "day": work.on,
                "kind": work.profile.code,
            },
        )
        return merged

    def finish(self, batch: IntakeBatch) -> None:
        """Nothing follows: a record stands as soon as it is reported."""

    def obstacle(self, batch: IntakeBatch) -> Violation | None:
        """Nothing stands in the way: a record is public only through what it is read for."""
        return None

    def take_back(self, batch: IntakeBatch, *, actor: Actor, reason: str, on: date, most: int) -> int:
        """Take back versions of this batch; what those that still stood had replaced stands again."""
        mine = CreditRecord.objects.filter(batch_no=batch.public_id).exclude(state=RecordState.WITHDRAWN)
        rows = list(mine.select_for_update().only("pk", "public_id", "kind", "version", "state").order_by("pk")[:most])
        standing = [row for row in rows if row.state == RecordState.CURRENT]
        CreditRecord.objects.filter(pk__in=[row.pk for row in rows]).update(state=RecordState.WITHDRAWN)
        earlier = versions.stands_again(TABLE, RECORD_KEY, [row.pk for row in standing])
        CreditRecord.objects.filter(pk__in=earlier).update(state=RecordState.CURRENT)
        outbox.emit_many(
            "record.withdrawn", standing, on=on, payload_of=lambda row: {"kind": row.kind, "version": row.version}
        )
        return len(rows)


def _staged(frame: pl.DataFrame, profile: Profile) -> pl.DataFrame:
    """Give every column of the table a value; what has no column of its own goes into `details`."""
    own = {*TEXTS, *DATES}
    rest = [name for name in profile.fields if name in frame.columns and name not in own and name not in IDENTITY]
    details = (
        frame.select(pl.struct(pl.col(name).cast(pl.String) for name in rest).struct.json_encode()).to_series()
        if rest
        else pl.Series([None] * len(frame), dtype=pl.String)
    )
    texts = [
        (pl.col(name).cast(pl.String).fill_null("") if name in frame.columns else pl.lit("")).alias(name)
        for name in TEXTS
    ]
    dates = [
        (pl.col(name) if name in frame.columns else pl.lit(None, pl.Date)).cast(pl.Date).alias(name) for name in DATES
    ]
    return frame.select(
        pl.col("row").cast(pl.Int64),
        *texts,
        *dates,
        pl.lit(profile.code).alias("kind"),
        details.fill_null("{}").alias("details"),
        pl.Series("new_public_id", public_ids(len(frame))),
    )


def register() -> None:
    register_target(TARGET, CreditRecords)
