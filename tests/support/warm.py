"""Processes that find the platform imported: forked, each by itself, from one that has done nothing but import it.

Importing takes two seconds, longer than most of what such a process is started for. It is still a process of its own:
with connections of its own, and killed as any other.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from typing import IO, Any

from django.conf import settings
from django.db import connections

from tests.support.databases import environment

CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["tests.support.preloaded"])


_variables = dict(os.environ)  # before any test changes them


def started(
    database: str, target: Callable[..., None], *arguments: Any, changed: Mapping[str, Any] | None = None
) -> BaseProcess:
    """Start a process that calls a function of a module, with Django pointed at a test database.

    changed: settings by name. Settings are read when the platform is imported: no variable changes them afterwards.
    """
    process = CONTEXT.Process(
        target=_called, args=(database, environment(database), dict(changed or {}), target, arguments)
    )
    now = dict(os.environ)
    os.environ.clear()
    os.environ.update(_variables)  # the first call starts the process that imports: it takes nothing from a test
    try:
        process.start()
    finally:
        os.environ.clear()
        os.environ.update(now)
    return process


def _called(
    database: str,
    variables: dict[str, str],
    changed: dict[str, Any],
    target: Callable[..., None],
    arguments: tuple[Any, ...],
) -> None:
    os.setsid()
    os.environ.update(variables)
    for name, value in changed.items():
        setattr(settings, name, value)
    connections.settings["default"]["NAME"] = database
    target(*arguments)


@dataclass
class Script:
    """A running script and what it prints."""

    process: BaseProcess
    stdout: IO[bytes]

    def kill(self) -> None:
        """Kill -9, and return when it is gone."""
        self.process.kill()
        self.process.join()
        self.stdout.close()


def script(database: str, source: str, *arguments: str) -> Script:
    """Run a program on a test database, its arguments in sys.argv as under `python -c`."""
    reader, writer = CONTEXT.Pipe(duplex=False)
    process = started(database, _run, source, arguments, writer)
    writer.close()
    return Script(process, os.fdopen(os.dup(reader.fileno()), "rb"))


def _run(source: str, arguments: tuple[str, ...], writer: Any) -> None:
    os.dup2(writer.fileno(), 1)
    writer.close()
    sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
    sys.argv = ["-c", *arguments]
    exec(compile(source, "<script>", "exec"), {"__name__": "__main__"})


def killed_at(line: str, database: str, source: str, *arguments: str) -> None:
    """Run a program until it prints a line, then kill -9."""
    running = script(database, source, *arguments)
    try:
        said = running.stdout.readline()
        while said and said != f"{line}\n".encode():
            said = running.stdout.readline()
        assert said, "the program ended before"
    finally:
        running.kill()
