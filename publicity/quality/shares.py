"""上报率, 合规率, 入库率 and 准确率 per unit and month, by the formulas of the assessment (domain §6.4), counted by set.

QLT-05 上报率 = (reported ∩ ledger) / ledger; a month's ledger is the larger of what the unit and the platform counted.
QLT-06 合规率 = rows without an error / rows handed in; a row handed in again unchanged, or twice in a file, is no row.
QLT-07 入库率 = rows that entered / rows handed in; a held row enters when a person accepts it.
QLT-08 准确率 = drawn records that say what their document says / drawn records compared.
Intake shares stand in the month in which the file came: a refused row has no day of decision to go by.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import TruncMonth

from core.models.intake import TAKING_BACK, BatchState, IntakeBatch, QuestionedRow, QuestionState
from publicity.enums import RecordKind
from publicity.models import LedgerCount, SampledRecord

PROFILES = {RecordKind.LICENCE.value: "licences", RecordKind.PENALTY.value: "penalties"}
Key = tuple[int, date]


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a whole; no whole, no share."""

    part: int = 0
    whole: int = 0

    def __add__(self, other: Share) -> Share:
        return Share(self.part + other.part, self.whole + other.whole)

    @property
    def value(self) -> float | None:
        return self.part / self.whole if self.whole else None


def reporting(
    first: date, last: date, decisions: Mapping[tuple[int, date, str], int], kinds: Iterable[str]
) -> dict[Key, Share]:
    """Return 上报率 by unit and month; `decisions` is what was reported by unit, month and kind."""
    rows = (
        LedgerCount.objects.filter(on__range=(first, last), kind__in=list(kinds))
        .values("unit_id", "kind", "source", "span", month=TruncMonth("on"))
        .annotate(counted=Sum("decisions"))
    )
    largest: dict[tuple[int, date, str], int] = {}
    for row in rows:
        key = row["unit_id"], row["month"], row["kind"]
        largest[key] = max(largest.get(key, 0), row["counted"])
    found: dict[Key, Share] = {}
    for (unit, month, kind), counted in largest.items():
        reported = min(decisions.get((unit, month, kind), 0), counted)
        found[unit, month] = found.get((unit, month), Share()) + Share(reported, counted)
    return found


def intake(first: date, last: date, kinds: Iterable[str]) -> tuple[dict[Key, Share], dict[Key, Share]]:
    """Return 合规率 and 入库率 by unit and month of receipt, from the counters of the batches."""
    batches = IntakeBatch.objects.filter(
        received_on__range=(first, last), profile__in=[PROFILES[kind] for kind in kinds], unit_id__isnull=False
    ).exclude(state__in=[*TAKING_BACK, BatchState.FAILED])
    fresh = F("rows") - F("unchanged") - F("duplicate")
    rows: Any = (
        batches.values("unit_id", month=TruncMonth("received_on"))
        .annotate(fresh=Sum(fresh), rejected_rows=Sum("rejected"), held=Sum("questioned"))
        .order_by()
    )
    accepted = (
        QuestionedRow.objects.filter(batch__in=batches, state=QuestionState.ACCEPTED)
        .values("batch__unit_id", month=TruncMonth("batch__received_on"))
        .annotate(number=Count("pk"))
    )
    entered = {(row["batch__unit_id"], row["month"]): row["number"] for row in accepted}
    passing: dict[Key, Share] = {}
    stored: dict[Key, Share] = {}
    for row in rows:
        key: Key = (int(row["unit_id"] or 0), row["month"])
        right = row["fresh"] - row["rejected_rows"]
        passing[key] = Share(right, row["fresh"])
        stored[key] = Share(right - row["held"] + entered.get(key, 0), row["fresh"])
    return passing, stored


def accuracy(first: date, last: date, kinds: Iterable[str]) -> dict[Key, Share]:
    """Return 准确率 by unit and month of decision, from the drawn records that were compared."""
    rows: Any = (
        SampledRecord.objects.filter(sample__month__range=(first, last), sample__kind__in=list(kinds))
        .exclude(result="")
        .values("unit_id", "sample__month")
        .annotate(whole=Count("pk"), part=Count("pk", filter=Q(result=SampledRecord.Result.IDENTICAL)))
    )
    return {(row["unit_id"], row["sample__month"]): Share(row["part"], row["whole"]) for row in rows}
