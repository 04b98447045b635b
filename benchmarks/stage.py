"""The stage: an embedded cluster of its own, databases that are made once, and worker processes on them."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from credit_platform import embedded
from credit_platform.embedded.places import DATABASE, Places
from credit_platform.embedded.postgres_server import PostgresServer

INSTANCE = "bench"
CHECKOUT = Path(__file__).resolve().parents[1]
Session = embedded.Session


def start() -> Session:
    """Start the cluster of the benchmarks, durable as production is; it stops with this process."""
    return embedded.start(INSTANCE)


def server() -> PostgresServer:
    return PostgresServer(Places(INSTANCE))


def environment(database: str, **more: str) -> dict[str, str]:
    """Return the environment of a process that works on a benchmark database."""
    endpoints = Places(INSTANCE).endpoints
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
        "DATABASE_URL": endpoints.database_url(database),
        "REDIS_URL": endpoints.redis_url(0),
        "PYTHONPATH": str(CHECKOUT),
        **more,
    }


def exists(database: str) -> bool:
    return bool(server().execute(f"SELECT 1 FROM pg_database WHERE datname = '{database}'"))


def create(database: str, *, template: str | None = None) -> None:
    """Make a database anew: migrated, or as a copy of another one."""
    drop(database)
    like = f" TEMPLATE {template}" if template else ""
    server().execute(f"CREATE DATABASE {database} OWNER {embedded.places.ROLE}{like}")
    if template is None:
        manage(database, "migrate", "--verbosity", "0")


def drop(database: str) -> None:
    if database == DATABASE:
        raise ValueError("not a benchmark database")
    server().execute(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")


def manage(database: str, *arguments: str) -> None:
    """Run a management command on a benchmark database."""
    command = [sys.executable, "-m", "django", *arguments]
    subprocess.run(command, cwd=CHECKOUT, env=environment(database), check=True)


def work(database: str, name: str, *arguments: str, **more: str) -> Any:
    """Run a worker module on a benchmark database and return the JSON that it prints last."""
    command = [sys.executable, "-m", "benchmarks.worker", name, *arguments]
    done = subprocess.run(
        command, cwd=CHECKOUT, env=environment(database, **more), check=True, stdout=subprocess.PIPE, text=True
    )
    return json.loads(done.stdout.splitlines()[-1])


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def process(command: list[str], ready: str, env: Mapping[str, str], *, seconds: float = 90) -> Iterator[None]:
    """Keep a server running while the block lasts; it is asked until it answers."""
    with tempfile.TemporaryFile() as log:
        child = subprocess.Popen(
            command,
            cwd=CHECKOUT,
            env=dict(env),
            stdout=log,
            stderr=log,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            _await(child, ready, seconds, log)
            yield
        finally:
            os.killpg(child.pid, signal.SIGTERM)
            try:
                child.wait(15)
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()


def _await(child: subprocess.Popen[bytes], ready: str, seconds: float, log: Any) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and child.poll() is None:
        try:
            with urllib.request.urlopen(ready, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    log.seek(0)
    raise RuntimeError(f"{ready} does not answer:\n{log.read().decode(errors='replace')[-3000:]}")


@contextmanager
def granian(database: str, settings: str, **more: str) -> Iterator[str]:
    """Serve the platform as `up` does, under the given settings; gives its address."""
    port = free_port()
    command = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
        "--workers", "2", "--blocking-threads", "4", "credit_platform.wsgi:application",
    ]  # fmt: skip
    env = environment(database, **more) | {"DJANGO_SETTINGS_MODULE": settings}
    with process(command, f"http://127.0.0.1:{port}/healthz", env):
        yield f"http://127.0.0.1:{port}"
