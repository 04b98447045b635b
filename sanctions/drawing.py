"""The lot: which experts are drawn follows from pool, demand and seed alone, so anyone can recompute it.

Commitment: `digest` (SHA-256 of the canonical JSON of round, demand, pool and seed) is published before the draw;
seed and names after. See docs/adr/0012-expert-draw.md.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any


def digest_of(round_number: int, demand: Mapping[str, int], pool: Sequence[Mapping[str, Any]], seed: str) -> str:
    """Return the commitment over everything that decides the draw."""
    document = {"round": round_number, "demand": dict(demand), "pool": list(pool), "seed": seed}
    canonical = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def draw(
    demand: Mapping[str, int], pool: Sequence[Mapping[str, Any]], seed: str
) -> tuple[list[dict[str, str]], list[str]]:
    """Return who is drawn for which field, and the fields that the pool could not fill.

    pool rows: {"expert": public id, "name", "fields": [codes]}. Fields are filled in the order of their code; within a
    field candidates stand in the order of SHA-256(seed ‖ field ‖ expert); nobody is drawn twice.
    """
    taken: set[str] = set()
    selected: list[dict[str, str]] = []
    short: list[str] = []
    for field in sorted(demand):
        candidates = [row for row in pool if field in row["fields"] and row["expert"] not in taken]
        candidates.sort(key=lambda row: hashlib.sha256(f"{seed}|{field}|{row['expert']}".encode()).hexdigest())
        chosen = candidates[: demand[field]]
        taken.update(row["expert"] for row in chosen)
        selected += [{"expert": row["expert"], "name": row["name"], "field": field} for row in chosen]
        if len(chosen) < demand[field]:
            short.append(field)
    return selected, short
