"""One comparison of the sides, by count and digest per day and unit; a record is asked for only where they differ.

CMP-01 every difference is counted, and the first `NAMED_AT_MOST` are named by record and day.
CMP-02 memory is flat: one day of ours, one stretch of their digests, one day of their rows at a time.
CMP-03 the run stands in the database from its beginning: one that was cut off says that it did not come to its end.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from core import alerts, clock
from core.actors import Actor, acting
from publicity.models import Difference, Peer, Reconciliation
from publicity.push.adapters import Adapter
from publicity.push.lines import Fault
from publicity.push.sealing import day_digest

NAMED_AT_MOST = 5000
UNDER_WAY = "尚未比对完毕"
LONGEST_UID = 64
Held = Mapping[str, str]  # the digest of each record
ByUnit = Mapping[str, Held]  # of one day, by the code of the unit; all under "" where units are not kept apart
Days = Iterable[tuple[date, ByUnit]]  # in order
NOTHING: Held = {}


def day_of(text: object) -> date:
    """Return a day of an answer; Fault for what is none."""
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        raise Fault("应答中的日期不正确") from None


def rows_of(answer: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    """Return the rows of an answer; Fault where it does not keep to the interface."""
    rows = answer.get(name)
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise Fault("应答格式不符")
    return rows


def number_of(value: object) -> int:
    """Return a number of an answer; Fault for what is none."""
    try:
        return int(str(value or 0))
    except ValueError:
        raise Fault("应答中的数量不正确") from None


@dataclass(frozen=True, slots=True)
class Apart:
    """A day, of one unit where they are kept apart, on which the sides do not hold the same."""

    kind: str
    day: date
    here: Held
    there: Held
    generations: Mapping[str, int]  # of the other side's rows
    acknowledged: Held | None = None  # what receipts say that the other side holds, where they are a side of their own

    def differences(self, *, lacking_here: bool = False) -> list[Difference]:
        """Return each record on which the sides differ; "missing" is what the other side lacks, or what we lack."""
        source, copy = (self.there, self.here) if lacking_here else (self.here, self.there)
        receipts = NOTHING if self.acknowledged is None else self.acknowledged
        return [
            Difference(
                kind=self.kind, decided_on=self.day, uid=uid, what=what, acknowledged=receipts.get(uid) is not None
            )
            for uid in sorted(source.keys() | copy.keys())
            if (what := self._what(uid, source, copy)) is not None
        ]

    def _what(self, uid: str, source: Held, copy: Held) -> str | None:
        """Return in what way the sides differ on a record; None where they do not."""
        what = Difference.What
        if source.get(uid) != copy.get(uid):
            return what.MISSING if uid not in copy else what.EXTRA if uid not in source else what.DIFFERS
        if self.acknowledged is not None and self.acknowledged.get(uid) != source[uid]:
            return what.RECEIPT
        return None


@dataclass(slots=True)
class Comparison:
    """A run that is being written: counted as it goes, named row by row, closed with its outcome."""

    adapter: Adapter
    run: Reconciliation
    serious: int = 0  # differences that are not on their way already
    named: int = 0

    @classmethod
    def begin(cls, adapter: Adapter, peer: Peer, direction: str, *, actor: Actor, act: str) -> Comparison:
        with acting(actor, act):
            run = Reconciliation.objects.create(peer=peer, direction=direction, on=clock.today(), fault=UNDER_WAY)
        return cls(adapter, run)

    def apart(
        self, kind: str, first: date, last: date, ours: Days, receipts: Callable[[date], ByUnit] | None = None
    ) -> Iterator[Apart]:
        """Yield the days, by unit, of a stretch on which the sides differ; `ours` comes in the order of the days.

        receipts: what the other side acknowledged of a day, where that is a third side.
        """
        run = self.run
        run.first, run.last = min(run.first or first, first), max(run.last or last, last)
        theirs = self._theirs(kind, first, last)
        for day, here in _every_day(ours, sorted(theirs)):
            there = theirs.get(day, {})
            run.days += 1
            run.ours += sum(map(len, here.values()))
            run.theirs += sum(count for count, _ in there.values())
            acknowledged = receipts(day) if receipts is not None else None
            if acknowledged is not None:
                run.acknowledged = (run.acknowledged or 0) + sum(map(len, acknowledged.values()))
            found = False
            for unit in sorted(here.keys() | there.keys()):
                told = None if acknowledged is None else acknowledged.get(unit, NOTHING)
                held, count, digest = here.get(unit, NOTHING), *there.get(unit, (0, ""))
                if count == len(held) and (not count or digest == day_digest(held.items())):
                    if told is None or told == held:
                        continue
                    found = True
                    yield Apart(kind, day, held, held, {}, told)
                    continue
                found = True
                yield self._rows(kind, day, unit, held, told)
            run.differing_days += found

    def _theirs(self, kind: str, first: date, last: date) -> dict[date, dict[str, tuple[int, str]]]:
        """Return count and digest of each day of theirs, by unit where they keep units apart."""
        found: dict[date, dict[str, tuple[int, str]]] = {}
        for row in rows_of(self.adapter.digests(kind, first, last), "days"):
            unit = str(row.get("unit") or "") if self.adapter.by_unit else ""
            cell = (number_of(row.get("count")), str(row.get("digest", "")))
            found.setdefault(day_of(row.get("decided_on")), {})[unit] = cell
        return found

    def _rows(self, kind: str, day: date, unit: str, here: Held, told: Held | None) -> Apart:
        """Ask what they hold of a day that differs."""
        listed = rows_of(self.adapter.rows(kind, day, unit), "rows")
        rows = [(str(row.get("uid") or row.get("rec_uid") or "")[:LONGEST_UID], row) for row in listed]
        there = {uid: str(row.get("digest", "")) for uid, row in rows}
        return Apart(kind, day, here, there, {uid: number_of(row.get("generation")) for uid, row in rows}, told)

    def name(self, rows: Sequence[Difference]) -> None:
        """Count the differences, and name as many as a person could look at; inside an act."""
        self.run.differences += len(rows)
        self.serious += sum(not row.on_its_way for row in rows)
        kept = rows[: NAMED_AT_MOST - self.named]
        for row in kept:
            row.reconciliation = self.run
        Difference.objects.bulk_create(kept)
        self.named += len(kept)

    def close(self, fault: str = "") -> Reconciliation:
        """Write what came of the run; inside an act."""
        self.run.fault, self.run.finished_at = fault[:300], clock.now()
        self.run.save()
        return self.run

    def tell(self, code: str, words: str) -> None:
        """Say, with their number in `words`, that the sides differ, as long as they do."""
        if self.serious:
            alerts.raise_alert(code, role="office", ref=self.run.peer.code, text=words.format(self.serious))
        else:
            alerts.settle(code, self.run.peer.code)


def _every_day(ours: Days, theirs: Sequence[date]) -> Iterator[tuple[date, ByUnit]]:
    """Return the days of both sides in order, with what we hold of each."""
    ahead = deque(theirs)
    for day, here in ours:
        while ahead and ahead[0] < day:
            yield ahead.popleft(), {}
        if ahead and ahead[0] == day:
            ahead.popleft()
        yield day, here
    for day in ahead:
        yield day, {}
