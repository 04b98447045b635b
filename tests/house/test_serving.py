"""A site's processes: restarted when killed, ended together, ended later when the site itself was killed."""

import os
import signal
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from credit_platform import serving
from credit_platform.embedded.processes import command_of, wait_until


@pytest.fixture
def children(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[serving.Children]:
    monkeypatch.setattr(serving, "site_lock", lambda: tmp_path / "site.lock")
    found = serving.Children(tmp_path / "log", lambda _: None)
    found.add("web", "http.server", "0", "--bind", "127.0.0.1")
    thread = threading.Thread(target=found.run)
    thread.start()
    assert wait_until(lambda: pid_of(found) is not None, 10)
    yield found
    found.stopping.set()
    thread.join(30)
    assert not thread.is_alive()


def pid_of(children: serving.Children) -> int | None:
    process = children.members[0].process
    return process.pid if process else None


def test_a_killed_process_is_started_again(children: serving.Children) -> None:
    first = pid_of(children)
    assert first
    os.kill(first, signal.SIGKILL)
    assert wait_until(lambda: pid_of(children) not in (None, first), 20)


def test_processes_end_with_the_site(children: serving.Children) -> None:
    pid = pid_of(children)
    assert pid
    children.stopping.set()
    assert wait_until(lambda: not command_of(pid), 20)
    assert wait_until(lambda: not serving.leftovers().exists(), 5)


def test_the_next_site_ends_what_a_killed_one_left(children: serving.Children) -> None:
    pid = pid_of(children)
    assert pid
    assert wait_until(lambda: serving.leftovers().exists(), 5)
    children.members[0].due = float("inf")  # nobody restarts it: the site is dead
    assert wait_until(lambda: command_of(pid).strip() == " ".join(children.members[0].command), 5)
    assert serving.end_leftovers() == 1
    assert wait_until(lambda: not command_of(pid), 10)
    assert serving.end_leftovers() == 0


def test_a_stranger_with_a_remembered_number_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "site_lock", lambda: tmp_path / "site.lock")
    serving.leftovers().write_text(f"{os.getpid()} python -m granian\n")
    assert serving.end_leftovers() == 0


def test_a_taken_port_is_left_alone() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert serving.free_port(port, "127.0.0.1") > port
