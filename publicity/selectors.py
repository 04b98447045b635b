"""Queries of double publicity; `publicly_visible` alone decides what the public sees on a day, on every way out."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import F, Q, QuerySet

from core import prepared
from core.masking import mask_name, mask_text
from core.text import normalize_name, zh_day
from core.workflow import Workflow
from publicity import searching
from publicity.enums import EndGround, Party, RecordKind, Scope, State
from publicity.law import UNLIMITED, Law
from publicity.models import Candidate, Licence, Penalty, Regime, SeverityRule, TrustedUnit
from publicity.showing import NOTHING, hidden_on
from publicity.workflow import LICENCE, PENALTY
from sanctions.leads import Lead
from subjects.marks import marks_of
from subjects.models import Subject, SubjectName
from subjects.selectors import code_of, codes_of, family

MODELS: dict[str, Any] = {RecordKind.LICENCE.value: Licence, RecordKind.PENALTY.value: Penalty}
TABLES: dict[str, Workflow] = {RecordKind.LICENCE.value: LICENCE, RecordKind.PENALTY.value: PENALTY}
CONTESTED, DISCLOSURE = "异议中", "disclosure"
NEWEST_FIRST = ("-decided_on", "-id")


def kind_of(record: Any) -> str:
    """Return which of the two tables a record stands in."""
    return RecordKind.PENALTY.value if isinstance(record, Penalty) else RecordKind.LICENCE.value


def is_visible(day: date) -> Q:
    """Return, as a condition on either table, what has appeared and not ended on the day.

    The state says that two persons passed it; the dates say the rest, so a stopped scheduler shows nothing longer.
    """
    shown = Q(state=State.PASSED, visible_from__lte=day) & ~Q(scope=Scope.NOT_OPEN)
    shown &= Q(last_public_day__isnull=True) | Q(last_public_day__gte=day)
    shown &= Q(ended_from__isnull=True) | Q(ended_from__gt=day)
    return shown & (~Q(party=Party.PERSON) | Q(person_rule__isnull=False))


def publicly_visible(day: date, kind: str) -> QuerySet[Any]:
    """Return the licences or penalties that the public may see on the day; every reader goes through here."""
    rows = _of_itself_visible(day, kind)
    return rows.exclude(hidden_on(day)) if kind == RecordKind.PENALTY else rows


def _of_itself_visible(day: date, kind: str) -> QuerySet[Any]:
    rows = MODELS[kind].objects.filter(is_visible(day)).select_related("subject", "person_rule")
    # A penalty always has its last day (the database says so); said plainly, the index itself skips what is over.
    return rows.filter(last_public_day__gte=day) if kind == RecordKind.PENALTY else rows


def nothing_hidden(day: date, kind: str) -> bool:
    """Tell whether records show by their own rows alone on the day, so that a prepared question finds them."""
    return kind != RecordKind.PENALTY or hidden_on(day) == NOTHING


def public_records(
    day: date,
    kind: str,
    *,
    name: str = "",
    code: str = "",
    number: str = "",
    authority: str = "",
    decided_from: date | None = None,
    decided_to: date | None = None,
) -> QuerySet[Any]:
    """Return what the public may see of one kind, narrowed; natural persons never come out of a search by name."""
    rows = publicly_visible(day, kind)
    if name or code:
        rows = rows.exclude(party=Party.PERSON)
    if name:
        rows = rows.filter(searching.bearing(name)) if normalize_name(name) else rows.none()
    if code:
        rows = rows.filter(subject_id__in=searching.holding(code))
    if number:
        rows = rows.filter(document_number__in=searching.spellings(number))
    if authority:
        rows = rows.filter(authority_code__in=searching.bodies(MODELS[kind], authority))
    if decided_from is not None:
        rows = rows.filter(decided_on__gte=decided_from)
    if decided_to is not None:
        rows = rows.filter(decided_on__lte=decided_to)
    return rows


def persons_named(day: date, kind: str, name: str, most: int = 20) -> list[Any]:
    """Return what a rule lets the public see of the persons with exactly this full name; for the list's own page only."""
    norm = normalize_name(name)
    if not norm:
        return []
    bearers = SubjectName.objects.filter(norm=norm, grams__isnull=True, is_current=True).values("subject")
    rows = publicly_visible(day, kind).filter(party=Party.PERSON, subject__in=bearers)
    return list(rows.order_by(*NEWEST_FIRST)[:most])


