"""Reference data of objections: its time limits, and who answers what."""

from __future__ import annotations

from pathlib import Path

import yaml

from core import dated
from core.actors import Actor
from core.time_limits import load_rules
from objections.models import TargetRoute
from organizations.selectors import units_by_code

FIXTURES = Path(__file__).parent / "fixtures"


def load_reference(actor: Actor) -> int:
    """Load the time limits and routes that are not there yet; returns how many were new."""
    return load_rules(actor, FIXTURES / "time_limits.yaml") + load_routes(actor)


def load_routes(actor: Actor) -> int:
    """Load the routes that are not there yet; rows that the office has corrected stay as they are."""
    rows = yaml.safe_load((FIXTURES / "routes.yaml").read_text("utf-8"))
    units = units_by_code(row["unit"] for row in rows if "unit" in row)
    named = ({**row, "unit": units[row["unit"]]} if "unit" in row else row for row in rows)
    key = ("target_kind", "subject_kind", "valid_from")
    return dated.load(TargetRoute, named, actor=actor, act="objections.routes.load", key=key)
