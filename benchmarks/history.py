"""COPY and bulk UPDATE of tracked rows: history by triggers against a separate INSERT … SELECT for the history."""

from __future__ import annotations

from typing import Any

from benchmarks import stage
from benchmarks.figures import machine, p50, ratio, table, write

ROWS, QUICK_ROWS = 500_000, 50_000
EMPTY = "bench_empty"


def run(*, quick: bool) -> str:
    """Measure three runs of each way, alternating, every one in a fresh copy of an empty database."""
    rows, rounds = (QUICK_ROWS, 3) if quick else (ROWS, 3)
    times: dict[str, dict[str, list[float]]] = {way: {"copy": [], "update": []} for way in ("triggers", "separate")}
    with stage.start():
        stage.create(EMPTY)
        for _ in range(rounds):
            for way in times:
                stage.create("bench_history", template=EMPTY)
                found: Any = stage.work("bench_history", "history_run", way, str(rows))
                times[way]["copy"].append(found["copy"])
                times[way]["update"].append(found["update"])
        stage.drop("bench_history")
        stage.drop(EMPTY)
    body = []
    for act in ("copy", "update"):
        with_triggers, separate = p50(times["triggers"][act]), p50(times["separate"][act])
        body.append(
            [
                f"{act.upper()} {rows:,} rows",
                f"{with_triggers:.1f} s",
                f"{separate:.1f} s",
                ratio(with_triggers, separate),
                "yes" if with_triggers <= 1.2 * separate else "**no**",
            ]
        )
    text = "\n\n".join(
        [
            "# History",
            f"{machine()}. `subjects_subject` with its constraints and indexes, each way in a fresh database; median of "
            f"{rounds} runs, ways alternating. Goal: ≤ 1.2×.",
            table(["act", "history by triggers", "triggers off, separate INSERT … SELECT", "ratio", "met"], body),
        ]
    )
    write("history", text, quick=quick)
    return text
