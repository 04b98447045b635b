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
        found = _peers(folder, few, some)  # the short ones first: what does not run is seen early
        stage.create(WORK, template=CITY)
        found["xlsx"] = [_sound(stage.work(WORK, "intake_run", "ours", str(folder / "penalties.xlsx")))]
        found |= _measure(folder, rounds)
        for name in (WORK, BARE, PEER, CITY):
            stage.drop(name)
    text = "\n\n".join(["# Intake", *_report(rows, sheet, subjects, found)])
    write("intake", text, quick=quick)
    return text


def _peers(folder: Path, few: int, some: int) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    file = str(folder / "penalties.csv")
    for name, arguments in (
        ("history", ("history", file, str(some))),
        ("bulk", ("peer", file, str(some), "bulk")),
        ("default", ("peer", file, str(few), "default")),
    ):
        stage.create(PEER, template=CITY)
        found[name] = [stage.work(PEER, "intake_run", *arguments)]
    stage.drop(PEER)
    return found


def _sound(told: dict[str, Any]) -> dict[str, Any]:
    """Return what a run told, which must have taken the file in to its last row."""
    if told["state"] != "done" or not told["counts"]["rows"]:
        raise RuntimeError(f"the file did not go in: {told}")
    return told


def _city(subjects: int) -> None:
    stage.create(CITY)
    stage.manage(CITY, "load_reference", "--verbosity", "0")
    stage.work(CITY, "intake_run", "city", str(subjects))
    stage.server().execute("VACUUM ANALYZE", CITY)


def _measure(folder: Path, rounds: int) -> dict[str, list[Any]]:
    """Alternate the run and the bare COPY of what it left; then the same file once more."""
    found: dict[str, list[Any]] = {"first": [], "again": [], "bare": []}
    file = str(folder / "penalties.csv")
    for number in range(rounds):
        stage.create(WORK, template=CITY)
        found["first"].append(_sound(stage.work(WORK, "intake_run", "ours", file)))
        if number == 0:
            stage.work(WORK, "intake_run", "export", str(folder))
        stage.create(BARE, template=CITY)
        found["bare"].append(stage.work(BARE, "intake_run", "bare", str(folder)))
        stage.drop(BARE)
        before = stage.work(WORK, "intake_run", "count")
        found["again"].append(_sound(stage.work(WORK, "intake_run", "ours", file)))
        found["again"][-1]["added"] = stage.work(WORK, "intake_run", "count")["rows"] - before["rows"]
    return found


def _seconds(found: list[Any]) -> float:
    return p50([row["seconds"] for row in found])


def _met(good: bool) -> str:
    return "yes" if good else "**no**"


def _report(rows: int, sheet: int, subjects: int, found: dict[str, list[Any]]) -> list[str]:
    first, again, bare, xlsx = (_seconds(found[name]) for name in ("first", "again", "bare", "xlsx"))
    rate, memory = rows / first, max(row["memory_mb"] for row in (*found["first"], *found["again"]))
    counts, second = found["first"][0]["counts"], found["again"][0]["counts"]
    changed = max(row["counts"]["inserted"] + row["counts"]["updated"] + row["added"] for row in found["again"])
    body = [
        [f"{rows:,} rows as CSV", f"{first:.1f} s", f"{rate:,.0f}", "", "", ""],
        [
            f"{sheet:,} rows as xlsx",
            f"{xlsx:.1f} s",
            f"{sheet / xlsx:,.0f}",
            f"{found['xlsx'][0]['memory_mb']:.0f} MB",
            "",
            "",
        ],
        _line(
            "the same CSV again", again, rows, f"{first / again:.2f}× faster", f"≥ {AGAIN:.0f}×", first / again >= AGAIN
        ),
        ["– rows, history and events that it added", "", "", f"{changed:,}", "0", _met(changed == 0)],
        _line("bare COPY", bare, rows, f"we reach {bare / first:.0%}", f"≥ {SHARE:.0%}", bare / first >= SHARE),
    ]
    for name, label, goal in (
        ("default", "django-import-export, default", PEERS),
        ("bulk", "django-import-export, use_bulk", None),
        ("history", "bulk_create_with_history", OTHERS),
    ):
        peer = found[name][0]
        times = rate / peer["per_second"]
        body.append(
            [
                f"{label} ({peer['done']:,} rows)",
                f"{peer['seconds']:.1f} s",
                f"{peer['per_second']:,.0f}",
                f"we are {times:.1f}×",
                f"≥ {goal}×" if goal else "",
                _met(times >= goal) if goal else "",
            ]
        )
    body.append(
        [
            "memory of both processes at their peaks",
            f"{memory:.0f} MB",
            "",
            "",
            f"< {MEMORY_MB} MB",
            _met(memory < MEMORY_MB),
        ]
    )
    return [
        f"{machine()}. {rows:,} penalties as CSV about a city of {subjects:,} subjects, 1 % of the rows about bodies that "
        "nobody knew and 2 % about persons: kept encrypted, read, checked by every rule, matched, merged with history, "
        "events and an answer for each row. Bare COPY is the very same record, history and outbox rows into a copy of the "
        "city with the same indexes and foreign keys, ciphertext prepared, triggers off. The peers fill the same table "
        "with fewer rows, without checks and without opening subjects, and are compared by rows per second.",
        table(["way", "time", "rows/s", "compared", "goal", "met"], body),
        f"First run: {_told(counts)}; second: {_told(second)}. "
        f"Rounds: {'; '.join(_round(found, number) for number in range(len(found['first'])))}.",
    ]


def _line(way: str, seconds: float, rows: int, compared: str, goal: str, good: bool) -> list[str]:
    return [way, f"{seconds:.1f} s", f"{rows / seconds:,.0f}", compared, goal, _met(good)]


def _round(found: dict[str, list[Any]], number: int) -> str:
    return ", ".join(f"{name} {found[name][number]['seconds']:.1f} s" for name in ("first", "again", "bare"))


def _told(counts: dict[str, int]) -> str:
    return ", ".join(f"{value:,} {name}" for name, value in counts.items() if value)
