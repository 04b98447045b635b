"""Reference data of supervision: its time limits."""

from __future__ import annotations

from pathlib import Path

from core.actors import Actor
from core.time_limits import load_rules

FIXTURE = Path(__file__).parent / "fixtures" / "time_limits.yaml"


def load_reference(actor: Actor) -> int:
    """Load the time limits that are not there yet; returns how many were new."""
    return load_rules(actor, FIXTURE)
