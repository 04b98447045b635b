"""Worker of the feed's benchmark: pages by depth, files, and the way of an event from its commit to a follower."""

from __future__ import annotations

import json
import resource
import sys
import threading
import time
from datetime import date
from pathlib import Path
from typing import Any

from django.db import connection
from django.test import RequestFactory

from benchmarks.figures import p50, repeated
from core import clock, events, outbox
from core.actors import Actor, acting
from core.models import CalendarDay
from exchange.api.changes import ChangesView
from exchange.feed import outgoing, pages
from exchange.lines import statement
from exchange.permissions import READ
from exchange.snapshots.writing import COPY_SQL, from_database
from organizations import selectors, services
from organizations.permissions import CLIENT_MANAGE
from publicity import documents
from publicity.enums import RecordKind
from subjects.selectors import world_of

TIMES, LIMIT = 40, 500
TOLD = "catalog.revision.withdrawn"
BARE_SQL = """
SELECT place.position, event.event_id, event.event_type, event.version, event.aggregate_type, event.aggregate_id,
       event.legal_on, event.recorded_at, event.payload
  FROM core_outboxposition place JOIN core_outboxevent event ON event.id = place.event_id
 WHERE place.position > %s AND event.event_type = ANY (%s) ORDER BY place.position LIMIT 500
"""
OPEN_SQL = """
SELECT coalesce(max(extract(epoch FROM clock_timestamp() - xact_start)), 0) FROM pg_stat_activity
 WHERE datname = current_database() AND backend_xid IS NOT NULL AND pid <> pg_backend_pid()
"""


def main() -> Any:
    return globals()[f"do_{sys.argv[1]}"](*sys.argv[2:])


def do_settle() -> dict[str, float]:
    """Settle which of the events leave."""
    started = time.perf_counter()
    outgoing.settle()
    return {"seconds": time.perf_counter() - started}


def do_pages(size: str) -> dict[str, Any]:
    """Time pages at several depths, each way one after another."""
    system = _client()
    last = pages.head()
    depths = [0, last // 4, last // 2, 3 * last // 4, last - 1_000]
    return {
        "times": TIMES,
        "depths": [{"after": after, **_page(system, after)} for after in depths],
        "sequence": p50(repeated(outbox.sequence, 10)),
        "size": int(size),
    }


def _client() -> Actor:
    keeper = Actor.job("bench", [CLIENT_MANAGE])
    issued = services.register_api_client(
        actor=keeper, organization=selectors.unit("fgw"), name="bench", scopes=["exchange"]
    )
    return Actor("client", issued.client.public_id, "bench", permissions=frozenset({READ}))


def _page(system: Actor, after: int) -> dict[str, list[float]]:
    types, today, view, world = events.leaving(), clock.today(), ChangesView.as_view(), world_of(system)

    def bare() -> None:
        with connection.cursor() as cursor:
            cursor.execute(BARE_SQL, [after, types])
            assert len(cursor.fetchall()) == LIMIT

    def ours() -> None:
        assert len(pages.page(after, limit=LIMIT, world=world).body(today)) > LIMIT

    def door(**query: str) -> None:
        request = RequestFactory().get("/api/v1/exchange/changes", {"after": after, "limit": LIMIT, **query})
        request._core_actor = system  # type: ignore[attr-defined]
        answer = view(request)
        assert len(json.loads(answer.content)["items"]) == LIMIT

    return {
        "bare": repeated(bare, TIMES),
        "ours": repeated(ours, TIMES),
        "door": repeated(door, TIMES),
        "documents": repeated(lambda: door(include="document"), TIMES // 4),
    }


class _Nowhere:
    def write(self, line: bytes) -> None:
        """Take a line and forget it."""


def do_snapshot(place: str) -> dict[str, Any]:
    """Time each list's file, and COPY of the same documents to nowhere."""
    found = {}
    for kind in (RecordKind.PENALTY.value, RecordKind.LICENCE.value):
        rows = documents.rows(clock.today(), kind)
        plain = statement(rows, documents.columns(kind))
        ours = statement(rows, documents.columns(kind), documents.MASKED[kind])
        times: dict[str, list[float]] = {"bare": [], "ours": []}
        for number in range(3):
            started = time.perf_counter()
            with connection.cursor() as cursor:
                cursor.copy_expert(COPY_SQL.format(cursor.mogrify(plain.sql, plain.params).decode()), _Nowhere())
            times["bare"].append(time.perf_counter() - started)
            before, started = _megabytes(), time.perf_counter()
            written = from_database(Path(place) / f"{kind}-{number}.gz", ours)
            times["ours"].append(time.perf_counter() - started)
            grown = _megabytes() - before
        found[kind] = {"rows": written.rows, "grown_mb": grown, **{way: p50(took) for way, took in times.items()}}
    return found


def _megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def do_delay(times: str) -> dict[str, Any]:
    """Time single events from commit to page, the sequencer run at once."""
    after, delays = _begin(), []
    for _ in range(int(times)):
        committed = _emit()
        while not (found := pages.page(after)).items:
            outbox.sequence()
        after = found.next
        delays.append(time.perf_counter() - committed)
    return {"delays": delays}


def _begin() -> int:
    while outbox.sequence():
        pass
    with acting(Actor.job("bench"), "bench"):
        CalendarDay.objects.get_or_create(day=date(2040, 1, 1), defaults={"is_working": True})
    return pages.head()


def _emit() -> float:
    with acting(Actor.job("bench"), "bench"):
        row = CalendarDay.objects.get(day=date(2040, 1, 1))
        outbox.emit(TOLD, row, payload={"entry": f"{time.perf_counter()}"})
    return time.perf_counter()


def do_beside(pid: str) -> dict[str, Any]:
    """Publish and follow until a process ends; return each event's delay and the longest writing transaction."""
    after, committed, delays, longest = _begin(), {}, [], 0.0  # type: ignore[var-annotated]
    over = threading.Event()

    def publish() -> None:
        while not over.is_set():
            with acting(Actor.job("bench"), "bench"):
                word = f"{len(committed)}"
                outbox.emit(TOLD, CalendarDay.objects.get(day=date(2040, 1, 1)), payload={"entry": word})
            committed[word] = time.perf_counter()
            time.sleep(0.1)
        connection.close()

    publisher = threading.Thread(target=publish)
    publisher.start()
    while _runs(int(pid)) or len(delays) < len(committed):
        if not _runs(int(pid)):
            over.set()
            publisher.join()
        outbox.sequence()
        with connection.cursor() as cursor:
            cursor.execute(OPEN_SQL)
            longest = max(longest, float(cursor.fetchone()[0]))
        found = pages.page(after, types=[TOLD])
        after, now = found.next, time.perf_counter()
        delays += [now - committed.get(json.loads(item)["payload"]["entry"], now) for item in found.items]
        time.sleep(0.05)
    return {"delays": delays, "longest": longest}


def _runs(pid: int) -> bool:
    """Tell whether a child of our parent still runs; one that has ended and was not waited for does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in ("Z", "X")
