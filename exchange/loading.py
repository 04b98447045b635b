"""Reference data of the exchange: its time limits."""

from __future__ import annotations

from pathlib import Path

from core.actors import Actor
from core.time_limits import load_rules

FIXTURES = Path(__file__).parent / "fixtures"


def load_reference(actor: Actor) -> int:
    """Load the rows that are not there yet; what an administrator has corrected stays. Returns how many were new."""
    return load_rules(actor, FIXTURES / "time_limits.yaml")
