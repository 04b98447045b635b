"""What the public may read, gathered for pages and API alike: legal entities only, allow-listed, dated."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.core.cache import cache
from django.db.models import Prefetch, Q, QuerySet

from catalog.selectors import public_catalogue
from core import prepared
from core.identifiers import IdentifierType, normalize
from core.masking import mask_name
from core.paging import Page, keyset_page, page_of
from publicity.searching import named as subjects_named
from sanctions.models import ExecutionTask
from sanctions.selectors import contested_among, public_listing, public_listings
from subjects.enums import SubjectKind
from subjects.marks import marks_of
from subjects.models import Identifier, Subject
from subjects.selectors import codes_of, family

PUBLIC_STATES = ("in_force", "paused")
NEWEST_FIRST = ("-starts_on", "-id")
PERSONS = 20  # who share one full name
KEPT_SECONDS = 60


def listings_on(day: date, polarity: str | None = None) -> QuerySet[Any]:
    """Return what stands on the public lists on the day: in force or paused, verified legal entities only."""
    rows = public_listings(day, polarity=polarity, states=PUBLIC_STATES)
    return rows.filter(subject__is_provisional=False).prefetch_related("pauses")


def narrowed(rows: QuerySet[Any], *, name: str = "", entry: str = "", unit: str = "", state: str = "") -> QuerySet[Any]:
    """Return those listings whose subject, entry, deciding unit and state are meant by these words."""
    if name:
        code = normalize(IdentifierType.USCC, name)
        named = subjects_named(name)
        coded = Identifier.objects.filter(type=IdentifierType.USCC, value=code).values("subject")
        meant = Q(subject__in=named) | Q(subject__canonical__in=named) | Q(subject__in=coded)
        rows = rows.filter(meant)
    if entry:
        rows = rows.filter(Q(revision__entry__code=entry.upper()) | Q(revision__title__contains=entry))
    if unit:
        rows = rows.filter(determination__lead_unit__name__contains=unit)
    return rows.filter(state_on=state) if state else rows


def listing_page(
    day: date, polarity: str | None, *, cursor: str | None, limit: int, **words: str
) -> Page[dict[str, Any]]:
    """Return one page of a public list as plain dicts, newest first; constant number of queries."""
    rows = narrowed(listings_on(day, polarity), **words)
    page = keyset_page(rows, order=NEWEST_FIRST, cursor=cursor, limit=limit)
    return Page(shown(page.items), page.next, page.count, page.count_capped)


def shown(listings: Sequence[Any]) -> list[dict[str, Any]]:
    """Return the allow-list of each listing, with the code under which its subject is addressed."""
    codes = codes_of({listing.subject_id for listing in listings}) if listings else {}
    contested = contested_among(listings)
    rows = []
    for listing in listings:
        row = public_listing(listing, contested.get(listing.pk, ""))
        row["subject"] = row["subject"] | {"code": codes[listing.subject_id]}
        rows.append(row)
    return rows


def base_marks(public_ids: Iterable[str]) -> dict[str, str]:
    """Return which subjects' base records are being contested, with the words; one query."""
    found = marks_of({"base_record": list(public_ids)})
    return {key: words for (_, key), words in found.items()}


def listings_of_subject(subject: Subject, day: date) -> list[Any]:
    """Return the public listings of a subject and of the duplicates folded into it, with pauses and tasks."""
    return listings_of(family(subject), day)


def listings_of(keys: Sequence[int], day: date) -> list[Any]:
    """Return the public listings under these keys, which are one subject's, with pauses and tasks."""
    return prepared.rows(_under_keys, (), list(keys), day)


def _under_keys(keys: list[int], day: date) -> QuerySet[Any]:
    rows = listings_on(day).filter(subject__among=keys).order_by(*NEWEST_FIRST)
    tasks = Prefetch("tasks", ExecutionTask.objects.select_related("measure", "unit"))
    return rows.select_related("case_subject__case__unit").prefetch_related(tasks)


def newest_listings(day: date, polarity: str, most: int) -> list[dict[str, Any]]:
    """Return the newest of one list as plain dicts."""
    return shown(prepared.rows(_newest, (polarity, most), day))


