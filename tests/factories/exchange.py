"""A follower as its own program would be: it takes a snapshot, reads on, and drops what is over by its date."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.http import HttpResponseBase
from django.test import RequestFactory
from django.urls import resolve

from core import clock
from core.actors import Actor
from core.models import OutboxEvent, OutboxPosition
from exchange.feed import outgoing, pages
from exchange.lists import LISTS
from organizations import selectors, services
from organizations.models import ApiClient
from organizations.permissions import CLIENT_MANAGE

CHANGES, SNAPSHOTS = "/api/v1/exchange/changes", "/api/v1/exchange/snapshots"
KEEPER = Actor.job("test.clients", [CLIENT_MANAGE])


def client(name: str = "示例银行征信系统", scopes: tuple[str, ...] = ("exchange",)) -> Actor:
    """Return the Actor of a registered client."""
    unit = selectors.unit("fgw")
    found = ApiClient.objects.filter(name=name).first()
    if found is None:
        found = services.register_api_client(actor=KEEPER, organization=unit, name=name, scopes=scopes).client
    return Actor(
        "client", found.public_id, f"{unit.short_name} {name}", unit_id=unit.pk,
        permissions=frozenset(f"scope.{scope}" for scope in scopes),
    )  # fmt: skip


def ask(path: str, actor: Actor, query: dict[str, Any] | None = None, **headers: str) -> Any:
    """Return the answer of a door to this client, without the network."""
    match = resolve(path)
    request = RequestFactory().get(path, query or {}, headers=headers)
    request._core_actor = actor  # type: ignore[attr-defined]
    answer: HttpResponseBase = match.func(request, *match.args, **match.kwargs)
    return answer


def content(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def number_all() -> int:
    """Give positions to the events of the test's own open transaction, as the sequencer would after its end."""
    last = OutboxPosition.objects.order_by("-position").values_list("position", flat=True).first() or 0
    waiting = OutboxEvent.objects.filter(position__isnull=True).order_by("pk").values_list("pk", flat=True)
    rows = [OutboxPosition(event_id=key, position=last + place) for place, key in enumerate(waiting, 1)]
    OutboxPosition.objects.bulk_create(rows)
    outgoing.settle()
    return last + len(rows)


def state(day: date | None = None) -> dict[str, dict[str, Any]]:
    """Return every public document of the day by list and id, from the database itself."""
    on = day or clock.today()
    return {
        code: {key: json.loads(line) for key, line in one.statement(on, None, None).by_id().items()}
        for code, one in LISTS.items()
        if one.statement is not None
    }


@dataclass
class Copy:
    """What a follower holds: documents by id, each list apart, and how far it has read."""

    position: int
    mark: str = ""
    held: dict[str, dict[str, Any]] = field(default_factory=dict)
    seen: list[int] = field(default_factory=list)

    @classmethod
    def of(cls, position: int, found: dict[str, dict[str, Any]]) -> Copy:
        return cls(position, held={key: document for rows in found.values() for key, document in rows.items()})

    def follow(self, actor: Actor, limit: int = 50) -> None:
        """Read on to the end."""
        while True:
            query = {"after": self.position, "mark": self.mark, "limit": limit, "include": "document"}
            answer = ask(CHANGES, actor, query)
            assert answer.status_code == 200, answer.content
            page = json.loads(answer.content)
            for item in page["items"]:
                self.take(item)
            self.position, self.mark = page["next"], page["mark"]
            if page["next"] == page["head"]:
                return

    def take(self, item: dict[str, Any]) -> None:
        self.seen.append(item["position"])
        key = item["payload"].get("entry") if item["aggregate_type"] == pages.ENTRY else item["aggregate_id"]
        if item["document"] is None:
            self.held.pop(key, None)
        else:
            self.held[key] = item["document"]

    def shown(self, day: date) -> dict[str, Any]:
        """Return what it shows on a day: nothing past its last public day."""
        return {
            key: document
            for key, document in self.held.items()
            if document["last_public_day"] is None or date.fromisoformat(document["last_public_day"]) >= day
        }
