"""The tests' own databases: real commits stay in one test, threads see them, nothing flushes."""

import threading

import psycopg2
import pytest
from django.db import connection, connections, transaction

from core import clock
from credit_platform.models import Heartbeat
from tests import conftest
from tests.support import databases


@pytest.mark.parametrize("attempt", [1, 2])
def test_commits_stay_in_the_own_database(own_database: str, attempt: int) -> None:
    assert not Heartbeat.objects.exists()
    with transaction.atomic():
        Heartbeat.objects.create(name="here", at=clock.now())
    seen: list[int] = []

    def look() -> None:
        seen.append(Heartbeat.objects.count())
        connections.close_all()

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert seen == [1]
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_database()")
        assert cursor.fetchone() == (own_database,)


@pytest.mark.parametrize("attempt", [1, 2])
def test_rolled_back_rows_are_gone(db: None, attempt: int) -> None:
    assert not Heartbeat.objects.exists()
    Heartbeat.objects.create(name="here", at=clock.now())


def test_dropped_afterwards(db: None) -> None:
    name = databases.clone()
    databases.drop(name)
    with databases.maintenance() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        assert cursor.fetchone() is None


def test_stale_databases_of_dead_runs_are_dropped(db: None) -> None:
    with databases.maintenance() as cursor:
        databases.run(cursor, "CREATE DATABASE {}", "run_4194303_1")
        databases.drop_stale()
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = 'run_4194303_1'")
        assert cursor.fetchone() is None


def test_the_application_role_is_no_superuser(db: None) -> None:
    with connection.cursor() as cursor:
        with pytest.raises(Exception, match="permission denied") as refused, transaction.atomic():
            cursor.execute("COPY (SELECT 1) TO PROGRAM 'true'")
    assert isinstance(refused.value.__cause__, psycopg2.errors.InsufficientPrivilege)


@pytest.mark.parametrize("fixture", sorted(conftest.FORBIDDEN))
def test_fixtures_that_flush_are_refused(fixture: str) -> None:
    class Item:
        nodeid = "tests/example.py::test_it"
        fixturenames = (fixture,)

        def get_closest_marker(self, _name: str) -> None:
            return None

    with pytest.raises(pytest.UsageError, match="use the fixture own_database"):
        conftest.pytest_collection_modifyitems([Item()])  # type: ignore[list-item]


def test_the_marker_that_flushes_is_refused() -> None:
    class Item:
        nodeid = "tests/example.py::test_it"
        fixturenames = ("db",)

        def get_closest_marker(self, _name: str) -> pytest.Mark:
            return pytest.mark.django_db(transaction=True).mark

    with pytest.raises(pytest.UsageError, match="own_database"):
        conftest.pytest_collection_modifyitems([Item()])  # type: ignore[list-item]
