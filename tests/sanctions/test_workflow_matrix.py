"""Every state × every act of every table: what the table allows happens, everything else is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction

from core import permissions, workflow
from core.actors import Actor, acting
from core.models import OutboxEvent, TransitionRecord
from core.problems import NotPermitted, Problem, Refused
from core.workflow import WORKFLOWS, Transition, Workflow
from sanctions.permissions import JOB_PERMISSIONS
from tests.factories import catalog as catalog_factory
from tests.factories import sanctions as make

DAY = date(2026, 9, 1)
FIRST = Actor(kind="officer", key="matrix-first", label="测试甲", permissions=frozenset(permissions.labels()))
SECOND = Actor(kind="officer", key="matrix-second", label="测试乙", permissions=FIRST.permissions)
# One record per table, made through the services, that may be put into any state.
RECORDS: dict[str, Callable[[], Any]] = {
    "sanctions.case": lambda: make.case_in("submitted"),
    "sanctions.listing": lambda: make.listing(),
    "sanctions.task": lambda: make.task(),
    "catalog.revision": lambda: catalog_factory.make_draft(),
}
# Columns that the services write together with the state.
TOGETHER: dict[tuple[str, str], dict[str, Any]] = {
    ("sanctions.listing", "delisted"): {"delisted_on": DAY},
    ("sanctions.listing", "performed"): {"over_from": DAY},
    ("sanctions.listing", "withdrawn"): {"over_from": DAY},
    ("sanctions.listing", "closed"): {"over_from": DAY},
    ("sanctions.listing", "repaired"): {"over_from": DAY, "delisted_on": DAY},
    ("sanctions.listing", "revoked"): {"revoked_from": DAY, "delisted_on": DAY},
    ("sanctions.listing", "issued"): {"over_from": None, "revoked_from": None, "delisted_on": None},
}
# Triggers that let a record go only from one state to the next; they stand aside while a record is put into place.
STEP_BY_STEP = {"sanctions.case": "sanctions_guard"}

OWN = ("catalog", "sanctions")  # the other packages have their own matrix
TABLES = sorted((t for t in WORKFLOWS.values() if t.name.partition(".")[0] in OWN), key=lambda table: table.name)
ACTS = [(table, act) for table in TABLES for act in table.transitions]
SQUARES = [(table, state, act) for table, act in ACTS for state in table.states]
FROM_SOMEWHERE = [(table, act) for table, act in ACTS if act.sources]


def named(values: list[tuple[Any, ...]]) -> list[Any]:
    """Give each case a name to read: table-state-act."""
    return [pytest.param(*row, id="-".join(str(getattr(part, "name", part)) for part in row)) for row in values]


@pytest.fixture(scope="module")
def records(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, Any]]:
    """The records, made once for all squares of the matrix, in a transaction that is rolled back."""
    with django_db_blocker.unblock(), transaction.atomic():
        made = {name: make_one() for name, make_one in RECORDS.items()}
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what is pending would forbid to switch a trigger off
        yield made
        transaction.set_rollback(True)


@contextmanager
def tried() -> Iterator[None]:
    """Undo whatever the block did."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@contextmanager
def standing(records: dict[str, Any], table: Workflow, state: str) -> Iterator[Any]:
    """Give the table's record in `state`; all is undone afterwards."""
    record = records[table.name]
    manager = type(record)._default_manager
    switch = f'ALTER TABLE "{type(record)._meta.db_table}" {{}} TRIGGER {STEP_BY_STEP.get(table.name)}'
    with tried(), acting(FIRST, "matrix", reason="测试", on=DAY), connection.cursor() as cursor:
        if table.name in STEP_BY_STEP:
            cursor.execute(switch.format("DISABLE"))
        manager.filter(pk=record.pk).update(**{table.state_field: state, **TOGETHER.get((table.name, state), {})})
        if table.name in STEP_BY_STEP:
            cursor.execute(switch.format("ENABLE"))
        yield manager.get(pk=record.pk)