def _newest(polarity: str, most: int, day: date) -> QuerySet[Any]:
    return listings_on(day, polarity).order_by(*NEWEST_FIRST)[:most]


def standing_of(subject_ids: Iterable[int], day: date) -> dict[int, list[tuple[str, str]]]:
    """Return by subject the (polarity, state) pairs that it holds on the public lists; one query."""
    found: dict[int, set[tuple[str, str]]] = {}
    for own, folded_into, polarity, state in prepared.tuples(_standing, (), list(subject_ids), day):
        found.setdefault(folded_into or own, set()).add((polarity, state))
    return {key: sorted(pairs) for key, pairs in found.items()}


def _standing(keys: list[int], day: date) -> QuerySet[Any, Any]:
    rows = listings_on(day).order_by().prefetch_related(None)
    rows = rows.filter(Q(subject__among=keys) | Q(subject__canonical__among=keys))
    return rows.values_list("subject_id", "subject__canonical_id", "polarity", "state_on")


def shown_repair(application: Any) -> dict[str, Any]:
    """Return the allow-list of one announced repair: who, of what, by whom, since when; nothing of the applicant."""
    listing, penalty = application.listing, application.penalty
    return {
        "name": application.subject.name,
        "subject": application.subject.public_id,
        "kind": application.get_kind_display(),
        "what": listing.revision.title if listing is not None else f"行政处罚公示（{penalty.document_number}）",
        "unit": application.unit.name,
        "number": application.numbered(),
        "published_on": application.published_on,
    }


def subjects_on_list(day: date, polarity: str) -> list[int]:
    """Return the keys of all records whose subject is on this list; kept for a minute, as a filter of searches."""
    key = f"portal:listed:{polarity}:{day.isoformat()}"
    kept: list[int] | None = cache.get(key)
    if kept is None:
        rows = listings_on(day, polarity).order_by().prefetch_related(None)
        roots = {folded or own for own, folded in rows.values_list("subject_id", "subject__canonical_id")}
        folded = Subject.objects.filter(canonical__in=roots).values_list("pk", flat=True)
        kept = sorted({*roots, *folded})
        cache.set(key, kept, KEPT_SECONDS)
    return kept


def counted_subjects() -> QuerySet[Subject]:
    """Return the legal entities on file, each once, verified: what the first page counts."""
    return Subject.objects.exclude(kind=SubjectKind.NATURAL_PERSON).filter(canonical=None, is_provisional=False)


def person_on_list(day: date, polarity: str, name: str) -> list[dict[str, Any]]:
    """Return what the list publishes of the persons with exactly this full name, the name masked; nobody else."""
    rows = public_listings(day, polarity=polarity, states=PUBLIC_STATES, persons=True).filter(subject__name=name)
    shown = [public_listing(listing) for listing in rows.order_by(*NEWEST_FIRST)[:PERSONS]]
    return [row | {"subject": {"name": mask_name(row["subject"]["name"]), "id": "", "code": ""}} for row in shown]


class _Entries:
    """The entries in force, as rows that can be paged by code."""

    def __init__(self, entries: list[dict[str, Any]]) -> None:
        self.entries = entries

    def rows(self, after: tuple[Any, ...] | None, limit: int) -> Sequence[dict[str, Any]]:
        following = [entry for entry in self.entries if after is None or entry["code"] > after[0]]
        return following[:limit]

    def key(self, row: dict[str, Any]) -> tuple[Any, ...]:
        return (row["code"],)

    def count(self, cap: int) -> int:
        return min(len(self.entries), cap)


def catalogue_page(
    day: date, *, polarity: str | None, q: str | None, cursor: str | None, limit: int
) -> Page[dict[str, Any]]:
    """Return one page of the entries in force on the day, by code."""
    entries = sorted(public_catalogue(day, polarity, q), key=lambda entry: str(entry["code"]))
    return page_of(_Entries(entries), order=("code",), cursor=cursor, limit=limit)


def entry_on(code: str, day: date) -> dict[str, Any] | None:
    """Return the entry with this code as it is in force on the day, or None."""
    return next((entry for entry in public_catalogue(day, q=code) if entry["code"] == code), None)
