"""What is read of the lists of others: which sources were consulted and how old they are, and what they remind of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Max, QuerySet

from core.text import zh_day
from sanctions.models import ExternalListing

STALE_DAYS = 7
NO_MEASURE = "仅提示，本市未据此采取措施"


@dataclass(frozen=True, slots=True)
class Consulted:
    """A source that was asked, and the age of what it last sent."""

    source: str
    list_name: str
    received_on: date | None
    age_days: int | None
    is_stale: bool
    words: str


@dataclass(frozen=True, slots=True)
class Reminder:
    """An entry of somebody else's list about a subject: to be looked at, never enforced."""

    source: str
    list_name: str
    number: str
    document: str
    listed_on: date
    expected_exit_on: date | None
    received_on: date
    contact: str
    words: str


def sources_consulted(day: date) -> list[Consulted]:
    """Return every list that was received, with its age on the day."""
    rows = ExternalListing.objects.order_by("source", "list_name").values_list("source", "list_name")
    found = []
    for source, list_name, received in rows.annotate(received=Max("received_on")):
        age = max(0, (day - received).days)
        late = f"，已超过 {STALE_DAYS} 日未更新" if age > STALE_DAYS else ""
        words = f"{source}《{list_name}》：{zh_day(received)}接收，距今 {age} 日{late}"
        found.append(Consulted(source, list_name, received, age, bool(late), words))
    return found


def standing() -> QuerySet[ExternalListing]:
    """Return the entries that their source has not ended, of subjects on file."""
    return ExternalListing.objects.filter(ended_on__isnull=True, subject__isnull=False).order_by("-listed_on", "-id")


def reminder_of(row: ExternalListing) -> Reminder:
    """Return an entry as a reminder, with its source and the fixed words."""
    words = f"{row.source}《{row.list_name}》{zh_day(row.listed_on)}列入，{zh_day(row.received_on)}接收；{NO_MEASURE}"
    return Reminder(
        row.source,
        row.list_name,
        row.source_number,
        row.basis,
        row.listed_on,
        row.expected_exit_on,
        row.received_on,
        "",
        words,
    )
