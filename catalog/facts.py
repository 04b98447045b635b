"""The facts that the catalogue's rules judge, gathered by `selectors.facts_of`; no queries here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from catalog.content import RevisionContent
from catalog.enums import STRONG_KINDS, WEAK_KINDS, Polarity


@dataclass(frozen=True, slots=True)
class CitationFacts:
    """A cited article as it stands in the library; `kind` is empty where the library does not hold it."""

    ref: str
    label: str
    kind: str
    needs_check: bool
    valid_from: date | None
    valid_to: date | None

    def in_force_on(self, day: date) -> bool:
        return (
            self.valid_from is not None and self.valid_from <= day and (self.valid_to is None or self.valid_to >= day)
        )

    def carries(self, polarity: str) -> bool:
        """Tell whether it can carry an entry: sure, and for discipline no memorandum or standard."""
        return (
            bool(self.kind) and not self.needs_check and (polarity == Polarity.INCENTIVE or self.kind not in WEAK_KINDS)
        )

    @property
    def is_strong(self) -> bool:
        return self.kind in STRONG_KINDS and not self.needs_check


@dataclass(frozen=True, slots=True)
class UnitFacts:
    code: str
    name: str
    valid_to: date | None
    heirs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MeasureFacts:
    code: str
    name: str
    polarity: str
    measure_class: int


@dataclass(frozen=True, slots=True)
class RevisionFacts:
    """Everything the rules ask; built by `selectors.facts_of`.

    day: the day the units are judged on, the later of today and the effective day;
    existing_polarity: of an entry that exists already; taken_to: the last day that an earlier revision keeps whatever
    is published now: the first day of the published one, the last day of those that ended.
    """

    content: RevisionContent
    citations: Mapping[str, CitationFacts]
    units: Mapping[str, UnitFacts]
    measures: Mapping[str, MeasureFacts]
    day: date
    existing_polarity: str = ""
    taken_to: date | None = None
