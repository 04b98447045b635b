"""Telling cheaply whether a dataset has changed: by the newest rows of the histories of what it is made from."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any

from django.apps import apps
from django.core.cache import cache
from django.db import connection

from portal.opendata.datasets import Dataset

SHAPE = "1"  # raised when what is written changes while the rows do not
# Ids are taken before they are committed: a sum over the newest also changes when an older one appears after them.
NEWEST = "(SELECT coalesce(sum(id), 0) FROM (SELECT {column} AS id FROM {table} ORDER BY {column} DESC LIMIT 1000) n)"
DIGEST_SECONDS = 3 * 24 * 3600


def version(dataset: Dataset, day: date) -> str:
    """Return a word that is another one as soon as the dataset may be another one; one query of index heads."""
    columns = ", ".join(NEWEST.format(**_where(label)) for label in dataset.watched)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns}")
        marks = cursor.fetchone()
    text = "|".join([SHAPE, dataset.code, day.isoformat(), *map(str, marks)])
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def _where(label: str) -> dict[str, str]:
    """Return the table whose newest rows tell of every change: the history, or the table itself where it only grows."""
    model: Any = apps.get_model(label)
    name = getattr(model._meta, "simple_history_manager_attribute", None)
    if name is None:
        return {"table": model._meta.db_table, "column": "id"}
    return {"table": getattr(model, name).model._meta.db_table, "column": "history_id"}


def etag(dataset: Dataset, form: str, day: date) -> str:
    """Return the weak entity tag of one form of the dataset, the same whether it travels compressed or not."""
    return tag_of(version(dataset, day), form)


def tag_of(mark: str, form: str) -> str:
    return f'W/"{mark}-{form}"'


def remember(tag: str, digest: str, size: int) -> None:
    """Keep what a whole download of this version was, so that the page can say it."""
    cache.set(f"opendata:{tag}", {"sha256": digest, "bytes": size}, DIGEST_SECONDS)


def remembered(tag: str) -> dict[str, Any] | None:
    found: dict[str, Any] | None = cache.get(f"opendata:{tag}")
    return found
