"""Embedded checks of one subject and of a thousand against bare SQL, the floor view and a plain DRF ModelViewSet."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from benchmarks import load, stage
from benchmarks.catalogue import SEED
from benchmarks.checks_fill import fill
from benchmarks.figures import machine, ms, p50, p95, ratio, table, write
from core import clock

BATCH = 1_000
DRF = "/api/v1/checks-drf/checks/"  # under the short chain of middleware, as ours


def database_of(size: int, listings: int) -> str:
    """Return the database with a city of this size and its listings, made now if need be."""
    name = f"bench_checks_{size}"
    wanted = f"benchmark checks {size} {listings} {SEED} {clock.today()}"
    ask = "SELECT obj_description(to_regclass('sanctions_check'))"
    if not (stage.exists(name) and stage.server().execute(ask, name) == wanted):
        print(f"loading {size:,} legal entities and {listings:,} listings …", flush=True)
        stage.create(name)
        stage.manage(name, "load_reference", "--verbosity", "0")
        stage.work(name, "cities", str(size))
        fill(name, listings, size, clock.today())
        stage.server().execute(f"COMMENT ON TABLE sanctions_check IS '{wanted}'", name)
    return name


def measure(size: int, listings: int, *, singles: int, rounds: int, seconds: float) -> dict[str, Any]:
    """Measure every side, one after the other."""
    database = database_of(size, listings)
    found: dict[str, Any] = stage.work(database, "checks_run", str(size), str(singles), str(rounds))
    headers = f"Authorization: Bearer {found['token']}\r\n"
    bodies, batches = ([text.encode() for text in found[name]] for name in ("bodies", "batches"))
    numbers = [json.dumps({"n": n}).encode() for n in range(len(bodies))]
    with tempfile.TemporaryDirectory() as scratch:
        statements = Path(scratch) / "statements.json"
        statements.write_text(json.dumps(found.pop("statements"), ensure_ascii=False))
        with stage.granian(database, "benchmarks.settings") as url:
            found["ours"] = load.posted(url, "/api/v1/checks", bodies, seconds, headers=headers)
            found["ours 1000"] = load.posted(url, "/api/v1/checks", batches, seconds, headers=headers, clients=2)
            found["ours 1000 alone"] = load.posted(url, "/api/v1/checks", batches, seconds, headers=headers, clients=1)
        with stage.granian(database, "benchmarks.floor_settings", FLOOR_STATEMENTS=str(statements)) as url:
            found["floor"] = load.posted(url, "/check", numbers, seconds)
        with stage.granian(database, "benchmarks.drf_settings") as url:
            found["drf"] = load.posted(url, DRF, bodies, seconds, headers=headers)
            found["drf 1000"] = load.posted(url, DRF, batches, max(seconds, 60), headers=headers, clients=2)
    return found


def goals(found: dict[str, Any]) -> str:
    ours, floor, batch = (found[side].per_second for side in ("ours", "floor", "ours 1000"))
    of_bare = p50(found["thousand"]["service"]) / p50(found["thousand"]["bare"])
    times = batch * BATCH / ours
    rows = [
        ["one subject: requests/s of the floor", "≥ 50 %", f"{ours / floor:.0%}", ours >= floor / 2],
        ["1,000: subjects/s against one by one", "≥ 20×", f"{times:.0f}×", times >= 20],
        ["1,000: service / bare SQL", "≤ 2×", f"{of_bare:.2f}×", of_bare <= 2],
        ["one subject: against DRF", "> 1×", ratio(ours, found["drf"].per_second), ours > found["drf"].per_second],
        [
            "1,000: against DRF",
            "> 1×",
            ratio(batch, found["drf 1000"].per_second),
            batch > found["drf 1000"].per_second,
        ],
    ]
    shown = [[name, goal, reached, "yes" if met else "**no**"] for name, goal, reached, met in rows]
    return table(["goal", "target", "reached", "met"], shown)


def http_table(found: dict[str, Any]) -> str:
    rows = []
    for side, label, each in (
        ("ours", "endpoint, 1 subject, 16 clients", 1),
        ("floor", "floor view, 1 subject, 16 clients", 1),
        ("drf", "DRF ModelViewSet, 1 subject, 16 clients", 1),
        ("ours 1000", "endpoint, 1,000 subjects, 2 clients", BATCH),
        ("ours 1000 alone", "endpoint, 1,000 subjects, 1 client", BATCH),
        ("drf 1000", "DRF ModelViewSet, 1,000 subjects, 2 clients", BATCH),
    ):
        got: load.Throughput = found[side]
        rate = [f"{got.per_second:.1f}", f"{got.per_second * each:.0f}"]
        rows.append([label, *rate, ms(p50(got.milliseconds)), ms(p95(got.milliseconds))])
    return table(["over HTTP", "requests/s", "subjects/s", "p50 ms", "p95"], rows)


def engine_table(found: dict[str, Any]) -> str:
    rows = []
    for kind, label in (("one", "1 subject"), ("thousand", "1,000 subjects")):
        service, bare = found[kind]["service"], found[kind]["bare"]
        rows.append([label, f"{found[kind]['statements'][0]:.0f}", ms(p50(service)), ms(p95(service)), ms(p50(bare)),
                     ms(p95(bare)), ratio(p50(service), p50(bare))])  # fmt: skip
    return table(
        ["in one process", "statements", "service p50 ms", "p95", "bare SQL p50", "p95", "service / bare"], rows
    )


def run(*, quick: bool) -> str:
    """Measure and return the report."""
    size, listings = (50_000, 10_000) if quick else (1_000_000, 200_000)
    singles, rounds, seconds = (64, 8, 4.0) if quick else (512, 30, 15.0)
    with stage.start():
        found = measure(size, listings, singles=singles, rounds=rounds, seconds=seconds)
    text = "\n\n".join(
        [
            "# Embedded checks",
            f"{machine()}. {size:,} legal entities, {listings:,} listings with four tasks each, {listings // 4:,} entries of "
            "another's list; codes drawn at random; every receipt is signed and committed (fsync on). Granian (2 workers), load "
            "generator on the same machine. Floor: granian and Django with no middleware running the very statements of the call "
            "(token look-up, SELECTs, receipt INSERT) and COMMIT. DRF: ModelViewSet, serializers, one look-up and INSERT per row, "
            "neither signed nor explained.",
            "## Goals",
            goals(found),
            "## Figures",
            http_table(found),
            engine_table(found),
        ]
    )
    write("checks", text, quick=quick)
    return text
