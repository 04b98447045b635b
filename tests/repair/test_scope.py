"""Every way to read an application, as every role and as a stranger: one sees what concerns one's unit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.db import transaction

from core import clock, permissions
from core.actors import Actor
from core.problems import NotFound, NotPermitted, Refused
from organizations.selectors import unit
from repair.models import Application, Shield
from repair.permissions import PERMISSIONS, PUBLIC
from repair.selectors import persons_concerning
from repair.services import deciding, filing, handling, revoking, shields
from subjects.models import Subject
from tests.factories import repair as make
from tests.factories import sanctions as chain

W, U, P, C = "at the window", "at the unit", "of a person", "of a court's list"


@pytest.fixture(scope="module")
def stage(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, Application]]:
    """Applications taken in by window and unit, of an entity, a person and a court's list; made once."""
    with django_db_blocker.unblock(), transaction.atomic():
        number = chain.subject_factory.new_id_number()
        person = chain.subject_factory.person(number=number)
        own = {"applicant_name": person.name, "applicant_role": "person", "id_type": "id_card", "id_number": number}
        listing = make.listing()
        yield {
            W: make.application_in("checked"),
            U: make.filed(listing, actor=make.handler(listing)).application,
            P: make.filed(make.listing(subjects=[person]), **own).application,
            C: make.filed(make.listing(entry="CJ-001", initiator="zy")).application,
        }
        transaction.set_rollback(True)


SEEN: dict[tuple[str, str], set[str]] = {
    ("ggzy", "window"): {W, P, C},
    ("ggzy", "handler"): {W, P, C},
    ("yjj", "handler"): {W, U, P},
    ("yjj", "reviewer"): {W, U, P},
    ("yjj", "window"): {U},
    ("zy", "handler"): {C},
    ("zjj", "handler"): set(),
    ("scjgj", "group_lead"): {W, U, C},
    ("gaj", "group_lead"): {P},
    ("fgw", "office"): {W, U, P, C},
    ("lzq_fgj", "district_credit"): set(),
    ("cgj", "handler"): set(),
    ("rsj", "system_admin"): set(),
    ("fgw", "security_admin"): set(),
    ("fgw", "audit_admin"): set(),
}


@pytest.mark.parametrize("who", SEEN, ids="-".join)
def test_each_role_sees_what_concerns_it(stage: dict[str, Application], who: tuple[str, str]) -> None:
    with clock.at(make.APPLIED):
        actor = chain.actor_of(*who)
    names = {row.pk: name for name, row in stage.items()}
    seen = Application.objects.visible_to(actor)
    assert {names[pk] for pk in seen.values_list("pk", flat=True)} == SEEN[who]
    person = stage[P].listing.subject
    known = Subject.objects.filter(persons_concerning(actor), pk=person.pk).exists()
    assert known == (P in SEEN[who])


def test_who_is_no_officer_with_a_part_sees_nothing(stage: dict[str, Application]) -> None:
    own = unit("yjj").pk
    for actor in (
        Actor("client", "c", "接口", unit_id=own, permissions=frozenset({"scope.checks"})),
        Actor("applicant", "a", "当事人", permissions=PUBLIC),
        Actor.source("s", "来源"),
        Actor.job("j", ["repair.publicity.end"]),
        Actor("officer", "o", "某人", unit_id=own),
    ):
        assert not Application.objects.visible_to(actor).exists(), actor.kind
        assert not Shield.objects.visible_to(actor).exists(), actor.kind


def attempts(stage: dict[str, Application], actor: Actor) -> dict[str, Callable[[], Any]]:
    """Every act on an application of others."""
    call = {"actor": actor, "application": stage[W]}
    result = deciding.Result("reject", "机关", "1号", make.APPLIED)
    proof = stage[W].materials.all()[0].attachment
    return {
        "material": lambda: filing.add_material(**call, piece=make.piece()),
        "check": lambda: filing.check_identity(**call, note="核对"),
        "withdraw": lambda: filing.withdraw(**call),
        "accept": lambda: handling.accept(**call),
        "decline": lambda: handling.decline(**call, reason="否"),
        "forward": lambda: handling.forward(**call),
        "source": lambda: handling.record_source_acceptance(**call, accepted_on=make.APPLIED),
        "verify": lambda: handling.verify(**call, found=make.findings()),
        "extend": lambda: handling.extend(**call, reason="慢"),
        "opine": lambda: handling.opine(**call, outcome="approve", text="可"),
        "return": lambda: handling.send_back(**call, reason="否"),
        "approve": lambda: deciding.approve(**call),
        "reject": lambda: deciding.reject(**call, reason="否"),
        "publish": lambda: deciding.publish(**call),
        "mirror": lambda: deciding.mirror_result(**call, result=result, reason="否"),
        "propose": lambda: revoking.propose_revocation(**call, ground="false_material", findings="假", proof=proof),
        "revoke": lambda: revoking.revoke(**call, reason="假"),
    }


def test_a_stranger_with_every_permission_does_not_learn_that_a_record_exists(stage: dict[str, Application]) -> None:
    wide = {"repair.application.see_all", "repair.application.see_group", "repair.application.see_district"}
    wide |= {"sanctions.case.see_all", "sanctions.case.see_district"}
    with clock.at(make.after(1)):
        actor = replace(chain.stranger(), permissions=frozenset(permissions.labels()) - wide)
        for name, attempt in attempts(stage, actor).items():
            with pytest.raises(NotFound) as caught:
                attempt()
            assert caught.value.remedy, name
        with pytest.raises(NotFound):
            shields.record_shield(actor=actor, subject=stage[W].listing.subject, ruling=make.ruling())


def test_the_window_takes_in_and_decides_nothing(stage: dict[str, Application]) -> None:
    with clock.at(make.after(1)):
        window = make.window()
        everything = replace(window, permissions=frozenset(permissions.labels()) - {"repair.application.see_all"})
        for name, attempt in attempts(stage, window).items():
            if name not in {"material", "check", "withdraw"}:
                with pytest.raises((NotPermitted, Refused)):
                    attempt()
        for name, attempt in attempts(stage, everything).items():
            if name not in {"material", "check", "withdraw"}:
                with pytest.raises(Refused) as caught:
                    attempt()
                assert caught.value.code == "REP-52", name


def test_the_office_sees_everything_and_acts_on_nothing_of_others(stage: dict[str, Application]) -> None:
    with clock.at(make.after(1)):
        office = replace(chain.actor_of("fgw", "office"), permissions=frozenset(permissions.labels()))
        for name, attempt in attempts(stage, office).items():
            with pytest.raises(Refused) as caught:
                attempt()
            assert caught.value.code == "REP-52", name


def test_a_three_administrators_role_holds_no_part(stage: dict[str, Application]) -> None:
    for role in ("security_admin", "audit_admin"):
        assert not {code for code in permissions.permissions_of([role]) if code in PERMISSIONS}
    assert permissions.permissions_of(["system_admin"]) & set(PERMISSIONS) == {"repair.reference.manage"}
