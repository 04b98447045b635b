"""Acts done at once, each in a thread and connection of its own, on the test's own database."""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable
from typing import Any

from django.db import connections


def at_once(*acts: Callable[[], Any]) -> tuple[list[Any], list[BaseException]]:
    """Start the acts together and return what they gave and what they raised; the pinned day goes with them."""
    barrier = threading.Barrier(len(acts))
    given: list[Any] = []
    raised: list[BaseException] = []

    def run(act: Callable[[], Any]) -> None:
        try:
            barrier.wait(30)
            given.append(act())
        except BaseException as error:  # noqa: BLE001 - the test judges it
            raised.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=contextvars.copy_context().run, args=(run, act)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive(), "deadlock"
    return given, raised
