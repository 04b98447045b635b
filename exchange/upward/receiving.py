"""Receipts that the province sends when it has worked a batch off; only through the client that is the province's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from core.actors import Actor
from core.problems import NotPermitted
from publicity.push import receipts
from publicity.push.enrolling import peer_of
from publicity.push.systems import system_of_client
from publicity.push.telling import tell


def take_receipt(*, actor: Actor, document: Mapping[str, Any]) -> dict[str, Any]:
    """Settle a batch by its receipt; the same receipt again changes nothing and gets the same answer.

    NotPermitted for a client that is no system which follows us; RCP-01 … RCP-05 as in `publicity.push.receipts`.
    """
    system = system_of_client(actor.key) if actor.kind == "client" else None
    if system is None:
        raise NotPermitted(receipts.TAKE, "送回批次回执", who=actor.label)
    entitled = replace(actor, permissions=actor.permissions | {receipts.TAKE})
    peer = peer_of(system)
    outcome = receipts.take(system, peer, document, actor=entitled)
    tell(system, peer, actor=entitled)
    batch = outcome.batch
    batch.refresh_from_db()
    return {
        "batch_no": batch.number,
        "state": batch.state,
        "received": batch.records,
        "accepted": batch.accepted,
        "rejected": batch.rejected,
        "settled": outcome.settled,
    }
