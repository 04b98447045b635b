"""Reported licences and penalties into their tables, a chunk at a time: each new content is a version to be reviewed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

import polars as pl
from django.db import models

from core import personal
from core.actors import Actor
from core.intake.merging import Merged, Question, Target, Work, register_target
from core.intake.profiles import Profile
from core.intake.staging import execute, fetch, public_ids
from core.models.intake import IntakeBatch
from core.problems import Violation
from core.workflow import Workflow, apply_set
from organizations.models import Organization
from publicity.enums import PENDING, RecordKind, SeverityBy, State
from publicity.law import Law
from publicity.models import Licence, Penalty
from publicity.models.disclosure import NATURAL_KEY, RATED, SCOPED
from publicity.permissions import JOB
from publicity.services.trusted import pass_trusted
from publicity.settling import COMMON, OF_PENALTIES, settle
from publicity.workflow import LICENCE, PENALTY
from subjects import versions
from subjects.matching import Names, match
from subjects.versions import VERDICT, Versions

LOOK = ("V12", "V15")  # findings that somebody looks at before the record is public
LONG_TERM = date(2099, 12, 31)  # how the standard writes 长期; old tables leave the cell empty
NO_PARTY = {"party": "F"}  # old tables say by their codes what the party is
PERSONAL = ("party_number", "representative_number")
# What the file says of these is kept elsewhere or follows from it.
NOT_COPIED = frozenset({*PERSONAL, "party_number_kind", "representative_number_kind"})
CONSTANTS = {
    "state": f"'{State.REPORTED}'",
    "looked_at": "false",
    "automatic": "false",
    "checked_by_key": "''",
    "passed_by_key": "''",
    "noted_by_key": "''",
    "change_ground": "''",
    "change_document": "''",
    "end_ground": "''",
}
FROM_BATCH = versions.FROM_BATCH | {
    "authority_id": "r.authority_id",
    "findings": "r.findings",
    "party_number_id": "m.personal_id",
    "representative_number_id": "r.representative_number_id",
}
# What an officer said of the version before holds for the next one until an officer says otherwise: that it is closed or
# deferred, and how severe it is. What the law closes stays closed.
KEPT_SCOPE = "r.scope = 'open' AND (v.scope = 'not_open' OR v.scope = 'deferred' AND v.deferred_until >= %(day)s)"


def _carried(kind: str) -> dict[str, str]:
    """Return the columns that come from the version before where an officer settled them there."""
    found = {name: f"CASE WHEN {KEPT_SCOPE} THEN v.{name} ELSE r.{name} END" for name in SCOPED[:2]}
    found["deferred_until"] = f"CASE WHEN {KEPT_SCOPE} THEN v.deferred_until END"
    if kind == RecordKind.PENALTY:
        found |= {
            name: f"CASE WHEN v.severity_by = '{SeverityBy.OFFICER}' THEN v.{name} ELSE r.{name} END" for name in RATED
        }
    return found


@dataclass
class Disclosures(Target):
    """The table of one kind of decision as a target of intake.

    One is made for each run of a batch, which reads the law once; what is confirmed meanwhile follows by
    `publicity.follow_law`, as for the rows before.
    """

    kind: RecordKind
    model: type[models.Model]
    workflow: Workflow

    @cached_property
    def law(self) -> Law:
        return Law()

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    @property
    def settled(self) -> tuple[str, ...]:
        return (*COMMON, *(OF_PENALTIES if self.kind == RecordKind.PENALTY else ()))

    def content(self, profile: Profile) -> list[str]:
        """Return the fields of the profile that are columns of the table, but for numbers of persons."""
        columns = {field.column for field in self.model._meta.concrete_fields}
        return [name for name in profile.fields if name in columns and name not in NOT_COPIED]

    def merge(self, work: Work) -> Merged:
        """Match, settle what follows by law, tell what is new, and write versions with history and events."""
        names = Names.of(work.profile)
        refused = Merged()
        frame = versions.too_long(work.frame, self.model, names.columns, refused)
        merged = match(frame, names, on=work.on, unit_id=work.batch.unit_id, settled=work.settled)
        merged.absorb(refused)
        frame = _with_authorities(work, frame, merged).filter(~pl.col("row").is_in(list(merged.outcomes)))
        if frame.is_empty():
            return merged
        content = self.content(work.profile)
        frame = _protected(_complete(frame, self.model, content))
        spec, column = self._versions(content), names.column("document_number")
        versions.classify(spec, frame, work.batch.public_id)
        versions.conflicts(merged, column)
        if not work.settled:
            self._taken_down(merged, column)
        fresh = frame.filter(pl.col("row").is_in(versions.answer(merged)))
        if fresh.is_empty():
            return merged
        versions.stage_rows(_staged(settle(fresh, kind=self.kind, law=self.law), work, merged))
        versions.write(
            spec, {"unit": work.batch.unit_id, "batch": work.batch.public_id, "day": work.on, "kind": self.kind.value}
        )
        return merged

    def _versions(self, content: Sequence[str]) -> Versions:
        return Versions(
            table=self.table,
            aggregate=self.model._meta.label_lower,
            key=[name for name in NATURAL_KEY if name != "subject"],
            content=[*content, "representative_number_id"],
            copied=content,
            more=CONSTANTS
            | FROM_BATCH
            | {"first_reported_on": "coalesce(v.first_reported_on, %(day)s)"}
            | {name: f"r.{name}" for name in self.settled}
            | _carried(self.kind),
            carried=("first_reported_on", *SCOPED, *(RATED if self.kind == RecordKind.PENALTY else ())),
            event="disclosure.reported",
            payload="jsonb_build_object('kind', %(kind)s::text, 'version', inserted.version)",
            replaced=f"UPDATE {self.table} kept SET state = '{State.SUPERSEDED}' FROM {VERDICT} v"
            f" WHERE v.outcome = 'u' AND kept.id = v.previous_id AND kept.state IN ({_listed(PENDING)})",
        )

    def _taken_down(self, merged: Merged, column: str) -> None:
        """Hold new content of a decision that was taken down: publishing it again is for a person to decide."""
        query = f"SELECT row FROM {VERDICT} WHERE outcome = 'u' AND state = '{State.WITHDRAWN}'"
        rows = fetch(query, {"row": pl.Int64})["row"].to_list()
        for row in rows:
            text = "该决定已经撤下公示，再次报送须由审核人员认定"
            merged.question(Question(row, column, "PUB-09", text))
        if rows:
            execute(f"DELETE FROM {VERDICT} WHERE row = ANY(%s)", [rows])

    def finish(self, batch: IntakeBatch) -> None:
        """Pass what trusted units reported; everything else waits for the two officers."""
        pass_trusted(actor=Actor.job("publicity.pass_trusted", JOB), batch_no=batch.public_id)

    def obstacle(self, batch: IntakeBatch) -> Violation | None:
        """PUB-10: what is public is taken down record by record, by two officers."""
        public = self._of(batch).filter(state=State.PASSED).count()
        if not public:
            return None
        return Violation(
            "PUB-10",
            f"本批有 {public} 条已经审核公示，不能整批撤回",
            remedy="决定变更或者报送有误的，由两名工作人员逐条登记并撤下公示",
        )

    def take_back(self, batch: IntakeBatch, *, actor: Actor, reason: str, on: date, most: int) -> int:
        """Recall what is not public; pending versions that these had replaced are pending again."""
        recaller = replace(actor, permissions=actor.permissions | RECALLING)
        keys = list(self._of(batch).filter(state__in=PENDING).order_by("pk").values_list("pk", flat=True)[:most])
        rows = self.model._default_manager.all()
        act: dict[str, Any] = {"actor": recaller, "reason": reason, "on": on}
        done = apply_set(rows.filter(pk__in=keys), self.workflow, "recall", **act)
        key = [name for name in NATURAL_KEY if name != "subject"]
        earlier = rows.filter(pk__in=versions.stands_again(self.table, key, done), passed_on=None)
        fresh = {"checked_on": None, "checked_by_key": "", "looked_at": False}
        apply_set(earlier, self.workflow, "restore", changes=fresh, **act)
        return len(done)

    def _of(self, batch: IntakeBatch) -> models.QuerySet[Any]:
        return self.model._default_manager.filter(batch_no=batch.public_id)


RECALLING = frozenset(PENALTY.transition(name).permission for name in ("recall", "restore"))


def _listed(values: Sequence[str]) -> str:
    return ", ".join(f"'{value}'" for value in values)


def _with_authorities(work: Work, rows: pl.DataFrame, merged: Merged) -> pl.DataFrame:
    """Add the deciding body and whether it follows its own authority's rule; V12 notes codes that are not of this city."""
    known = list(Organization.objects.filter(uscc__isnull=False).values_list("uscc", "id", "vertical"))
    units = pl.DataFrame(
        known, schema={"authority_code": pl.String, "authority_id": pl.Int64, "vertical": pl.Boolean}, orient="row"
    )
    frame = rows.join(units, on="authority_code", how="left", maintain_order="left")
    column = work.profile.column("authority_code").code
    strangers = frame.filter(pl.col("authority_id").is_null())["row"].to_list()
    severity = work.settings.severity("V12", column, "warning")
    tell = merged.reject if severity == "error" else merged.note
    for row in strangers:
        if row not in merged.outcomes:
            tell(row, column, "V12", "该机关代码不在本市单位表中，核对代码；确属外地或上级机关的，由审核人员查看")
    # Whoever follows the rule of his own authority is not late by ours.
    merged.moot["V07"] = frame.filter(pl.col("vertical"))["row"].to_list()
    return frame.with_columns(pl.col("vertical").fill_null(value=False))


