"""The change feed at five million events against the bare keyset query; delays beside a big intake; snapshots against COPY."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks import disclosures, stage
from benchmarks.figures import machine, ms, p50, p95, ratio, table, write
from core import clock

FEED, BESIDE = "bench_feed", "bench_feed_beside"
PAGE, FLAT, SHARE, BEAT = 1.5, 1.3, 0.40, 5.0  # goals; the sequencer's beat in seconds (core.tasks)
# Made by the cluster's owner past every trigger: only reading is measured. A fifth stays in the house.
EVENTS_SQL = """
SET session_replication_role = replica;
INSERT INTO core_outboxevent (event_id, event_type, version, aggregate_type, aggregate_id, legal_on, recorded_at,
    actor_kind, payload, transaction_id)
SELECT gen_random_uuid(),
       (ARRAY['disclosure.published', 'disclosure.reported', 'disclosure.published', 'disclosure.ended', 'listing.delisted',
              'disclosure.published', 'disclosure.reported', 'disclosure.published', 'listing.paused', 'subject.described'])
           [1 + n % 10], 1,
       CASE n % 10 WHEN 4 THEN 'sanctions.listing' WHEN 8 THEN 'sanctions.listing' WHEN 9 THEN 'subjects.subject'
           ELSE 'publicity.penalty' END,
       'P' || upper(lpad(to_hex(1 + n % {records}), 15, '0')), date '2026-03-02', timestamptz '2026-03-02 08:00+08', 'officer',
       jsonb_build_object('kind', 'penalty', 'version', 1, 'visible_from', '2026-03-02', 'last_day', '2027-03-01',
           'replaces', ''), 1
  FROM generate_series(1, {events}) AS n;
INSERT INTO core_outboxposition (event_id, position)
SELECT id, (SELECT coalesce(max(position), 0) FROM core_outboxposition) + row_number() OVER (ORDER BY id)
  FROM core_outboxevent event WHERE NOT EXISTS (SELECT 1 FROM core_outboxposition done WHERE done.event_id = event.id);
INSERT INTO core_outboxhorizon (id, transaction_id) VALUES (1, pg_snapshot_xmin(pg_current_snapshot())::text::bigint)
    ON CONFLICT (id) DO UPDATE SET transaction_id = excluded.transaction_id;
