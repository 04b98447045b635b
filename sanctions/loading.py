"""Reference data of the chain: its time limits."""

from __future__ import annotations

from pathlib import Path

import yaml

from core.actors import Actor, acting
from core.models import TimeLimitRule

FIXTURE = Path(__file__).parent / "fixtures" / "time_limits.yaml"

# The founding document says no days; what we assumed is loaded under two named loaders and marked unsure.
LOADED = {
    "proposed_by_key": "reference.first",
    "proposed_by_label": "初始装载",
    "confirmed_by_key": "reference.second",
    "confirmed_by_label": "初始装载复核",
}


def load_reference(actor: Actor) -> int:
    """Load the time limits that are not there yet; rows an administrator has corrected stay as they are."""
    rows = yaml.safe_load(FIXTURE.read_text("utf-8"))
    known = set(TimeLimitRule.objects.values_list("code", "valid_from"))
    missing = [TimeLimitRule(**row, **LOADED) for row in rows if (row["code"], row["valid_from"]) not in known]
    if missing:
        with acting(actor, "sanctions.reference.load", reason="初始装载"):
            TimeLimitRule.objects.bulk_create(missing)
    return len(missing)
