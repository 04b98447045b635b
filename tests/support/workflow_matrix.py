"""Every state × every transition of a workflow: exactly the rows of the table are possible, nothing else."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from core import workflow
from core.actors import Actor, acting
from core.problems import Refused
from core.workflow import Workflow


def cases(table: Workflow) -> list[tuple[str, str]]:
    """Return every pair of state and transition, for parametrize."""
    return [(state, transition.name) for state in table.states for transition in table.transitions]


def all_powerful(table: Workflow, key: str = "matrix") -> Actor:
    """Return an actor who holds every permission of the table."""
    return Actor(kind="job", key=key, label="矩阵", permissions=frozenset(t.permission for t in table.transitions))


def check_cell(table: Workflow, record: Any, state: str, name: str) -> None:
    """Assert what the table says of this cell: a foreign state is refused with CORE-04 and changes nothing.

    For a cell that the table allows, the core's own check must not complain about the state.
    """
    assert getattr(record, table.state_field) == state
    transition = table.transition(name)
    actor = all_powerful(table)
    _, found = workflow.check(record, table, name, actor, reason="矩阵")
    complaints = [violation.code for violation in found]
    if state in transition.sources:
        assert "CORE-04" not in complaints
        return
    assert "CORE-04" in complaints
    with pytest.raises(Refused) as refused, acting(actor, "matrix"):
        workflow.apply(record, table, name, actor=actor, reason="矩阵")
    assert refused.value.code == "CORE-04"
    record.refresh_from_db()
    assert getattr(record, table.state_field) == state


def reachable(table: Workflow) -> set[str]:
    """Return the states that the table can reach from its first one."""
    found, frontier = {table.initial}, [table.initial]
    while frontier:
        state = frontier.pop()
        for transition in table.transitions:
            if state in transition.sources and transition.target not in found:
                found.add(transition.target)
                frontier.append(transition.target)
    return found


def denied_without(table: Workflow, record_of: Callable[[str], Any]) -> Iterator[tuple[str, Any]]:
    """Give each transition with a record in its first source state, for asserting NotPermitted without the right."""
    for transition in table.transitions:
        if transition.sources:
            yield transition.name, record_of(transition.sources[0])
