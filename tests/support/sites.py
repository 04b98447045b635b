"""The platform served by granian in a process of its own, for tests that need the real door."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from credit_platform.embedded import TEST, Places
from tests.support.databases import CHECKOUT


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


def environment(database: str) -> dict[str, str]:
    """Return the environment in which another process uses a test database."""
    url = os.environ.get("DATABASE_URL")
    address = f"{url.rpartition('/')[0]}/{database}" if url else Places(TEST).endpoints.database_url(database)
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "credit_platform.settings.test",
        "DATABASE_URL": address,
        "REDIS_URL": settings.REDIS_URL,
        "PYTHONPATH": str(CHECKOUT),
    }


@contextmanager
def served(database: str) -> Iterator[Site]:
    """Serve a database until the block ends."""
    port = free_port()
    with tempfile.NamedTemporaryFile(prefix="site-", suffix=".log", delete=False) as log:
        process = subprocess.Popen(
            [
                sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
                "--blocking-threads", "2", "credit_platform.wsgi:application",
            ],
            cwd=CHECKOUT, env=environment(database), stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
    site = Site(f"http://127.0.0.1:{port}", Path(log.name))
    try:
        wait_for(f"{site.url}/healthz", process, site.log)
        yield site
        site.log.unlink()
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_for(url: str, process: subprocess.Popen[bytes], log: Path, seconds: float = 60) -> None:
    """Return when the address answers; tell the log's end where it does not."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise AssertionError(f"{url} does not answer:\n{log.read_text(errors='replace')[-4000:]}")
