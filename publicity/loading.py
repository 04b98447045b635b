"""Reference data of double publicity: its time limits, publicity regimes, the severity table, terms of licences."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from core import dated
from core.actors import Actor
from core.time_limits import load_rules
from publicity.models import LicenceTerm, Regime, SeverityRule

FIXTURES = Path(__file__).parent / "fixtures"


def load_reference(actor: Actor) -> int:
    """Load the rows that are not there yet; what an administrator has corrected stays. Returns how many were new."""
    return (
        load_rules(actor, FIXTURES / "time_limits.yaml")
        + _load(actor, Regime, "regimes.yaml", "code", "severity", "valid_from")
        + _load(actor, SeverityRule, "severities.yaml", "regime_code", "kind", "fine_from", "valid_from")
        + _load(actor, LicenceTerm, "licence_terms.yaml", "applies_to", "valid_from")
    )


def _load(actor: Actor, model: Any, name: str, *key: str) -> int:
    rows = yaml.safe_load((FIXTURES / name).read_text("utf-8"))
    return dated.load(model, rows, actor=actor, act="publicity.reference.load", key=key)
