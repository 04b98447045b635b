"""The catalogue read once: which revision holds on any day, from memory; the twin of `catalog_revision_in_force`."""

from __future__ import annotations

from datetime import date

from catalog.enums import FROZEN_STATES, WEAK_KINDS, Polarity
from catalog.models import EntryRevision, RevisionCitation
from catalog.selectors.in_force import absence_of
from core.problems import Violation

Span = tuple[date | None, date | None]


class Catalogue:
    """Every revision with the days on which a sure citation carries it; two queries, none afterwards."""

    def __init__(self) -> None:
        self._revisions: dict[str, list[EntryRevision]] = {}
        for row in EntryRevision.objects.select_related("entry").order_by("entry__code", "number"):
            self._revisions.setdefault(row.entry.code, []).append(row)
        self._carried: dict[int, list[Span]] = {}
        for revision, starts, ends in _sure_citations():
            self._carried.setdefault(revision, []).append((starts, ends))

    def in_force(self, entry_code: str, on: date) -> EntryRevision | None:
        """Return the revision of the entry in force on the day, or None: then ask `why_not`."""
        return next((row for row in self._revisions.get(entry_code, ()) if self._holds(row, on)), None)

    def why_not(self, entry_code: str, on: date) -> Violation | None:
        """Return which condition keeps the entry from being in force on the day; None when it is in force."""
        if self.in_force(entry_code, on) is not None:
            return None
        return absence_of(entry_code, self._revisions.get(entry_code, ()), on)

    def _holds(self, row: EntryRevision, on: date) -> bool:
        if row.state not in FROZEN_STATES or row.activated_on is None or row.effective_from is None:
            return False
        if on < row.effective_from or (row.effective_to is not None and on > row.effective_to):
            return False
        return any(
            starts is not None and starts <= on and (ends is None or on <= ends)
            for starts, ends in self._carried.get(row.pk, ())
        )


def _sure_citations() -> list[tuple[int, date | None, date | None]]:
    rows = RevisionCitation.objects.filter(needs_check=False).values_list(
        "revision_id",
        "revision__entry__polarity",
        "article__instrument__kind",
        "article__valid_from",
        "article__instrument__effective_from",
        "article__valid_to",
        "article__instrument__effective_to",
    )
    found = []
    for revision, polarity, kind, article_from, law_from, article_to, law_to in rows:
        if polarity == Polarity.INCENTIVE or kind not in WEAK_KINDS:
            ends = [day for day in (article_to, law_to) if day is not None]
            found.append((revision, article_from or law_from, min(ends, default=None)))
    return found
