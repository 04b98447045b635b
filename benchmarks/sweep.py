"""The daily sweep over a million listings: announcing what ended, checking every clock, going on after a kill."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import Any

from benchmarks import stage
from benchmarks.figures import machine, p50, ratio, table, write
from benchmarks.listings import build

FULL, QUICK = "bench_listings", "bench_sweep"
DONE_SQL = "SELECT count(*) FROM sanctions_listing WHERE state = 'delisted'"


def run(*, quick: bool) -> str:
    """Measure each way on a fresh copy of the same database, alternating; then kill a run and let it go on."""
    size, rounds = (30_000, 2) if quick else (1_000_000, 3)
    names = ("by_hand", "services", "bare", "computed", "check")
    times: dict[str, list[float]] = {name: [] for name in names}
    memory: list[float] = []
    with stage.start():
        build(FULL, size)
        for _ in range(rounds):
            for name in names:
                stage.create(QUICK, template=FULL)
                found: Any = stage.work(QUICK, "sweep_run", name)
                times[name].append(found["seconds"])
                if name == "services":
                    memory.append(found["grown_mb"])
        stage.create(QUICK, template=FULL)
        cut = killed(size // 10)
        stage.drop(QUICK)
        stage.drop(FULL)
    text = "\n\n".join(["# Sweep", *_report(size, rounds, times, memory, cut)])
    write("sweep", text, quick=quick)
    return text


def killed(ending: int) -> dict[str, float]:
    """Kill a run with -9 when a part is announced; return what stood then, and what the next run did and took."""
    command = [sys.executable, "-m", "benchmarks.worker", "sweep_run", "services", str(ending // 20)]
    child = subprocess.Popen(
        command, cwd=stage.CHECKOUT, env=stage.environment(QUICK), stdout=subprocess.DEVNULL, start_new_session=True
    )
    done = 0
    while child.poll() is None and done < ending // 4:
        time.sleep(0.05)
        done = int(stage.server().execute(DONE_SQL, QUICK))
    if child.poll() is None:
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()
    time.sleep(1)
    stood = int(stage.server().execute(DONE_SQL, QUICK))
    rest: Any = stage.work(QUICK, "sweep_run", "services", str(ending // 20))
    told = "SELECT count(*), count(DISTINCT aggregate_id) FROM core_outboxevent WHERE event_type = 'listing.delisted'"
    events, different = (int(n) for n in stage.server().execute(told, QUICK).split("|"))
    return {
        "stood": stood,
        "rest": rest["done"],
        "seconds": rest["seconds"],
        "events": events,
        "different": different,
        "ending": ending,
    }


def _report(
    size: int, rounds: int, times: dict[str, list[float]], memory: list[float], cut: dict[str, float]
) -> list[str]:
    middle = {name: p50(values) for name, values in times.items()}
    announcing, computing = middle["services"] / middle["by_hand"], middle["computed"] / middle["bare"]
    once = cut["stood"] + cut["rest"] == cut["ending"] == cut["events"] == cut["different"]
    rows = [
        [
            f"announce {size // 10:,} removals",
            f"{middle['by_hand']:.1f} s",
            f"{middle['services']:.1f} s",
            ratio(middle["services"], middle["by_hand"]),
            "yes" if announcing <= 2 else "**no**",
        ],
        [
            f"recompute {size:,} ends",
            f"{middle['bare']:.1f} s",
            f"{middle['computed']:.1f} s",
            ratio(middle["computed"], middle["bare"]),
            "yes" if computing <= 1.5 else "**no**",
        ],
    ]
    return [
        f"{machine()}. {size:,} listings with pauses, a tenth of which ended yesterday; history by triggers and guards in "
        f"all ways; each way on a fresh copy, median of {rounds} runs. Announcing is removal, record of the act, history "
        "and event: by hand one statement for all, here in chunks that each commit (goal ≤ 2×). Recomputing writes every "
        "end from its pauses; the bare statement writes the column back as it stands (goal ≤ 1.5×).",
        table(["work", "by hand", "here", "ratio", "met"], rows),
        f"The daily check of {size:,} clocks, which writes nothing where nothing is wrong: {middle['check']:.1f} s. Memory "
        f"of the announcing process grew by {max(memory):.0f} MB.",
        f"Killed with -9 after {cut['stood']:,.0f} of {cut['ending']:,.0f}; the next run did {cut['rest']:,.0f} in "
        f"{cut['seconds']:.1f} s; every removal announced once: {'yes' if once else '**no**'}.",
    ]
