"""The line of dates of one listing, drawn from the same clock that decides its state."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from core.periods import Clock, union


@dataclass(frozen=True, slots=True)
class Point:
    """One day on the line. `style` names the stretch that begins here: done, pause, ahead; `now` marks today."""

    on: date | None
    label: str
    style: str
    now: bool = False
    prefix: str = ""


def points(listing: Any, today: date) -> list[Point]:
    """Return the days that matter, in order: service, start, pauses, today, end; the end is "最早" while it may move."""
    clock: Clock = listing.clock()
    found: list[tuple[date, int, str]] = []
    if listing.served_on < listing.starts_on:
        found.append((listing.served_on, 0, "决定送达"))
    found.append((listing.starts_on, 1, "送达并开始实施" if listing.served_on == listing.starts_on else "开始实施"))
    pauses = union(clock.pauses)
    for pause in pauses:
        found.append((pause.from_on, 2, "暂停实施"))
        if pause.to_on is not None:
            found.append((pause.to_on, 3, "恢复实施"))
    paused = any(pause.from_on <= today and (pause.to_on is None or today < pause.to_on) for pause in pauses)
    found.append((today, 4, _today(clock, today, paused)))
    found.sort()
    line = [_point(on, label, order, today, pauses) for on, order, label in found]
    return [*line, _end(clock, today)]


def _point(on: date, label: str, order: int, today: date, pauses: list[Any]) -> Point:
    inside = any(pause.from_on <= on and (pause.to_on is None or on < pause.to_on) for pause in pauses)
    if on >= today:
        style = "pause-ahead" if inside else "ahead"
    else:
        style = "pause" if inside else "done"
    return Point(on, label, style, now=order == 4)


def _today(clock: Clock, today: date, paused: bool) -> str:
    if paused:
        return "今天，措施暂停执行"
    end = clock.projected_ends_on()
    if end is None:
        return "今天，实施中"
    left = (end - today).days
    return f"今天，还有 {left} 天" if left > 0 else "今天是最后一天"


def _end(clock: Clock, today: date) -> Point:
    end = clock.projected_ends_on()
    if end is not None:
        return Point(end, "最后一天，次日移出", "end")
    if clock.original_ends_on is None:
        return Point(None, "没有确定的截止日", "end")
    return Point(clock.earliest_ends_on(today), "暂停结束前还会顺延", "end", prefix="最早 ")
