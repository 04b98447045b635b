"""The impact preview's question and answer, and the registry that higher floors fill with what they hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class ImpactQuestion:
    """What would end on `on`: exactly one of article, unit, measure; and the revisions found to be touched."""

    on: date
    article_id: int | None = None
    unit_id: int | None = None
    measure_id: int | None = None
    revision_ids: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class ImpactLine:
    """What another mechanism holds that is touched: open cases, listings, tasks."""

    source: str
    count: int
    detail: str
    link: str = ""


@dataclass(frozen=True, slots=True)
class ImpactEntry:
    """One revision that is touched, how, and whether it could not go on as it is."""

    entry_code: str
    title: str
    revision_id: int
    public_id: str
    number: int
    state: str
    effects: tuple[str, ...]
    is_serious: bool


@dataclass(frozen=True, slots=True)
class Impact:
    """Everything touched, before anyone confirms."""

    question: str
    on: date
    entries: tuple[ImpactEntry, ...]
    lines: tuple[ImpactLine, ...]
    heirs: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not self.entries and not any(line.count for line in self.lines)

    @property
    def serious(self) -> int:
        return sum(entry.is_serious for entry in self.entries)


Contributor = Callable[[ImpactQuestion], Iterable[ImpactLine]]
_contributors: list[Contributor] = []


def register(contributor: Contributor) -> Contributor:
    """Let a higher floor add its lines to every preview; called once from AppConfig.ready()."""
    if contributor not in _contributors:
        _contributors.append(contributor)
    return contributor


def contributions(question: ImpactQuestion) -> tuple[ImpactLine, ...]:
    return tuple(line for contributor in _contributors for line in contributor(question))
