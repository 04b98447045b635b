"""A listing's time as a bar: every stretch with its state, its days and its cause; drawn from the clock alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from core.periods import STATE_LABELS, Clock, PeriodState, covered
from sanctions.enums import ListingState, PauseCause
from sanctions.models import Listing
from sanctions.simulation import REPAIRED, Standing

DAY = timedelta(days=1)
LEAST, BEYOND = 30, 8  # an open end is drawn so many days on, or an eighth of what is known
CLOSE = 8  # percent of the drawing that two words need between them
ENDED_WORDS = {
    REPAIRED: "因信用修复结束",
    "performed": "履行完毕，已结束",
    "withdrawn": "激励已取消",
    "amended": "期限变更后结束",
}
EVENT_LABELS = {"amended": "期限变更", "repaired": "修复公布", "revoked": "撤销"}


@dataclass(frozen=True, slots=True)
class Segment:
    """Days of one state on end; both ends are of that state, `to_on` None where the end is not known.

    ahead: the part of an open pause that is still to come, if it lasts.
    """

    state: str
    word: str
    from_on: date
    to_on: date | None
    why: str
    left: str
    width: str
    middle: str
    room: str
    ahead: bool = False

    @property
    def days(self) -> int | None:
        return (self.to_on - self.from_on).days + 1 if self.to_on else None


@dataclass(frozen=True, slots=True)
class Mark:
    """One day on the bar; `anchor` keeps its word inside the drawing."""

    on: date
    word: str
    kind: str
    at: str
    anchor: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    segments: list[Segment]
    marks: list[Mark]
    first: date
    last: date
    open_ended: bool
    today: Mark | None


@dataclass(frozen=True, slots=True)
class Event:
    """What an act did on a day, told beneath the bar."""

    on: date
    kind: str
    note: str = ""


def span_of(standing: Standing, today: date, known_until: date | None = None) -> tuple[date, date]:
    """Return the first and last day that a bar of this listing needs."""
    known = max(known_until or today, today)
    clock = standing.clock()
    end = clock.natural_ends_on()
    first = min(filter(None, (standing.decided_on, clock.starts_on)))
    spans = [*clock.pauses, *clock.lapses]
    days = [clock.starts_on, clock.original_ends_on, end, clock.over_from, clock.revoked_from]
    days += [day for span in spans for day in (span.from_on, span.to_on)]
    last = max(day for day in days if day is not None)
    ahead = max(LEAST, (last - first).days // BEYOND)
    if end is None:
        earliest = clock.earliest_ends_on(known)
        return first, max(filter(None, (last, known, earliest))) + timedelta(days=ahead)
    return first, max(last, today) if today <= last + timedelta(days=ahead) else last


def draw(
    standing: Standing,
    today: date,
    span: tuple[date, date],
    events: Sequence[Event] = (),
    known_until: date | None = None,
) -> Bar:
    """Return the bar of a decided listing over the span; two bars over one span can be compared by eye.

    known_until: the last day that is told or imagined, today if none; an open pause after it is still to come.
    """
    known = max(known_until or today, today)
    first, last = span
    clock = standing.clock()
    end = clock.natural_ends_on()
    total = (last - first).days + 1
    spans = [*clock.pauses, *clock.lapses]
    turns = {first, clock.starts_on, clock.over_from, clock.revoked_from, end + DAY if end else None}
    turns |= {day for one in spans for day in (one.from_on, one.to_on)}
    days = sorted(day for day in turns if day is not None and first <= day <= last)
    stretches: list[tuple[date, PeriodState, str]] = []
    for day in days:
        found = (clock.state_on(day), _why(standing, clock, day))
        if not stretches or stretches[-1][1:] != found:
            stretches.append((day, *found))
    segments = []
    for number, (day, state, why) in enumerate(stretches):
        until = stretches[number + 1][0] - DAY if number + 1 < len(stretches) else None
        if until is None and end is not None and state not in {PeriodState.ENDED, PeriodState.REVOKED}:
            until = last
        edges = [day, (until or last) + DAY]
        if until is None and state == PeriodState.PAUSED and day <= known < last:
            edges.insert(1, known + DAY)
        for begins, stops in pairwise(edges):
            place = 100 * (begins - first).days / total, 100 * (stops - begins).days / total
            segments.append(_segment((day, until), state, why, place, ahead=begins != day))
    shown = [_mark(event.on, event.kind, EVENT_LABELS[event.kind], first, total, event.note) for event in events]
    shown += _ends(clock, known, first, total)
    now = _mark(today, "today", "今天", first, total) if first <= today <= last else None
    return Bar(
        segments=segments,
        marks=sorted((mark for mark in shown if first <= mark.on <= last), key=lambda mark: mark.on),
        first=first,
        last=last,
        open_ended=clock.projected_ends_on() is None,
        today=now,
    )


def events_of(listing: Listing) -> list[Event]:
    """Return the acts that changed a listing's dates and are no pause; give it with amendments prefetched."""
    found = [
        Event(row.issued_on, "amended", f"变更为{row.period.label()}（{row.official_number}）")
        for row in listing.amendments.all()
    ]
    if listing.over_from is not None and listing.state == ListingState.REPAIRED:
        found.append(Event(listing.over_from, "repaired", "自当日起不再实施"))
    if listing.revoked_from is not None:
        found.append(Event(listing.revoked_from, "revoked", "自始无效，自当日起不再实施"))
    return found


