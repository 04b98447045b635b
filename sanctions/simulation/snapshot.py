"""Everything a scenario is judged by, read once: catalogue, time limits, calendar, and what higher floors add."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from django.utils.functional import SimpleLazyObject

from catalog.selectors import Catalogue
from core.rulebook import RuleBook

_parts: dict[str, Callable[[], Any]] = {}


def register_part(key: str, load: Callable[[], Any]) -> None:
    """Let a higher floor read what its acts need when a snapshot is made; from AppConfig.ready()."""
    _parts[key] = load


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The law as it stands at one moment; any number of scenarios is answered from it without a query."""

    catalogue: Catalogue
    rules: RuleBook
    parts: dict[str, Any]

    @classmethod
    def load(cls) -> Snapshot:
        return cls(Catalogue(), RuleBook.load(), {key: load() for key, load in _parts.items()})

    @classmethod
    def for_listings(cls) -> Snapshot:
        """Return what acts on listings are judged by: the catalogue is read only if an act should ask for it."""
        catalogue = cast("Catalogue", SimpleLazyObject(Catalogue))
        return cls(catalogue, RuleBook.load(), {key: load() for key, load in _parts.items()})
