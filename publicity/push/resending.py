"""A person sends a record again, or every record that a system has refused."""

from __future__ import annotations

from core import clock
from core.actors import Actor, acting
from core.problems import NotFound, Violation, refuse
from core.workflow import apply, apply_set
from publicity.models import Peer, Push, PushState
from publicity.push.sending import tell_of_dead
from publicity.push.workflow import PUSH


def resend(*, actor: Actor, push: Push, reason: str) -> Push:
    """Queue one record again as a new generation, due at once."""
    with acting(actor, "push.resend", reason=reason):
        held = Push.objects.visible_to(actor).select_for_update(of=("self",)).filter(pk=push.pk).first()
        if held is None:
            raise NotFound("该推送记录")
        found = apply(held, PUSH, "resend", actor=actor, reason=reason, changes=_afresh(held.generation + 1))
        tell_of_dead(held.peer)
    return found


def resend_refused(*, actor: Actor, peer: Peer, reason: str) -> int:
    """Queue again whatever the system has refused; returns how many records. PSH-10 where there is none."""
    with acting(actor, "push.resend", reason=reason):
        dead = Push.objects.visible_to(actor).filter(peer=peer, state=PushState.DEAD)
        changes = {"attempts": 0, "next_at": clock.now(), "last_error": ""}
        done = apply_set(dead, PUSH, "resend", actor=actor, reason=reason, changes=changes)
        if not done:
            refuse([Violation("PSH-10", f"{peer.label}没有拒收的记录", remedy="无需重新送达")])
        tell_of_dead(peer)
    return len(done)


def _afresh(generation: int) -> dict[str, object]:
    return {
        "generation": generation,
        "attempts": 0,
        "next_at": clock.now(),
        "queued_at": clock.now(),
        "last_error": "",
    }
