"""如果…会怎样 for the public: usual lawful courses from where a listing stands, and where each of them ends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sanctions.simulation import Snapshot, imagine, lawful_stories, offered, standing_of


@dataclass(frozen=True, slots=True)
class Course:
    """One usual course. ends_on: the last day it would lead to, None where none is certain; moved: by how many days."""

    label: str
    steps: tuple[tuple[str, str], ...]
    state: str
    ends_on: date | None
    moved: int
    lines: tuple[str, ...]


WORDS = {
    "pending": "尚未开始",
    "in_force": "继续实施",
    "paused": "暂停执行",
    "ended": "已经结束",
    "revoked": "撤销，自始无效",
}


def courses(listing: Any, today: date) -> list[Course]:
    """Return the usual courses that the law allows from today on; from memory after one snapshot, nothing is written."""
    snapshot, standing = Snapshot.for_listings(), standing_of(listing)
    now = standing.ends_on()
    found = []
    for label, acts in lawful_stories(listing, today, snapshot, standing):
        run = imagine(listing, acts, (), snapshot, standing)
        last = run.scenario.last_day or today
        end = run.standing.ends_on()
        found.append(
            Course(
                label=label,
                steps=tuple((act["on"], offered()[act["act"]].label) for act in acts),
                state=WORDS.get(run.standing.clock().state_on(last), ""),
                ends_on=end,
                moved=(end - now).days if end is not None and now is not None else 0,
                lines=tuple(line["text"] for line in run.lines),
            )
        )
    return found
