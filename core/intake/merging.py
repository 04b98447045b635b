"""What merges a profile's rows: registered by target name from the app that owns the tables."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

import polars as pl

from core.actors import Actor
from core.intake.profiles import Profile
from core.intake.settings import IntakeSettings
from core.models.intake import IntakeBatch, Outcome
from core.problems import Problem, Violation

ERROR_SCHEMA = {"row": pl.Int64, "column": pl.String, "code": pl.String, "message": pl.String, "severity": pl.String}


@dataclass(frozen=True, slots=True)
class Question:
    """Why a row is held; `facts` may be shown and holds no personal number."""

    row: int
    column: str
    code: str
    detail: str
    facts: dict[str, Any] = field(default_factory=dict)
    decidable: bool = True


@dataclass(frozen=True, slots=True)
class Work:
    """A chunk's right rows and what they belong to.

    warnings: what the reader found in rows that may go in (row, column, code, message, severity). `settled`: a person
    has decided that the rows go in as they are.
    """

    batch: IntakeBatch
    profile: Profile
    settings: IntakeSettings
    frame: pl.DataFrame
    warnings: pl.DataFrame
    on: date
    actor: Actor
    settled: bool = False


@dataclass(slots=True)
class Merged:
    """What became of the rows: a letter for each that went in, and the others with their reasons."""

    outcomes: dict[int, str] = field(default_factory=dict)
    questions: list[Question] = field(default_factory=list)
    rejections: list[tuple[int, str, str, str]] = field(default_factory=list)  # row, column, code, message
    notes: list[tuple[int, str, str, str]] = field(default_factory=list)  # warnings about rows, in the same form
    moot: dict[str, list[int]] = field(default_factory=dict)  # rule → rows in which what the reader told is no matter

    def reject(self, row: int, column: str, code: str, message: str) -> None:
        self.outcomes[row] = Outcome.REJECTED.value
        self.rejections.append((row, column, code, message))

    def note(self, row: int, column: str, code: str, message: str) -> None:
        self.notes.append((row, column, code, message))

    def absorb(self, other: Merged) -> None:
        """Take in what another step answered."""
        self.outcomes |= other.outcomes
        self.questions += other.questions
        self.rejections += other.rejections
        self.notes += other.notes
        for code, rows in other.moot.items():
            self.moot.setdefault(code, []).extend(rows)

    def question(self, question: Question) -> None:
        self.outcomes[question.row] = Outcome.QUESTIONED.value
        self.questions.append(question)


class Target(Protocol):
    """The tables behind a profile. `merge` and `take_back` run inside the caller's transaction and act."""

    def merge(self, work: Work) -> Merged:
        """Write the rows by set, with history and events, and answer every one of them."""
        ...

    def obstacle(self, batch: IntakeBatch) -> Violation | None:
        """Return why what the batch wrote cannot be taken back as a whole, if something stands in the way."""
        ...

    def take_back(self, batch: IntakeBatch, *, actor: Actor, reason: str, on: date, most: int) -> int:
        """Take back up to `most` of what the batch wrote and still stands; returns how many, none when nothing is left."""
        ...

    def finish(self, batch: IntakeBatch) -> None:
        """Do what follows when the whole batch is in, in acts of its own; safe to repeat."""
        ...


_targets: dict[str, Callable[[], Target]] = {}


def register_target(name: str, factory: Callable[[], Target]) -> None:
    """Say what merges the profiles of this target; called once from AppConfig.ready()."""
    _targets[name] = factory


def target_of(profile: Profile) -> Target:
    """Return what merges this profile; Problem IN-50 where nothing does."""
    factory = _targets.get(profile.target)
    if factory is None:
        raise Problem("IN-50", f"“{profile.title}”尚不能入库", status=501, remedy="由系统管理员核对系统配置")
    return factory()