"""


def run(*, quick: bool) -> str:
    """Measure pages by depth, the way of an event beside an intake, and the files of a snapshot."""
    events, records, entities, rows = (
        (200_000, 40_000, 5_000, 40_000) if quick else (5_000_000, 1_000_000, 100_000, 1_000_000)
    )
    with stage.start():
        settled = _fill(events, records, entities)
        pages: Any = stage.work(FEED, "feed_run", "pages", str(events)) | settled
        with tempfile.TemporaryDirectory(prefix="bench-") as place:
            files: Any = stage.work(FEED, "feed_run", "snapshot", place)
        beside = _beside(rows, entities)
        stage.drop(FEED)
        stage.drop(BESIDE)
    text = "\n\n".join(["# Feed", *_report(events, records, rows, pages, files, beside)])
    write("feed", text, quick=quick)
    return text


def _fill(events: int, records: int, entities: int) -> dict[str, Any]:
    stage.create(FEED)
    stage.manage(FEED, "load_reference", "--verbosity", "0")
    stage.work(FEED, "cities", str(entities))
    disclosures.fill(FEED, records, entities, clock.today())
    server = stage.server()
    server.execute(EVENTS_SQL.format(events=events, records=records // 2), FEED, timeout=disclosures.PATIENCE)
    settled: Any = stage.work(FEED, "feed_run", "settle")
    for name in ("core_outboxevent", "core_outboxposition", "exchange_outgoingevent"):
        server.execute(f"VACUUM ANALYZE {name}", FEED, timeout=disclosures.PATIENCE)
    return {"settled": settled["seconds"]}


def _beside(rows: int, subjects: int) -> dict[str, Any]:
    """Take a table in while somebody publishes and somebody follows; return how late the follower was."""
    with tempfile.TemporaryDirectory(prefix="bench-") as place:
        folder = Path(place)
        folder.chmod(0o700)
        stage.create(BESIDE)
        stage.manage(BESIDE, "load_reference", "--verbosity", "0")
        stage.work(BESIDE, "intake_run", "city", str(subjects))
        stage.work(BESIDE, "intake_run", "files", place, str(rows), str(min(rows, 1_000)), str(subjects))
        stage.server().execute("VACUUM ANALYZE", BESIDE)
        alone: Any = stage.work(BESIDE, "feed_run", "delay", "30")
        command = [sys.executable, "-m", "benchmarks.worker", "intake_run", "ours", str(folder / "penalties.csv")]
        child = subprocess.Popen(
            command,
            cwd=stage.CHECKOUT,
            env=stage.environment(BESIDE),
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        found: Any = stage.work(BESIDE, "feed_run", "beside", str(child.pid))
        if child.wait() != 0:
            raise RuntimeError("the intake failed")
    return {"alone": alone, **found}


def _yes(held: bool) -> str:
    return "yes" if held else "**no**"


def _report(
    events: int, records: int, rows: int, pages: dict[str, Any], files: dict[str, Any], beside: dict[str, Any]
) -> list[str]:
    depths = [
        [
            f"event {depth['after']:,}",
            ms(p50(depth["bare"])),
            ms(p50(depth["ours"])),
            ratio(p50(depth["ours"]), p50(depth["bare"])),
            _yes(p50(depth["ours"]) <= PAGE * p50(depth["bare"])),
            ms(p50(depth["door"])),
            ms(p50(depth["documents"])),
        ]
        for depth in pages["depths"]
    ]
    middles = [p50(depth["ours"]) for depth in pages["depths"]]
    written = [
        [
            name,
            f"{one['rows']:,}",
            f"{one['bare']:.2f} s",
            f"{one['ours']:.2f} s",
            f"{one['bare'] / one['ours']:.0%}",
            _yes(one["bare"] >= SHARE * one["ours"]),
            f"{one['grown_mb']:.0f} MB",
        ]
        for name, one in files.items()
    ]
    alone = [1000 * seconds for seconds in beside["alone"]["delays"]]
    late, longest = max(beside["delays"]), beside["longest"]
    return [
        f"{machine()}. {events:,} events, a fifth of which stays in the house. A page of 500: the bare keyset query with "
        "the same condition, fetched, against the page as it is sent, against the whole door (permission, follower "
        f"written down, tag), against the door with documents. Medians of {pages['times']} (ms; goal ≤ {PAGE}×, and flat: "
        f"deepest within {FLAT}× of the shallowest: {_yes(max(middles) <= FLAT * min(middles))}).",
        table(["after", "bare SQL", "page", "ratio", "met", "door", "with documents"], depths),
        f"Which of the events leave was settled in {pages['settled']:.1f} s ({events / pages['settled']:,.0f} events a second). "
        f"One run of the sequencer with nothing to do takes {ms(pages['sequence'])} ms at this depth. An event is "
        f"readable {ms(p50(alone))} ms (median; p95 {ms(p95(alone))} ms) "
        f"after its commit where the sequencer runs at once; else at its next beat ({BEAT:.0f} s).",
        f"Beside an intake of {rows:,} rows, which writes in chunks: the longest writing transaction stood open {longest:.1f} s, "
        f"the latest event was readable {late:.1f} s after its commit (median {p50(beside['delays']):.1f} s, "
        f"{len(beside['delays'])} events); no more than one chunk: {_yes(late <= longest + 1)}.",
        f"A snapshot of {records:,} public decisions, gzip JSON Lines with count and SM3, against COPY of row_to_json of "
        f"the same columns to nowhere (goal ≥ {SHARE:.0%} of its speed, memory flat).",
        table(["list", "rows", "COPY", "snapshot", "share", "met", "memory grown"], written),
    ]