def public_records_of_entities(day: date, kind: str) -> QuerySet[Any]:
    """Return what may be handed out in bulk: what is public on the day, of everybody but natural persons."""
    return publicly_visible(day, kind).exclude(party=Party.PERSON)


def records_of_subject(subject: Subject, day: date, kind: str, most: int = 20) -> list[Any]:
    """Return the newest public records of a subject and of the duplicates folded into it."""
    return records_of(family(subject), day, kind, most, person=subject.is_person)


def records_of(keys: Sequence[int], day: date, kind: str, most: int = 20, *, person: bool = False) -> list[Any]:
    """Return the newest public records under these keys, which are one subject's; its own row the caller has."""
    if nothing_hidden(day, kind):
        return prepared.rows(_under_keys, (kind, most, person), list(keys), day)
    return list(_of_one(publicly_visible(day, kind).filter(subject__in=keys), most, person))


def _under_keys(kind: str, most: int, person: bool, keys: list[int], day: date) -> QuerySet[Any]:
    return _of_one(_of_itself_visible(day, kind).filter(subject__among=keys), most, person)


def _of_one(rows: QuerySet[Any], most: int, person: bool) -> QuerySet[Any]:
    return _newest(rows if person else rows.select_related(None), most, person)


def _newest(rows: QuerySet[Any], most: int, person: bool) -> QuerySet[Any]:
    """Return the newest of one subject's records; who asks about a person is that person."""
    return (rows if person else rows.exclude(party=Party.PERSON)).order_by(*NEWEST_FIRST)[:most]


def newest_of_entities(day: date, kind: str, most: int) -> list[Any]:
    """Return the newest public records of everybody but natural persons."""
    if nothing_hidden(day, kind):
        return prepared.rows(_of_entities, (kind, most), day)
    return list(_newest(publicly_visible(day, kind), most, False))


def _of_entities(kind: str, most: int, day: date) -> QuerySet[Any]:
    return _newest(_of_itself_visible(day, kind), most, False)


class FirstPage:
    """The first page of one kind as `core.paging.page_of` reads it, of everybody or under some keys, prepared."""

    def __init__(self, day: date, kind: str, keys: list[int] | None) -> None:
        self.kind, self.narrowed = kind, keys is not None
        self.values: list[date | list[int]] = [day] if keys is None else [day, keys]

    def rows(self, after: tuple[Any, ...] | None, limit: int) -> list[Any]:
        return prepared.rows(_listed, (self.kind, limit, self.narrowed, False), *self.values)

    def key(self, row: Any) -> tuple[Any, ...]:
        return row.decided_on, row.pk

    def count(self, cap: int) -> int:
        return prepared.count(_listed, (self.kind, cap, self.narrowed, True), *self.values)


def _listed(kind: str, most: int, narrowed: bool, counted: bool, day: date, *keys: list[int]) -> QuerySet[Any]:
    rows = _of_itself_visible(day, kind)
    if narrowed:
        rows = rows.filter(subject__among=keys[0]).exclude(party=Party.PERSON)
    return rows.select_related(None).order_by().values("pk")[:most] if counted else rows.order_by(*NEWEST_FIRST)[:most]


def first_page(day: date, kind: str, *, name: str = "", code: str = "", **others: Any) -> FirstPage | None:
    """Return the prepared first page of what everybody, or who bears a name or code, has; None where it takes more.

    The answer is that of `public_records`.
    """
    if any(others.values()) or (name and code) or not nothing_hidden(day, kind):
        return None
    if code:
        return FirstPage(day, kind, searching.holding(code))
    if not name:
        return FirstPage(day, kind, None)
    keys = searching.bearers(name) if normalize_name(name) else []
    return FirstPage(day, kind, keys) if keys is not None else None


