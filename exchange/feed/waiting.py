"""Waiting for news without taking the house's threads: a few may wait, others are told when to come back."""

from __future__ import annotations

import threading
import time

from exchange.feed import pages

# A web process answers with four threads (Dockerfile, `up`): two of them at most may be spent on waiting.
AT_ONCE = 2
LONGEST = 20  # seconds; shorter than any proxy's patience
LOOK_EVERY = 0.5
COME_BACK = 5  # seconds, for whom no place is free
_places = threading.BoundedSemaphore(AT_ONCE)


def head_after(after: int, seconds: int) -> tuple[int, int | None]:
    """Return the end of the feed, at the latest after so many seconds, at once where something stands after the position.

    The second value tells who found no place to wait in how many seconds to ask again.
    """
    newest = pages.head()
    if seconds <= 0 or newest != after:
        return newest, None
    if not _places.acquire(blocking=False):
        return newest, COME_BACK
    try:
        until = time.monotonic() + min(seconds, LONGEST)
        while newest == after and time.monotonic() < until:
            time.sleep(LOOK_EVERY)
            newest = pages.head()
        return newest, None
    finally:
        _places.release()
