"""What if: acts imagined on a listing that exists, starting from where it really stands; writes nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any

from core.periods import Pause
from sanctions.enums import ListingState, PauseCause
from sanctions.models import Listing
from sanctions.simulation import scenario as reading
from sanctions.simulation.engine import Run, needs, played, result
from sanctions.simulation.scenario import Scenario
from sanctions.simulation.snapshot import Snapshot
from sanctions.simulation.standing import Hold, Standing

Reader = Callable[[Listing], Any]
_readers: dict[str, Reader] = {}


def register_reader(key: str, read: Reader) -> None:
    """Let a higher floor tell where its remedies against a listing stand; from AppConfig.ready()."""
    _readers[key] = read


def standing_of(listing: Listing) -> Standing:
    """Return the listing as it stands: its real clock, and its remedies as their readers know them."""
    rows = list(listing.pauses.all())
    holds = [Hold(row.cause, row.from_on, row.to_on) for row in rows if row.cause != PauseCause.LAPSE]
    if listing.tacit_on() and listing.tacit_from is not None:
        holds.append(Hold(PauseCause.OBJECTION, listing.tacit_from))
    over_by = "" if listing.over_from is None else str(listing.state)
    if over_by == ListingState.REPAIRED:
        over_by = "repaired"
    return Standing(
        decided_on=listing.served_on,
        revision=listing.revision,
        period=listing.period(),
        starts_on=listing.starts_on,
        original_ends_on=listing.original_ends_on,
        holds=tuple(holds),
        lapses=tuple(Pause(row.from_on, row.to_on) for row in rows if row.cause == PauseCause.LAPSE),
        over_from=listing.over_from,
        over_by=over_by,
        revoked_from=listing.revoked_from,
        remedies=MappingProxyType({key: read(listing) for key, read in _readers.items()}),
    )


def imagine(
    listing: Listing,
    acts: Sequence[Mapping[str, Any]],
    ask: Sequence[str] = (),
    snapshot: Snapshot | None = None,
    standing: Standing | None = None,
) -> Run:
    """Return the run of these acts from where the listing stands; acts as in a scenario. Raises Unreadable.

    Acts dated before what has really happened are imagined on top of it.
    """
    imagined = Scenario(
        entry=listing.revision.entry.code,
        kind=listing.subject.kind,
        name=listing.subject.name,
        code=None,
        acts=reading.read_acts([dict(act) for act in acts], needs()),
        ask=reading.read_days(list(ask)),
    )
    return played(imagined, snapshot or Snapshot.load(), standing or standing_of(listing))


def what_if(
    listing: Listing, acts: Sequence[Mapping[str, Any]], ask: Sequence[str] = (), snapshot: Snapshot | None = None
) -> dict[str, Any]:
    """Return what these acts would lead to from where the listing stands; the answer as of a scenario."""
    run = imagine(listing, acts, ask, snapshot)
    return result(run, run.scenario.last_day)


@dataclass(frozen=True, slots=True)
class Story:
    """A usual course of acts, each so long after the one before: days, or the due day of a time-limit rule."""

    label: str
    steps: Sequence[tuple[str, int | str]]


_stories: list[Story] = []


def register_story(label: str, *steps: tuple[str, int | str]) -> None:
    """Let an app propose a usual course of its acts, the first counted from today; from AppConfig.ready()."""
    _stories.append(Story(label, steps))


def lawful_stories(
    listing: Listing, today: date, snapshot: Snapshot, standing: Standing
) -> list[tuple[str, list[dict[str, str]]]]:
    """Return the usual courses that the law allows from where the listing stands, with their days; from memory."""
    found = []
    for story in _stories:
        day, acts = today, []
        for name, after in story.steps:
            if isinstance(after, int):
                day += timedelta(days=after)
            elif due := snapshot.rules.find(after, day):
                day = due.due_on
            acts.append({"on": day.isoformat(), "act": name})
        if not imagine(listing, acts, (), snapshot, standing).refusals:
            found.append((story.label, acts))
    return found
