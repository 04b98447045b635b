"""What the public may read, gathered for pages and API alike: legal entities only, allow-listed, dated."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.cache import cache
from django.db.models import Count, Q, QuerySet

from catalog.selectors import public_catalogue, revisions_in_force
from core.paging import Page, keyset_page, page_of
from sanctions.selectors import contested_among, public_listing, public_listings
from subjects.enums import SubjectKind
from subjects.marks import marks_of
from subjects.models import Subject
from subjects.selectors import codes_of, family

PUBLIC_STATES = ("in_force", "paused")
NEWEST_FIRST = ("-starts_on", "-id")
SUBJECT_COUNT_SECONDS = 60  # counting a million rows for every visitor of the home page would be waste


def listings_on(day: date, polarity: str | None = None) -> QuerySet[Any]:
    """Return what stands on the public lists on the day: in force or paused, verified legal entities only."""
    rows = public_listings(day, polarity=polarity, states=PUBLIC_STATES)
    return rows.filter(subject__is_provisional=False).prefetch_related("pauses")


def listing_page(day: date, polarity: str | None, *, cursor: str | None, limit: int) -> Page[dict[str, Any]]:
    """Return one page of a public list as plain dicts, newest first; constant number of queries."""
    page = keyset_page(listings_on(day, polarity), order=NEWEST_FIRST, cursor=cursor, limit=limit)
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
    rows = listings_on(day).filter(subject__in=family(subject)).order_by(*NEWEST_FIRST)
    return list(rows.prefetch_related("tasks__measure", "tasks__unit"))


def standing_of(subject_ids: Iterable[int], day: date) -> dict[int, list[tuple[str, str]]]:
    """Return by subject the (polarity, state) pairs that it holds on the public lists; one query."""
    keys = list(subject_ids)
    rows = listings_on(day).order_by().prefetch_related(None)
    rows = rows.filter(Q(subject__in=keys) | Q(subject__canonical__in=keys))
    found: dict[int, set[tuple[str, str]]] = {}
    for own, folded_into, polarity, state in rows.values_list(
        "subject_id", "subject__canonical_id", "polarity", "state_on"
    ):
        found.setdefault(folded_into or own, set()).add((polarity, state))
    return {key: sorted(pairs) for key, pairs in found.items()}


@dataclass(frozen=True, slots=True)
class Figures:
    """The numbers of the home page, each counted in the database."""

    subjects: int
    subjects_by_kind: list[tuple[str, int]]
    discipline: int
    discipline_paused: int
    incentive: int
    incentive_paused: int
    entries_discipline: int
    entries_incentive: int

    @property
    def entries(self) -> int:
        return self.entries_discipline + self.entries_incentive


def figures(day: date) -> Figures:
    """Return how many subjects, listings and entries there are on the day; subjects may be a minute old."""
    listed = dict.fromkeys(((p, s) for p in ("discipline", "incentive") for s in PUBLIC_STATES), 0)
    rows = listings_on(day).order_by().prefetch_related(None).values_list("polarity", "state_on")
    for polarity, state, number in rows.annotate(number=Count("pk")):
        listed[polarity, state] = number
    entries = dict(revisions_in_force(day).order_by().values_list("entry__polarity").annotate(number=Count("pk")))
    kinds = cache.get_or_set("portal:subjects", _subjects_by_kind, SUBJECT_COUNT_SECONDS) or {}
    return Figures(
        subjects=sum(kinds.values()),
        subjects_by_kind=[(SubjectKind(kind).label, number) for kind, number in kinds.items()],
        discipline=listed["discipline", "in_force"] + listed["discipline", "paused"],
        discipline_paused=listed["discipline", "paused"],
        incentive=listed["incentive", "in_force"] + listed["incentive", "paused"],
        incentive_paused=listed["incentive", "paused"],
        entries_discipline=entries.get("discipline", 0),
        entries_incentive=entries.get("incentive", 0),
    )


def _subjects_by_kind() -> dict[str, int]:
    rows = Subject.objects.exclude(kind=SubjectKind.NATURAL_PERSON).filter(canonical=None, is_provisional=False)
    counted = dict(rows.order_by().values_list("kind").annotate(number=Count("pk")))
    return {kind.value: counted[kind.value] for kind in SubjectKind if kind.value in counted}


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
