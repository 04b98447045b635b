"""Every state × every act of an application and of a shield: the rows of the tables are possible, nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from core import clock, permissions, workflow
from core.actors import Actor
from core.problems import NotPermitted
from repair.enums import ShieldState, State
from repair.permissions import JOB, PERMISSIONS
from repair.services import announcing, handling, shields
from repair.workflow import APPLICATION, SHIELD
from tests.factories import repair as make
from tests.factories import sanctions as chain
from tests.support.workflow_matrix import cases, check_cell, denied_without, reachable


def forwarded() -> Any:
    listing = chain.listing(entry="CJ-001", initiator="zy", start=make.START, subjects=[make.company()])
    application = make.check(make.filed(listing).application)
    with clock.at(make.APPLIED):
        return handling.forward(actor=make.handler(application), application=application)


def moot() -> Any:
    application = make.application_in("accepted")
    announcing.end_without_object(actor=Actor.job("j", JOB), day=application.listing.ends_on.replace(year=2035))
    return chain.fresh(application)


def shield_in(state: str) -> Any:
    listing = make.listing()
    found = make.shield(listing, confirmed=state not in {"drafted", "dropped"})
    with clock.at(make.after(3)):
        who = make.reviewer(listing)
        if state == "dropped":
            shields.drop_shield(actor=who, shield=found, reason="裁定书有误")
        elif state == "completed":
            shields.complete_shield(actor=who, shield=found, document=chain.attachment(who))
        elif state == "ended":
            shields.end_shield(actor=who, shield=found, reason="宣告破产")
    return chain.fresh(found)


MADE: dict[str, Any] = {State.FORWARDED.value: forwarded, State.MOOT.value: moot}


@pytest.fixture(scope="module")
def records(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[tuple[str, str], Any]]:
    """One record per table and state, all made through the services; rolled back."""
    with django_db_blocker.unblock(), transaction.atomic():
        made: dict[tuple[str, str], Any] = {}
        for state in sorted(State.values, key=lambda state: state != State.MOOT):  # its job ends all that are open
            record = MADE[state]() if state in MADE else make.application_in(state)
            made[APPLICATION.name, state] = chain.fresh(record)
        for state in ShieldState.values:
            made[SHIELD.name, state] = shield_in(state)
        yield made
        transaction.set_rollback(True)


@pytest.mark.parametrize(("state", "name"), cases(APPLICATION))
def test_application(records: dict[tuple[str, str], Any], state: str, name: str) -> None:
    with transaction.atomic():
        check_cell(APPLICATION, records[APPLICATION.name, state], state, name)
        transaction.set_rollback(True)


@pytest.mark.parametrize(("state", "name"), cases(SHIELD))
def test_shield(records: dict[tuple[str, str], Any], state: str, name: str) -> None:
    with transaction.atomic():
        check_cell(SHIELD, records[SHIELD.name, state], state, name)
        transaction.set_rollback(True)


@pytest.mark.parametrize("table", [APPLICATION, SHIELD], ids=lambda table: table.name)
def test_without_the_permission_and_reachable(records: dict[tuple[str, str], Any], table: workflow.Workflow) -> None:
    assert reachable(table) == set(table.states)
    for name, record in denied_without(table, lambda state: records[table.name, state]):
        code = table.transition(name).permission
        nearly = Actor("officer", "nearly", "测试丙", permissions=frozenset(PERMISSIONS) - {code})
        with pytest.raises(NotPermitted):
            workflow.check(record, table, name, nearly, reason="理由")


def test_somebody_holds_each_permission() -> None:
    for code in PERMISSIONS:
        assert permissions.label_of(code) != code
        assert permissions.roles_with(code) or code in JOB
