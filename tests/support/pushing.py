"""What tests of pushing share: records that the public sees, and the job as if every pause were over."""

from __future__ import annotations

from datetime import date
from typing import Any

from core import clock
from core.actors import Actor
from organizations.models import Organization
from publicity.models import Peer, Penalty, Push
from publicity.permissions import MACHINES
from publicity.push import running
from publicity.push.enrolling import peer_of
from publicity.push.lines import CITY_PORTAL
from publicity.push.systems import system_of
from tests.factories import publicity as make
from tests.factories import subjects

DAY = date(2026, 6, 8)
PUSHER = Actor.job("publicity.push", MACHINES)


def published(unit: Organization, number: int = 1, day: date = DAY, **changes: Any) -> list[Penalty]:
    """Return penalties that the public sees since a day."""
    rows = [make.reported_penalty(subjects.entity(), unit, day, **changes) for _ in range(number)]
    make.shown(rows, day)
    return list(Penalty.objects.filter(pk__in=[row.pk for row in rows]).order_by("pk"))


def peer(code: str = CITY_PORTAL) -> Peer:
    return peer_of(system_of(code))


def pushed(code: str = CITY_PORTAL) -> dict[str, int]:
    """Run the job as if every pause were over."""
    Push.objects.filter(state="queued", peer__code=code).update(next_at=clock.now())
    return running.push_once(code, actor=PUSHER)


def states(code: str = CITY_PORTAL) -> dict[str, int]:
    found: dict[str, int] = {}
    for state in Push.objects.filter(peer__code=code).values_list("state", flat=True):
        found[state] = found.get(state, 0) + 1
    return found
