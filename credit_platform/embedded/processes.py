"""Small questions about processes and files that must be right after a kill -9."""

import contextlib
import fcntl
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from credit_platform.embedded.places import ServiceError


def command_of(pid: int) -> str:
    """Return the command line of a live process, or '' for one that is gone or a zombie."""
    proc = Path("/proc") / str(pid)
    if Path("/proc/self/stat").exists():
        try:
            state = (proc / "stat").read_text().rpartition(")")[2].split()[0]
            command = (proc / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            return ""
        return "" if state == "Z" else command
    ps = ["ps", "-o", "state=,command=", "-p", str(pid)]
    result = subprocess.run(ps, check=False, capture_output=True, text=True)
    state, _, command = result.stdout.strip().partition(" ")
    return "" if state.startswith("Z") else command


def pid_in(path: Path) -> int | None:
    """Return the process id on the first line of a file, if there is one."""
    try:
        first = path.read_text().split("\n", 1)[0].strip()
    except OSError:
        return None
    return int(first) if first.isdigit() and int(first) > 1 else None


def signal_process(pid: int, number: signal.Signals) -> None:
    """Send a signal; a process that is gone already is fine."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def wait_until(condition: Callable[[], bool], seconds: float, *, pause: float = 0.05) -> bool:
    """Return whether the condition came true in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(pause)
    return True


@contextlib.contextmanager
def exclusively(path: Path, *, seconds: float = 180) -> Iterator[None]:
    """Hold the lock on a file; the kernel frees it when the holder dies."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        if not wait_until(lambda: try_lock(descriptor, fcntl.LOCK_EX), seconds):
            raise ServiceError(f"another process has held {path} for {seconds:.0f} s")
        yield
    finally:
        os.close(descriptor)


def try_lock(descriptor: int, kind: int) -> bool:
    """Take a lock without waiting; tell whether it was had."""
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def holder_of(path: Path) -> int | None:
    """Return the process id written in a lock file that somebody holds, or None where nobody does."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        return None if try_lock(descriptor, fcntl.LOCK_EX) else pid_in(path)
    finally:
        os.close(descriptor)


def hold_with_pid(path: Path) -> int | None:
    """Take a lock file for the life of this process and write our id in it; None where somebody else holds it."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    if not try_lock(descriptor, fcntl.LOCK_EX):
        os.close(descriptor)
        return None
    os.ftruncate(descriptor, 0)
    os.write(descriptor, f"{os.getpid()}\n".encode())
    return descriptor


def last_lines(path: Path, count: int = 12) -> str:
    """Return the end of a log for an error message."""
    try:
        return "\n".join(path.read_text(errors="replace").splitlines()[-count:])
    except OSError:
        return ""
