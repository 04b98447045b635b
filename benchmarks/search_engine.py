"""Worker: time the engine, the bare SQL of the same answers, and `name__icontains`, in one process on one database.

Returns queries by kind, times by kind and side, and the statements that each public answer takes (for the floor view).
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from typing import Any

import psycopg2
from django.db import connection

from benchmarks.catalogue import SEED, all_names, former_names
from benchmarks.figures import repeated, timed
from benchmarks.queries import KINDS, mix
from benchmarks.statements import Statement as Noted
from benchmarks.statements import noted
from portal.selectors import base_marks
from subjects.codes import SyntheticCodes
from subjects.models import SubjectName
from subjects.search import search, statistics

Statement = tuple[str, Any]


def in_turns(one: Callable[[], object], other: Callable[[], object], times: int) -> tuple[list[float], list[float]]:
    """Return the milliseconds of both, measured in turns, so that a busy moment hits both; the first pair warms up."""
    pairs = [(timed(one), timed(other)) for _ in range(times + 1)][1:]
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]


def main() -> dict[str, Any]:
    smallest, each, rounds = (int(argument) for argument in sys.argv[1:4])
    coder = SyntheticCodes("510899", SEED)
    codes = [coder.code("91", number) for number in range(smallest)]
    queries = mix(all_names(smallest), codes, former_names(smallest), each=each, seed=SEED)
    statistics.current()
    statistics.FRESH_SECONDS = 1e9
    bare = psycopg2.connect(**connection.get_connection_params() | {"cursor_factory": None})
    bare.autocommit = True

    answers: dict[str, list[Noted]] = {}

    def statements_of(q: str) -> list[Statement]:
        taken: list[Statement] = []

        def note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
            taken.append((sql, params))
            return execute(sql, params, many, context)

        with connection.execute_wrapper(note), noted(answers.setdefault(q, [])):
            found = search(q, provisional=False)
        with noted(answers[q]):
            base_marks([hit.public_id for hit in found.items])  # the rest of what the public answer asks for
        return taken

    def bare_sql(statements: list[Statement]) -> None:
        with bare.cursor() as cursor:
            for sql, params in statements:
                cursor.execute(sql, params)
                cursor.fetchall()

    def icontains(q: str) -> None:
        list(SubjectName.objects.filter(name__icontains=q).values_list("subject_id", "name")[:21])

    times: dict[str, dict[str, list[float]]] = {}
    taken: dict[str, list[Statement]] = {}
    hits: dict[str, list[int]] = {}
    for kind in KINDS:
        sides: dict[str, list[float]] = {"engine": [], "bare": [], "icontains": []}
        for q in queries[kind]:
            taken[q] = statements_of(q)
            hits.setdefault(kind, []).append(len(search(q, provisional=False).items))
            engine, issued = in_turns(partial(search, q, provisional=False), partial(bare_sql, taken[q]), 2 * rounds)
            sides["engine"] += engine
            sides["bare"] += issued
        for q in queries[kind][:4]:
            sides["icontains"] += repeated(partial(icontains, q), 2)
        times[kind] = sides
    return {"queries": queries, "times": times, "statements": answers, "hits": hits}
