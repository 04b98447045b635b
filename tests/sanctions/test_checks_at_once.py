"""Checks beside other acts, with real threads and commits: a pause is seen at once, a killed job goes on, a key counts once."""

from __future__ import annotations

import json
import threading
from datetime import date
from typing import Any

from django.db import Error, connection, connections, transaction

from core import clock
from core.models import IdempotentCall
from core.signatures.signing import known_keys
from objections.services import acceptance
from sanctions.checks import jobs
from sanctions.checks.receipts import examine, kept, seal_of, verify, with_proof
from sanctions.checks.rows import Asked, Matter
from sanctions.checks.services import ask, ask_later
from sanctions.models import Check, CheckedSubject, CheckJob
from subjects.models import Identifier
from tests.factories import objections as objecting
from tests.factories import sanctions as make
from tests.factories import subjects as subject_factory
from tests.support.threads import at_once
from tests.support.waiting import wait_until

DAY = date(2026, 3, 11)
TENDER = Matter("tender", "某工程招标")
READERS = 8


def test_no_check_that_begins_after_an_acceptance_forbids(own_database: str) -> None:
    """Readers ask again and again, one subject and many, from before the commit of the pause until after it."""
    listing = make.listing(start=date(2026, 1, 5))
    row = objecting.objection(listing, "checked", on=DAY)
    answerer, who = objecting.answerer(objecting.case_of(row)), make.actor_of("zjj", "handler")
    company = Asked(code=str(Identifier.objects.get(subject=listing.subject, type="uscc").value))
    crowd = [Asked(code=subject_factory.new_code()) for _ in range(20)]
    asked, accepted = threading.Barrier(READERS + 1), threading.Event()
    late: list[str] = []
    early: list[str] = []

    def check(subjects: list[Asked]) -> None:
        after = accepted.is_set()
        line = json.loads(ask(actor=who, matter=TENDER, subjects=subjects).content)["lines"][0]
        assert (line["measures"][0]["state"] == "paused") == (line["result"] == "remind")
        (late if after else early).append(line["result"])

    def read(subjects: list[Asked]) -> None:
        check(subjects)
        asked.wait(60)
        while not accepted.is_set():
            check(subjects)
        check(subjects)

    def accept() -> None:
        asked.wait(60)
        try:
            acceptance.accept_objection(actor=answerer, objection=row)
        finally:
            accepted.set()

    with clock.at(DAY):
        readers = [lambda n=n: read([company, *crowd] if n % 2 else [company]) for n in range(READERS)]
        _, raised = at_once(accept, *readers)
    assert not raised, raised
    assert len(late) >= READERS
    assert set(late) == {"remind"}
    assert early.count("forbid") >= READERS
    assert all(verify(check) == "" for check in Check.objects.select_related("unit").order_by("pk")[:5])


def test_a_key_used_at_once_makes_one_check(own_database: str) -> None:
    who, asked = make.actor_of("zjj", "handler"), [Asked(code=subject_factory.new_code())]
    call: dict[str, Any] = {"actor": who, "matter": TENDER, "subjects": asked, "key": "k", "body": b"same"}
    given, raised = at_once(*[lambda: ask(**call)] * 6)
    assert not raised, raised
    assert len({answer.number for answer in given}) == 1
    assert len({answer.content for answer in given}) == 1
    assert (Check.objects.count(), CheckedSubject.objects.count(), IdempotentCall.objects.count()) == (1, 1, 1)


def test_a_job_that_is_killed_goes_on_behind_its_last_chunk(own_database: str) -> None:
    who = make.actor_of("zjj", "handler")
    number = subject_factory.new_id_number()
    person = subject_factory.person("测试王五", number=number)
    known = subject_factory.entity()
    code = str(Identifier.objects.get(subject=known, type="uscc").value)
    asked = [Asked(code=subject_factory.new_code()) for _ in range(1_197)]
    asked += [Asked(code=code), Asked(id_number=number, name="测试王五"), Asked(code="X")]
    check = ask_later(actor=who, matter=TENDER, subjects=asked)
    job = CheckJob.objects.get()
    assert number.encode() not in bytes(job.asked)
    backend: list[int] = []
    failed: list[BaseException] = []

    def worker() -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                backend.append(cursor.fetchone()[0])
            jobs.answer(check.public_id, chunk=100)
        except Error as error:
            failed.append(error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=worker)
    with transaction.atomic():  # the chunk that is under way waits here, and dies here
        thread.start()
        assert wait_until(lambda: CheckedSubject.objects.count() >= 100, 30)
        CheckJob.objects.select_for_update().get()
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", backend)
        thread.join(30)
    assert failed
    assert not thread.is_alive()
    done = CheckedSubject.objects.count()
    assert 100 <= done < 1_200
    assert done % 100 == 0
    assert CheckJob.objects.get().answered == done
    assert jobs.sweep() == 1
    check = Check.objects.select_related("unit").get()
    assert (CheckJob.objects.count(), check.lines.count(), verify(check)) == (0, 1_200, "")
    last = list(check.lines.order_by("-line").values_list("action", "subject_id")[:3])
    assert last == [("rejected", None), ("nothing", person.pk), ("nothing", known.pk)]
    assert examine(json.loads(with_proof(kept(check), seal_of(check))), known_keys()) == ""
    assert jobs.answer(check.public_id)
    assert CheckedSubject.objects.count() == 1_200
