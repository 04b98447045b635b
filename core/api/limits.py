"""Rate limits: fixed windows per address and door, counted in the cache, whose absence lets everybody pass."""

from __future__ import annotations

import time
from dataclasses import dataclass

import structlog
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from redis.exceptions import RedisError

from core import clock
from core.api.addresses import client_address, rate_bucket
from core.problems import Problem

logger = structlog.get_logger(__name__)
PAUSE_AFTER_FAILURE = 5.0  # so that an absent server does not cost every request a time-out
_blind = {"until": 0.0}


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a caller stands in the current window of one door."""

    limit: int
    window: int
    used: int
    resets_in: int

    @property
    def exceeded(self) -> bool:
        return self.used > self.limit

    def headers(self) -> dict[str, str]:
        """Return the headers that tell the caller the limit that is applied to him."""
        found = {
            "RateLimit-Policy": f"{self.limit};w={self.window}",
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(max(0, self.limit - self.used)),
            "RateLimit-Reset": str(self.resets_in),
        }
        return found | ({"Retry-After": str(self.resets_in)} if self.exceeded else {})


def limit_of(door: str) -> tuple[int, int] | None:
    """Return (requests, seconds) that settings `RATE_LIMITS` allow at a door, or None for no limit."""
    text = getattr(settings, "RATE_LIMITS", {}).get(door)
    if not text:
        return None
    requests, _, seconds = str(text).partition("/")
    return int(requests), int(seconds or 60)


def count_request(request: HttpRequest, door: str) -> Standing | None:
    """Count this request at the door and return the caller's standing; None where no limit applies or can be known."""
    allowed = limit_of(door)
    if allowed is None or time.monotonic() < _blind["until"]:
        return None
    limit, window = allowed
    moment = clock.now().timestamp()
    number = int(moment // window)
    key = f"rate:{door}:{rate_bucket(client_address(request))}:{number}"
    try:
        used = _count(key, window + 1)
    except ValueError:  # the window ended, or the cache dropped the key, between the two calls
        used = 1
    except (RedisError, OSError) as error:
        _blind["until"] = time.monotonic() + PAUSE_AFTER_FAILURE
        logger.warning("rate_limit_unavailable", error=type(error).__name__)
        return None
    return Standing(limit, window, used, max(1, int((number + 1) * window - moment + 0.999)))


def _count(key: str, window: int) -> int:
    """Count one; by the cache's own `count` where it has one, since its other calls may hide that nobody counted."""
    own = getattr(cache, "count", None)
    if own is not None:
        return int(own(key, window))
    cache.add(key, 0, timeout=window)
    return int(cache.incr(key))


def too_many(standing: Standing) -> Problem:
    """Return the problem for a caller beyond the limit."""
    return Problem(
        "rate_limited",
        f"请求过于频繁：每 {standing.window} 秒最多 {standing.limit} 次",
        status=429,
        title="请求过于频繁",
        remedy=f"{standing.resets_in} 秒后重试；需要批量取数的单位请向联席会议办公室申请应用凭证",
    )
