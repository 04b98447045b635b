"""A PostgreSQL cluster of one test, with fsync as in production, that the test may kill."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg2
from django.conf import settings
from django.db import connections

from credit_platform import embedded
from credit_platform.embedded.processes import command_of, signal_process, wait_until


@dataclass(frozen=True)
class Cluster:
    """The cluster of an empty checkout, holding a copy of the template database."""

    checkout: Path
    endpoints: embedded.Endpoints

    def kill(self) -> None:
        """Kill the postmaster and every server process of it, so that none of them commits what it was about to."""
        pid = embedded.status(checkout=self.checkout)["postgresql"]
        assert str(self.checkout) in command_of(pid), "only this test's own server"
        family = [pid, *_children(pid)]
        for one in family:
            signal_process(one, signal.SIGKILL)
        assert wait_until(lambda: not any(map(command_of, family)), 10)
        connections.close_all()

    def answers(self) -> bool:
        try:
            psycopg2.connect(host=self.endpoints.host, dbname=self.endpoints.database, user=self.endpoints.user).close()
        except psycopg2.OperationalError:
            return False
        return True

    def wait(self) -> None:
        """Return when the keeper has brought the server back."""
        assert wait_until(self.answers, 60)


def _children(pid: int) -> list[int]:
    """Return the processes that a process has started, where /proc tells; elsewhere they notice by themselves."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it is gone meanwhile
            number, _, rest = stat.read_text().partition(" ")
            if int(rest.rpartition(")")[2].split()[1]) == pid:
                found.append(int(number))
    return found


def _copy_template(target: embedded.Endpoints, binaries: Path) -> None:
    """Copy what is committed in the session's database, which is what the template holds, into the cluster."""
    source: dict[str, Any] = settings.DATABASES["default"]
    environment = os.environ | {"PGPASSWORD": source.get("PASSWORD") or ""}
    port = ["-p", str(source["PORT"])] if source.get("PORT") else []
    dumped = subprocess.run(
        [binaries / "pg_dump", "--no-owner", "-h", source["HOST"], *port, "-U", source["USER"], "-d", source["NAME"]],
        env=environment, capture_output=True, check=True,
    )  # fmt: skip
    subprocess.run(
        [binaries / "psql", "-Xq1", "-v", "ON_ERROR_STOP=1", "-h", target.host, "-U", target.user, target.database],
        input=dumped.stdout, capture_output=True, check=True,
    )  # fmt: skip


@contextmanager
def own_cluster() -> Iterator[Cluster]:
    """Start a cluster, point Django at it, and remove everything afterwards."""
    checkout = Path(tempfile.mkdtemp(prefix="xy-"))
    checkout.chmod(0o755)
    shared = connections.settings["default"]
    before = dict(shared)
    try:
        with embedded.start(checkout=checkout, redis=False) as session:
            _copy_template(session.endpoints, session.places.postgres_binaries)
            connections.close_all()
            shared.update(session.endpoints.database_settings)
            yield Cluster(checkout, session.endpoints)
    finally:
        connections.close_all()
        shared.update(before)
        embedded.stop(checkout=checkout)
        shutil.rmtree(checkout, ignore_errors=True)
