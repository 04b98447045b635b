"""What if: acts imagined on a listing that exists, starting from where it really stands; writes nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from core.periods import Pause
from sanctions.enums import ListingState, PauseCause
from sanctions.models import Listing
from sanctions.simulation import scenario as reading
from sanctions.simulation.engine import needs, simulate
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
    over_by = "" if listing.over_from is None else str(listing.state)
    if over_by == ListingState.REPAIRED:
        over_by = "repaired"
    return Standing(
        decided_on=listing.served_on,
        revision=listing.revision,
        period=listing.period(),
        starts_on=listing.starts_on,
        original_ends_on=listing.original_ends_on,
        holds=tuple(Hold(row.cause, row.from_on, row.to_on) for row in rows if row.cause != PauseCause.LAPSE),
        lapses=tuple(Pause(row.from_on, row.to_on) for row in rows if row.cause == PauseCause.LAPSE),
        over_from=listing.over_from,
        over_by=over_by,
        revoked_from=listing.revoked_from,
        remedies=MappingProxyType({key: read(listing) for key, read in _readers.items()}),
    )


def what_if(
    listing: Listing, acts: Sequence[Mapping[str, Any]], ask: Sequence[str] = (), snapshot: Snapshot | None = None
) -> dict[str, Any]:
    """Return what these acts would lead to from where the listing stands; acts and answer as in a scenario.

    Acts dated before what has really happened are imagined on top of it. Raises Unreadable for acts that are none.
    """
    imagined = Scenario(
        entry=listing.revision.entry.code,
        kind=listing.subject.kind,
        name=listing.subject.name,
        code=None,
        acts=reading.read_acts([dict(act) for act in acts], needs()),
        ask=reading.read_days(list(ask)),
    )
    return simulate(imagined, snapshot or Snapshot.load(), standing_of(listing))
