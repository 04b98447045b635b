"""Turn the addresses of PostgreSQL and Redis into settings."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.core.exceptions import ImproperlyConfigured

from credit_platform.settings.environment import env


def database_from_url(conn_max_age: int) -> dict[str, Any]:
    """Return the Django settings of the database that DATABASE_URL names."""
    parsed = dict(env.db_url("DATABASE_URL"))
    return parsed | {"CONN_MAX_AGE": conn_max_age, "CONN_HEALTH_CHECKS": True, "ATOMIC_REQUESTS": False}


# Seconds after which PostgreSQL ends what a process of this kind left hanging: one statement, a wait for a lock, a
# transaction in which nothing happens. Commands (migrations, rotations) take the time they need.
TIMEOUTS = {
    "web": {"statement_timeout": 15, "lock_timeout": 5, "idle_in_transaction_session_timeout": 60},
    "worker": {"statement_timeout": 900, "lock_timeout": 30, "idle_in_transaction_session_timeout": 300},
    "command": {},
}
REDIS_SECONDS = 0.2  # a server that does not answer in that time is away


def with_timeouts(database: dict[str, Any], kind: str) -> dict[str, Any]:
    """Return the database settings with the time-outs of this kind of process."""
    if kind not in TIMEOUTS:
        raise ImproperlyConfigured(f"PROCESS_KIND is one of {', '.join(TIMEOUTS)}")
    flags = " ".join(f"-c {name}={seconds * 1000}" for name, seconds in TIMEOUTS[kind].items())
    options = dict(database.get("OPTIONS", {}))
    if flags:
        options["options"] = f"{options.get('options', '')} {flags}".strip()
    return database | {"OPTIONS": options}


def cache(url: str, prefix: str) -> dict[str, Any]:
    """Return the cache settings: the site still answers when Redis is gone."""
    backend = "credit_platform.cache.ForgivingRedisCache"
    patience = {"socket_connect_timeout": REDIS_SECONDS, "socket_timeout": REDIS_SECONDS}
    return {"BACKEND": backend, "LOCATION": url, "KEY_PREFIX": prefix, "TIMEOUT": 300, "OPTIONS": patience}


def broker(url: str) -> str:
    """Return Celery's spelling of a Redis address."""
    parts = urlsplit(url)
    if parts.scheme != "unix":
        return url
    number = parse_qs(parts.query).get("db", ["0"])[0]
    return f"redis+socket://{parts.path}?virtual_host={number}"
