"""What is read of the lists of others: which sources were consulted and how old they are, and what they remind of.

Nothing here is a measure. A reminder names its source, the day it was received and how to ask the source.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Max, Q, QuerySet

from core import clock, prepared
from core.text import zh_day
from sanctions.models import ExternalListing, ExternalRule, ExternalSource
from subjects.enums import SubjectKind
from subjects.models import Subject

NO_MEASURE = "仅提示，本市未据此采取措施"


@dataclass(frozen=True, slots=True)
class Consulted:
    """A source that was asked, and the age of what it last sent; never received is older than any age."""

    source: str
    list_name: str
    code: str
    list_code: str
    received_on: date | None
    as_of: date | None
    age_days: int | None
    is_stale: bool
    words: str


@dataclass(frozen=True, slots=True)
class Reminder:
    """An entry of somebody else's list about a subject: to be looked at, never enforced."""

    public_id: str
    source: str
    list_name: str
    list_code: str
    number: str
    authority: str
    document: str
    listed_on: date
    expected_exit_on: date | None
    received_on: date
    contact: str
    words: str


def rules_on(day: date, keys: Iterable[str]) -> dict[str, ExternalRule]:
    """Return the rule that holds on the day for each list: its own, else the one for all; one query."""
    found: dict[str, ExternalRule] = {}
    for row in ExternalRule.objects.on(day):
        found.setdefault(row.applies_to, row)
    common = found.get("") or ExternalRule()
    return {key: found.get(key) or common for key in keys}


def rule_for(source: ExternalSource, day: date) -> ExternalRule:
    """Return the rule that holds for one list on the day."""
    return rules_on(day, [source.key])[source.key]


def sources_consulted(day: date) -> list[Consulted]:
    """Return every list that is being received or that somebody recorded by hand, with its age on the day; three queries."""
    rows = list(ExternalSource.objects.filter(is_active=True).order_by("code", "list_code"))
    rules = rules_on(day, ["", *(row.key for row in rows)])
    return [*(consulted(row, rules[row.key], day) for row in rows), *_by_hand(rules[""], day)]


def _by_hand(rule: ExternalRule, day: date) -> list[Consulted]:
    rows = ExternalListing.objects.filter(register__isnull=True).order_by("source", "list_name")
    found = rows.values_list("source", "list_name").annotate(received=Max("received_on"))
    return [_told(name, list_name, "", "", received, None, rule, day) for name, list_name, received in found]


def consulted(row: ExternalSource, rule: ExternalRule, day: date) -> Consulted:
    """Return how fresh one list is on the day."""
    received = clock.day_of(row.received_at) if row.received_at else None
    return _told(row.name, row.list_name, row.code, row.list_code, received, row.as_of, rule, day)


def _told(
    name: str,
    list_name: str,
    code: str,
    list_code: str,
    received: date | None,
    as_of: date | None,
    rule: ExternalRule,
    day: date,
) -> Consulted:
    if received is None:
        words = f"{name}《{list_name}》：尚未收到过数据"
        return Consulted(name, list_name, code, list_code, None, as_of, None, True, words)
    received = min(received, day)
    age = (day - received).days
    stale = age > rule.stale_days
    late = f"，已超过 {rule.stale_days} 日未更新" if stale else ""
    words = f"{name}《{list_name}》：{zh_day(received)}接收，距今 {age} 日{late}"
    return Consulted(name, list_name, code, list_code, received, as_of, age, stale, words)


def standing() -> QuerySet[ExternalListing]:
    """Return the entries that their source has not ended, of subjects on file."""
    rows = ExternalListing.objects.filter(ended_on__isnull=True, subject__isnull=False)
    return rows.select_related("register").order_by("-listed_on", "-id")


def reminder_of(row: ExternalListing) -> Reminder:
    """Return an entry as a reminder, with its source and the fixed words."""
    by = f"（{row.authority}列入）" if row.authority else ""
    words = (
        f"{row.source}《{row.list_name}》{zh_day(row.listed_on)}列入{by}，{zh_day(row.received_on)}接收；{NO_MEASURE}"
    )
    return Reminder(
        public_id=row.public_id,
        source=row.source,
        list_name=row.list_name,
        list_code=row.register.list_code if row.register else "",
        number=row.source_number,
        authority=row.authority,
        document=row.basis,
        listed_on=row.listed_on,
        expected_exit_on=row.expected_exit_on,
        received_on=row.received_on,
        contact=row.register.contact if row.register else "",
        words=words,
    )


def reminders_of(subject_ids: Iterable[int], day: date) -> dict[int, list[Reminder]]:
    """Return by the key asked for what the lists of others remind of on the day; two queries whatever the number.

    Entries of records that were folded into the asked one, or that it was folded into, count as its own.
    """
    asked = list(subject_ids)
    roots = {pk: folded or pk for pk, folded in Subject.objects.filter(pk__in=asked).values_list("pk", "canonical_id")}
    wanted = set(roots.values())
    rows = standing().filter(Q(subject__in=wanted) | Q(subject__canonical__in=wanted), listed_on__lte=day)
    by_root: dict[int, list[Reminder]] = {}
    for row in rows.select_related("register", "subject"):
        assert row.subject is not None
        by_root.setdefault(row.subject.canonical_id or row.subject.pk, []).append(reminder_of(row))
    return {key: by_root[root] for key, root in roots.items() if root in by_root}


def shown_in_public() -> QuerySet[ExternalListing]:
    """Return the standing entries that everybody may read: of legal entities, on lists that may be shown."""
    rows = standing().filter(is_person=False, register__is_public=True)
    return rows.exclude(subject__kind=SubjectKind.NATURAL_PERSON)


def public_external(keys: Iterable[int]) -> list[Reminder]:
    """Return what the portal shows of a legal entity, by the keys of its records; of a person nothing. One query."""
    return [reminder_of(row) for row in prepared.rows(_shown_of, (), list(keys))]


def _shown_of(keys: list[int]) -> QuerySet[ExternalListing]:
    return shown_in_public().filter(subject__among=keys)
