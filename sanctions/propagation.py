"""On a listing's page: which unit follows the latest notice about its measure, since when, and who is late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from core.actors import Actor
from core.models import Deadline
from organizations.acts.pages import address
from sanctions.models import CourtOrder, Listing, TaskStop
from sanctions.page_sections import PageSection


@dataclass(frozen=True, slots=True)
class Told:
    """One notice, how far it is followed, and by when it is to be confirmed."""

    stop: TaskStop
    page: str
    due_on: date | None
    late: bool


@dataclass(frozen=True, slots=True)
class Propagation:
    """The latest notice per task, to be confirmed or only telling; those before; counts; the court's documents."""

    latest: list[Told]
    only_told: list[Told]
    earlier: list[Told]
    confirmed: int
    waiting: int
    late: int
    orders: list[CourtOrder]


def of_listing(actor: Actor, listing: Listing, day: date) -> PageSection | None:
    """Return how the notices spread as far as this officer may know of the tasks; nothing where nobody was told."""
    stops = TaskStop.objects.visible_to(actor).filter(task__listing=listing)
    rows = list(stops.select_related("unit", "task__measure").order_by("unit__sort", "unit__code", "task_id", "-pk"))
    orders = list(listing.court_orders.select_related("attachment"))
    if not rows and not orders:
        return None
    due = due_days(rows)
    found: dict[int, Told] = {}
    earlier = []
    for row in rows:
        due_on = due.get(row.pk)
        told = Told(row, address(row), due_on, bool(due_on and due_on < day))
        if found.setdefault(row.task_id, told) is not told:
            earlier.append(told)
    latest = list(found.values())
    shown = Propagation(
        latest=[told for told in latest if told.stop.must_confirm],
        only_told=[told for told in latest if not told.stop.must_confirm],
        earlier=sorted(earlier, key=lambda told: -told.stop.pk),
        confirmed=sum(told.stop.confirmed_on is not None for told in latest),
        waiting=sum(told.stop.waits for told in latest),
        late=sum(told.late for told in latest),
        orders=orders,
    )
    return PageSection("停止、恢复通知的落实", "sanctions/parts/propagation.html", shown)


def due_days(stops: list[TaskStop]) -> dict[int, date]:
    """Return by when each notice is to be confirmed, where a term runs; one query."""
    keys = [stop.pk for stop in stops]
    rows = Deadline.objects.filter(aggregate_type="sanctions.taskstop", object_id__in=keys, closed_on__isnull=True)
    found: dict[Any, date] = dict(rows.values_list("object_id", "due_on"))
    return found
