"""Turn the addresses of PostgreSQL and Redis into settings."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

from credit_platform.settings.environment import env


def database_from_url(conn_max_age: int) -> dict[str, Any]:
    """Return the Django settings of the database that DATABASE_URL names."""
    parsed = dict(env.db_url("DATABASE_URL"))
    return parsed | {"CONN_MAX_AGE": conn_max_age, "CONN_HEALTH_CHECKS": True, "ATOMIC_REQUESTS": False}


def cache(url: str, prefix: str) -> dict[str, Any]:
    """Return the cache settings: the site still answers when Redis is gone."""
    backend = "credit_platform.cache.ForgivingRedisCache"
    return {"BACKEND": backend, "LOCATION": url, "KEY_PREFIX": prefix, "TIMEOUT": 300}


def broker(url: str) -> str:
    """Return Celery's spelling of a Redis address."""
    parts = urlsplit(url)
    if parts.scheme != "unix":
        return url
    number = parse_qs(parts.query).get("db", ["0"])[0]
    return f"redis+socket://{parts.path}?virtual_host={number}"
