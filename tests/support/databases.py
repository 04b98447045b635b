"""Test databases: one template per state of migrations and fixtures, cloned for every session and committing test."""

import hashlib
import itertools
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg2
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from psycopg2 import sql

from credit_platform.embedded import TEST, Places
from credit_platform.embedded.processes import command_of

CHECKOUT = Path(__file__).resolve().parents[2]
SOURCES = (
    "*/migrations/*.py", "*/fixtures/**/*", "*/guards.py", "*/loading.py", "*/reference.py",
    "core/history.py", "core/periods.py", "core/identifiers/citizens.py",
)  # fmt: skip
TEMPLATES_KEPT = 3
BUILD_LOCK = 5220  # advisory lock on the maintenance database
_numbers = itertools.count(1)


def environment(database: str) -> dict[str, str]:
    """Return the environment in which another process uses a test database."""
    url = os.environ.get("DATABASE_URL")
    address = f"{url.rpartition('/')[0]}/{database}" if url else Places(TEST).endpoints.database_url(database)
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "credit_platform.settings.test",
        "DATABASE_URL": address,
        "REDIS_URL": settings.REDIS_URL,
        "PYTHONPATH": str(CHECKOUT),
    }


def fingerprint() -> str:
    """Return a name for the state of everything that the template is made from."""
    digest = hashlib.sha256(os.fsencode(CHECKOUT))
    files = {path for pattern in SOURCES for path in CHECKOUT.glob(pattern) if path.is_file()}
    for path in sorted(files):
        relative = path.relative_to(CHECKOUT)
        if not relative.parts[0].startswith(".") and "__pycache__" not in relative.parts:
            digest.update(f"{relative}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:12]


@contextmanager
def maintenance() -> Iterator[Any]:
    """Give a cursor on the maintenance database, outside transactions."""
    default = settings.DATABASES["default"]
    connection = psycopg2.connect(
        dbname="postgres",
        user=default.get("USER") or None,
        password=default.get("PASSWORD") or None,
        host=default.get("HOST") or None,
        port=default.get("PORT") or None,
    )
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()


def run(cursor: Any, statement: str, *names: str) -> None:
    """Execute a statement with quoted names in the places of {}."""
    cursor.execute(sql.SQL(statement).format(*(sql.Identifier(name) for name in names)))


@contextmanager
def connected_to(name: str) -> Iterator[None]:
    """Point Django, in every thread, at a database; back again afterwards."""
    shared = connections.settings["default"]  # the very dict that each thread's connection reads
    before = shared["NAME"]
    connections.close_all()
    shared["NAME"] = name
    try:
        yield
    finally:
        connections.close_all()
        shared["NAME"] = before


def clone(source: str = "") -> str:
    """Return the name of a new copy of the template, or of another database that nobody uses now."""
    name = f"run_{os.getpid()}_{next(_numbers)}"
    if source:
        connections.close_all()  # a database that is read from may have no user
    with maintenance() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [BUILD_LOCK])
        template = source or _template(cursor)
        run(cursor, "CREATE DATABASE {} TEMPLATE {}", name, template)
    return name


def make_template() -> None:
    """Build the template where it is missing."""
    with maintenance() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [BUILD_LOCK])
        _template(cursor)


def drop(name: str) -> None:
    """Drop a database, whoever is still connected."""
    with maintenance() as cursor:
        run(cursor, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


def drop_stale() -> None:
    """Drop what killed runs left behind."""
    with maintenance() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [BUILD_LOCK])
        cursor.execute("SELECT datname FROM pg_database WHERE datname ~ '^(run|building)_[0-9]+_'")
        for (name,) in cursor.fetchall():
            found = re.match(r"[a-z]+_(\d+)_", name)
            if found and "py" not in command_of(int(found[1])):
                run(cursor, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


def _template(cursor: Any) -> str:
    """Return the template's name; builds it when its sources have changed. The caller holds the lock."""
    name = f"template_{fingerprint()}"
    cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
    if cursor.fetchone():
        return name
    building = f"building_{os.getpid()}_{next(_numbers)}"
    run(cursor, "CREATE DATABASE {}", building)
    try:
        with connected_to(building):
            call_command("migrate", verbosity=0)
            call_command("load_reference", verbosity=0)
    except BaseException:
        run(cursor, "DROP DATABASE IF EXISTS {} WITH (FORCE)", building)
        raise
    run(cursor, "ALTER DATABASE {} RENAME TO {}", building, name)
    cursor.execute("SELECT datname FROM pg_database WHERE datname ~ '^template_[0-9a-f]{12}$' ORDER BY oid DESC")
    for (old,) in cursor.fetchall()[TEMPLATES_KEPT:]:
        run(cursor, "DROP DATABASE IF EXISTS {} WITH (FORCE)", old)
    return name
