"""Who follows how far: written when a client asks, and what a lag means for what it may take.

EXC-10 a closed list goes only to a client that reads the feed.
EXC-11 and only while nothing older than the term of EXC-T01 is unread by it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection

from core import clock
from core.actors import Actor
from core.deadlines import rule_on
from core.fields import new_public_id
from core.problems import Problem
from core.text import zh_day
from exchange.models import Follower

TERM = "EXC-T01"
FEED = "/api/v1/exchange/changes"
# One statement; the same position again is written once a minute only.
SEEN_SQL = """
INSERT INTO exchange_follower (public_id, client_id, position, asked_at, since, snapshot_no)
SELECT %(public_id)s, client.id, %(position)s, %(now)s, %(now)s, ''
  FROM organizations_apiclient client WHERE client.public_id = %(client)s
ON CONFLICT (client_id) DO UPDATE SET position = excluded.position, asked_at = excluded.asked_at
 WHERE exchange_follower.position <> excluded.position
    OR exchange_follower.asked_at < excluded.asked_at - interval '60 seconds'
"""


@dataclass(frozen=True, slots=True)
class Lag:
    """How far a follower is behind: positions, since when the oldest has been waiting, until when it may wait."""

    behind: int
    unread_since: datetime | None
    due_on: date | None

    @property
    def late(self) -> bool:
        return self.due_on is not None and self.due_on < clock.today()

    def words(self) -> str:
        """Return the lag in words."""
        if self.unread_since is None:
            return "已跟上"
        waiting = f"落后 {self.behind} 个位置，最早自{zh_day(clock.day_of(self.unread_since))}"
        return f"{waiting}，已经超期" if self.late else waiting


def seen(actor: Actor, position: int) -> None:
    """Write down that the client has read up to the position; whoever is no client is not written down."""
    if actor.kind != "client":
        return
    values: dict[str, Any] = {
        "public_id": new_public_id(),
        "client": actor.key,
        "position": position,
        "now": clock.now(),
    }
    with connection.cursor() as cursor:
        cursor.execute(SEEN_SQL, values)


def lag_of(row: Any, days: int) -> Lag:
    """Return how far a follower that was read `with_lag` is behind; an event may stay unread for so many days."""
    behind = max(0, row.newest - row.position)
    if row.unread_since is None:
        return Lag(behind, None, None)
    return Lag(behind, row.unread_since, clock.day_of(row.unread_since) + timedelta(days=days))


def allowed_days() -> int:
    """Return how many days a removal may stay unread; calendar days, since what is removed is removed on days off too."""
    return int(rule_on(TERM, clock.today()).count)


def require_in_step(actor: Actor, title: str) -> Follower:
    """Return the client's own row, or say what keeps it from taking a closed list: EXC-10, EXC-11 (403)."""
    follower = Follower.objects.with_lag().filter(client__public_id=actor.key).first()
    if follower is None:
        raise Problem(
            "EXC-10",
            f"{title}只提供给跟进移出通知的系统，{actor.label}还没有读取过变更",
            status=403,
            title="尚未跟进变更",
            remedy=f"先从快照的位置读取 GET {FEED}?after=位置，并持续跟进",
        )
    days = allowed_days()
    lag = lag_of(follower, days)
    if lag.late:
        raise Problem(
            "EXC-11",
            f"{title}只提供给及时跟进移出通知的系统：读到位置 {follower.position}，{lag.words()}，规定为 {days} 日",
            status=403,
            title="跟进滞后",
            remedy=f"先读完 GET {FEED}?after={follower.position} 之后的变更，再下载",
        )
    return follower


def shown(most: int = 50) -> list[dict[str, Any]]:
    """Return who follows and how far behind, for everybody: by unit, nothing of the system itself."""
    days = allowed_days()
    rows = Follower.objects.with_lag().filter(client__is_active=True).select_related("client__organization")
    return [
        {
            "unit": row.client.organization.name,
            "words": lag_of(row, days).words(),
            "asked_on": clock.day_of(row.asked_at),
        }
        for row in rows.order_by("pk")[:most]
    ]