def carry(record: Any, table: Workflow, act: Transition, actor: Actor = SECOND, reason: str = "理由") -> Any:
    together = TOGETHER.get((table.name, act.target), {})
    return workflow.apply(record, table, act.name, actor=actor, reason=reason, on=DAY, changes=together)


def written(record: Any, table: Workflow, since: tuple[int, int]) -> tuple[list[Any], list[Any]]:
    """Return the records and events since then, without their keys and times."""
    who = ["actor_kind", "actor_key", "actor_label", "assignment_id", "unit_id"]
    acts = TransitionRecord.objects.filter(workflow=table.name, object_id=record.pk, pk__gt=since[0]).order_by("pk")
    events = OutboxEvent.objects.filter(pk__gt=since[1]).order_by("pk")
    return (
        list(acts.values_list("public_id", "transition", "from_state", "to_state", "reason", "legal_on", *who)),
        list(events.values_list("event_type", "aggregate_type", "aggregate_id", "legal_on", "actor_kind", "payload")),
    )


def now() -> tuple[int, int]:
    newest = [
        model.objects.order_by("-pk").values_list("pk", flat=True).first() for model in (TransitionRecord, OutboxEvent)
    ]
    return newest[0] or 0, newest[1] or 0


def test_every_table_is_in_the_matrix() -> None:
    assert set(RECORDS) == {table.name for table in TABLES}
    assert len(SQUARES) > 200
    for table in TABLES:
        assert apps.get_model(table.model_label)._meta.get_field(table.state_field)


@pytest.mark.parametrize(("table", "state", "act"), named(SQUARES))
def test_state_and_act(records: dict[str, Any], table: Workflow, state: str, act: Transition) -> None:
    with standing(records, table, state) as record:
        before = now()
        if state in act.sources:
            after = carry(record, table, act)
            assert getattr(after, table.state_field) == getattr(record, table.state_field) == act.target
            assert getattr(type(record)._default_manager.get(pk=record.pk), table.state_field) == act.target
            acts, events = written(record, table, before)
            assert [(row[1], row[2], row[3], row[5]) for row in acts] == [(act.name, state, act.target, DAY)]
            assert [row[0] for row in events] == ([act.event] if act.event else [])
        else:
            with pytest.raises(Refused) as caught:
                carry(record, table, act)
            assert caught.value.code == "CORE-04"
            assert table.states[state] in caught.value.detail
            assert caught.value.remedy
            assert getattr(type(record)._default_manager.get(pk=record.pk), table.state_field) == state
            assert written(record, table, before) == ([], [])
        offered = workflow.allowed(type(record)._default_manager.get(pk=record.pk), table, FIRST)
        assert (act in offered) == (getattr(record, table.state_field) in act.sources)


@pytest.mark.parametrize(("table", "act"), named(FROM_SOMEWHERE))
def test_without_the_permission(records: dict[str, Any], table: Workflow, act: Transition) -> None:
    nearly = Actor(kind="officer", key="nearly", label="测试丙", permissions=FIRST.permissions - {act.permission})
    with standing(records, table, act.sources[0]) as record:
        for attempt in (
            lambda: carry(record, table, act, nearly),
            lambda: workflow.apply_set(
                type(record)._default_manager.filter(pk=record.pk), table, act.name, actor=nearly
            ),
        ):
            with pytest.raises(NotPermitted) as caught:
                attempt()
            assert caught.value.status == 403
            assert act.permission in caught.value.detail
            assert permissions.label_of(act.permission) in caught.value.detail
            assert "安全管理员" in (caught.value.remedy or "")
        assert act not in workflow.allowed(record, table, nearly)


@pytest.mark.parametrize(("table", "act"), named([(t, a) for t, a in FROM_SOMEWHERE if a.reason_required]))
@pytest.mark.parametrize("reason", ["", "  \n"])
def test_core_07_a_reason_is_required(records: dict[str, Any], table: Workflow, act: Transition, reason: str) -> None:
    with standing(records, table, act.sources[0]) as record:
        with pytest.raises(Refused) as caught:
            carry(record, table, act, reason=reason)
        assert [(v.code, v.field) for v in caught.value.errors] == [("CORE-07", "reason")]
        if not act.second_officer_of:
            with pytest.raises(Refused, match="必须写明理由"):
                rows = type(record)._default_manager.filter(pk=record.pk)
                workflow.apply_set(rows, table, act.name, actor=SECOND, reason=reason)


