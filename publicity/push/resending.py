"""A person sends a record again, every record that a system has refused, or a whole range of days.

PSH-10 nothing is sent again where nothing was refused; PSH-14 a range has to be one, and to hold records.
"""

from __future__ import annotations

from datetime import date

from django.db.models import DateTimeField, F
from django.db.models.functions import Coalesce

from core import clock
from core.actors import Actor, acting
from core.problems import NotFound, Violation, refuse
from core.workflow import apply, apply_set
from organizations.models import Organization
from publicity.models import Peer, Push, PushState
from publicity.push.systems import system_of
from publicity.push.telling import tell_of_dead
from publicity.push.workflow import PUSH


def resend(*, actor: Actor, push: Push, reason: str) -> Push:
    """Queue one record again as a new generation, due at once."""
    with acting(actor, "push.resend", reason=reason):
        held = Push.objects.visible_to(actor).select_for_update(of=("self",)).filter(pk=push.pk).first()
        if held is None:
            raise NotFound("该推送记录")
        found = apply(held, PUSH, "resend", actor=actor, reason=reason, changes=_afresh())
        _behind([held.pk])
        tell_of_dead(held.peer)
    return found


def resend_refused(*, actor: Actor, peer: Peer, reason: str) -> int:
    """Queue again whatever the system has refused; returns how many records. PSH-10 where there is none."""
    with acting(actor, "push.resend", reason=reason):
        dead = Push.objects.visible_to(actor).filter(peer=peer, state=PushState.DEAD)
        changes = {"attempts": 0, "next_at": clock.now(), "last_error": "", "code": ""}
        done = apply_set(dead, PUSH, "resend", actor=actor, reason=reason, changes=changes)
        if not done:
            refuse([Violation("PSH-10", f"{peer.label}没有拒收的记录", remedy="无需重新送达")])
        tell_of_dead(peer)
    return len(done)


def replay(
    *, actor: Actor, peer: Peer, kind: str, unit: Organization | None, first: date, last: date, reason: str
) -> int:
    """Queue again every record of a kind, of a unit or of all, filed under these days; returns how many records."""
    if last < first:
        refuse([Violation("PSH-14", "截止日早于起始日", "last", "核对日期")])
    if kind not in system_of(peer.code).kinds:
        refuse([Violation("PSH-14", f"{peer.label}没有这种信息", "kind", "选择该系统接收的种类")])
    with acting(actor, "push.resend", reason=reason):
        rows = Push.objects.visible_to(actor).filter(peer=peer, kind=kind, decided_on__range=(first, last))
        if unit is not None:
            rows = rows.filter(unit=unit)
        done = apply_set(rows, PUSH, "resend", actor=actor, reason=reason, changes=_afresh())
        if not done:
            refuse([Violation("PSH-14", "所选范围内没有推送记录", "first", "核对种类、单位和日期")])
        _behind(done)
        tell_of_dead(peer)
    return len(done)


def _afresh() -> dict[str, object]:
    return {"attempts": 0, "next_at": clock.now(), "queued_at": clock.now(), "last_error": "", "code": ""}


def _behind(keys: list[int]) -> None:
    """Make these rows a new generation, whose days count from the first change that was not acknowledged."""
    since = Coalesce("behind_since", clock.now(), output_field=DateTimeField())
    Push.objects.filter(pk__in=keys).update(generation=F("generation") + 1, behind_since=since)
