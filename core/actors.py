"""Who acts: one Actor for officers, clients, applicants, jobs and sources, and the transaction that carries it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date

from django.db import connection, transaction

from core import clock
from core.masking import no_personal_numbers
from core.problems import Problem, Violation, refuse

KINDS = ("officer", "client", "applicant", "job", "source")
BACKDATE = "core.act.backdate"


@dataclass(frozen=True, slots=True)
class Actor:
    """The only "who" in the domain.

    kind: one of `KINDS`; key: public id or job name; label: what a person reads in a timeline;
    client_id, sandbox: row of a client, and whether it sees demo data only (ADR 0028);
    the rest describes the assignment that is acted under and is empty for the other kinds.
    """

    kind: str
    key: str
    label: str
    officer_id: int | None = None
    assignment_id: int | None = None
    unit_id: int | None = None
    answers_for: frozenset[int] = frozenset()
    district_code: str = ""
    group_ids: frozenset[int] = frozenset()
    roles: frozenset[str] = frozenset()
    permissions: frozenset[str] = field(default=frozenset(), repr=False)
    client_id: int | None = None
    sandbox: bool = False

    def __post_init__(self) -> None:
        if self.kind not in KINDS or not self.key:
            raise ValueError(f"not an actor: {self.kind!r} {self.key!r}")

    @classmethod
    def job(cls, name: str, permissions: Iterable[str] = ()) -> Actor:
        """Return the actor of a scheduled job or a loader; it has only the permissions given."""
        return cls(kind="job", key=name, label=f"系统任务 {name}", permissions=frozenset(permissions))

    @classmethod
    def applicant(cls, key: str, label: str = "当事人") -> Actor:
        """Return the actor of a member of the public who files something."""
        return cls(kind="applicant", key=key, label=label)

    @classmethod
    def source(cls, key: str, label: str) -> Actor:
        """Return the actor of an outside list or platform whose data is received."""
        return cls(kind="source", key=key, label=label)

    def may(self, permission: str) -> bool:
        return permission in self.permissions

    @property
    def unit_ids(self) -> frozenset[int]:
        """The actor's unit and the dissolved units whose duties passed to it."""
        return self.answers_for | ({self.unit_id} if self.unit_id is not None else frozenset())

    @property
    def is_person(self) -> bool:
        return self.kind == "officer"


@dataclass(frozen=True, slots=True)
class Act:
    """The act under way in this transaction: who, what, why, and the legal day."""

    actor: Actor
    name: str
    reason: str
    on: date


_current: ContextVar[Act | None] = ContextVar("current_act", default=None)


def current() -> Act:
    """Return the act under way; a Problem where there is none, since nothing is written by nobody."""
    act = _current.get()
    if act is None:
        raise Problem(
            "CORE-01", "没有经办人身份，任何写入都被拒绝", status=500, remedy="通过业务服务办理，不要直接写库"
        )
    return act


def settled_day(actor: Actor, on: date | None, reason: str = "") -> date:
    """Return the legal day of an act: today, or an earlier day where the actor may backdate and says why.

    Raises Refused CORE-02 for a day to come, CORE-03 for backdating without permission or reason.
    """
    today = clock.today()
    if on is None or on == today:
        return today
    if on > today:
        refuse([Violation("CORE-02", f"办理日期 {on} 晚于今天 {today}", "on", "填写今天或更早的日期")])
    if not (actor.may(BACKDATE) and reason.strip()):
        refuse(
            [
                Violation(
                    "CORE-03",
                    f"补录更早的办理日期 {on} 需要补录权限并写明理由",
                    "on",
                    "由具备补录权限的审核人员办理并填写理由",
                )
            ]
        )
    return on


# The instant by which history knows the rows of one act, acts nested in it included.
BEGUN = ", set_config('core.begun', clock_timestamp()::text, true)"


def _tell_database(act: Act | None, *, begins: bool = False) -> None:
    values = (
        ["", "", "", ""]
        if act is None
        else [
            json.dumps({"kind": act.actor.kind, "key": act.actor.key, "label": act.actor.label}, ensure_ascii=False),
            act.name,
            act.reason,
            act.on.isoformat(),
        ]
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('core.actor', %s, true), set_config('core.act', %s, true),"
            " set_config('core.reason', %s, true), set_config('core.act_on', %s, true)" + (BEGUN if begins else ""),
            values,
        )


@contextmanager
def acting(actor: Actor, act: str, *, reason: str = "", on: date | None = None) -> Iterator[Act]:
    """Run the block as one transaction in which `actor` does `act`; history rows name them.

    Nested blocks are savepoints and give the outer act back when they end. Raises Refused CORE-11 for a reason that
    holds a citizen number or a mobile number: history keeps it for ever.
    """
    refuse(no_personal_numbers(reason))
    settled = Act(actor=actor, name=act, reason=reason.strip(), on=on or clock.today())
    outer = _current.get()
    nested = connection.in_atomic_block
    with transaction.atomic():
        token = _current.set(settled)
        try:
            _tell_database(settled, begins=outer is None)
            yield settled
        finally:
            _current.reset(token)
        if nested:  # a rollback gives the settings back by itself; after success we do
            _tell_database(outer)
