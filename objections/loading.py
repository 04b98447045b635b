"""Reference data of objections: its time limits, and who answers what."""

from __future__ import annotations

from pathlib import Path

import yaml

from core.actors import Actor, acting
from core.time_limits import LOADED, load_rules
from objections.models import TargetRoute
from organizations.selectors import units_by_code

FIXTURES = Path(__file__).parent / "fixtures"


def load_reference(actor: Actor) -> int:
    """Load the time limits and routes that are not there yet; returns how many were new."""
    return load_rules(actor, FIXTURES / "time_limits.yaml") + load_routes(actor)


def load_routes(actor: Actor) -> int:
    """Load the routes that are not there yet; rows that the office has corrected stay as they are."""
    rows = yaml.safe_load((FIXTURES / "routes.yaml").read_text("utf-8"))
    known = set(TargetRoute.objects.values_list("target_kind", "subject_kind", "valid_from"))
    units = units_by_code(row["unit"] for row in rows if "unit" in row)
    missing = [
        TargetRoute(**{**row, "unit": units[row["unit"]] if "unit" in row else None}, **LOADED)
        for row in rows
        if (row["target_kind"], row.get("subject_kind", ""), row["valid_from"]) not in known
    ]
    if missing:
        with acting(actor, "objections.routes.load", reason="初始装载"):
            TargetRoute.objects.bulk_create(missing)
    return len(missing)
