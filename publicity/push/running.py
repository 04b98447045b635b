"""The runs that jobs start: follow and send, compare; each says nothing where no address is set."""

from __future__ import annotations

from core.actors import Actor
from publicity.models import Peer
from publicity.push.enrolling import follow, peer_of
from publicity.push.lines import CITY_PORTAL, line
from publicity.push.reconciling import reconcile
from publicity.push.sending import send


def push_once(*, actor: Actor) -> dict[str, int]:
    """Take in what happened and hand over what is due."""
    found = line(CITY_PORTAL)
    if found is None:
        return {}
    peer: Peer = peer_of(found)
    moved = follow(peer, actor=actor)
    return {"enrolled": moved, **send(found, peer, actor=actor)}


def reconcile_once(*, actor: Actor) -> dict[str, int]:
    """Compare both sides, and hand over at once what is to be mended."""
    found = line(CITY_PORTAL)
    if found is None:
        return {}
    peer = peer_of(found)
    run = reconcile(found, peer, actor=actor)
    return {"days": run.days, "differences": run.differences, **send(found, peer, actor=actor)}