def note(record: Any, table: Workflow, act: str, actor: Actor) -> None:
    TransitionRecord.objects.create(
        workflow=table.name,
        object_id=record.pk,
        transition=act,
        from_state="",
        to_state="",
        legal_on=DAY,
        **TransitionRecord.who(actor),
    )


PAIRS = [(table, act, first) for table, act in ACTS for first in act.second_officer_of]


@pytest.mark.parametrize(("table", "act", "first"), named(PAIRS))
def test_core_05_two_officers(records: dict[str, Any], table: Workflow, act: Transition, first: str) -> None:
    with standing(records, table, act.sources[0]) as record:
        note(record, table, first, FIRST)
        with pytest.raises(Refused) as caught:
            carry(record, table, act, FIRST)
        assert caught.value.code == "CORE-05"
        assert "另一名" in (caught.value.remedy or "")
        for other in act.second_officer_of:
            note(record, table, other, FIRST)
        assert getattr(carry(record, table, act, SECOND), table.state_field) == act.target


def test_core_05_whoever_did_any_of_the_earlier_acts(records: dict[str, Any]) -> None:
    """Drafted by one, revised by another: neither of them signs."""
    table = WORKFLOWS["sanctions.case"]
    third = Actor(kind="officer", key="matrix-third", label="测试丁", permissions=FIRST.permissions)
    with standing(records, table, "draft") as record:
        note(record, table, "draft", FIRST)
        note(record, table, "revise", SECOND)
        for who in (FIRST, SECOND):
            with pytest.raises(Refused, match="两名不同人员"):
                carry(record, table, table.transition("submit"), who)
        note(record, table, "revise", third)
        with pytest.raises(Refused, match="两名不同人员"):
            carry(record, table, table.transition("submit"), FIRST)


@pytest.mark.parametrize(("table", "act"), named(FROM_SOMEWHERE))
def test_the_set_based_twin_does_the_same(records: dict[str, Any], table: Workflow, act: Transition) -> None:
    if act.second_officer_of:  # whoever did one of the earlier acts is left out of the set, as he is refused singly
        with standing(records, table, act.sources[0]) as record:
            note(record, table, act.second_officer_of[0], FIRST)
            rows = type(record)._default_manager.filter(pk=record.pk)
            assert workflow.apply_set(rows, table, act.name, actor=FIRST, reason="理由") == []
            assert getattr(rows.get(), table.state_field) == act.sources[0]
        return
    with standing(records, table, act.sources[0]) as record:
        before = now()
        carry(record, table, act)
        singly = written(record, table, before)
        alone = type(record)._default_manager.values().get(pk=record.pk)
    with standing(records, table, act.sources[0]) as record:
        before = now()
        together = TOGETHER.get((table.name, act.target), {})
        rows = type(record)._default_manager.filter(pk=record.pk)
        keys = workflow.apply_set(rows, table, act.name, actor=SECOND, reason=" 理由 ", on=DAY, changes=together)
        assert keys == [record.pk]
        assert written(record, table, before) == singly
        assert type(record)._default_manager.values().get(pk=record.pk) == alone
        if act.target not in act.sources:
            assert workflow.apply_set(rows, table, act.name, actor=SECOND, reason="理由", changes=together) == []


@pytest.mark.parametrize(("table", "act"), named(ACTS))
def test_somebody_holds_each_permission(table: Workflow, act: Transition) -> None:
    assert act.permission in permissions.labels()
    jobs = JOB_PERMISSIONS | {"sanctions.listing.close"}
    assert permissions.roles_with(act.permission) or act.permission in jobs


def test_core_06_an_unknown_act(records: dict[str, Any]) -> None:
    with standing(records, TABLES[0], TABLES[0].initial) as record, pytest.raises(Problem) as caught:
        workflow.apply(record, TABLES[0], "conjure", actor=FIRST)
    assert (caught.value.code, caught.value.status) == ("CORE-06", 404)
