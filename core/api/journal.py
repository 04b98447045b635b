"""What clients asked, by route: noted in memory by every API view, written in the background, never on a request.

A note holds who, door, status, code, duration and rows; no path, query, body or address (ADR 0028). Notes that were
not written yet go with a process that dies: they are a log, not the truth.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from django.db import Error, close_old_connections
from django.http import HttpRequest, HttpResponseBase

from core import clock
from core.api.limits import caller_of

logger = structlog.get_logger(__name__)
INTERVAL = 1.0  # seconds between two writes
MOST_KEPT, MOST_AT_ONCE = 20_000, 2_000


@dataclass(frozen=True, slots=True)
class Note:
    """One call of a client."""

    client_id: int
    at: datetime
    method: str
    route: str
    status: int
    code: str
    milliseconds: int
    rows: int | None


Sink = Callable[[Sequence[Note]], None]
_waiting: deque[Note] = deque(maxlen=MOST_KEPT)  # where the database is away for long, the oldest go
_sinks: list[Sink] = []
_running = threading.Lock()


def register_sink(sink: Sink) -> None:
    """Let `sink` write notes; called once from AppConfig.ready()."""
    if sink not in _sinks:
        _sinks.append(sink)


def note(request: HttpRequest, response: HttpResponseBase, started: float, rows: int | None = None) -> None:
    """Note a client's call where a client made it; `started` is what `time.perf_counter` said at its begin."""
    caller = caller_of(request)
    if caller is None:
        return
    match = request.resolver_match
    _waiting.append(
        Note(
            client_id=caller.client_id,
            at=clock.now(),
            method=(request.method or "")[:8],
            route=(match.route if match else "")[:200],
            status=response.status_code,
            code=str(getattr(response, "problem_code", ""))[:60],
            milliseconds=round((time.perf_counter() - started) * 1000),
            rows=rows,
        )
    )


def flush() -> int:
    """Write what was noted so far; returns how many. Where the database is away, all are kept for the next time."""
    written = 0
    while _waiting:
        taken = [_waiting.popleft() for _ in range(min(len(_waiting), MOST_AT_ONCE))]
        try:
            for sink in _sinks:
                sink(taken)
        except Error as error:
            _waiting.extendleft(reversed(taken))
            logger.warning("client_log_waits", error=type(error).__name__, notes=len(_waiting))
            return written
        written += len(taken)
    return written


def start() -> None:
    """Write in the background from now on; for processes that serve. Calling it twice starts one writer."""
    if _running.acquire(blocking=False):
        threading.Thread(target=_write_on, name="client-log", daemon=True).start()


def _write_on() -> None:
    while True:
        time.sleep(INTERVAL)
        if _waiting:
            close_old_connections()
            flush()
            close_old_connections()
