"""送达回证 of the chain's documents: of a service that is recorded, and blank ones to take along."""

from __future__ import annotations

from dataclasses import replace

from django.db.models import QuerySet

from core.actors import Actor
from sanctions.enums import DocumentKind
from sanctions.models import Case, CaseSubject, Determination, Notice, Service
from sanctions.services.cases import leading_unit
from subjects.delivery.sheets import Sheet


def _words(row: CaseSubject, document: str) -> Sheet:
    """Return the sheet of one document to one subject of a case, nothing of its service filled in."""
    case, subject = row.case, row.subject
    label = DocumentKind(document).label
    if document == DocumentKind.NOTICE:
        notice = Notice.objects.get(case_subject=row)
        return Sheet(
            key=notice.public_id,
            unit=leading_unit(case).name,
            document=label,
            number=case.document_number,
            acted_on=notice.issued_on,
            subject=subject.name,
            address=subject.address,
            cause=case.revision.title,
        )
    decided = Determination.objects.select_related("lead_unit").get(case=case)
    return Sheet(
        key=row.public_id,
        unit=decided.lead_unit.name,
        document=label,
        number=decided.official_number or decided.numbered(),
        acted_on=decided.issued_on,
        subject=subject.name,
        address=subject.address,
        cause=case.revision.title,
    )


def _subjects(actor: Actor) -> QuerySet[CaseSubject]:
    rows = CaseSubject.objects.filter(case__in=Case.objects.visible_to(actor).values("pk"))
    return rows.select_related("subject", "case__revision", "case__unit", "case__group")


def of_service(actor: Actor, public_id: str) -> Sheet | None:
    """Return the sheet of a recorded service."""
    service = Service.objects.filter(case_subject__in=_subjects(actor).values("pk"), public_id=public_id).first()
    if service is None:
        return None
    blank = _words(_subjects(actor).get(pk=service.case_subject_id), service.document)
    return replace(
        blank,
        key=service.public_id,
        method=service.get_method_display(),
        recipient=service.recipient,
        served_on=service.served_on,
    )


def of_notice(actor: Actor, public_id: str) -> Sheet | None:
    """Return the sheet to take along with a 拟认定告知书."""
    row = _subjects(actor).filter(notice__public_id=public_id).first()
    return _words(row, DocumentKind.NOTICE) if row else None


def of_decision(actor: Actor, public_id: str) -> Sheet | None:
    """Return the sheet to take along with the decision for one subject, once it is issued."""
    row = _subjects(actor).filter(public_id=public_id, case__determination__issued_on__isnull=False).first()
    return _words(row, DocumentKind.DETERMINATION) if row else None


PROVIDERS = {"service": of_service, "notice": of_notice, "decision": of_decision}
