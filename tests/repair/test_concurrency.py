"""Two officers at once, a double click, two runs of a job: exactly one succeeds and the other is told."""

from __future__ import annotations

import pytest

from core import clock
from core.actors import Actor
from core.models import Counter, OutboxEvent
from core.problems import Refused
from repair.models import Application, Notified
from repair.permissions import JOB
from repair.services import deciding, filing, handling
from repair.services.announcing import remind_possible
from subjects.models import Message
from tests.factories import repair as make
from tests.factories import sanctions as chain
from tests.support.threads import at_once

pytestmark = pytest.mark.usefixtures("own_database")


def test_two_reviewers_decide_at_once() -> None:
    application = make.application_in("opined")
    first, second = make.reviewer(application), make.reviewer(application, 2)
    with clock.at(make.after(6)):
        given, raised = at_once(
            lambda: deciding.approve(actor=first, application=application),
            lambda: deciding.approve(actor=second, application=application),
            lambda: handling.send_back(actor=second, application=application, reason="再核实"),
        )
    assert len(given) == 1
    assert {error.code for error in raised if isinstance(error, Refused)} <= {"CORE-04", "REP-21"}
    assert len(raised) == 2
    assert Counter.objects.filter(series="repair.decision", last__gt=1).count() == 0


def test_two_applications_at_once() -> None:
    listing = make.listing()
    call = {"actor": make.window(), "listing": listing, "submission": make.submission()}
    with clock.at(make.APPLIED):
        given, raised = at_once(*[lambda: filing.apply(**call)] * 3)
    assert len(given) == Application.objects.count() == 1
    assert {error.code for error in raised if isinstance(error, Refused)} == {"REP-08"}


def test_published_twice() -> None:
    application = make.application_in("approved")
    who = make.handler(application)
    with clock.at(make.after(7)):
        given, raised = at_once(*[lambda: deciding.publish(actor=who, application=application)] * 2)
    assert len(given) == len(raised) == 1
    assert chain.fresh(application.listing).over_from == make.after(7)


def test_the_reminder_on_two_workers() -> None:
    listing = make.listing()
    actor = Actor.job("repair.remind_possible", JOB)
    at_once(*[lambda: remind_possible(actor=actor, day=make.APPLIED)] * 2)
    assert Notified.objects.filter(listing=listing).count() == 1
    assert Message.objects.filter(kind="repair.possible").count() == 1
    assert OutboxEvent.objects.filter(event_type="repair.possible").count() == 1
