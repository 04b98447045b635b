"""Users of the embedded services: the first starts them, the keeper revives them, they stop with the last.

A user is a shared lock on one file, which the kernel frees however the user dies: nothing stale is left to clean up.
"""

import contextlib
import fcntl
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from credit_platform.embedded.places import CHECKOUT, MAIN, Endpoints, Places, ServiceError
from credit_platform.embedded.postgres_server import PostgresServer
from credit_platform.embedded.processes import command_of, exclusively, holder_of, signal_process, wait_until
from credit_platform.embedded.redis_server import RedisServer


@dataclass(frozen=True)
class Locks:
    """The lock files of an instance."""

    control: Path
    users: Path
    keeper: Path

    @classmethod
    def of(cls, places: Places) -> "Locks":
        home = places.home
        return cls(home / "control.lock", home / "users.lock", home / "keeper.lock")


class Session:
    """One user of an instance's services, from `start()` until `close()` or the end of the process."""

    def __init__(self, places: Places, descriptor: int) -> None:
        self.places = places
        self.endpoints: Endpoints = places.endpoints
        self._descriptor: int | None = descriptor

    def close(self) -> None:
        """Stop being a user."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def __enter__(self) -> "Session":
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()


def start(name: str = MAIN, *, checkout: Path = CHECKOUT, postgres: bool = True, redis: bool = True) -> Session:
    """Return a session on running services; starts what is not running and mends what was killed."""
    places = Places(name, checkout)
    places.prepare()
    locks = Locks.of(places)
    with exclusively(locks.control):
        descriptor = os.open(locks.users, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH)
            ensure(places, postgres=postgres, redis=redis)
            _ensure_keeper(places, locks)
        except BaseException:
            os.close(descriptor)
            raise
    return Session(places, descriptor)


def ensure(places: Places, *, postgres: bool = True, redis: bool = True) -> None:
    """Start what does not answer, and note that it is wanted. The caller holds the control lock."""
    for server, wanted in ((PostgresServer(places), postgres), (RedisServer(places), redis)):
        if wanted:
            server.ensure()
            server.wanted.touch()


def _ensure_keeper(places: Places, locks: Locks) -> None:
    if holder_of(locks.keeper) is not None:
        return
    with (places.home / "keeper.log").open("ab") as log:
        subprocess.Popen(
            [sys.executable, "-m", "credit_platform.embedded.keeper", places.name, str(places.checkout)],
            cwd="/",
            env=os.environ | {"PYTHONPATH": str(CHECKOUT)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    if not wait_until(lambda: holder_of(locks.keeper) is not None, 20):
        raise ServiceError(f"the keeper of the services does not start; see {places.home / 'keeper.log'}")


def halt(places: Places) -> None:
    """Stop both servers. The caller holds the control lock."""
    for server in (RedisServer(places), PostgresServer(places)):
        server.wanted.unlink(missing_ok=True)
        server.stop()


def stop(name: str = MAIN, *, checkout: Path = CHECKOUT) -> bool:
    """Stop the services whoever uses them; tell whether anything was running."""
    places = Places(name, checkout)
    if not places.home.exists():
        return False
    locks = Locks.of(places)
    with exclusively(locks.control):
        keeper = holder_of(locks.keeper)
        if keeper is not None:
            signal_process(keeper, signal.SIGTERM)
            wait_until(lambda: not command_of(keeper), 10)
        running = bool(status(name, checkout=checkout))
        halt(places)
    return running or keeper is not None


def status(name: str = MAIN, *, checkout: Path = CHECKOUT) -> dict[str, int]:
    """Return the process ids of the running servers of an instance by their names."""
    places = Places(name, checkout)
    found = {"postgresql": PostgresServer(places).pid(), "redis": RedisServer(places).pid()}
    return {service: pid for service, pid in found.items() if pid is not None}


def used(name: str = MAIN, *, checkout: Path = CHECKOUT) -> bool:
    """Tell whether anybody uses an instance now."""
    return in_use(Locks.of(Places(name, checkout)))


def in_use(locks: Locks) -> bool:
    """Tell whether any user is left."""
    with contextlib.suppress(FileNotFoundError):
        descriptor = os.open(locks.users, os.O_RDWR | os.O_CLOEXEC)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return True
        finally:
            os.close(descriptor)
    return False
