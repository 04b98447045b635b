"""Fifty readers who ask again and again what a check would answer, from before an act until after it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from django.db import connection, transaction

from core import clock
from sanctions.selectors import measures_against
from tests.support.threads import at_once

READERS = 50
# Some ask without a pause, and with the act share the interpreter between them; were all so eager, the act alone would
# take ten seconds. The others ask a few times a second, and all once more the moment it is done.
PAUSES = (0.0, 0.1, 0.2, 0.3, 0.4)


@dataclass(frozen=True)
class Answer:
    """What one check said, in one snapshot: begun after the act returned; with its record; with a *forbid*."""

    after: bool
    committed: bool
    forbids: bool


class Watch:
    """The readers; `recorded` tells whether a snapshot holds the act's own record."""

    def __init__(self, subject: Any, day: date, act: Callable[[], Any], recorded: Callable[[], bool]) -> None:
        self.subject, self.day, self.act, self.recorded = subject, day, act, recorded
        self.answers: list[Answer] = []
        self.all_have_asked = threading.Barrier(READERS + 1)
        self.done = threading.Event()

    def ask(self) -> None:
        after = self.done.is_set()
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            committed = self.recorded()
            found = measures_against(self.subject, self.day)
            assert found
            self.answers.append(Answer(after, committed, any(measure.action == "forbid" for measure in found)))

    def read(self, pause: float) -> None:
        self.ask()
        self.all_have_asked.wait(60)
        while not self.done.wait(pause):
            self.ask()
        self.ask()

    def write(self) -> None:
        self.all_have_asked.wait(60)
        try:
            self.act()
        finally:
            self.done.set()

    def run(self) -> tuple[list[Answer], list[Answer]]:
        """Return the answers whose snapshot began after the commit, and the others."""
        readers = [partial(self.read, PAUSES[number % len(PAUSES)]) for number in range(READERS)]
        with clock.at(self.day):
            _, raised = at_once(self.write, *readers)
        assert not raised, raised
        late = [answer for answer in self.answers if answer.after or answer.committed]
        return late, [answer for answer in self.answers if not (answer.after or answer.committed)]

    def check(self) -> None:
        """No check forbids whose snapshot began after the commit; each that began before does."""
        late, early = self.run()
        assert len(late) >= READERS
        assert not any(answer.forbids for answer in late)
        assert all(answer.committed for answer in late)
        assert len(early) >= READERS
        assert all(answer.forbids for answer in early)