def _why(standing: Standing, clock: Clock, day: date) -> str:
    """Return what makes the state of the day: the causes of a pause, or the act that ended it."""
    state = clock.state_on(day)
    if state == PeriodState.PAUSED:
        causes = [
            str(PauseCause(hold.cause).label)
            for hold in standing.holds
            if hold.from_on <= day and (hold.to_on is None or day < hold.to_on)
        ]
        return "、".join(dict.fromkeys(causes))
    if state == PeriodState.ENDED and clock.over_from is not None and day >= clock.over_from:
        return ENDED_WORDS.get(standing.over_by, "已提前结束")
    if state == PeriodState.ENDED and covered(clock.lapses, day):
        return "因信用修复结束，修复后被撤销"
    return ""


def _ends(clock: Clock, known: date, first: date, total: int) -> list[Mark]:
    """Return the end as first determined where it has moved, and the earliest one where it may still move.

    Of two that would be written over each other the earliest is the one that matters.
    """
    original, end = clock.original_ends_on, clock.projected_ends_on()
    earliest = clock.earliest_ends_on(known) if end is None else None
    found = [_mark(earliest, "earliest", "最早", first, total)] if earliest else []
    near = earliest is not None and original is not None and 100 * abs((earliest - original).days) < CLOSE * total
    if original is not None and original != end and not near:
        found.append(_mark(original, "original", "原定", first, total))
    return found


def _segment(
    days: tuple[date, date | None], state: PeriodState, why: str, place: tuple[float, float], *, ahead: bool
) -> Segment:
    (day, until), (left, share) = days, place
    room = "wide" if share >= 18 else "some" if share >= 8 else "none"
    return Segment(
        state=str(state),
        word="已结束" if state == PeriodState.ENDED and why else STATE_LABELS[state],
        from_on=day,
        to_on=until,
        why=why,
        left=f"{left:.3f}%",
        width=f"{share:.3f}%",
        middle=f"{left + share / 2:.3f}%",
        room=room,
        ahead=ahead,
    )


def _mark(on: date, kind: str, word: str, first: date, total: int, note: str = "") -> Mark:
    at = 100 * (on - first).days / total
    anchor = "start" if at < 8 else "end" if at > 92 else "middle"
    return Mark(on, word, kind, f"{at:.3f}%", anchor, note)