def public_record(record: Any, codes: dict[int, str] | None = None) -> dict[str, Any]:
    """Return the allow-list of one record (信用中国 shows these items); free text with personal numbers masked."""
    person = record.party == Party.PERSON
    masked = person and (record.person_rule is None or record.person_rule.name_masked)
    linked = codes is not None and not person and not record.subject.is_provisional
    shown = {
        "id": record.public_id,
        "kind": kind_of(record),
        "name": mask_name(record.party_name) if masked else record.party_name,
        "party": record.get_party_display(),
        "code": "" if person else record.uscc,
        "subject": codes.get(record.subject_id, "") if linked and codes else "",
        "document_number": record.document_number,
        "decided_on": record.decided_on,
        "authority_name": record.authority_name,
        "authority_code": record.authority_code,
        "source_name": record.source_name,
        "source_code": record.source_code,
        "visible_from": record.visible_from,
        "last_public_day": record.last_public_day,
        "mark": CONTESTED if record.contested_on else "",
    }
    return shown | (_penalty_items(record) if shown["kind"] == RecordKind.PENALTY else _licence_items(record))


def public_document(record: Any) -> dict[str, Any]:
    """Return the allow-list of one record as other systems receive it: plain JSON values, the same on every day."""
    plain = public_record(record)
    del plain["subject"]
    return {name: _json(value) for name, value in plain.items()}


def _json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _amount(value: Decimal | None) -> str | None:
    """Return an amount in 万元 without the zeros that only fill the column."""
    return None if value is None else format(value.normalize(), "f")


def _penalty_items(record: Penalty) -> dict[str, Any]:
    return {
        "violation": mask_text(record.violation),
        "facts": mask_text(record.facts),
        "basis": mask_text(record.basis),
        "kinds": mask_text(record.kinds_text),
        "content": mask_text(record.content),
        "fine": _amount(record.fine),
        "confiscated": _amount(record.confiscated),
        "suspended_permit": mask_text(record.suspended_permit),
        "severity": record.severity,
        "severity_label": record.get_severity_display(),
    }


def _licence_items(record: Licence) -> dict[str, Any]:
    return {
        "document_title": mask_text(record.document_title),
        "licence_kind": mask_text(record.licence_kind),
        "certificate_name": mask_text(record.certificate_name),
        "certificate_number": mask_text(record.certificate_number),
        "content": mask_text(record.content),
        "valid_from": record.valid_from,
        "valid_to": None if record.valid_to >= UNLIMITED else record.valid_to,
    }


def shown(records: Sequence[Any]) -> list[dict[str, Any]]:
    """Return the allow-list of each record with the address of its subject; two queries.

    The mark 异议中 stands from the day of acceptance, also where silence has accepted and no job has written it yet.
    """
    codes = codes_of({row.subject_id for row in records if row.party != Party.PERSON}) if records else {}
    contested = marks_of({DISCLOSURE: [row.public_id for row in records]})
    return [_marked(public_record(row, codes), contested) for row in records]


def _marked(row: dict[str, Any], contested: Collection[tuple[str, str]]) -> dict[str, Any]:
    return row | {"mark": CONTESTED} if (DISCLOSURE, row["id"]) in contested else row


def shown_with_reasons(records: Sequence[Any], contested: Collection[tuple[str, str]]) -> list[dict[str, Any]]:
    """Return the allow-list of one subject's records, each with why it is public until its day; the law read once.

    contested: what `marks_of` says of them, asked by the page for everything on it at once.
    """
    law = Law()
    return [
        _marked(public_record(row), contested) | {"explanation": why_ends(row, law, public=True)} for row in records
    ]


def find_public(day: date, public_id: str) -> Any | None:
    """Return the visible record with this public id, of either kind, or None."""
    for kind in MODELS:
        found = publicly_visible(day, kind).filter(public_id=public_id).first()
        if found is not None:
            return found
    return None


