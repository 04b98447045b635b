"""One imagined listing as it stands, and what each act on its clock makes of it; the twin of `services.clocks`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from types import MappingProxyType
from typing import Any, Self

from catalog.models import EntryRevision
from core.periods import Clock, Pause, Period, PeriodState, ends_on, union, without
from sanctions.enums import Polarity

OVER = (PeriodState.ENDED, PeriodState.REVOKED)
REPAIRED = "repaired"
NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Hold:
    """One cause for which the clock stands, half-open; `to_on` None while it still does."""

    cause: str
    from_on: date
    to_on: date | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """A listing of the scenario; nothing is decided while `decided_on` is None. An act gives a new one.

    over_by: which act cut it, empty while none has. remedies: where objection and repair stand, by their own keys.
    """

    decided_on: date | None = None
    revision: EntryRevision | None = None
    period: Period | None = None
    starts_on: date | None = None
    original_ends_on: date | None = None
    holds: tuple[Hold, ...] = ()
    lapses: tuple[Pause, ...] = ()
    over_from: date | None = None
    over_by: str = ""
    revoked_from: date | None = None
    remedies: Mapping[str, Any] = field(default_factory=lambda: NOTHING)

    @property
    def is_reward(self) -> bool:
        return self.revision is not None and self.revision.entry.polarity == Polarity.INCENTIVE

    def clock(self) -> Clock:
        """Return the dates that decide the state on any day; only after the decision."""
        if self.starts_on is None:
            raise ValueError("nothing is decided yet")
        spans = [Pause(hold.from_on, hold.to_on) for hold in self.holds]
        return Clock(self.starts_on, self.original_ends_on, spans, self.lapses, self.over_from, self.revoked_from)

    def state_on(self, day: date) -> PeriodState | None:
        """Return the state on the day; None before any decision."""
        return self.clock().state_on(day) if self.decided_on is not None else None

    def ends_on(self) -> date | None:
        return self.clock().projected_ends_on() if self.decided_on is not None else None

    def lived_pauses(self) -> list[Pause]:
        """Return the pauses joined, without any day on which the listing was over by an act."""
        cuts = [day for day in (self.over_from, self.revoked_from) if day is not None]
        cut = min(cuts, default=None)
        spans = without([Pause(hold.from_on, hold.to_on) for hold in self.holds], self.lapses)
        if cut is not None:
            spans = [Pause(span.from_on, min(span.to_on or cut, cut)) for span in spans]
        return union(spans)

    def is_held(self, cause: str = "") -> bool:
        """Tell whether the clock stands now: for this cause, or for any."""
        return any(hold.to_on is None and cause in ("", hold.cause) for hold in self.holds)

    def knowing(self, key: str, value: Any) -> Self:
        """Return it with where one kind of remedy stands."""
        return replace(self, remedies=MappingProxyType({**self.remedies, key: value}))

    def paused(self, cause: str, on: date) -> Self:
        """Return it standing still from `on` for this cause; unchanged where it is over, or is a reward."""
        if self.is_reward or self.over_by or self.state_on(on) in OVER:
            return self
        return replace(self, holds=(*self.holds, Hold(cause, on)))

    def resumed(self, cause: str, on: date) -> Self:
        """Return it with this cause's pause closed: `on` is in force again unless another cause holds it."""
        closed = tuple(
            replace(hold, to_on=on) if hold.cause == cause and hold.to_on is None else hold for hold in self.holds
        )
        return replace(self, holds=closed)

    def revoked(self, on: date) -> Self:
        """Return it void from the start, over from `on`; every pause is closed."""
        closed = tuple(replace(hold, to_on=on) if hold.to_on is None else hold for hold in self.holds)
        return replace(self, holds=closed, revoked_from=on)

    def cut(self, over_from: date, by: str) -> Self:
        return replace(self, over_from=over_from, over_by=by)

    def restored(self, on: date) -> Self:
        """Return it with a repair taken back: the days that it took are given back at the end."""
        if self.over_by != REPAIRED or self.over_from is None:
            return self
        return replace(self, lapses=(*self.lapses, Pause(self.over_from, on)), over_from=None, over_by="")

    def amended(self, period: Period, on: date) -> Self:
        """Return it with a new period from the same first day; days lived are not rewritten.

        Where the new end, with the pauses up to `on`, lies before `on`, it is over from `on` instead; one that is over
        already keeps its dates.
        """
        if self.starts_on is None or self.over_by:
            return replace(self, period=period)
        new_end = ends_on(self.starts_on, period)
        known = replace(self, period=period, original_ends_on=new_end)
        shorter = known.clock().earliest_ends_on(on)
        if shorter is not None and shorter < on:
            return replace(self, period=period).cut(on, "amended")
        return known
