"""The notices on the first page: filled by whoever keeps articles, so that the page stands without them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

# Given the day and how many, the newest first, each with title, publish_on, address and kind_label.
Source = Callable[..., Sequence[dict[str, Any]]]
_sources: list[Source] = []


def register(source: Source) -> None:
    """Let a room of the portal put its newest articles on the first page; called from AppConfig.ready()."""
    if source not in _sources:
        _sources.append(source)


def latest(day: date, limit: int) -> list[dict[str, Any]]:
    """Return the newest notices of all sources on the day, newest first."""
    found = [row for source in _sources for row in source(day, limit=limit)]
    return sorted(found, key=lambda row: row["publish_on"], reverse=True)[:limit]
