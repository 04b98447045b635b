"""Lists in two times against the plain list of the same day."""

from __future__ import annotations

from typing import Any

from benchmarks import stage
from benchmarks.figures import machine, ms, p50, p95, ratio, table, write
from benchmarks.listings import build

DATABASE = "bench_asof"


def run(*, quick: bool) -> str:
    """Measure the whole list, and one subject's part of it, plain and as known at an instant."""
    size = 20_000 if quick else 100_000
    with stage.start():
        build(DATABASE, size, history=True)
        found: Any = stage.work(DATABASE, "asof_run")
        stage.drop(DATABASE)
    plain = p50(found["plain"])
    rows = [
        [label, ms(p50(found[name])), ms(p95(found[name])), f"{found['rows'][name]:,}", ratio(p50(found[name]), plain)]
        for name, label in (
            ("plain", "plain list of today"),
            ("now", "as of today, known now"),
            ("then", "as of a year ago, known half a year ago"),
        )
    ]
    met = all(p50(found[name]) <= 3 * plain for name in ("now", "then"))
    text = "\n\n".join(
        [
            "# As of",
            f"{machine()}. {size:,} listings, 36 of 100 with pauses and so with several versions; whole lists with key, "
            f"dates and state of every row. Goal: ≤ 3× the plain list: {'met' if met else '**not met**'}.",
            table(["list", "p50 ms", "p95 ms", "rows", "ratio"], rows),
            f"One subject's listings as known at an instant: {ms(p50(found['subject']))} ms.",
        ]
    )
    write("asof", text, quick=quick)
    return text
