"""Reference data of repair: time limits and the terms of each catalogue entry."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from core import dated
from core.actors import Actor
from core.models.dated import Dated
from core.time_limits import load_rules
from repair.models import EntryTerm

FIXTURES = Path(__file__).parent / "fixtures"


def load_reference(actor: Actor) -> int:
    """Load the rows that are not there yet; what an administrator has corrected stays. Returns how many were new."""
    limits = load_rules(actor, FIXTURES / "time_limits.yaml")
    return limits + _load(actor, EntryTerm, "entry_terms.yaml", "entry_code", "valid_from")


def _load(actor: Actor, model: type[Dated], name: str, *key: str) -> int:
    rows: list[dict[str, Any]] = yaml.safe_load((FIXTURES / name).read_text("utf-8"))
    return dated.load(model, rows, actor=actor, act="repair.reference.load", key=key)
