"""The lot: which experts are drawn follows from pool, demand and seed alone, so anyone can recompute it.

Commitment: `digest` (SHA-256 of the canonical JSON of round, demand, pool and seed) is published before the draw;
seed and names after. See docs/adr/0012-expert-draw.md.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any


def digest_of(round_number: int, demand: Mapping[str, int], pool: Sequence[Mapping[str, Any]], seed: str) -> str:
    """Return the commitment over everything that decides the draw."""
    document = {"round": round_number, "demand": dict(demand), "pool": list(pool), "seed": seed}
    canonical = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def draw(
    demand: Mapping[str, int], pool: Sequence[Mapping[str, Any]], seed: str
) -> tuple[list[dict[str, str]], list[str]]:
    """Return who is drawn for which field, and the fields that the pool cannot fill whatever the seed.

    pool rows: {"expert": public id, "name", "fields": [codes]}. Seats are filled in the order of field code; for a seat
    candidates stand in the order of SHA-256(seed | field | expert). Where a candidate is wanted for a later seat that
    nobody else can fill, the earlier seat moves to its next candidate (augmenting paths), so that a demand that the
    pool
    can meet is met. Nobody is drawn twice.
    """
    by_key = {row["expert"]: row for row in pool}
    seats = [(field, number) for field in sorted(demand) for number in range(demand[field])]
    ranked = {
        field: sorted((row["expert"] for row in pool if field in row["fields"]), key=partial(_rank, seed, field))
        for field in demand
    }
    holder: dict[str, tuple[str, int]] = {}

    def place(seat: tuple[str, int], tried: set[str]) -> bool:
        for expert in ranked[seat[0]]:
            if expert not in holder:
                holder[expert] = seat
                return True
        for expert in ranked[seat[0]]:
            if expert not in tried:
                tried.add(expert)
                if place(holder[expert], tried):
                    holder[expert] = seat
                    return True
        return False

    short = [seat[0] for seat in seats if not place(seat, set())]
    seated = {seat: expert for expert, seat in holder.items()}
    selected = [
        {"expert": seated[seat], "name": by_key[seated[seat]]["name"], "field": seat[0]}
        for seat in seats
        if seat in seated
    ]
    return selected, list(dict.fromkeys(short))


def _rank(seed: str, field: str, expert: str) -> str:
    return hashlib.sha256(f"{seed}|{field}|{expert}".encode()).hexdigest()
