"""Reference data of the chain: time limits, which measure bears on which matter, lists of others and when they are held."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from core import dated
from core.actors import Actor, acting
from core.time_limits import load_rules
from sanctions.checks.mapping import load_matter_rules
from sanctions.models import ExternalRule, ExternalSource

FIXTURES = Path(__file__).parent / "fixtures"
ACT = "external.reference.load"


def load_reference(actor: Actor) -> int:
    """Load what is not there yet; what an officer has corrected stays. Returns how many were new."""
    limits = load_rules(actor, FIXTURES / "time_limits.yaml")
    rules = dated.load(
        ExternalRule, _rows("external_rules.yaml"), actor=actor, act=ACT, key=("applies_to", "valid_from")
    )
    return limits + load_matter_rules(actor) + rules + _load_sources(actor)


def _rows(name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = yaml.safe_load((FIXTURES / name).read_text("utf-8"))
    return rows


def _load_sources(actor: Actor) -> int:
    known = set(ExternalSource.objects.values_list("code", "list_code"))
    fresh = [row for row in _rows("external_sources.yaml") if (row["code"], row["list_code"]) not in known]
    if fresh:
        with acting(actor, ACT, reason="初始装载"):
            ExternalSource.objects.bulk_create(ExternalSource(**row) for row in fresh)
    return len(fresh)
