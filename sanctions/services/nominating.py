"""An external listing may be a reason to draft a case; an officer says so, and the case goes the ordinary way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from core.actors import Actor, acting
from core.permissions import require
from core.problems import NotFound, Violation, refuse
from organizations.models import Organization
from sanctions.models import Case, ExternalListing, ExternalNomination
from sanctions.services.cases import ReportedSubject, open_case
from subjects.selectors import visible_to


@dataclass(frozen=True, slots=True)
class Grounds:
    """What the unit itself has found: the list of another is a hint, never the ground."""

    entry_code: str
    act_on: date
    recognized_on: date
    document_number: str
    facts: str


def nominate(*, actor: Actor, listing: ExternalListing, unit: Organization, grounds: Grounds, reason: str) -> Case:
    """Draft a case about the subject of an external listing, in the unit's own name; nothing else starts.

    Raises CORE-07 without a reason, SAN-65 where the entry has ended or has no subject here, and whatever `open_case`
    refuses: the catalogue, the unit, the days, minors.
    """
    require(actor, "sanctions.case.draft")
    kept = ExternalListing.objects.select_related("subject").filter(pk=listing.pk).first()
    if kept is None:
        raise NotFound("该外部名单")
    found = []
    if not reason.strip():
        found.append(Violation("CORE-07", "提名必须写明理由", "reason", "写明为什么应当由本单位发起"))
    if kept.ended_on is not None:
        found.append(Violation("SAN-65", "来源已经结束这一名单记录，不能据此提名", remedy="按本单位掌握的事实另行起草"))
    if kept.subject is None or not visible_to(actor).filter(pk=kept.subject.pk).exists():
        found.append(
            Violation("SAN-65", "该记录没有对应本市建档的主体，不能提名", remedy="先办理主体建档，对应之后提名")
        )
    refuse(found)
    assert kept.subject is not None
    with acting(actor, "external.nominate", reason=reason) as act:
        case = open_case(
            actor=actor,
            entry_code=grounds.entry_code,
            unit=unit,
            recognized_on=grounds.recognized_on,
            act_on=grounds.act_on,
            document_number=grounds.document_number,
            facts=grounds.facts,
            subjects=[ReportedSubject(kept.subject)],
        )
        ExternalNomination.objects.create(
            case=case, listing=kept, reason=reason.strip(), nominated_on=act.on, nominated_by_label=actor.label
        )
    return case
