"""External lists: kept with their source, matched by identifier only, ended only by their source."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from core.actors import Actor, acting, settled_day
from core.permissions import require
from core.problems import NotFound, Violation, refuse
from sanctions.models import ExternalListing
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
    """Keep a received list entry; the same source and number again updates it. Starts no measure and no task."""
    require(actor, "sanctions.external.record")
    day = settled_day(actor, on, reason)
    if row.expected_exit_on and row.expected_exit_on < row.listed_on:
        refuse([Violation("SAN-60", "预计退出日早于列入日", "expected_exit_on", "核对来源数据")])
    with acting(actor, "external.record", reason=reason, on=day):
        kept, _ = ExternalListing.objects.update_or_create(
            source=row.source,
            source_number=row.source_number,
            defaults={
                "list_name": row.list_name,
                "subject": row.subject,
                "reported_name": row.reported_name,
                "basis": row.basis,
                "listed_on": row.listed_on,
                "expected_exit_on": row.expected_exit_on,
                "received_on": day,
            },
        )
    return kept


def end_external(
    *, actor: Actor, source: str, source_number: str, ended_on: date, on: date | None = None, reason: str = ""
) -> ExternalListing:
    """Record that the source itself has ended its entry; nobody else ends it."""
    require(actor, "sanctions.external.record")
    day = settled_day(actor, on, reason)
    with acting(actor, "external.end", reason=reason, on=day):
        kept = (
            ExternalListing.objects.select_for_update(of=("self",))
            .filter(source=source, source_number=source_number)
            .first()
        )
        if kept is None:
            raise NotFound(f"来源“{source}”的名单记录 {source_number}")
        kept.ended_on = ended_on
        kept.save(update_fields=["ended_on"])
    return kept
