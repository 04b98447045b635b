"""What the province holds of us beside licences and penalties: listings, measure cases, repairs, marks of objections.

UPW-01 legal entities only; a natural person leaves only with a reward that he agreed to have published, name masked.
UPW-02 no personal number, no filer, no ground or paper leaves: each document is an allow-list (ADR 0031).
UPW-03 what was revoked is void from the start: the listing, its cases and its repair are asked back.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db.models import CharField, F, Q, QuerySet, Value
from django.db.models.functions import MD5, Cast, Coalesce, Concat

from core.actors import Actor
from core.masking import mask_name, mask_text
from objections.enums import ObjectionState, TargetKind
from objections.models import Objection
from publicity.push.kinds import Kind, itself
from repair.enums import Channel, State
from repair.models import Application
from repair.selectors import shielded_on
from sanctions.models import Feedback, Listing
from sanctions.selectors import PAUSED_MARK, PERSON_AGREED, standing_listings
from sanctions.showing import hidden_on
from subjects.models import Subject
from subjects.selectors import codes_of

PERSON = "natural_person"
CONTESTED = (TargetKind.LISTING, TargetKind.DISCLOSURE, TargetKind.FACTS, TargetKind.REWARD)
DROPPED = (ObjectionState.WITHDRAWN, ObjectionState.MOOT)


def _changing(*paths: str) -> Any:
    """Return what may change while a row stays, as one short text."""
    parts = [Coalesce(Cast(F(path), CharField()), Value("")) for path in paths]
    joined = [piece for part in parts for piece in (part, Value("/"))]
    return MD5(Concat(*joined, output_field=CharField()))


def _day(value: date | None) -> str | None:
    return value.isoformat() if value is not None else None


def _party(subject: Subject, codes: dict[int, str]) -> dict[str, str]:
    """Return whom a record is about: of a person only the masked name."""
    if subject.is_person:
        return {"name": mask_name(subject.name), "party": str(subject.get_kind_display()), "code": ""}
    code = codes.get(subject.pk, "")
    known = {"name": subject.name, "party": str(subject.get_kind_display())}
    return known | {"code": "" if code == subject.public_id else code}


def _codes(subjects: Iterable[Subject]) -> dict[int, str]:
    return codes_of({subject.pk for subject in subjects if not subject.is_person})


def _unit(unit: Any) -> dict[str, str]:
    return {"unit": unit.name, "unit_code": unit.uscc or unit.code}


def _visible(model: Any) -> Any:
    def page(actor: Actor, uid: str) -> Any:
        return model.objects.visible_to(actor).filter(public_id=uid).first()

    return page


# --- 联合奖惩名单 ------------------------------------------------------------------------------------------------------


def listings(day: date) -> QuerySet[Any]:
    """Return the listings that the province should hold on the day: in force or paused, and shown here as well."""
    rows = standing_listings(day).exclude(hidden_on(day))
    return rows.filter(~Q(subject__kind=PERSON) | PERSON_AGREED)


def listing_documents(rows: Sequence[Any]) -> list[dict[str, Any]]:
    codes = _codes(row.subject for row in rows)
    return [
        {
            "id": row.public_id,
            "kind": row.polarity,
            **_party(row.subject, codes),
            "entry": row.revision.entry.code,
            "entry_title": row.revision.title,
            **_unit(row.determination.lead_unit),
            "document_number": row.determination.official_number or row.determination.numbered(),
            "basis": mask_text(row.determination.basis),
            "period": row.period().label(),
            "starts_on": _day(row.starts_on),
            "ends_on": _day(row.end_on()),
            "governed_by": row.governed_by,
            "state": row.state_on,
            "mark": PAUSED_MARK if row.state_on == "paused" else "",
        }
        for row in rows
    ]


def _of_subjects(subjects: Sequence[str]) -> Iterable[str]:
    return Listing.objects.filter(subject__public_id__in=subjects).values_list("public_id", flat=True)


LISTING = Kind(
    name="listing",
    label="联合奖惩名单",
    table="LST",
    profile="listings/1",
    rows=listings,
    documents=listing_documents,
    day="starts_on",
    unit="determination__lead_unit",
    number=Concat("revision__entry__code", Value(" "), "determination__official_number"),
    page=_visible(Listing),
    changing=_changing("state_on", "ends_on", "subject__name", "determination__official_number"),
    events={"listing.": itself, "subject.renamed": _of_subjects},
)


# --- 联合奖惩案例 ------------------------------------------------------------------------------------------------------


def cases(day: date) -> QuerySet[Any]:
    """Return what units did on listings of legal entities; what was revoked or is shielded does not count."""
    shielded = Listing.objects.filter(shielded_on(day)).order_by().values("pk")
    rows = Feedback.objects.filter(done_on__lte=day, task__listing__revoked_from__isnull=True)
    rows = rows.exclude(task__listing__subject__kind=PERSON).exclude(task__listing__in=shielded)
    return rows.select_related(
        "task__listing__subject",
        "task__listing__revision__entry",
        "task__listing__determination__lead_unit",
        "task__measure",
        "task__unit",
    )


def case_documents(rows: Sequence[Any]) -> list[dict[str, Any]]:
    codes = _codes(row.task.listing.subject for row in rows)
    return [_case(row, row.task.listing, codes) for row in rows]


def _case(row: Any, listing: Any, codes: dict[int, str]) -> dict[str, Any]:
    """Return a measure case with the fields of 联合奖惩案例."""
    determination = listing.determination
    return {
        "id": row.public_id,
        "kind": listing.polarity,
        "listing": listing.public_id,
        "entry": listing.revision.entry.code,
        "entry_title": listing.revision.title,
        "document_number": determination.official_number or determination.numbered(),
        **_party(listing.subject, codes),
        **_unit(row.task.unit),
        "done_on": _day(row.done_on),
        "measure": row.task.measure.code,
        "measure_name": row.task.measure.name,
        "matter": mask_text(row.matter),
        "content": mask_text(row.detail),
        "amount": None if row.amount is None else format(row.amount.normalize(), "f"),
        "effect": mask_text(row.effect),
        "evidence": row.evidence_id is not None,
    }


def _of_tasks(tasks: Sequence[str]) -> Iterable[str]:
    return Feedback.objects.filter(task__public_id__in=tasks).values_list("public_id", flat=True)


def _of_listings(found: Sequence[str]) -> Iterable[str]:
    return Feedback.objects.filter(task__listing__public_id__in=found).values_list("public_id", flat=True)


def _case_page(actor: Actor, uid: str) -> Any:
    found = Feedback.objects.filter(public_id=uid).select_related("task").first()
    return _visible(type(found.task))(actor, found.task.public_id) if found is not None else None


CASE = Kind(
    name="measure_case",
    label="联合奖惩案例",
    table="CAS",
    profile="cases/1",
    rows=cases,
    documents=case_documents,
    day="done_on",
    unit="task__unit",
    number=Concat("task__listing__revision__entry__code", Value(" "), "task__measure__code", Value(" "), "matter"),
    page=_case_page,
    changing=_changing("task__listing__subject__name", "task__listing__determination__official_number"),
    events={
        "task.": _of_tasks,
        "listing.revoked": _of_listings,
        "listing.shielded": _of_listings,
        "listing.unshielded": _of_listings,
    },
)


# --- 信用修复 ---------------------------------------------------------------------------------------------------------


def repairs(day: date) -> QuerySet[Any]:
    """Return the repairs that the city itself has decided and published; other channels report their own."""
    rows = Application.objects.filter(state=State.PUBLISHED, channel=Channel.CITY, published_on__lte=day)
    return rows.exclude(subject__kind=PERSON).select_related("subject", "unit", "listing__revision__entry", "penalty")


def repair_documents(rows: Sequence[Any]) -> list[dict[str, Any]]:
    codes = _codes(row.subject for row in rows)
    return [
        {
            "id": row.public_id,
            "kind": row.kind,
            "about": row.record.public_id,
            "about_number": row.penalty.document_number if row.penalty_id else row.listing.revision.entry.code,
            **_party(row.subject, codes),
            **_unit(row.unit),
            "document_number": row.numbered(),
            "answered_on": _day(row.answered_on),
            "published_on": _day(row.published_on),
        }
        for row in rows
    ]


REPAIR = Kind(
    name="repair",
    label="信用修复",
    table="REP",
    profile="repairs/1",
    rows=repairs,
    documents=repair_documents,
    day="published_on",
    unit="unit",
    number=Coalesce("penalty__document_number", "listing__revision__entry__code", Value(""), output_field=CharField()),
    page=_visible(Application),
    changing=_changing("answered_on", "subject__name"),
    events={"repair.": itself},
)


# --- 异议标注 ---------------------------------------------------------------------------------------------------------


def marks(day: date) -> QuerySet[Any]:
    """Return the objections that mark a record which the province holds: accepted, and not withdrawn or moot."""
    rows = Objection.objects.filter(accepted_on__lte=day, target_kind__in=CONTESTED).exclude(state__in=DROPPED)
    return rows.exclude(subject__kind=PERSON).select_related("subject", "answering_unit")


def mark_documents(rows: Sequence[Any]) -> list[dict[str, Any]]:
    codes = _codes(row.subject for row in rows)
    return [
        {
            "id": row.public_id,
            "about_kind": row.target_kind,
            "about": row.target_key,
            **_party(row.subject, codes),
            **_unit(row.answering_unit),
            "accepted_on": _day(row.accepted_on),
            "state": row.state,
            "state_label": str(row.get_state_display()),
            "outcome": row.outcome,
            "answered_on": _day(row.answered_on),
            "corrected_on": _day(row.corrected_on),
        }
        for row in rows
    ]


def _of_complaints(found: Sequence[str]) -> Iterable[str]:
    return Objection.objects.filter(complaints__public_id__in=found).values_list("public_id", flat=True)


MARK = Kind(
    name="objection",
    label="异议标注",
    table="OBJ",
    profile="objections/1",
    rows=marks,
    documents=mark_documents,
    day="accepted_on",
    unit="answering_unit",
    number=F("target_label"),
    page=_visible(Objection),
    changing=_changing("state", "outcome", "answered_on", "corrected_on", "subject__name"),
    events={"objection.": itself, "complaint.": _of_complaints},
)


KINDS = (LISTING, CASE, REPAIR, MARK)
