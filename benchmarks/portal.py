"""Pages and JSON of the portal at 1,000,000 legal entities and 2,000,000 decisions, against the floor view and Datasette."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, unquote

from benchmarks import datasette_peer, disclosures, load, stage
from benchmarks.catalogue import SEED
from benchmarks.figures import machine, ms, p50, p95, table, write
from benchmarks.search import peer_rows
from core import clock

GOALS = {  # of the floor view's requests per second
    "search, JSON": 0.5,
    "subject, JSON": 0.5,
    "home": 0.3,
    "search page": 0.3,
    "subject page": 0.3,
    "list page": 0.3,
}
PEERS = {"search, JSON": ".json", "subject, JSON": ".json", "search page": "", "subject page": ""}


@dataclass
class Kind:
    """One kind of question, as each side answered it."""

    name: str
    paths: list[str]
    ours: load.Throughput
    floor: load.Throughput
    peer: load.Throughput | None
    statements: float


def database_of(size: int) -> str:
    """Return the database with a city of this size and twice as many decisions, made now if need be."""
    name = f"bench_portal_{size}"
    wanted = f"benchmark portal {size} {SEED}"
    if not (stage.exists(name) and _note(name) == wanted):
        print(f"loading {size:,} legal entities and {2 * size:,} decisions …", flush=True)
        stage.create(name)
        stage.manage(name, "load_reference", "--verbosity", "0")
        stage.work(name, "cities", str(size))
        disclosures.fill(name, 2 * size, size, clock.today())
        stage.server().execute(f"COMMENT ON TABLE publicity_licence IS '{wanted}'", name)
    return name


def _note(name: str) -> str:
    return stage.server().execute("SELECT obj_description(to_regclass('publicity_licence'))", name)


def measure(size: int, *, each: int, seconds: float) -> list[Kind]:
    """Ask every kind of question of every side, sixteen clients at once, one side at a time."""
    database = database_of(size)
    stage.manage(database, "collectstatic", "--noinput", "--verbosity", "0")  # pages name files by their content
    found = stage.work(database, "portal_run", str(size), str(each))
    asked: dict[str, list[str]] = found["paths"]
    with tempfile.TemporaryDirectory() as scratch:
        statements = Path(scratch) / "statements.json"
        statements.write_text(json.dumps(found["statements"], ensure_ascii=False))
        with stage.granian(database, "benchmarks.settings") as url:
            ours = {kind: load.together(url, paths, seconds) for kind, paths in asked.items()}
        with stage.granian(database, "benchmarks.floor_settings", FLOOR_STATEMENTS=str(statements)) as url:
            floor = {
                kind: load.together(url, [f"/floor?q={quote(path, safe='')}" for path in paths], seconds)
                for kind, paths in asked.items()
            }
        peer = Path(scratch) / "peer.db"
        datasette_peer.build(peer, peer_rows(size))
        with datasette_peer.served(peer) as url:
            peers = {
                kind: load.together(url, _of_peer(asked[kind], form, size), seconds) for kind, form in PEERS.items()
            }
    return [
        Kind(
            kind, paths, ours[kind], floor[kind], peers.get(kind),
            sum(len(found["statements"][path]) for path in paths) / len(paths),
        )
        for kind, paths in asked.items()
    ]  # fmt: skip


def _of_peer(paths: list[str], form: str, size: int) -> list[str]:
    """Return Datasette's addresses for the same questions: its search, without two characters, and its rows."""
    if "?q=" in paths[0]:
        words = [unquote(path.partition("?q=")[2]) for path in paths]
        return [datasette_peer.search_path(q, form) for q in words if len(q) > 2]
    return [datasette_peer.row_path(1 + number * size // len(paths), form) for number in range(len(paths))]


def report(kinds: list[Kind]) -> list[str]:
    """Return the tables: what each side answered, and each goal with what was reached."""
    rows, goals = [], []
    for kind in kinds:
        of_floor = kind.ours.per_second / kind.floor.per_second
        row = [kind.name, f"{kind.statements:.1f}"]
        for side in (kind.ours, kind.floor, kind.peer):
            row += (
                [f"{side.per_second:.0f}", ms(p50(side.milliseconds)), ms(p95(side.milliseconds))]
                if side
                else ["–"] * 3
            )
        rows.append(row)
        met = of_floor >= GOALS[kind.name]
        goals.append(
            [f"{kind.name}: of the floor", f"≥ {GOALS[kind.name]:.0%}", f"{of_floor:.0%}", "yes" if met else "**no**"]
        )
        if kind.peer:
            of_peer = kind.ours.per_second / kind.peer.per_second
            goals.append(
                [f"{kind.name}: against Datasette", "> 1×", f"{of_peer:.2f}×", "yes" if of_peer > 1 else "**no**"]
            )
    head = ["16 clients", "statements", "requests/s", "p50 ms", "p95"]
    head += ["floor requests/s", "p50 ms", "p95", "Datasette requests/s", "p50 ms", "p95"]
    return ["## Goals", table(["goal", "target", "reached", "met"], goals), "## Figures", table(head, rows)]


def run(*, quick: bool) -> str:
    """Measure all kinds and return the report."""
    size, each, seconds = (50_000, 4, 3.0) if quick else (1_000_000, 12, 12.0)
    with stage.start():
        kinds = measure(size, each=each, seconds=seconds)
    text = "\n\n".join(
        [
            "# Portal",
            f"{machine()}. {size:,} legal entities, {2 * size:,} decisions; granian (2 workers), load generator on the same "
            "machine. Floor: granian and Django with no middleware running the very statements of the answer. Datasette: "
            "SQLite FTS5 trigram, search without two characters, row pages.",
            *report(kinds),
        ]
    )
    write("portal", text, quick=quick)
    return text
