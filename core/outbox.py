"""Events, written in the act's own transaction, and the sequencer that gives them positions no follower can miss.

A row's own key is assigned before its transaction commits, so a reader by key could pass a row that is still on its
way. The sequencer, alone under an advisory lock, numbers only rows whose transaction is older than every transaction
still running (design §3, Events; docs/adr/0011-outbox-and-sequencer.md).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from django.db import connection, models, transaction
from django.db.models import Min

from core import actors, clock, events
from core.models.outbox import OutboxEvent, OutboxHorizon

SEQUENCER_LOCK = 0x584759  # "XGY": one sequencer per database
NUMBER_SQL = """
INSERT INTO core_outboxposition (event_id, position)
SELECT event.id, (SELECT coalesce(max(position), 0) FROM core_outboxposition) + row_number() OVER (ORDER BY event.id)
  FROM core_outboxevent event
 WHERE event.transaction_id >= %(after)s AND event.transaction_id < %(horizon)s
   AND NOT EXISTS (SELECT 1 FROM core_outboxposition done WHERE done.event_id = event.id)
"""


def emit(
    event_type: str,
    aggregate: models.Model,
    *,
    on: date | None = None,
    payload: Mapping[str, Any] | None = None,
    version: int = 1,
) -> OutboxEvent:
    """Write one event about `aggregate` in the current act's transaction; payload must be safe to publish."""
    return emit_many(event_type, [aggregate], on=on, payload_of=lambda _: dict(payload or {}), version=version)[0]


def emit_many(
    event_type: str,
    aggregates: Iterable[Any],
    *,
    on: date | None = None,
    payload_of: Callable[[Any], Mapping[str, Any]],
    version: int = 1,
) -> list[OutboxEvent]:
    """Write one event per aggregate in one statement; LookupError for a type or payload that is not declared."""
    act = actors.current()
    rows = list(aggregates)
    payloads = [dict(payload_of(aggregate)) for aggregate in rows]
    for names in {frozenset(payload) for payload in payloads}:
        events.check(event_type, version, names)
    return OutboxEvent.objects.bulk_create(
        OutboxEvent(
            event_type=event_type,
            version=version,
            aggregate_type=aggregate._meta.label_lower,
            aggregate_id=getattr(aggregate, "public_id", str(aggregate.pk)),
            legal_on=on or act.on,
            actor_kind=act.actor.kind,
            payload=payload,
        )
        for aggregate, payload in zip(rows, payloads, strict=True)
    )


_after_numbering: list[Callable[[], object]] = []


def after_numbering(follow: Callable[[], object]) -> None:
    """Let a higher floor do its part after each run of the sequencer; from AppConfig.ready(). It finds its own work."""
    if follow not in _after_numbering:
        _after_numbering.append(follow)


def sequence() -> int:
    """Give positions to events that no running transaction can precede; returns how many. One at a time."""
    numbered = _number()
    for follow in _after_numbering:
        follow()
    return numbered


def _number() -> int:
    """Number what may be numbered now.

    Every event of a transaction before the kept horizon has its position already. A horizon ahead of the database's
    own counter means a restored copy: then all events are looked at once.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [SEQUENCER_LOCK])
        if not cursor.fetchone()[0]:
            return 0
        horizon_row, _ = OutboxHorizon.objects.get_or_create(pk=1)
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        horizon = cursor.fetchone()[0]
        restored = horizon_row.transaction_id > horizon
        bound = (
            {"after": 0, "horizon": 2**62} if restored else {"after": horizon_row.transaction_id, "horizon": horizon}
        )
        cursor.execute(NUMBER_SQL, bound)
        numbered = cursor.rowcount
        OutboxHorizon.objects.filter(pk=1).update(transaction_id=horizon)
        return numbered


def lag() -> float | None:
    """Return how many seconds the oldest event has waited for its position, or None where none waits."""
    horizon = OutboxHorizon.objects.filter(pk=1).values_list("transaction_id", flat=True).first() or 0
    waiting = OutboxEvent.objects.filter(transaction_id__gte=horizon, position__isnull=True)
    oldest = waiting.aggregate(oldest=Min("recorded_at"))["oldest"]
    return None if oldest is None else max(0.0, (clock.now() - oldest).total_seconds())


FEED_FIELDS = (
    "event_id",
    "event_type",
    "version",
    "aggregate_type",
    "aggregate_id",
    "legal_on",
    "recorded_at",
    "payload",
)


def changes(after: int, limit: int) -> list[dict[str, Any]]:
    """Return up to `limit` events after position `after`, in order, as plain documents."""
    rows = (
        OutboxEvent.objects.filter(position__position__gt=after)
        .order_by("position__position")
        .values("position__position", *FEED_FIELDS)[:limit]
    )
    return [{"position": row["position__position"], **{name: row[name] for name in FEED_FIELDS}} for row in rows]
