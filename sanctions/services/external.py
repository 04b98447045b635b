"""External lists: kept with their source, matched by identifier only, ended only by their source.

By hand for sources that send no batches; by set for those that do (`external_sets`), whose entries nobody edits.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from core.actors import Actor, acting, settled_day
from core.permissions import require
from core.problems import NotFound, Violation, refuse
from core.text import normalize_name
from sanctions.models import ExternalListing, ExternalSource
from subjects.models import Subject


@dataclass(frozen=True, slots=True)
class ExternalRow:
    """One row of a list received from elsewhere; subject None where no identifier matched."""

    source: str
    source_number: str
    list_name: str
    subject: Subject | None
    reported_name: str
    listed_on: date
    basis: str = ""
    expected_exit_on: date | None = None


def record_external(*, actor: Actor, row: ExternalRow, on: date | None = None, reason: str = "") -> ExternalListing:
    """Keep a received list entry; the same source and number again updates it. Starts no measure and no task.

    Raises Refused SAN-60 for days that contradict each other, SAN-61 for a list whose source sends it itself.
    """
    require(actor, "sanctions.external.record")
    day = settled_day(actor, on, reason)
    if row.expected_exit_on and row.expected_exit_on < row.listed_on:
        refuse([Violation("SAN-60", "预计退出日早于列入日", "expected_exit_on", "核对来源数据")])
    refuse(_sent_by_its_source(row))
    with acting(actor, "external.record", reason=reason, on=day):
        kept, _ = ExternalListing.objects.update_or_create(
            source=row.source,
            source_number=row.source_number,
            register=None,
            defaults={
                "list_name": row.list_name,
                "subject": row.subject,
                "reported_name": row.reported_name,
                "norm": normalize_name(row.reported_name),
                "is_person": row.subject is not None and row.subject.is_person,
                "basis": row.basis,
                "listed_on": row.listed_on,
                "expected_exit_on": row.expected_exit_on,
                "received_on": day,
            },
        )
    return kept


def _sent_by_its_source(row: ExternalRow) -> list[Violation]:
    if not ExternalSource.objects.filter(name=row.source, list_name=row.list_name, is_active=True).exists():
        return []
    detail = f"“{row.source}”的“{row.list_name}”由来源成批推送，不能手工登记"
    return [Violation("SAN-61", detail, "list_name", "等待来源的下一批次；有误的请来源更正")]


def end_external(
    *, actor: Actor, source: str, source_number: str, ended_on: date, on: date | None = None, reason: str = ""
) -> ExternalListing:
    """Record that the source itself has ended its entry; nobody else ends it, and what came in batches ends by them."""
    require(actor, "sanctions.external.record")
    day = settled_day(actor, on, reason)
    with acting(actor, "external.end", reason=reason, on=day):
        kept = (
            ExternalListing.objects.select_for_update(of=("self",))
            .filter(source=source, source_number=source_number, register__isnull=True)
            .first()
        )
        if kept is None:
            raise NotFound(f"来源“{source}”的名单记录 {source_number}")
        kept.ended_on = ended_on
        kept.end_note = "由经办人员按来源的决定登记"
        kept.save(update_fields=["ended_on", "end_note"])
    return kept
