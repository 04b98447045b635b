"""Reference data of the chain: its time limits, and which measure bears on which kind of matter."""

from __future__ import annotations

from pathlib import Path

from core.actors import Actor
from core.time_limits import load_rules
from sanctions.checks.mapping import load_matter_rules

FIXTURE = Path(__file__).parent / "fixtures" / "time_limits.yaml"


def load_reference(actor: Actor) -> int:
    """Load what is not there yet; returns how many rows were new."""
    return load_rules(actor, FIXTURE) + load_matter_rules(actor)
