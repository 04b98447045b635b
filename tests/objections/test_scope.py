"""Who knows of an objection: who answers, registered, reported, supervises or oversees it; nobody else."""

from __future__ import annotations

from datetime import date

import pytest

from core import clock
from core.actors import Actor
from core.problems import NotFound, NotPermitted
from objections.models import Complaint, Objection
from objections.services import acceptance, complaints, filing
from sanctions.models import Listing
from tests.factories import objections as make
from tests.factories import sanctions as chain
from tests.factories.organizations import make_actor

pytestmark = pytest.mark.django_db
DAY, LATER = date(2026, 3, 11), date(2026, 4, 3)


@pytest.fixture
def objection(listing: Listing) -> Objection:
    return make.objection(listing, "answered", on=DAY, answered_on=LATER)


def actors(objection: Objection) -> dict[str, tuple[Actor, bool]]:
    unit = objection.answering_unit.code
    return {
        "answering handler": (chain.actor_of(unit, "handler"), True),
        "answering reviewer": (chain.actor_of(unit, "reviewer"), True),
        "supervising group": (make.answerer(make.case_of(objection)), True),
        "window that registered": (make.window(), True),
        "another window": (make_actor("window", "gjj"), False),
        "initiating handler": (chain.actor_of("rsj", "handler"), True),
        "unit with a task only": (chain.actor_of("zjj", "handler"), False),
        "stranger": (chain.stranger(), False),
        "office": (make.office(), True),
        "county credit office": (chain.actor_of("lzq_fgj", "district_credit"), False),
        "system administrator": (make_actor("system_admin", unit), False),
        "security administrator": (make_actor("security_admin", unit), False),
        "audit administrator": (make_actor("audit_admin", unit), False),
        "job": (Actor.job("any"), False),
        "public": (Actor.applicant("public"), False),
    }


def test_every_role(objection: Objection) -> None:
    complaint = make.complaint(objection, date(2026, 4, 8))
    for who, (actor, sees) in actors(objection).items():
        assert Objection.objects.visible_to(actor).filter(pk=objection.pk).exists() is sees, who
        assert Complaint.objects.visible_to(actor).filter(pk=complaint.pk).exists() is sees, who


def test_a_stranger_is_not_told_that_it_exists(objection: Objection) -> None:
    with clock.at(LATER):
        with pytest.raises(NotFound):
            acceptance.accept_objection(actor=chain.stranger(), objection=objection)
        with pytest.raises(NotFound):
            filing.check_identity(actor=make_actor("window", "gjj"), objection=objection, passed=True, note="核对")


def test_only_the_office_accepts_complaints(objection: Objection) -> None:
    row = make.complain(objection, date(2026, 4, 8))
    with clock.at(date(2026, 4, 8)):
        for actor in (make.window(), chain.actor_of(objection.answering_unit.code, "reviewer")):
            with pytest.raises(NotPermitted):
                complaints.accept_complaint(actor=actor, complaint=row)


def test_the_window_files_and_checks_but_does_not_accept(listing: Listing) -> None:
    row = make.file(listing, DAY).record
    make.check(row, DAY)
    with clock.at(DAY), pytest.raises(NotPermitted):
        acceptance.accept_objection(actor=make.window(), objection=row)


def test_auditors_and_keepers_file_nothing(listing: Listing) -> None:
    for role in ("system_admin", "security_admin", "audit_admin", "district_credit"):
        with clock.at(DAY), pytest.raises(NotPermitted):
            who = chain.actor_of("lzq_fgj", role) if role == "district_credit" else make_actor(role, "fgw")
            filing.file_objection(actor=who, request=make.request(listing))
