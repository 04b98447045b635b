"""Events are declared before they are told, and what they may say is documented."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from core import events, outbox
from core.actors import Actor
from core.models import CalendarDay
from core.workflow import WORKFLOWS


def test_every_transition_names_a_declared_event() -> None:
    named = {t.event: t for workflow in WORKFLOWS.values() for t in workflow.transitions if t.event}
    assert set(named) <= set(events.declared())
    for name, transition in named.items():  # what opens a record comes from nowhere
        events.check(name, 1, ["from", "to"] if transition.sources else ["to"])


def test_each_schema_is_json_and_names_its_event() -> None:
    for name, known in events.declared().items():
        document = json.loads(events.schema_of(name, known))
        assert document["properties"]["event_type"]["const"] == name
        assert known.label


@pytest.mark.parametrize(
    ("event_type", "payload"), [("unheard.of", {}), ("deadline.moved", {"id_number": "110105194912310021"})]
)
def test_an_undeclared_event_or_property_is_refused(as_job: Actor, event_type: str, payload: dict[str, Any]) -> None:
    row = CalendarDay.objects.create(day=date(2033, 1, 1), is_working=True)
    with pytest.raises(LookupError, match=event_type.split(".", maxsplit=1)[0]):
        outbox.emit(event_type, row, payload=payload)
