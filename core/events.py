"""The catalogue of events: each type declared once with what its payload may say; docs/events/ is made from it.

Payloads are safe to publish and additive within a version: a property may be added, none taken away or changed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

TEXT: dict[str, Any] = {"type": "string"}
CODE: dict[str, Any] = {"type": "string", "maxLength": 64}
NUMBER: dict[str, Any] = {"type": "integer"}
FLAG: dict[str, Any] = {"type": "boolean"}
DAY: dict[str, Any] = {"type": "string", "format": "date"}
MAYBE_DAY: dict[str, Any] = {"type": ["string", "null"], "format": "date"}
PUBLIC_ID: dict[str, Any] = {"type": "string", "pattern": "^[0-9A-HJKMNP-TV-Z]{16}$"}
STEP: dict[str, Any] = {"from": CODE, "to": CODE}


@dataclass(frozen=True, slots=True)
class EventType:
    """What an event says: a sentence for people, and the JSON Schema of each payload property.

    leaves: followers outside may read it, since it changes what the public sees. What is procedure before a decision,
    or concerns the house alone, stays in: that is the default.
    """

    label: str
    properties: Mapping[str, Any] = field(default_factory=dict)
    version: int = 1
    leaves: bool = False


_declared: dict[str, EventType] = {}


def declare(events: Mapping[str, EventType]) -> None:
    """Register an app's event types; called once from AppConfig.ready()."""
    _declared.update(events)


def declared() -> dict[str, EventType]:
    return dict(sorted(_declared.items()))


def leaving() -> list[str]:
    """Return the types that followers outside may read."""
    return [name for name, known in declared().items() if known.leaves]


def check(event_type: str, version: int, payload: Iterable[str]) -> None:
    """Return for a declared event whose payload has only declared properties; LookupError otherwise."""
    known = _declared.get(event_type)
    if known is None or known.version != version:
        raise LookupError(f"event {event_type} v{version} is not declared")
    strange = set(payload) - set(known.properties)
    if strange:
        raise LookupError(f"event {event_type} does not declare {', '.join(sorted(strange))}")


def schema_of(event_type: str, known: EventType) -> str:
    """Return the JSON Schema of one event as it stands in the feed."""
    document: dict[str, Any] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"{event_type} v{known.version}",
        "description": known.label,
        "type": "object",
        "required": ["position", "event_id", "event_type", "version", "aggregate_id", "legal_on", "payload"],
        "properties": {
            "position": NUMBER,
            "event_id": {"type": "string", "format": "uuid"},
            "event_type": {"const": event_type},
            "version": {"const": known.version},
            "aggregate_type": CODE,
            "aggregate_id": CODE,
            "legal_on": DAY,
            "recorded_at": {"type": "string", "format": "date-time"},
            "payload": {"type": "object", "properties": dict(known.properties)},
        },
    }
    if known.leaves:
        document["x-leaves"] = True  # followers outside may read it
    return json.dumps(document, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
