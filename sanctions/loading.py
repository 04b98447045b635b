"""Reference data of the chain: its time limits."""

from __future__ import annotations

from pathlib import Path

import yaml

from core.actors import Actor, acting
from core.models import TimeLimitRule

FIXTURE = Path(__file__).parent / "fixtures" / "time_limits.yaml"


def load_reference(actor: Actor) -> int:
    """Load the time limits that are not there yet; rows an administrator has corrected stay as they are."""
    rows = yaml.safe_load(FIXTURE.read_text("utf-8"))
    known = set(TimeLimitRule.objects.values_list("code", "valid_from"))
    missing = [TimeLimitRule(**row) for row in rows if (row["code"], row["valid_from"]) not in known]
    if missing:
        with acting(actor, "sanctions.reference.load", reason="初始装载"):
            TimeLimitRule.objects.bulk_create(missing)
    return len(missing)
