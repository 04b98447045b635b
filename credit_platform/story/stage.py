"""The stage: pins the day, finds the officer, and notes each act as it is done."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from core import clock
from core.actors import Actor
from core.attachments import store
from core.calendar import WorkingCalendar
from core.identifiers import make_uscc
from organizations.demo import PARTS
from organizations.models import Organization
from organizations.selectors import actor_for, officer, unit
from sanctions.models import Case
from subjects.models import Subject
from subjects.services import register_subject

DIVISION = "510899"  # a division that does not exist: demo data can defame nobody
PLAYERS = frozenset(part.username for part in PARTS)
SECTOR = {"91": "enterprise", "51": "social_organization"}


@dataclass
class Stage:
    """Collects what was done; `tell` receives each act as it happens."""

    tell: Callable[[dict[str, Any]], None]
    round: int
    step: int = 0
    day: date = field(default_factory=clock.today)
    _actors: dict[tuple[str, date], Actor] = field(default_factory=dict)

    @contextmanager
    def on(self, day: date) -> Iterator[None]:
        """Play the block on `day`."""
        with clock.at(day):
            self.day = day
            yield

    def working_day_back(self, count: int) -> date:
        """Return the `count`-th working day before today: where what stands open begins."""
        day, calendar = clock.today(), WorkingCalendar()
        for _ in range(count):
            day = calendar.working_day_before(day)
        return day

    def actor(self, username: str) -> Actor:
        """Return the officer as he acts on the day played; nobody's assignments change during the story."""
        key = (username, self.day)
        if key not in self._actors:
            self._actors[key] = actor_for(officer(username))
        return self._actors[key]

    def plays(self, username: str) -> bool:
        """Tell whether the demo city has this officer."""
        return username in PLAYERS

    def note(self, actor: Actor | str, act: str, about: object, **more: Any) -> None:
        """Tell one act: who, what, about which object, and the state it is in now."""
        self.step += 1
        state = getattr(about, "state_on", None) or getattr(about, "state", None) or more.pop("state", "done")
        self.tell(
            {
                "step": self.step,
                "on": self.day.isoformat(),
                "actor": actor.label if isinstance(actor, Actor) else actor,
                "act": act,
                "object": f"{type(about).__name__.lower()}:{getattr(about, 'public_id', about)}",
                "state": str(state),
                **more,
            }
        )

    def unit(self, code: str) -> Organization:
        return unit(code)

    def subject(self, username: str, prefix: str, number: int, name: str, **details: Any) -> Subject:
        """Register a demo subject of this round with a valid code in the demo division."""
        body = f"MA{self.round:02d}{number:03d}X"
        code = make_uscc(prefix, DIVISION, body)
        shown = name if self.round == 1 else f"{name}（第{self.round}场）"
        who = self.actor(username)
        subject = register_subject(
            who, kind=SECTOR[prefix], name=shown, code=code, is_demo=True, registrar="示例登记机关", **details
        )
        self.note(who, "subject.register", subject, state=subject.status)
        return subject

    def file(self, username: str, name: str, text: str) -> Any:
        """Hand in a text file as an attachment."""
        content = f"{name}\n演示数据，不涉及任何真实主体。\n{text}\n"
        return store(io.BytesIO(content.encode()), actor=self.actor(username), name=f"{name}.txt")


def fresh(case: Case) -> Case:
    """Return the case as it stands in the database."""
    return Case.objects.get(pk=case.pk)
