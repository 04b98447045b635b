"""Rate limits: fixed windows per caller and door, counted in the cache, whose absence lets everybody pass.

A caller is a client where a token named one, else an address.
"""

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
SYSTEMS = "systems"  # the door whose limit a client may have a number of its own for, per minute
PAUSE_AFTER_FAILURE = 5.0  # so that an absent server does not cost every request a time-out
_blind = {"until": 0.0}


@dataclass(frozen=True, slots=True)
class Caller:
    """A client that its token named: its row, what it is counted under, and its own requests per minute, if any."""

    client_id: int
    bucket: str
    per_minute: int | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a caller stands in the current window of one door."""

    limit: int
    window: int
    used: int
    resets_in: int
    is_client: bool = False

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


def known_client(request: HttpRequest, caller: Caller) -> None:
    """Count and log this request under a client from here on; called by the resolver that knows the token."""
    request._core_caller = caller  # type: ignore[attr-defined]


def caller_of(request: HttpRequest) -> Caller | None:
    """Return the client that the request's token named, even where the request was refused for another reason."""
    found: Caller | None = getattr(request, "_core_caller", None)
    return found


def allowance(door: str, caller: Caller | None) -> tuple[int, int] | None:
    """Return (requests, seconds) that a caller has at a door: a client's own number, else that of the settings."""
    if caller is not None and caller.per_minute is not None and door == SYSTEMS:
        return caller.per_minute, 60
    return limit_of(door)


def count_request(request: HttpRequest, door: str) -> Standing | None:
    """Count this request at the door and return the caller's standing; None where no limit applies or can be known."""
    caller = caller_of(request)
    allowed = allowance(door, caller)
    if allowed is None or time.monotonic() < _blind["until"]:
        return None
    limit, window = allowed
    moment = clock.now().timestamp()
    number = int(moment // window)
    bucket = caller.bucket if caller is not None else rate_bucket(client_address(request))
    key = f"rate:{door}:{bucket}:{number}"
    try:
        used = _count(key, window + 1)
    except ValueError:  # the window ended, or the cache dropped the key, between the two calls
        used = 1
    except (RedisError, OSError) as error:
        _blind["until"] = time.monotonic() + PAUSE_AFTER_FAILURE
        logger.warning("rate_limit_unavailable", error=type(error).__name__)
        return None
    left = max(1, int((number + 1) * window - moment + 0.999))
    return Standing(limit, window, used, left, is_client=caller is not None)


def _count(key: str, window: int) -> int:
    """Count one; by the cache's own `count` where it has one, since its other calls may hide that nobody counted."""
    own = getattr(cache, "count", None)
    if own is not None:
        return int(own(key, window))
    cache.add(key, 0, timeout=window)
    return int(cache.incr(key))


def too_many(standing: Standing) -> Problem:
    """Return the problem for a caller beyond the limit."""
    more = (
        "需要更高上限的，请安全管理员在该接口客户端上调整"
        if standing.is_client
        else "需要批量取数的单位请向联席会议办公室申请应用凭证"
    )
    return Problem(
        "rate_limited",
        f"请求过于频繁：每 {standing.window} 秒最多 {standing.limit} 次",
        status=429,
        title="请求过于频繁",
        remedy=f"{standing.resets_in} 秒后重试；{more}",
    )