def _complete(frame: pl.DataFrame, model: type[models.Model], content: Sequence[str]) -> pl.DataFrame:
    """Give every column what the table wants: empty texts for empty cells, numbers, yes and no; and absent fields."""
    filled = []
    for name in content:
        field: Any = next(one for one in model._meta.concrete_fields if one.column == name)
        known = pl.col(name) if name in frame.columns else pl.lit(None)
        if isinstance(field, models.DateField):
            known = known.cast(pl.Date)
            known = known if field.null else known.fill_null(LONG_TERM)
        elif isinstance(field, models.DecimalField):
            known = known.cast(pl.Decimal(18, 6))
        elif isinstance(field, models.BooleanField):
            known = known.cast(pl.String).replace_strict(
                {"是": True, "否": False}, default=None, return_dtype=pl.Boolean
            )
        elif isinstance(field, models.IntegerField):
            known = known.cast(pl.Int64).fill_null(1)
        else:
            known = known.cast(pl.String).fill_null(NO_PARTY.get(name, ""))
        filled.append(known.alias(name))
    return frame.with_columns(filled)


def _staged(frame: pl.DataFrame, work: Work, merged: Merged) -> pl.DataFrame:
    """Add what is written beside the file's own columns: ids and findings."""
    column_of = {column.code: column.field for column in work.profile.columns}
    noted = pl.DataFrame(
        [(row, code, column) for row, column, code, _ in merged.notes],
        schema={"row": pl.Int64, "code": pl.String, "column": pl.String},
        orient="row",
    )
    seen = work.warnings.select(pl.col("row").cast(pl.Int64), "code", "column")
    findings = (
        pl.concat([seen, noted])
        .filter(pl.col("code").is_in(LOOK))
        .with_columns(pl.concat_str("code", pl.lit(":"), pl.col("column").replace(column_of)).alias("findings"))
        .group_by("row", maintain_order=True)
        .agg("findings")
    )
    rows = frame.with_columns(pl.col("row").cast(pl.Int64), pl.Series("new_public_id", public_ids(len(frame))))
    rows = rows.join(findings, on="row", how="left", maintain_order="left")
    rows = rows.with_columns(pl.col("findings").fill_null(pl.lit([], pl.List(pl.String))))
    return rows.drop(*NOT_COPIED, "accepted", "duplicate", "digest", "key", strict=False)


def _protected(rows: pl.DataFrame) -> pl.DataFrame:
    """Put the representative's number under protection and its key in the row."""
    if "representative_number" not in rows.columns:
        return rows.with_columns(pl.lit(None, pl.Int64).alias("representative_number_id"))
    kind = pl.col("representative_number_kind")
    usable = rows.filter(pl.col("representative_number").is_not_null() & (kind != "other"))
    pairs = usable.select("representative_number_kind", "representative_number").unique()
    keys = personal.protect_set(pairs.iter_rows()) if len(pairs) else {}
    found = pl.DataFrame(
        [(*pair, key) for pair, key in keys.items()],
        schema={
            "representative_number_kind": pl.String,
            "representative_number": pl.String,
            "representative_number_id": pl.Int64,
        },
        orient="row",
    )
    return rows.join(
        found, on=["representative_number_kind", "representative_number"], how="left", maintain_order="left"
    )


def register() -> None:
    """Make both tables targets of intake."""
    register_target("publicity.licence", lambda: Disclosures(RecordKind.LICENCE, Licence, LICENCE))
    register_target("publicity.penalty", lambda: Disclosures(RecordKind.PENALTY, Penalty, PENALTY))
