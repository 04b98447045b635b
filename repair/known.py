"""What the navigator asks about the records of one subject, each kind of row read once however many records there are.

For pages only: what an act needs is read inside the act.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cached_property
from typing import Any

from core.deadlines import DueDay
from core.models import Deadline
from core.models.deadlines import TimeLimitRule
from core.rulebook import RuleBook
from publicity.law import Law
from publicity.models import Penalty
from repair.enums import OPEN
from repair.models import Application, Bar
from repair.selectors import shielded
from repair.terms import Book
from sanctions.models import Listing
from subjects.models import Subject
from subjects.selectors import code_of, family


def _same_decision(penalty: Any) -> tuple[Any, ...]:
    return penalty.authority_code, penalty.document_number, penalty.subject_id, penalty.decided_on


class Known:
    """Rows of one subject on one day. shown: the penalties that are public on it, as their readers have found them."""

    def __init__(self, subject: Subject, listings: Iterable[Listing], shown: Iterable[Penalty], day: date) -> None:
        self.subject, self.day = subject, day
        self.book, self.law, self.limits = Book(listings), Law(), RuleBook.load()
        self.law.regimes = self.book.regimes  # the same rows, read already
        self.shown = {row.pk for row in shown}
        self.code = code_of(subject)
        keys = family(subject)
        rows = Application.objects.filter(subject__in=keys).select_related("penalty").order_by("pk")
        self._by_listing: dict[int, Application] = {}
        self._by_decision: dict[tuple[Any, ...], Application] = {}
        for row in rows:  # the newest stays
            if row.listing_id is not None:
                self._by_listing[row.listing_id] = row
            elif row.penalty is not None:
                self._by_decision[_same_decision(row.penalty)] = row
        self._open = [row.pk for row in rows if row.state in OPEN]
        self._bars = list(Bar.objects.filter(subject__in=keys).values_list("from_on", "until"))

    def latest(self, record: Listing | Penalty) -> Application | None:
        """Return the newest application about a listing, or about any version of a decision."""
        if isinstance(record, Listing):
            return self._by_listing.get(record.pk)
        return self._by_decision.get(_same_decision(record))

    def barred_until(self, day: date | None = None) -> date | None:
        """Return the last day on which the subject may not apply, counting bars that have begun by `day`."""
        return max((until for from_on, until in self._bars if day is None or from_on <= day), default=None)

    @cached_property
    def shielded(self) -> bool:
        return shielded(self.subject, self.day)

    @cached_property
    def _dues(self) -> list[Deadline]:
        rows = Deadline.objects.filter(aggregate_type=Application._meta.label_lower, object_id__in=self._open)
        return list(rows.select_related("rule").order_by("pk"))

    def dues(self, application: Application) -> list[Deadline]:
        """Return the due days of an open application, oldest first."""
        return [row for row in self._dues if row.object_id == application.pk]

    def due(self, code: str, counts_from: date) -> tuple[TimeLimitRule, DueDay]:
        """Return the rule in force on the day and the due day it gives. Problem CORE-08 where there is none."""
        return self.limits.due(code, counts_from)
