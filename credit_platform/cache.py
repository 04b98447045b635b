"""The cache: Redis while it is there, nothing while it is not; the site answers either way."""

import time
from collections.abc import Callable
from functools import cached_property, wraps
from typing import Any

import structlog
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

logger = structlog.get_logger(__name__)
LOG_EVERY_SECONDS = 30.0
# One script instead of a pipeline of two commands: a pipeline is made anew, with all of its tables, for every request.
COUNT = "local n = redis.call('INCR', KEYS[1]) if n == 1 then redis.call('EXPIRE', KEYS[1], ARGV[1]) end return n"


class ForgivingRedisCache(RedisCache):
    """Django's Redis cache whose failures are misses: logged at most every half minute, never raised."""

    _logged_at = 0.0

    def _complain(self, operation: str, error: Exception) -> None:
        now = time.monotonic()
        if now - ForgivingRedisCache._logged_at >= LOG_EVERY_SECONDS:
            ForgivingRedisCache._logged_at = now
            logger.warning("cache_unavailable", operation=operation, error=type(error).__name__)

    def count(self, key: str, window: int) -> int:
        """Add one to a counter that ends with its window and return it; raises where the server does not answer.

        One round trip: hot public reads count every request. Whoever tells callers where they stand has to know that
        nobody counted, so this one failure is not hidden.
        """
        name = self.make_and_validate_key(key)
        return int(self._counter.eval(COUNT, 1, name, window))

    @cached_property
    def _counter(self) -> Any:
        """The client that counts, made once: Django makes one for each call, which takes longer than the call."""
        return self._cache.get_client("", write=True)


def _forgiving(name: str, fallback: Callable[..., Any]) -> Callable[..., Any]:
    original = getattr(RedisCache, name)

    @wraps(original)
    def call(self: ForgivingRedisCache, *args: Any, **kwargs: Any) -> Any:
        try:
            return original(self, *args, **kwargs)
        except (RedisError, OSError) as error:
            self._complain(name, error)
            return fallback(*args, **kwargs)

    return call


def _default(_key: Any, default: Any = None, version: Any = None) -> Any:
    return default


def _delta(_key: Any, delta: int = 1, version: Any = None) -> int:
    return delta


_FALLBACKS: dict[str, Callable[..., Any]] = {
    "get": _default,
    "add": lambda *_args, **_kwargs: True,
    "set": lambda *_args, **_kwargs: None,
    "touch": lambda *_args, **_kwargs: False,
    "delete": lambda *_args, **_kwargs: False,
    "has_key": lambda *_args, **_kwargs: False,
    "get_many": lambda *_args, **_kwargs: {},
    "set_many": lambda *_args, **_kwargs: [],
    "delete_many": lambda *_args, **_kwargs: None,
    "incr": _delta,
    "clear": lambda *_args, **_kwargs: False,
}
for _name, _fallback in _FALLBACKS.items():
    setattr(ForgivingRedisCache, _name, _forgiving(_name, _fallback))
