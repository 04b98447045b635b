"""What every test may ask for; how it is made stands in tests/support/."""

import gc
from collections.abc import Iterator
from typing import Any

import pytest

from core.actors import Actor, acting
from credit_platform import embedded
from credit_platform.embedded.commands import configured
from tests.support import ahead, browsers, databases, ordering, sites, undoing

FORBIDDEN = {"transactional_db", "live_server", "django_db_reset_sequences", "django_db_serialized_rollback"}


BUILDING = pytest.StashKey[Any]()


def pytest_configure(config: pytest.Config) -> None:
    """Where workers do the tests, let the template be built while they collect them."""
    here = not hasattr(config, "workerinput")
    if here and config.getoption("numprocesses", None) and not config.getoption("collectonly"):
        config.stash[BUILDING] = ahead.begun()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave no builder behind."""
    if BUILDING in config.stash:
        ahead.ended(config.stash[BUILDING])


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Refuse tests that would flush the database; put the others in order."""
    for item in items:
        marker = item.get_closest_marker("django_db")
        flushing = FORBIDDEN & set(getattr(item, "fixturenames", ()))
        if flushing or (marker and (marker.kwargs.get("transaction") or marker.args)):
            what = ", ".join(sorted(flushing)) or "django_db(transaction=True)"
            raise pytest.UsageError(f"{item.nodeid}: {what} flushes the database; use the fixture own_database")
    items[:] = ordering.ordered(items, ordering.workers())


def pytest_collection_finish() -> None:
    """What is imported by now stays: the collector need not look at it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@pytest.fixture(scope="session", autouse=True)
def services() -> Iterator[embedded.Session | None]:
    """The embedded test services, for the whole session."""
    postgres, redis = not configured("DATABASE_URL"), not configured("REDIS_URL")
    if not (postgres or redis):
        yield None
        return
    with embedded.start(embedded.TEST, postgres=postgres, redis=redis) as session:
        yield session


@pytest.fixture(scope="session")
def django_db_setup(services: Any, django_test_environment: None, django_db_blocker: Any) -> Iterator[None]:
    """Give the session its own copy of the template database."""
    with django_db_blocker.unblock():
        databases.drop_stale()
        name = databases.clone()
        with databases.connected_to(name):
            yield
        databases.drop(name)


@pytest.fixture(scope="session")
def reused(django_db_setup: None, django_db_blocker: Any) -> Iterator[undoing.Reused]:
    """The database that the tests which commit use one after another."""
    database = undoing.Reused()
    yield database
    with django_db_blocker.unblock():
        database.drop()


@pytest.fixture
def own_database(request: pytest.FixtureRequest, reused: undoing.Reused, django_db_blocker: Any) -> Iterator[str]:
    """A database of this test alone, as the template is: real commits, real threads. Gives its name."""
    if "db" in request.fixturenames:
        pytest.fail("own_database commits; a test that uses it must not use db (or a fixture built on db)")
    with django_db_blocker.unblock():
        name = reused.take()
        with databases.connected_to(name):
            yield name


@pytest.fixture
def as_job(db: None) -> Iterator[Actor]:
    """Act as the job `test`, so that tracked tables can be written."""
    actor = Actor.job("test")
    with acting(actor, "test.setup"):
        yield actor


@pytest.fixture
def live_site(own_database: str) -> Iterator[sites.Site]:
    """The platform served by granian on this test's own database."""
    with sites.served(own_database) as site:
        yield site


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Headless Chromium; where it is missing the test is skipped by name, and with CI=true it fails."""
    yield from browsers.launched()


@pytest.fixture
def page(browser: Any, live_site: sites.Site) -> Iterator[Any]:
    """A page of a fresh browser context whose relative addresses are the live site's."""
    yield from browsers.opened(browser, live_site.url)
