"""The tests' own databases: real commits stay in one test, threads see them, nothing flushes."""

import threading
from typing import Any

import psycopg2
import pytest
from django.db import connection, connections, transaction

from core import clock
from core.actors import Actor, acting
from core.models import CalendarDay
from credit_platform.models import Heartbeat
from organizations.models import Organization
from tests import conftest
from tests.support import databases, undoing


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


def test_whatever_was_done_to_the_reused_database_is_undone(django_db_setup: None, django_db_blocker: Any) -> None:
    reused = undoing.Reused()
    with django_db_blocker.unblock():
        try:
            name = reused.take()
            before = picture(name)
            with databases.connected_to(name), acting(Actor.job("test"), "test.undo"):
                Heartbeat.objects.create(name="here", at=clock.now())
                CalendarDay.objects.filter(pk__in=CalendarDay.objects.order_by("pk")[:3]).delete()
                Organization.objects.update(name="同名")
                Organization.objects.order_by("-pk").update(short_name="同名")
            assert sum(before[table] != rows for table, rows in picture(name).items()) >= 5
            assert (reused.take(), picture(name)) == (name, before)
            with databases.connected_to(name), connection.cursor() as cursor:
                cursor.execute("SELECT nextval('core_calendarday_id_seq')")
                cursor.execute("ALTER TABLE core_calendarday ADD COLUMN mood text")
            other = reused.take()
            assert other != name
            assert picture(other) == before
        finally:
            reused.drop()


def picture(name: str) -> dict[str, Any]:
    """Return what every table holds and where every sequence stands."""
    with databases.connected_to(name), connection.cursor() as cursor:
        cursor.execute(undoing.TABLES)
        content = " UNION ALL ".join(
            f"SELECT '{table}', md5(string_agg(found::text, ' ' ORDER BY found::text)) FROM \"{table}\" found"
            for (table,) in cursor.fetchall()
        )
        cursor.execute(f"{content} UNION ALL SELECT sequencename, last_value::text FROM pg_sequences")
        return dict(cursor.fetchall())


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
