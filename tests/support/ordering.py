"""In which order tests run: what needs no database while the template is built, then the long ones, then the rest.

xdist's `worksteal` gives each worker a stretch of the list, of equal numbers of tests, and lets one that is done take
from the end of another's. So every stretch is put together alike: its share of what needs no database and of the long
tests, then the rest, those first that share fixtures of their file, which whoever takes from the end would make again.
"""

from __future__ import annotations

import os
from typing import Any

DATABASE = {"db", "as_job", "own_database", "django_db_setup"}
LONG_BY_FIXTURE = {"own_database", "checkout", "cluster"}  # services, databases, sites and browsers of their own
LONG_BY_MARK = ("browser", "crash", "long")


def needs_database(item: Any) -> bool:
    return item.get_closest_marker("django_db") is not None or bool(DATABASE & set(item.fixturenames))


def is_long(item: Any) -> bool:
    marked = any(item.get_closest_marker(name) for name in LONG_BY_MARK)
    return marked or bool(LONG_BY_FIXTURE & set(item.fixturenames))


def workers() -> int:
    """Return how many workers share the tests."""
    return int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))


def ordered(items: list[Any], among: int) -> list[Any]:
    """Return the tests in the order in which xdist shall give them to so many workers."""
    free = [item for item in items if not needs_database(item)]
    free.sort(key=lambda item: not is_long(item))
    long = [item for item in items if needs_database(item) and is_long(item)]
    rest = [item for item in items if needs_database(item) and not is_long(item)]
    rest.sort(key=lambda item: not _fixtures_of_its_file(item))
    dealt: list[Any] = []
    for number in range(among):
        end = len(items) * (number + 1) // among
        dealt += free[number::among] + long[number::among]
        room = max(0, end - len(dealt))
        dealt += rest[:room]
        del rest[:room]
    return dealt + rest


def _fixtures_of_its_file(item: Any) -> bool:
    """Tell whether the test uses fixtures that are made once for all tests of its file."""
    return any(found[-1].scope == "module" for found in item._fixtureinfo.name2fixturedefs.values())
