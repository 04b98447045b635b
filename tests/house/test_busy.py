"""A database that does not answer in time: every door says so with 503, when to come back, and a number to ask about."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg2
import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from core import clock
from organizations.models import Officer
from subjects.selectors import code_of
from tests.factories import sanctions as make
from tests.support.workbench import signed_in


@contextmanager
def locked(table: str, mode: str = "ACCESS EXCLUSIVE") -> Iterator[None]:
    """Somebody else holds the table; we wait a moment for it, as a web process does for five seconds."""
    parameters = connection.get_connection_params()
    other = psycopg2.connect(
        **{name: parameters[name] for name in ("dbname", "user", "host", "port") if name in parameters}
    )
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '50ms'")
    try:
        with other.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {table} IN {mode} MODE")
        yield
    finally:
        other.close()


@pytest.fixture
def code(own_database: str) -> str:
    return code_of(make.listing(start=clock.today()).subject)


def test_every_door_says_that_it_is_busy_and_answers_afterwards(code: str, client: Client) -> None:
    doors = {
        "/api/v1/public/subjects?q=建筑劳务": "application/problem+json",  # the lean chain
        f"/subjects/{code}": "text/html; charset=utf-8",  # a page that is only read
        f"/services/object?code={code}": "text/html; charset=utf-8",  # a page with a form, on the long chain
    }
    with locked("subjects_subject"):
        for address, kind in doors.items():
            answer = client.get(address)
            assert (answer.status_code, answer.headers["Content-Type"]) == (503, kind), address
            assert answer.headers["Retry-After"] == "30"
            assert answer.headers["Cache-Control"].endswith("no-store")
            assert "这次没有在规定时间内办完，编号 " in answer.content.decode()
            assert kind.endswith("json") or f'href="{address}">再试一次' in answer.content.decode()
    for address in doors:
        assert client.get(address).status_code == 200


def test_a_line_to_the_database_that_was_cut_is_told_the_same_way(code: str, client: Client) -> None:
    for address in (f"/subjects/{code}", f"/services/object?code={code}"):
        connection.connection.close()
        assert client.get(address).status_code == 503
        connection.close()
        assert client.get(address).status_code == 200


def test_the_workbench_says_so_too(code: str) -> None:
    office = signed_in(make.actor_of("fgw", "office"))
    with locked("sanctions_listing"):
        answer = office.get("/admin/sanctions/listing/")
        assert answer.status_code == 503
        assert "系统正忙" in answer.content.decode()
        assert "请过一分钟再试" in answer.content.decode()
    assert office.get("/admin/sanctions/listing/").status_code == 200


def test_a_form_of_the_workbench_keeps_what_was_typed(own_database: str) -> None:
    keeper, address = signed_in(make.actor_of("fgw", "system_admin")), reverse("admin:organizations_officer_add")
    typed = {"username": "li.si", "full_name": "示例李四"}
    with locked("organizations_officer", "SHARE"):  # whoever reads goes on, whoever writes waits
        answer = keeper.post(address, typed)
        assert answer.status_code == 503
        page = answer.content.decode()
        assert "这次没有在规定时间内办完" in page
        assert all(f'value="{value}"' in page for value in typed.values())
    assert not Officer.objects.filter(username="li.si").exists()
    assert keeper.post(address, typed).status_code == 200
    assert Officer.objects.filter(username="li.si").exists()


def test_an_error_of_ours_is_still_an_error(own_database: str, client: Client) -> None:
    """Only what waiting mends is told as busy: a table that is not there is not."""
    client.raise_request_exception = False
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE subjects_subject RENAME TO subjects_elsewhere")
    try:
        assert client.get("/api/v1/public/subjects?q=建筑劳务").status_code == 500
        assert client.get("/subjects/91510899MA01001X4M").status_code == 500
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE subjects_elsewhere RENAME TO subjects_subject")
