"""kill -9 in the middle: of the worker while it removes expired listings, of PostgreSQL while a decision is issued."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import Error as DatabaseError
from django.db import connection, connections

from core import clock, counters
from core.actors import Actor
from core.models import Counter as NumberCounter
from core.models import Deadline, OutboxEvent, TransitionRecord
from core.periods import Period
from credit_platform.embedded.processes import wait_until
from sanctions.models import Case, Determination, ExecutionTask, Listing
from sanctions.permissions import JOB_PERMISSIONS
from sanctions.services import determinations, listings
from tests.factories import sanctions as make
from tests.support import warm
from tests.support.clusters import Cluster, own_cluster
from tests.support.refusals import refused

pytestmark = pytest.mark.crash
JOB = Actor.job("test.job", JOB_PERMISSIONS)
SUBJECTS = 24
# The job as the worker runs it, two listings to a transaction; it stands still inside the `stop`-th one.
WORKER = """
import sys, time
from datetime import date
import django
django.setup()
from core import clock
from sanctions.services import listings
from sanctions.tasks import delist_expired_job
release, calls = listings.release_ended_tasks, []
def slow(*given):
    done = release(*given)
    calls.append(done)
    if len(calls) == int(sys.argv[2]):
        print("inside", flush=True)
        time.sleep(600)
    return done
listings.release_ended_tasks = slow
listings.delist_expired.__kwdefaults__["chunk"] = 2
with clock.at(date.fromisoformat(sys.argv[1])):
    delist_expired_job()
"""


def undone() -> bool:
    """Tell whether no other connection holds a lock on a listing any more."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks l WHERE l.relation = 'sanctions_listing'::regclass"
            " AND l.pid <> pg_backend_pid()"
        )
        return bool(cursor.fetchone()[0] == 0)


def test_a_worker_killed_in_the_middle_of_a_delisting_run(own_database: str) -> None:
    subjects = [make.legal_entity() for _ in range(SUBJECTS)]
    make.case_in("listed", entry=make.REWARD, subjects=subjects, decision={"period": Period(months=12)})
    day = Listing.objects.first().ends_on + timedelta(days=1)  # type: ignore[union-attr, operator]
    delisted = Listing.objects.filter(state="delisted")
    for stop, left in ((3, 4), (1, 4), (5, 12)):
        warm.killed_at("inside", own_database, WORKER, day.isoformat(), str(stop))
        assert wait_until(undone, 20)
        assert delisted.count() == left
    assert listings.delist_expired(actor=JOB, day=day) == SUBJECTS - 12
    assert listings.delist_expired(actor=JOB, day=day + timedelta(days=9)) == 0
    assert delisted.filter(delisted_on=day).count() == SUBJECTS
    check_each_once("sanctions.listing", "delist", Listing, "listing.delisted")
    check_each_once("sanctions.task", "release", ExecutionTask, "task.released")
    for model, state in ((Listing, "delisted"), (ExecutionTask, "released")):
        told: Any = model.history.filter(state=state)  # type: ignore[attr-defined]
        assert set(Counter(told.values_list("id", flat=True)).values()) == {1}
    assert not Deadline.objects.filter(closed_on=None, aggregate_type="sanctions.executiontask").exists()


def check_each_once(workflow: str, act: str, model: Any, event: str) -> None:
    """Every row has exactly one record of the act and one event; nobody else has any."""
    keys = sorted(model.objects.values_list("pk", flat=True))
    acts = TransitionRecord.objects.filter(workflow=workflow, transition=act)
    assert sorted(acts.values_list("object_id", flat=True)) == keys
    events = OutboxEvent.objects.filter(event_type=event).values_list("aggregate_id", flat=True)
    assert sorted(events) == sorted(model.objects.values_list("public_id", flat=True))


# --- PostgreSQL ------------------------------------------------------------------------------------------------------


@pytest.fixture
def cluster(django_db_setup: None, django_db_blocker: Any) -> Iterator[Cluster]:
    """A server of this test alone."""
    with django_db_blocker.unblock(), own_cluster() as started:
        yield started


def issue(case: Case) -> Determination:
    with clock.at(make.days_of(case).issued):
        return determinations.issue_determination(actor=make.lead_of(case, 2), case=case, official_number="测1号")


def traces(case: Case) -> dict[str, Any]:
    """What issuing leaves behind, everywhere."""
    decision = Determination.objects.get(case=case)
    return {
        "state": Case.objects.get(pk=case.pk).state,
        "number": decision.number,
        "issued_on": decision.issued_on,
        "counter": list(NumberCounter.objects.filter(series="determination").values_list("last", flat=True)),
        "acts": TransitionRecord.objects.filter(object_id=case.pk, transition="issue").count(),
        "events": OutboxEvent.objects.filter(event_type="determination.issued").count(),
        "terms": Deadline.objects.filter(rule__code="SAN-T02").count(),
        "history": decision.history.count(),
    }


def test_postgresql_killed_in_the_middle_of_issuing_a_decision(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = make.case_in("decided")
    signer = make.lead_of(case, 2)
    before = traces(case)
    assert (before["state"], before["number"], before["counter"]) == ("decided", None, [])
    taken, go_on = threading.Event(), threading.Event()
    next_number = counters.next_number

    def held(series: str, unit_key: str, year: int) -> int:
        number = next_number(series, unit_key, year)
        taken.set()
        go_on.wait(60)
        return number

    monkeypatch.setattr(counters, "next_number", held)
    raised: list[BaseException] = []

    def act() -> None:
        try:
            issue(case)
        except DatabaseError as error:
            raised.append(error)
        finally:
            connections.close_all()

    officer = threading.Thread(target=act)
    officer.start()
    assert taken.wait(30)
    cluster.kill()
    go_on.set()
    officer.join(60)
    assert len(raised) == 1
    cluster.wait()
    monkeypatch.undo()
    assert traces(case) == before  # nothing half-written: no number, act, event or term

    issue(case)
    cluster.kill()  # right after the answer: what was said to be issued is issued
    cluster.wait()
    after = traces(case)
    assert {**after, "history": 0, "issued_on": None} == {
        "state": "issued", "number": 1, "issued_on": None, "counter": [1], "acts": 1, "events": 1, "terms": 1,
        "history": 0,
    }  # fmt: skip
    assert after["history"] == before["history"] + 1
    refused("CORE-04", issue, case=case)
    assert signer.key == Determination.objects.get(case=case).issued_by_key

    listing = make.serve(case)[0]
    tasks = listing.tasks.count()
    cluster.kill()
    cluster.wait()
    assert Listing.objects.count() == OutboxEvent.objects.filter(event_type="listing.issued").count() == 1
    assert ExecutionTask.objects.count() == tasks > 6
    other = make.case_in("issued")
    assert Determination.objects.get(case=other).number == 2
