"""The platform served by granian in a process of its own, for tests that need the real door."""

import multiprocessing
import os
import signal
import socket
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from granian.constants import Interfaces
from granian.server import Server

from tests.support import warm
from tests.support.databases import environment

__all__ = ["Site", "environment", "free_port", "served", "wait_for"]


@dataclass(frozen=True)
class Site:
    """A served site."""

    url: str
    log: Path


def free_port() -> int:
    """Return a port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(database: str, **changed: Any) -> Iterator[Site]:
    """Serve a database until the block ends, with some settings changed."""
    port = free_port()
    with tempfile.NamedTemporaryFile(prefix="site-", suffix=".log", delete=False) as log:
        site = Site(f"http://127.0.0.1:{port}", Path(log.name))
    process = warm.started(database, _serve, port, log.name, changed=changed)
    try:
        wait_for(f"{site.url}/healthz", process.is_alive, site.log)
        yield site
        site.log.unlink()
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # with granian's worker; nobody waits for a tidy end
        process.kill()
        process.join()


def _serve(port: int, log: str) -> None:
    """Run granian as its command line does, with a worker of its own and two threads in it."""
    with Path(log).open("ab") as out:
        os.dup2(out.fileno(), 1)
        os.dup2(out.fileno(), 2)
    multiprocessing.set_start_method("fork", force=True)  # granian's worker finds the platform imported as well
    Server(
        "credit_platform.wsgi:application", address="127.0.0.1", port=port, interface=Interfaces.WSGI,
        blocking_threads=2,
    ).serve()  # fmt: skip


def wait_for(url: str, alive: Callable[[], bool], log: Path, seconds: float = 60) -> None:
    """Return when the address answers; tell the log's end where it does not."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and alive():
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.02)
    raise AssertionError(f"{url} does not answer:\n{log.read_text(errors='replace')[-4000:]}")
