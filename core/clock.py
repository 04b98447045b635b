"""The one clock of the house: every legal day and every timestamp is read here, in Asia/Shanghai."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
_pinned: ContextVar[date | None] = ContextVar("pinned_day", default=None)


def now() -> datetime:
    """Return the current moment, aware, in Asia/Shanghai; on a pinned day the time of day still runs."""
    moment = datetime.now(SHANGHAI)
    pinned = _pinned.get()
    return datetime.combine(pinned, moment.timetz()) if pinned else moment


def today() -> date:
    """Return the legal day in Asia/Shanghai."""
    return _pinned.get() or datetime.now(SHANGHAI).date()


def day_of(moment: datetime) -> date:
    """Return the legal day that a moment belongs to."""
    return moment.astimezone(SHANGHAI).date()


def end_of(day: date) -> datetime:
    """Return the last moment of `day`, aware."""
    return datetime.combine(day, time.max, tzinfo=SHANGHAI)


@contextmanager
def at(day: date) -> Iterator[None]:
    """Pin the legal day inside the block: for tests, the story and simulations, never for a request."""
    token = _pinned.set(day)
    try:
        yield
    finally:
        _pinned.reset(token)