# --- for officers ----------------------------------------------------------------------------------------------------


def versions_of(record: Any) -> QuerySet[Any]:
    """Return every version of the same decision, newest first."""
    same = {
        "authority_code": record.authority_code,
        "document_number": record.document_number,
        "subject_id": record.subject_id,
        "decided_on": record.decided_on,
    }
    return type(record).objects.filter(**same).order_by("-version")


def why_ends(record: Any, law: Law | None = None, *, public: bool = False) -> str:
    """Return the sentence that explains the last public day of a record; doubts of ours are for officers."""
    law = law or Law()
    if kind_of(record) == RecordKind.LICENCE:
        if record.last_public_day is None:
            return "许可长期有效，公示不设期限"
        return f"许可有效期至{zh_day(record.valid_to)}，公示至{zh_day(record.last_public_day)}"
    row, minimum, last = law.span(record.severity, record.decided_on, record.regime_code)
    sure = "" if record.severity_sure or public else "；失信程度待核实"
    return (
        f"{row.name}，{row.get_severity_display()}失信：自文书作出之日（{zh_day(record.decided_on)}）起公示，"
        f"最短{row.min_months}个月（{zh_day(minimum)}届满），最长{row.max_months}个月，{zh_day(last)}届满自动停止公示{sure}。"
        f"依据：{row.basis}"
    )


def why_due(record: Any, law: Law | None = None) -> str:
    """Return the sentence that explains the day by which a record is to be public."""
    return (law or Law()).why_due(record.decided_on, vertical=follows_own_rule(record))


def follows_own_rule(record: Any) -> bool:
    """Tell whether the deciding or reporting body is under its own authority's rule instead of the seven days."""
    return record.unit.vertical or (record.authority is not None and record.authority.vertical)


def explained(records: Sequence[Any]) -> dict[int, tuple[str, str]]:
    """Return for each record why it is due and why it ends, with the law read once."""
    law = Law()
    return {row.pk: (why_due(row, law), why_ends(row, law)) for row in records}


def trusted_units(day: date, kind: str) -> QuerySet[TrustedUnit]:
    """Return the rows of trust that hold on the day for this kind of decision."""
    rows: QuerySet[TrustedUnit] = TrustedUnit.objects.on(day).filter(record_kind=kind)
    return rows


def ranked(kind: str) -> QuerySet[Any]:
    """Return the first versions that count in the seven-day ranking: those of vertical units follow their own rule."""
    return MODELS[kind].objects.filter(version=1, due_on__isnull=False, unit__vertical=False)


def first_visible_after_due(kind: str) -> QuerySet[Any]:
    """Return the ranked decisions that appeared after their due day."""
    return ranked(kind).filter(first_visible_on__gt=F("due_on"))


def open_candidates(actor: Any) -> QuerySet[Candidate]:
    """Return what the actor's unit may start a case from and has not yet looked at."""
    return Candidate.objects.visible_to(actor).filter(state="open")


def lead_of(actor: Any, public_id: str) -> Lead | None:
    """Return a candidate as what the form of a case is filled with; personal numbers in its text are masked."""
    rows = open_candidates(actor).select_related("penalty__subject", "revision__entry")
    found = rows.filter(public_id=public_id).first()
    if found is None:
        return None
    penalty = found.penalty
    return Lead(
        entry_code=found.revision.entry.code,
        recognized_on=penalty.decided_on,
        document_number=penalty.document_number,
        facts=mask_text(f"{penalty.authority_name}{zh_day(penalty.decided_on)}作出行政处罚：{penalty.facts}"),
        subject_code=code_of(penalty.subject),
    )


def law_changed_since(moment: datetime) -> bool:
    """Tell whether a regime or a row of the severity table was written after the moment."""
    return any(model.history.filter(history_date__gt=moment).exists() for model in (Regime, SeverityRule))


def removal_ground(record: Any) -> str:
    """Return in words why a record is no longer public."""
    return EndGround(record.end_ground).label if record.end_ground else "公示期满"
