"""How a system is spoken to: the base that sending and comparing know, and the city portal's plain interface."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from publicity.push.lines import Line
from publicity.push.parcels import Parcel
from publicity.push.sealing import canonical, sm3

Answer = Mapping[str, Any]
LATER = frozenset({"sent", "received", "processing"})  # states of an answer whose receipts come later


class Receiver:
    """What becomes of a receipt that was fetched: taken, or refused with the reason."""

    def taken(self) -> None:
        """Say that it was taken and need not be fetched again."""

    def refused(self, why: str) -> None:
        """Say that it cannot be taken, and why."""


class Adapter:
    """Base of all ways to speak to a system; each call raises Fault (try again) or Declined (a reasoned no)."""

    by_unit = False  # whether it keeps the records of each unit apart

    def document(self, parcel: Parcel) -> dict[str, Any]:
        """Return a parcel as this system takes it."""
        records = list(parcel.records)
        return {
            "batch_no": parcel.batch.number,
            "profile": parcel.kind.profile,
            "kind": parcel.kind.name,
            "count": len(records),
            "digest": sm3(canonical(records)),
            "records": records,
        }

    def numbers(self, parcel: Parcel) -> Mapping[str, str]:
        """Return the system's own numbers for the rows of the parcel that have none; nothing where it gives none."""
        return {}

    def hand_over(self, document: Mapping[str, Any]) -> Answer:
        """Hand a parcel over and return its receipts, or that they come later."""
        raise NotImplementedError

    def receipts(self) -> Iterator[tuple[Answer, Receiver]]:
        """Yield the receipts that lie ready to be fetched, each with how its fetching is settled."""
        yield from ()

    def span(self, kind: str) -> Answer:
        """Return the days between which the system holds records of a kind: `first`, `last`."""
        raise NotImplementedError

    def digests(self, kind: str, first: date, last: date) -> Answer:
        """Return count and digest per day (and unit, where it keeps them apart): `days`."""
        raise NotImplementedError

    def rows(self, kind: str, day: date, unit: str) -> Answer:
        """Return what it holds of one day: `rows` of uid, digest, generation."""
        raise NotImplementedError


@dataclass(frozen=True)
class Rest(Adapter):
    """The interface over HTTP as the city portal has it: receipts come in the answer."""

    line: Line

    def hand_over(self, document: Mapping[str, Any]) -> Answer:
        return self.line.post("/records", document)

    def span(self, kind: str) -> Answer:
        return self.line.get("/span", kind=kind)

    def digests(self, kind: str, first: date, last: date) -> Answer:
        return self.line.get("/digests", kind=kind, first=first.isoformat(), last=last.isoformat())

    def rows(self, kind: str, day: date, unit: str) -> Answer:
        apart = unit if self.by_unit else None
        return self.line.get("/rows", kind=kind, decided_on=day.isoformat(), unit=apart)
