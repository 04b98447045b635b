"""Processes of a running site: started together, restarted with growing pauses when they die, stopped together."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from credit_platform.embedded import MAIN, Places
from credit_platform.embedded.processes import command_of, hold_with_pid, holder_of

STABLE_SECONDS = 30.0
LONGEST_PAUSE = 30.0
STOP_SECONDS = 20.0
PORTS_TRIED = 50


def site_lock() -> Path:
    """Return the lock file that a running site holds, with its process id in it."""
    return Places(MAIN).checkout / "var" / "site.lock"


def running_site() -> int | None:
    """Return the process id of this checkout's running site."""
    return holder_of(site_lock())


def claim_site() -> bool:
    """Become this checkout's running site, unless there is one."""
    site_lock().parent.mkdir(exist_ok=True)
    return hold_with_pid(site_lock()) is not None


def leftovers() -> Path:
    """Return the file that names the processes of a site: number and command line."""
    return site_lock().with_name("site.processes")


def end_leftovers() -> int:
    """End the processes of a site that was killed and tell how many; call it as the site, or when none runs."""
    ended = 0
    lines = leftovers().read_text().splitlines() if leftovers().exists() else []
    for line in lines:
        number, _, command = line.partition(" ")
        if command_of(int(number)).strip() == command:  # not a stranger who got the number since
            _kill_group(int(number))
            ended += 1
    leftovers().unlink(missing_ok=True)
    return ended


def free_port(first: int, host: str) -> int:
    """Return the first port from `first` on that nobody listens on."""
    for port in range(first, min(first + PORTS_TRIED, 65536)):
        if _free(port, host):
            return port
    raise OSError(f"no free port among {first}–{first + PORTS_TRIED - 1}")


def _free(port: int, host: str) -> bool:
    with socket.socket() as asker:
        asker.settimeout(0.5)
        if asker.connect_ex(("127.0.0.1", port)) == 0:
            return False  # somebody answers, though perhaps on another address
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


@dataclass
class Child:
    """One process of the site."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    pause: float = 1.0
    due: float = 0.0


@dataclass
class Children:
    """The processes of a site; none outlives the site's own process by more than its stop time."""

    log_directory: Path
    say: Callable[[str], object]
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    members: list[Child] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)

    def add(self, name: str, *command: str) -> None:
        """Add a process to start."""
        self.members.append(Child(name, (sys.executable, "-m", *command)))

    def run(self) -> None:
        """Keep all processes running until `stopping` is set, then stop them."""
        self.log_directory.mkdir(parents=True, exist_ok=True)
        try:
            while not self.stopping.is_set():
                for child in self.members:
                    self._tend(child)
                self.stopping.wait(0.5)
        finally:
            self._stop_all()

    def _tend(self, child: Child) -> None:
        now = time.monotonic()
        if child.process is not None:
            code = child.process.poll()
            if code is None:
                return
            lived = now - child.started
            _signal_group(child, signal.SIGKILL)  # what a killed leader left behind
            child.process = None
            child.pause = 1.0 if lived > STABLE_SECONDS else min(child.pause * 2, LONGEST_PAUSE)
            child.due = now + child.pause
            log = self.log_directory / f"{child.name}.log"
            self.say(f"{child.name} ended with {code}; starting it again in {child.pause:.0f} s (log: {log})")
        if now >= child.due:
            with (self.log_directory / f"{child.name}.log").open("ab") as log_file:
                # Its own session, so that Ctrl-C reaches us alone and we stop the children in order.
                child.process = subprocess.Popen(
                    child.command,
                    cwd=Places(MAIN).checkout,
                    env=dict(self.environment),
                    stdin=subprocess.DEVNULL,
                    stdout=log_file,
                    stderr=log_file,
                    start_new_session=True,
                )
            child.started = now
            self._remember()

    def _remember(self) -> None:
        """Note what runs, so that the next site can end it if we are killed."""
        lines = [f"{child.process.pid} {' '.join(child.command)}\n" for child in self.members if child.process]
        draft = leftovers().with_suffix(".draft")
        draft.write_text("".join(lines))
        draft.rename(leftovers())

    def _stop_all(self) -> None:
        running = [child for child in self.members if child.process is not None]
        for child in running:
            _signal_group(child, signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        for child in running:
            assert child.process is not None
            try:
                child.process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                _signal_group(child, signal.SIGKILL)
                child.process.wait()
            else:
                _signal_group(child, signal.SIGKILL)  # what the leader left behind
        leftovers().unlink(missing_ok=True)


def _signal_group(child: Child, number: signal.Signals) -> None:
    """Ask the leader to end (it stops its own workers), or kill the whole group."""
    assert child.process is not None
    if number == signal.SIGTERM:
        child.process.terminate()
    else:
        _kill_group(child.process.pid)


def _kill_group(leader: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(leader, signal.SIGKILL)
