"""Public search at 10,000 and 1,000,000 legal entities against bare SQL, icontains, Datasette and the floor view."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from benchmarks import datasette_peer, load, stage
from benchmarks.catalogue import FORMER_EVERY, SEED, all_names, former_names
from benchmarks.figures import machine, ms, p50, p95, ratio, table, write
from benchmarks.queries import KINDS, SELECTIVE
from subjects.codes import SyntheticCodes

SIZES, QUICK_SIZES = (10_000, 1_000_000), (10_000, 100_000)
ENDPOINT = "/api/v1/public/subjects"


@dataclass
class Sides:
    """All that was measured at one size."""

    size: int
    times: dict[str, dict[str, list[float]]]
    hits: dict[str, list[int]]
    http: dict[str, dict[str, list[float]]] = field(default_factory=dict)
    throughput: dict[str, load.Throughput] = field(default_factory=dict)


def city_database(size: int) -> str:
    """Return the database that holds a city of this size, made now if need be."""
    name = f"bench_{size}"
    wanted = f"benchmark city {size} {SEED}"
    ask = "SELECT obj_description(to_regclass('subjects_subjectname'))"
    if not (stage.exists(name) and stage.server().execute(ask, name) == wanted):
        print(f"loading {size:,} legal entities …", flush=True)
        stage.create(name)
        stage.work(name, "cities", str(size))
    return name


def measure(size: int, *, smallest: int, quick: bool) -> Sides:
    """Measure every side at one size, one after the other, nothing else running."""
    database = city_database(size)
    each, rounds, seconds = (4, 3, 4.0) if quick else (12, 8, 15.0)
    found = stage.work(database, "search_engine", str(smallest), str(each), str(rounds))
    sides = Sides(size, found["times"], found["hits"])
    queries: dict[str, list[str]] = found["queries"]
    with tempfile.TemporaryDirectory() as scratch:
        statements = Path(scratch) / "statements.json"
        statements.write_text(json.dumps(found["statements"], ensure_ascii=False))
        with stage.granian(database, "benchmarks.settings") as url:
            ask(
                sides,
                "endpoint",
                url,
                {k: [f"{ENDPOINT}?q={quote(q)}" for q in v] for k, v in queries.items()},
                rounds,
                seconds,
            )
        with stage.granian(database, "benchmarks.floor_settings", FLOOR_STATEMENTS=str(statements)) as url:
            ask(
                sides,
                "floor",
                url,
                {k: [f"/floor?q={quote(q)}" for q in v] for k, v in queries.items()},
                rounds,
                seconds,
            )
        peer = Path(scratch) / "peer.db"
        datasette_peer.build(peer, peer_rows(size))
        with datasette_peer.served(peer) as url:
            able = {
                k: [datasette_peer.path_of(q, "peer") for q in v] for k, v in queries.items() if k != "2 characters"
            }
            ask(sides, "datasette", url, able, rounds, seconds)
    return sides


def peer_rows(size: int) -> Any:
    codes, former = SyntheticCodes("510899", SEED), former_names(size)
    for number, name in enumerate(all_names(size)):
        place = number // FORMER_EVERY
        had = former[place] if number % FORMER_EVERY == 0 and place < len(former) else ""
        yield name, had, codes.code("91", number)


def ask(sides: Sides, side: str, url: str, paths: dict[str, list[str]], rounds: int, seconds: float) -> None:
    """Ask all paths by one client, kind by kind, then all together by sixteen."""
    sides.http[side] = {}
    for kind, of_kind in paths.items():
        times = load.alone(url, of_kind, rounds)
        sides.http[side][kind] = [one for many in times.values() for one in many]
    sides.throughput[side] = load.together(url, [path for of_kind in paths.values() for path in of_kind], seconds)


def engine_table(sides: Sides) -> str:
    rows = []
    for kind in KINDS:
        engine, bare, plain = (sides.times[kind][side] for side in ("engine", "bare", "icontains"))
        rows.append(
            [
                kind,
                f"{min(sides.hits[kind])}–{max(sides.hits[kind])}",
                ms(p50(engine)), ms(p95(engine)), ms(p50(bare)), ms(p95(bare)),
                ratio(p50(engine), p50(bare)),
                ms(p50(plain)), ratio(p50(plain), p50(engine)),
            ]
        )  # fmt: skip
    head = [
        "query",
        "hits on page 1",
        "engine p50",
        "p95",
        "(a) bare SQL p50",
        "p95",
        "engine / (a)",
        "(b) icontains p50",
        "(b) / engine",
    ]
    return table(head, rows)


def http_table(sides: Sides) -> str:
    rows = []
    for kind in KINDS:
        row = [kind]
        for side in ("endpoint", "floor", "datasette"):
            times = sides.http[side].get(kind)
            row += [ms(p50(times)), ms(p95(times))] if times else ["cannot", "–"]
        rows.append(row)
    head = ["query", "endpoint p50", "p95", "(d) floor p50", "p95", "(c) Datasette p50", "p95"]
    return table(head, rows)


def throughput_table(sides: Sides) -> str:
    ours = sides.throughput["endpoint"].per_second
    rows = []
    for side, label in (
        ("endpoint", "endpoint"),
        ("floor", "(d) floor view"),
        ("datasette", "(c) Datasette, without 2 characters"),
    ):
        got = sides.throughput[side]
        rows.append(
            [
                label,
                f"{got.per_second:.0f}",
                ms(p50(got.milliseconds)),
                ms(p95(got.milliseconds)),
                ratio(ours, got.per_second),
            ]
        )
    return table(["16 clients, whole mix", "requests/s", "p50 ms", "p95 ms", "endpoint / this"], rows)


def verdicts(small: Sides, large: Sides) -> str:
    """Return each goal with what was reached at the larger size."""

    def engine(sides: Sides, kinds: tuple[str, ...] = KINDS) -> float:
        return p50([one for kind in kinds for one in sides.times[kind]["engine"]])

    worst = max(p50(large.times[k]["engine"]) / p50(large.times[k]["bare"]) for k in KINDS)
    named = [k for k in SELECTIVE if k != "code"]
    plain = min(p50(large.times[k]["icontains"]) / p50(large.times[k]["engine"]) for k in named)
    slower = max(p50(large.times[k]["engine"]) / p50(small.times[k]["engine"]) for k in SELECTIVE)
    ours = large.throughput["endpoint"].per_second
    peer, floor = large.throughput["datasette"].per_second, large.throughput["floor"].per_second
    all_over = engine(large) / p50([one for kind in KINDS for one in large.times[kind]["bare"]])
    rows = [
        ["engine / bare SQL, whole mix", "≤ 1.5×", f"{all_over:.2f}×", str(all_over <= 1.5)],
        ["engine / bare SQL, worst kind", "≤ 1.5×", f"{worst:.2f}×", str(worst <= 1.5)],
        ["icontains / engine, selective names, worst kind", "≥ 50×", f"{plain:.0f}×", str(plain >= 50)],
        ["requests/s against Datasette", "> 1×", f"{ours / peer:.2f}×", str(ours > peer)],
        ["requests/s against the floor", "≥ 50 %", f"{100 * ours / floor:.0f} %", str(ours >= floor / 2)],
        ["selective, large / small city, worst kind", "≤ 2×", f"{slower:.2f}×", str(slower <= 2)],
    ]
    shown = [[name, goal, reached, "yes" if met == "True" else "**no**"] for name, goal, reached, met in rows]
    return table(["goal", "target", "reached", "met"], shown)


def run(*, quick: bool) -> str:
    """Measure both sizes and return the report."""
    sizes = QUICK_SIZES if quick else SIZES
    with stage.start():
        small, large = (measure(size, smallest=sizes[0], quick=quick) for size in sizes)
    parts = [
        "# Search",
        f"{machine()}. Public endpoint behind granian (2 workers), load generator on the same machine. Times in ms, one client "
        "unless said otherwise. Names are synthetic and in variety like real ones; queries are drawn from names that both "
        "cities hold. (a) is the very SQL of the answer over psycopg2, (b) `name__icontains` with LIMIT 21, (c) Datasette over "
        "SQLite FTS5 trigram, which cannot answer two characters, (d) granian and Django with no middleware running the same SQL.",
        "## Goals, at the larger size",
        verdicts(small, large),
    ]
    for sides in (small, large):
        parts += [
            f"## {sides.size:,} legal entities",
            engine_table(sides),
            http_table(sides),
            throughput_table(sides),
        ]
    text = "\n\n".join(parts)
    write("search", text, quick=quick)
    return text
