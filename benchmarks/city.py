"""`generate_city` against a `save()` loop that writes the same rows."""

from __future__ import annotations

from benchmarks import stage
from benchmarks.figures import machine, table, write


def run(*, quick: bool) -> str:
    """Load a city both ways, each in a database of its own, and return the report."""
    subjects, saved = (60_000, 1_000) if quick else (200_000, 4_000)
    with stage.start():
        stage.create("bench_empty")
        rates = {}
        for way, number in (("save", saved), ("city", subjects)):
            stage.create("bench_city", template="bench_empty")
            rates[way] = stage.work("bench_city", "city_run", way, str(number))["per_second"]
        stage.drop("bench_city")
        stage.drop("bench_empty")
    times = rates["city"] / rates["save"]
    rows = [
        [f"`save()` loop, {saved:,} subjects", f"{rates['save']:.0f}", "1×"],
        [f"`generate_city`, {subjects:,} subjects", f"{rates['city']:.0f}", f"{times:.0f}×"],
    ]
    text = "\n\n".join(
        [
            "# generate_city",
            f"{machine()}. Both write subject, identifier and name with history; the loop in one transaction, in its favour. "
            f"Goal: ≥ 20×: {'met' if times >= 20 else '**not met**'}.",
            table(["way", "subjects/s", "times"], rows),
        ]
    )
    write("city", text, quick=quick)
    return text
