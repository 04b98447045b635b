"""One PostgreSQL cluster: created, started, asked, stopped; recovers from any kill -9."""

import contextlib
import signal
import time
from pathlib import Path

from credit_platform.embedded.places import DATABASE, ROLE, SUPERUSER, TEST, Places, ServiceError
from credit_platform.embedded.processes import command_of, last_lines, pid_in, signal_process, wait_until

CONFIGURATION = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "effective_cache_size": "1GB",
    "max_wal_size": "2GB",
    "random_page_cost": "1.1",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "log_min_duration_statement": "2000",
    "jit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}
UNSAFE_BUT_FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "autovacuum_naptime": "10min",
}


class PostgresServer:
    """The cluster of one instance."""

    def __init__(self, places: Places) -> None:
        self.places = places
        self.log = places.logs / "postgresql.log"
        self.wanted = places.home / "postgresql-wanted"  # there while somebody uses the server

    def _program(self, name: str) -> Path:
        return self.places.postgres_binaries / name

    @property
    def pid_file(self) -> Path:
        return self.places.data / "postmaster.pid"

    def pid(self) -> int | None:
        """Return the id of this cluster's live postmaster: a recycled id of another program does not count."""
        found = pid_in(self.pid_file)
        if found is None:
            return None
        command = command_of(found)
        return found if "postgres" in command and str(self.places.data) in command else None

    def ready(self) -> bool:
        """Tell whether the cluster answers on its socket."""
        command = (self._program("pg_isready"), "-q", "-t", "2", "-h", self.places.sockets, "-d", "postgres")
        return self.pid() is not None and self.places.account.run(command).returncode == 0

    def ensure(self) -> None:
        """Return when the cluster answers and its database exists."""
        created = not (self.places.data / "PG_VERSION").exists()
        if created:
            self._create()
        if not self.ready():
            self._start()
        if created or not (self.places.home / "database-made").exists():
            self._make_database()

    def _create(self) -> None:
        """Run initdb in a scratch directory and move it in place, so that a killed initdb leaves nothing."""
        account = self.places.account
        scratch = self.places.data / "initdb"
        if scratch.exists():
            account.run(["rm", "-rf", scratch])
        result = account.run(
            [
                self._program("initdb"), "-D", scratch, "-U", SUPERUSER, "--auth=trust", "-E", "UTF8", "--no-locale",
                "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-instructions",
                *(["--no-sync"] if self._unsafe else []),
            ]
        )  # fmt: skip
        if result.returncode != 0:
            raise ServiceError(f"initdb failed in {scratch}:\n{result.stderr or result.stdout}")
        made = sorted(scratch.iterdir(), key=lambda path: path.name == "PG_VERSION")
        for path in made:  # PG_VERSION last: it is what marks the cluster as made
            path.rename(self.places.data / path.name)
        scratch.rmdir()

    @property
    def _unsafe(self) -> bool:
        return self.places.name.startswith(TEST)

    def _write_configuration(self) -> None:
        settings = CONFIGURATION | {"unix_socket_directories": str(self.places.sockets)}
        if self._unsafe:
            settings |= UNSAFE_BUT_FAST
        lines = [f"{name} = '{value}'" for name, value in settings.items()]
        text = "# Written at every start by credit_platform.embedded.\n" + "\n".join(lines) + "\n"
        for name, body in (
            ("postgresql.conf", text),
            ("pg_hba.conf", "local all all trust\n"),
        ):
            path = self.places.data / name
            path.write_text(body)
            self.places.account.own(path)

    def _start(self) -> None:
        """Start the postmaster; waits for the leftovers of a killed one to go, at most a minute."""
        self._write_configuration()
        if self.pid() is None:
            with contextlib.suppress(FileNotFoundError):
                self.pid_file.unlink()
        elif wait_until(self.ready, 60, pause=0.2):
            return
        deadline = time.monotonic() + 60
        while True:
            result = self.places.account.run(
                [self._program("pg_ctl"), "start", "-w", "-t", "120", "-s", "-D", self.places.data, "-l", self.log],
                timeout=150,
            )
            if result.returncode == 0 and self.ready():
                return
            if time.monotonic() > deadline:
                raise ServiceError(f"PostgreSQL does not start; its log {self.log} ends with:\n{last_lines(self.log)}")
            time.sleep(0.5)

    def execute(self, statement: str, database: str = "postgres", *, timeout: float = 120) -> str:
        """Run one statement as the cluster's owner and return its bare output; timeout in seconds."""
        result = self.places.account.run(
            [
                self._program("psql"), "-XAtq", "-v", "ON_ERROR_STOP=1", "-h", self.places.sockets,
                "-U", SUPERUSER, "-d", database, "-c", statement,
            ],
            timeout=timeout,
        )  # fmt: skip
        if result.returncode != 0:
            raise ServiceError(f"psql: {result.stderr.strip()}")
        return result.stdout.strip()

    def _make_database(self) -> None:
        if not self.execute(f"SELECT 1 FROM pg_roles WHERE rolname = '{ROLE}'"):
            self.execute(f"CREATE ROLE {ROLE} LOGIN CREATEDB")
        if not self.execute(f"SELECT 1 FROM pg_database WHERE datname = '{DATABASE}'"):
            self.execute(f"CREATE DATABASE {DATABASE} OWNER {ROLE}")
        (self.places.home / "database-made").touch()

    def stop(self) -> None:
        """Stop the cluster: fast, and at once where it does not listen."""
        pid = self.pid()
        if pid is None:
            return
        for number, seconds in ((signal.SIGINT, 30), (signal.SIGQUIT, 10), (signal.SIGKILL, 5)):
            signal_process(pid, number)
            if wait_until(lambda: not command_of(pid), seconds):
                return
        raise ServiceError(f"PostgreSQL (process {pid}) does not stop")
