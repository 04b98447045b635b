"""What happened to a record and why each due day is that day, as the rows of one timeline.

A row: `on`, `label`, `actor`, `reason`, `explanation`, `kind` (act, due, or the caller's own), `ahead` (a day to come),
`met` (a due day that is closed), `order` (rows are sorted by it: by day, acts before due days).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import Q

from core import clock
from core.models import Deadline, TransitionRecord
from core.text import zh_day
from core.workflow import Workflow

Row = dict[str, Any]


def act_rows(*matters: tuple[Workflow, Collection[int]]) -> list[Row]:
    """Return the acts on these records, given as tables with keys; one query for all of them."""
    tables = {table.name: table for table, _ in matters}
    wanted = Q(pk__in=[])
    for table, keys in matters:
        wanted |= Q(workflow=table.name, object_id__in=list(keys))
    return [
        {
            "on": record.legal_on,
            "label": tables[record.workflow].transition(record.transition).label,
            "actor": record.actor_label,
            "reason": record.reason,
            "explanation": "",
            "kind": "act",
            "ahead": False,
            "met": False,
            "order": (record.legal_on, 1, record.pk),
        }
        for record in TransitionRecord.objects.filter(wanted).order_by("pk")
    ]


def due_rows(deadlines: Iterable[Deadline]) -> list[Row]:
    """Return the due days, each with the sentence that explains it and how it was closed."""
    today = clock.today()
    return [
        {
            "on": row.due_on,
            "label": f"{row.rule.name}到期",
            "actor": "",
            "reason": f"{zh_day(row.closed_on)}{row.closed_by}" if row.closed_on else "",
            "explanation": row.explanation(),
            "kind": "due",
            "ahead": row.closed_on is None and row.due_on > today,
            "met": row.closed_on is not None,
            "order": (row.due_on, 2, row.pk),
        }
        for row in deadlines
    ]


def in_order(rows: Iterable[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: row["order"])
