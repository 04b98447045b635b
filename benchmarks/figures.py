"""Times into medians, percentiles and Markdown."""

from __future__ import annotations

import os
import platform
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

RESULTS = Path(__file__).parent / "results"


def timed(act: Callable[[], object]) -> float:
    """Return how many milliseconds the act took."""
    started = time.perf_counter()
    act()
    return (time.perf_counter() - started) * 1000


def repeated(act: Callable[[], object], times: int) -> list[float]:
    """Return the milliseconds of several runs, after one to warm up."""
    act()
    return [timed(act) for _ in range(times)]


def p50(values: Sequence[float]) -> float:
    return statistics.median(values)


def p95(values: Sequence[float]) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]


def ms(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:.2f}" if value < 10 else f"{value:.0f}"


def ratio(value: float, to: float) -> str:
    return f"{value / to:.2f}×" if to else "–"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table; every column but the first is set right."""
    lines = ["| " + " | ".join(head) + " |", "|---" + "|---:" * (len(head) - 1) + "|"]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)])


def machine() -> str:
    return f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"


def write(name: str, text: str, *, quick: bool) -> Path:
    """Write a report beside the others; a quick run never replaces a full one."""
    RESULTS.mkdir(exist_ok=True)
    target = RESULTS / (f"{name}.quick.md" if quick else f"{name}.md")
    target.write_text(text + "\n")
    return target
