"""Worker: the addresses that are asked of the portal, and the statements that each answer takes, for the floor view."""

from __future__ import annotations

import sys
from typing import Any
from urllib.parse import quote

from django.test import Client

from benchmarks.catalogue import SEED, all_names, former_names
from benchmarks.queries import mix
from benchmarks.statements import Statement, noted
from subjects.codes import SyntheticCodes
from subjects.search import statistics

API = "/api/v1/public"


def paths(size: int, each: int) -> dict[str, list[str]]:
    """Return the addresses of every kind of question."""
    coder = SyntheticCodes("510899", SEED)
    codes = [coder.code("91", number) for number in range(0, size, size // each)][:each]
    words = [
        q for of_kind in mix(all_names(size), codes, former_names(size), each=each, seed=SEED).values() for q in of_kind
    ]
    names = [name[:6] for name in all_names(size)[:: size // each]][:each]
    return {
        "search, JSON": [f"{API}/subjects?q={quote(q)}" for q in words],
        "subject, JSON": [f"{API}/subjects/{code}" for code in codes],
        "home": ["/"],
        "search page": [f"/search?q={quote(q)}" for q in words],
        "subject page": [f"/subjects/{code}" for code in codes],
        "list page": ["/disclosures/?kind=penalty", "/disclosures/?kind=licence"]
        + [f"/disclosures/?kind=penalty&name={quote(name)}" for name in names],
    }


def main() -> dict[str, Any]:
    size, each = (int(argument) for argument in sys.argv[1:3])
    statistics.current()
    client = Client(headers={"host": "127.0.0.1"})
    asked = paths(size, each)
    taken: dict[str, list[Statement]] = {}
    for path in (path for of_kind in asked.values() for path in of_kind):
        for _ in range(2):  # the second answer is a warm one
            statements: list[Statement] = []
            with noted(statements):
                answer = client.get(path)
            if answer.status_code != 200:
                raise RuntimeError(f"{answer.status_code} for {path}")
        taken[path] = statements
    return {"paths": asked, "statements": taken}
