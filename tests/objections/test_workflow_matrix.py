"""Every state × every act of both tables: what the table allows the core allows, everything else is CORE-04."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.db import connection, transaction

from core import workflow
from core.actors import Actor, acting
from core.problems import NotPermitted
from core.workflow import Workflow
from objections.workflow import COMPLAINT, OBJECTION
from tests.factories import objections as make
from tests.factories import sanctions as chain
from tests.support import workflow_matrix as matrix

DAY = date(2026, 3, 11)
TABLES: dict[str, tuple[Workflow, str]] = {
    "objection": (OBJECTION, "objections_objection"),
    "complaint": (COMPLAINT, "objections_complaint"),
}
CELLS = [(kind, state, act) for kind, (table, _) in TABLES.items() for state, act in matrix.cases(table)]


@pytest.fixture(scope="module")
def records(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, Any]]:
    """One objection and one complaint, made once, in a transaction that is rolled back."""
    with django_db_blocker.unblock(), transaction.atomic():
        objection = make.objection(chain.listing(start=date(2026, 1, 5)), on=DAY)
        complaint = make.complaint(objection, date(2026, 4, 8))
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        yield {"objection": chain.fresh(objection), "complaint": chain.fresh(complaint)}
        transaction.set_rollback(True)


@pytest.mark.parametrize(("kind", "state", "act"), CELLS)
def test_state_and_act(records: dict[str, Any], kind: str, state: str, act: str) -> None:
    table, name = TABLES[kind]
    record = records[kind]
    with transaction.atomic():
        with acting(Actor.job("matrix"), "matrix", on=DAY), connection.cursor() as cursor:
            cursor.execute(f'ALTER TABLE "{name}" DISABLE TRIGGER objections_guard')
            type(record)._default_manager.filter(pk=record.pk).update(state=state)
            cursor.execute(f'ALTER TABLE "{name}" ENABLE TRIGGER objections_guard')
            matrix.check_cell(table, chain.fresh(record), state, act)
        transaction.set_rollback(True)


@pytest.mark.parametrize("kind", list(TABLES))
def test_every_state_can_be_reached(kind: str) -> None:
    table, _ = TABLES[kind]
    assert matrix.reachable(table) == set(table.states)


@pytest.mark.parametrize("kind", list(TABLES))
def test_nothing_without_the_permission(records: dict[str, Any], kind: str) -> None:
    table, _ = TABLES[kind]
    nobody = Actor.job("nobody")
    for name, record in matrix.denied_without(table, lambda _state: records[kind]):
        with pytest.raises(NotPermitted):
            workflow.check(record, table, name, nobody, reason="理由")
