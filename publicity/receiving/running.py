"""The runs that jobs start: take over and answer, compare; each says nothing where no address is set."""

from __future__ import annotations

from django.db.models import F
from django.db.models.functions import Coalesce

from core import clock
from core.actors import Actor, acting
from publicity.models import Peer
from publicity.push.enrolling import peer_of
from publicity.push.lines import POWER_PLATFORM, Declined, Fault, line
from publicity.receiving.answering import take_outcomes, tell
from publicity.receiving.comparing import reconcile
from publicity.receiving.taking import take


def receive_once(*, actor: Actor) -> dict[str, int]:
    """Take over what is new, and tell what became of what came before; a platform that is away is asked again."""
    found = line(POWER_PLATFORM)
    if found is None:
        return {}
    peer = peer_of(found)
    counts = {"received": 0, "settled": take_outcomes(peer, actor=actor), "told": 0}
    try:
        counts["received"] = take(found, peer, actor=actor)
        counts["told"] = tell(found, peer, actor=actor)
    except (Fault, Declined) as problem:
        with acting(actor, "receiving.fault"):
            since = Coalesce(F("failing_since"), clock.now())
            Peer.objects.filter(pk=peer.pk).update(last_fault=str(problem)[:300], failing_since=since)
        return counts | {"fault": 1}
    with acting(actor, "receiving.answered"):
        Peer.objects.filter(pk=peer.pk).update(answered_at=clock.now(), failing_since=None, last_fault="")
    return counts


def compare_once(*, actor: Actor) -> dict[str, int]:
    """Compare both sides of the last year."""
    found = line(POWER_PLATFORM)
    if found is None:
        return {}
    run = reconcile(found, peer_of(found), actor=actor)
    return {"days": run.days, "differences": run.differences}
