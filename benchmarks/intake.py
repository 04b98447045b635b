"""Taking a file of penalties in, against bare COPY, bulk_create_with_history and django-import-export."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from benchmarks import stage
from benchmarks.figures import machine, p50, table, write

CITY, WORK, BARE, PEER = "bench_intake", "bench_intake_work", "bench_intake_bare", "bench_intake_peer"
SHARE, PEERS, OTHERS, AGAIN, MEMORY_MB = 0.30, 20, 5, 2.0, 600


def run(*, quick: bool) -> str:
    """Measure every way on fresh copies of one city; the slow peers on fewer rows, compared by rows per second."""
    rows, sheet, subjects, rounds = (40_000, 10_000, 20_000, 1) if quick else (1_000_000, 100_000, 100_000, 2)
    few, some = (300, 5_000) if quick else (2_000, 50_000)
    with stage.start(), tempfile.TemporaryDirectory(prefix="bench-") as place:
        folder = Path(place)
        folder.chmod(0o700)
        _city(subjects)
        stage.work(CITY, "intake_run", "files", place, str(rows), str(sheet), str(subjects))
        found = _measure(folder, rounds)
        stage.create(WORK, template=CITY)
        found["xlsx"] = [stage.work(WORK, "intake_run", "ours", str(folder / "penalties.xlsx"))]
        for name, arguments in (
            ("history", ("history", str(folder / "penalties.csv"), str(some))),
            ("bulk", ("peer", str(folder / "penalties.csv"), str(some), "bulk")),
            ("default", ("peer", str(folder / "penalties.csv"), str(few), "default")),
        ):
            stage.create(PEER, template=CITY)
            found[name] = [stage.work(PEER, "intake_run", *arguments)]
        for name in (WORK, BARE, PEER, CITY):
            stage.drop(name)
    text = "\n\n".join(["# Intake", *_report(rows, sheet, subjects, found)])
    write("intake", text, quick=quick)
    return text


def _city(subjects: int) -> None:
    stage.create(CITY)
    stage.manage(CITY, "load_reference", "--verbosity", "0")
    stage.work(CITY, "intake_run", "city", str(subjects))
    stage.server().execute("VACUUM ANALYZE", CITY)


def _measure(folder: Path, rounds: int) -> dict[str, list[Any]]:
    """Alternate the run and the bare COPY of what it left; then the same file once more."""
    found: dict[str, list[Any]] = {"first": [], "again": [], "bare": []}
    for number in range(rounds):
        stage.create(WORK, template=CITY)
        found["first"].append(stage.work(WORK, "intake_run", "ours", str(folder / "penalties.csv")))
        if number == 0:
            stage.work(WORK, "intake_run", "export", str(folder))
        stage.create(BARE, template=CITY)
        found["bare"].append(stage.work(BARE, "intake_run", "bare", str(folder)))
        found["again"].append(stage.work(WORK, "intake_run", "ours", str(folder / "penalties.csv")))
    return found


def _seconds(found: list[Any]) -> float:
    return p50([row["seconds"] for row in found])


def _met(good: bool) -> str:
    return "yes" if good else "**no**"


def _report(rows: int, sheet: int, subjects: int, found: dict[str, list[Any]]) -> list[str]:
    first, again, bare = (_seconds(found[name]) for name in ("first", "again", "bare"))
    rate, memory = rows / first, max(row["memory_mb"] for row in (*found["first"], *found["again"]))
    counts, second = found["first"][0]["counts"], found["again"][0]["counts"]
    peers = {name: found[name][0]["per_second"] for name in ("history", "bulk", "default")}
    goals = {"history": OTHERS, "default": PEERS}
    names = {
        "history": "bulk_create_with_history",
        "bulk": "django-import-export, use_bulk",
        "default": "django-import-export, default",
    }
    body = [
        ["first run", f"{first:.1f} s", f"{rate:,.0f}", "1.00×", ""],
        [
            "same file again",
            f"{again:.1f} s",
            f"{rows / again:,.0f}",
            f"{first / again:.2f}×",
            _met(first / again >= AGAIN),
        ],
        ["bare COPY", f"{bare:.1f} s", f"{rows / bare:,.0f}", f"share {bare / first:.0%}", _met(bare / first >= SHARE)],
    ]
    for name, label in names.items():
        faster = rate / peers[name]
        goal = _met(faster >= goals[name]) if name in goals else ""
        body.append([label, "", f"{peers[name]:,.0f}", f"{faster:.1f}× slower", goal])
    xlsx = _seconds(found["xlsx"])
    body.append([f"{sheet:,} rows as xlsx", f"{xlsx:.1f} s", f"{sheet / xlsx:,.0f}", "", ""])
    unchanged = second["unchanged"] == counts["inserted"] and not second["inserted"] and not second["updated"]
    return [
        f"{machine()}. {rows:,} penalties as CSV about a city of {subjects:,} subjects, 1 % of the rows about bodies that "
        "nobody knew and 2 % about persons: kept encrypted, read, checked by every rule, matched, merged with history, "
        "events and an answer for each row. Bare COPY is the very same record, history and outbox rows into a copy of the "
        "city, ciphertext prepared, triggers off. The peers fill the same table with fewer rows, "
        "without checks and without opening subjects, and are compared by rows per second.",
        table(["way", "time", "rows/s", "against the first run", "met"], body),
        f"Goals: ≥ {SHARE:.0%} of bare COPY, ≥ {PEERS}× the import-export default, ≥ {OTHERS}× bulk_create_with_history, the "
        f"second run ≥ {AGAIN:.0f}× faster. Memory of both processes at their peaks: {memory:.0f} MB "
        f"(goal < {MEMORY_MB}: {_met(memory < MEMORY_MB)}). First run: {_told(counts)}; second: {_told(second)}; "
        f"nothing changed: {_met(unchanged)}.",
    ]


def _told(counts: dict[str, int]) -> str:
    return ", ".join(f"{value:,} {name}" for name, value in counts.items() if value)
