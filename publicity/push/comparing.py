"""One comparison of both sides, by count and digest per day; a record is asked for only where its day differs.

CMP-01 every difference is counted, and the first `NAMED_AT_MOST` are named by record and day.
CMP-02 memory is flat: one day of ours, one stretch of their digests, one day of their rows at a time.
CMP-03 the run stands in the database from its beginning: one that was cut off says that it did not come to its end.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from core import alerts, clock
from core.actors import Actor, acting
from publicity.models import Difference, Peer, Reconciliation
from publicity.push.lines import Fault, Line
from publicity.push.sealing import day_digest

NAMED_AT_MOST = 5000
UNDER_WAY = "尚未比对完毕"
LONGEST_UID = 64
Held = Mapping[str, str]  # the digest of each record of a day
Days = Iterable[tuple[date, Held]]  # in order


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
    """A day on which both sides do not hold the same."""

    kind: str
    day: date
    here: Held
    there: Held
    generations: Mapping[str, int]  # of the other side's rows

    def differences(self, *, lacking_here: bool = False) -> list[Difference]:
        """Return each record on which the sides differ; "missing" is what the other side lacks, or what we lack."""
        what = Difference.What
        source, copy = (self.there, self.here) if lacking_here else (self.here, self.there)
        return [
            Difference(
                kind=self.kind,
                decided_on=self.day,
                uid=uid,
                what=what.MISSING if uid not in copy else what.EXTRA if uid not in source else what.DIFFERS,
            )
            for uid in sorted(source.keys() | copy.keys())
            if source.get(uid) != copy.get(uid)
        ]


@dataclass(slots=True)
class Comparison:
    """A run that is being written: counted as it goes, named row by row, closed with its outcome."""

    line: Line
    run: Reconciliation
    serious: int = 0  # differences that are not on their way already
    named: int = 0

    @classmethod
    def begin(cls, line: Line, peer: Peer, direction: str, *, actor: Actor, act: str) -> Comparison:
        with acting(actor, act):
            run = Reconciliation.objects.create(peer=peer, direction=direction, on=clock.today(), fault=UNDER_WAY)
        return cls(line, run)

    def apart(self, kind: str, first: date, last: date, ours: Days) -> Iterator[Apart]:
        """Yield the days of a stretch on which the sides differ; `ours` comes in the order of the days."""
        run = self.run
        run.first, run.last = min(run.first or first, first), max(run.last or last, last)
        answer = self.line.get("/digests", kind=kind, first=first.isoformat(), last=last.isoformat())
        theirs = {
            day_of(row.get("decided_on")): (number_of(row.get("count")), str(row.get("digest", "")))
            for row in rows_of(answer, "days")
        }
        for day, here in _every_day(ours, sorted(theirs)):
            count, digest = theirs.get(day, (0, ""))
            run.days += 1
            run.ours += len(here)
            run.theirs += count
            if count == len(here) and digest == day_digest(here.items()):
                continue
            run.differing_days += 1
            listed = rows_of(self.line.get("/rows", kind=kind, decided_on=day.isoformat()), "rows")
            rows = [(str(row.get("uid", ""))[:LONGEST_UID], row) for row in listed]
            there = {uid: str(row.get("digest", "")) for uid, row in rows}
            yield Apart(kind, day, here, there, {uid: number_of(row.get("generation")) for uid, row in rows})

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


def _every_day(ours: Days, theirs: Sequence[date]) -> Iterator[tuple[date, Held]]:
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
