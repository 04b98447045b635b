"""The runs that jobs start: follow and send, compare; each says nothing where no address is set."""

from __future__ import annotations

from core.actors import Actor
from publicity.push.enrolling import follow, peer_of
from publicity.push.lines import CITY_PORTAL
from publicity.push.reconciling import reconcile
from publicity.push.sending import send
from publicity.push.systems import system_of


def push_once(code: str = CITY_PORTAL, *, actor: Actor) -> dict[str, int]:
    """Take in what happened and hand over what is due."""
    system = system_of(code)
    adapter = system.connect()
    if adapter is None:
        return {}
    peer = peer_of(system)
    moved = follow(peer, actor=actor)
    return {"enrolled": moved, **send(adapter, peer, actor=actor)}


def reconcile_once(code: str = CITY_PORTAL, *, actor: Actor) -> dict[str, int]:
    """Compare both sides, and hand over at once what is to be mended."""
    system = system_of(code)
    adapter = system.connect()
    if adapter is None:
        return {}
    peer = peer_of(system)
    run = reconcile(adapter, peer, actor=actor)
    return {"days": run.days, "differences": run.differences, **send(adapter, peer, actor=actor)}
