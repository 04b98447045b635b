"""What all acts on reported decisions share: find in scope, split by what follows, tell followers set by set."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from core import actors, clock, events
from core.actors import Actor
from core.problems import NotFound
from publicity.selectors import MODELS, TABLES, kind_of

__all__ = ["MODELS", "PASSED_BEFORE", "TABLES", "held", "kind_of", "scoped", "tell"]


def held(actor: Actor, record: Any) -> Any:
    """Return the record locked, in the actor's scope; NotFound otherwise: existence is not told to strangers."""
    rows = type(record).objects.visible_to(actor).filter(pk=record.pk)
    found = rows.select_for_update(of=("self",)).select_related("subject", "unit").first()
    if found is None:
        raise NotFound("该行政决定")
    return found


def scoped(actor: Actor, kind: str, keys: Iterable[int]) -> QuerySet[Any]:
    """Return those of the keyed records that are in the actor's scope."""
    rows: QuerySet[Any] = MODELS[kind].objects.visible_to(actor).filter(pk__in=list(keys))
    return rows


# The version of the decision of `kept` that was passed before it; one that was returned or recalled never counts.
PASSED_BEFORE = """(SELECT past.* FROM {table} past
    WHERE past.authority_code = kept.authority_code AND past.document_number = kept.document_number
      AND past.subject_id = kept.subject_id AND past.decided_on = kept.decided_on AND past.version < kept.version
      AND past.passed_on IS NOT NULL ORDER BY past.version DESC LIMIT 1)"""

# One statement per set: the payload is made of columns, nothing of the rows travels.
TELL_SQL = """
INSERT INTO core_outboxevent (event_id, event_type, version, aggregate_type, aggregate_id, legal_on, recorded_at,
    actor_kind, payload)
SELECT gen_random_uuid(), %(event)s, 1, %(aggregate)s, kept.public_id, %(on)s, %(at)s, %(actor_kind)s,
       jsonb_build_object('kind', %(kind)s::text, 'version', kept.version) || {payload}
  FROM {table} kept WHERE kept.id = ANY(%(keys)s) ORDER BY kept.id
"""
PAYLOADS: dict[str, tuple[tuple[str, ...], str]] = {
    "disclosure.reported": ((), "'{}'::jsonb"),
    "disclosure.published": (
        ("visible_from", "last_day", "replaces"),
        "jsonb_build_object('visible_from', kept.visible_from, 'last_day', kept.last_public_day, 'replaces',"
        " coalesce((SELECT before.public_id FROM {before} before WHERE before.announced_on IS NOT NULL), ''))",
    ),
    "disclosure.replaced": (("by",), "jsonb_build_object('by', coalesce((SELECT later.public_id FROM {table} later"
        " WHERE later.authority_code = kept.authority_code AND later.document_number = kept.document_number"
        " AND later.subject_id = kept.subject_id AND later.decided_on = kept.decided_on AND later.state = 'passed'"
        " LIMIT 1), ''))"),
    "disclosure.ended": (("from", "ground"), "jsonb_build_object('from', coalesce(kept.ended_from,"
        " kept.last_public_day + 1), 'ground', coalesce(nullif(kept.end_ground, ''), 'maximum'))"),
    "disclosure.withdrawn": (("from", "ground"), "jsonb_build_object('from', kept.ended_from, 'ground',"
        " kept.change_ground)"),
    "disclosure.adjusted": (("last_day",), "jsonb_build_object('last_day',"
        " least(kept.last_public_day, kept.ended_from - 1))"),
    "disclosure.shielded": ((), "'{}'::jsonb"),
    "disclosure.unshielded": ((), "'{}'::jsonb"),
    "disclosure.contested": (("since",), "jsonb_build_object('since', kept.contested_on)"),
}  # fmt: skip


def tell(event: str, kind: str, keys: Sequence[int], *, on: date | None = None) -> int:
    """Write one event per record in one statement; returns how many. Inside the act that caused them."""
    if not keys:
        return 0
    names, payload = PAYLOADS[event]
    events.check(event, 1, ("kind", "version", *names))
    act = actors.current()
    model = MODELS[kind]
    table = connection.ops.quote_name(model._meta.db_table)
    values = {
        "event": event,
        "aggregate": model._meta.label_lower,
        "on": on or act.on,
        "at": clock.now(),
        "actor_kind": act.actor.kind,
        "kind": kind,
        "keys": list(keys),
    }
    with connection.cursor() as cursor:
        before = PASSED_BEFORE.format(table=table)
        payload = payload.replace("{before}", before).replace("{table}", table)
        cursor.execute(TELL_SQL.format(table=table, payload=payload), values)
        return int(cursor.rowcount)
