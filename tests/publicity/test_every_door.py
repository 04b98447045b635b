"""Whoever asks, wherever: on its last lawful day a record stands behind the public doors, the day after behind none.

The doors are read from the program's own addresses, so one that is added later is walked without anybody's doing. No
job runs in between: the dates alone take the record away.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db.models import QuerySet
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from core import clock, outbox
from core.actors import Actor
from core.models import OutboxEvent
from publicity.permissions import MACHINES
from publicity.push import running
from publicity.push.enrolling import enrol, peer_of
from publicity.push.lines import CITY_PORTAL, line
from publicity.selectors import publicly_visible
from subjects.selectors import code_of
from tests.factories import publicity as make
from tests.factories import sanctions as chain
from tests.support.peers import playing
from tests.support.workbench import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.long]
DAY, TODAY = date(2026, 5, 6), date(2026, 5, 8)
LOCKED = ("admin", "oauth", "metrics", "static", "media", "healthz", "readyz")  # not the public's, or no content
FACTS = "经营超过保质期的示例罐头四百七十三听"
SEEN_ON = {
    "/disclosures/", "/disclosures/<str:public_id>", "/subjects/<str:code>", "/api/v1/public/disclosures",
    "/api/v1/public/disclosures/<str:public_id>",
}  # fmt: skip


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    cache.clear()
    with clock.at(TODAY):
        yield
    cache.clear()


def routes(found: list[Any], prefix: str = "/") -> Iterator[tuple[str, list[str]]]:
    """Yield every public address with the names of its parameters."""
    for pattern in found:
        route = prefix + str(pattern.pattern)
        if route.strip("/").startswith(LOCKED):
            continue
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern) and "^" not in route:
            yield route, list(pattern.pattern.converters)


def doors(record: Any, kind: str) -> dict[str, list[tuple[str, dict[str, str]]]]:
    """Return by route every address under which the record could be asked for, with what could be asked."""
    code, first = code_of(record.subject), record.decided_on.isoformat()
    keys = [record.public_id, code, record.subject.public_id, record.document_number]
    asked: list[dict[str, str]] = [
        {}, {"kind": kind}, {"q": record.party_name}, {"kind": kind, "name": record.party_name},
        {"kind": kind, "number": record.document_number}, {"kind": kind, "code": code},
        {"kind": kind, "authority": record.authority_name}, {"kind": kind, "decided_from": first, "decided_to": first},
    ]  # fmt: skip
    found: dict[str, list[tuple[str, dict[str, str]]]] = {}
    for route, names in routes(get_resolver().url_patterns):
        addresses = []
        for values in product(keys, repeat=len(names)) if len(names) < 3 else ():
            address = route
            for name, value in zip(names, values, strict=True):
                start, end = address.index("<"), address.index(">")
                assert name in address[start:end]
                address = address[:start] + value + address[end + 1 :]
            addresses.append(address)
        questions = asked if not names else [{}]
        found[route] = [(address, question) for address in addresses for question in questions]
    return found


def body(answer: Any) -> str:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return str(content.decode("utf-8", "replace"))


def seen_behind(client: Client, record: Any, kind: str, tags: dict[str, str]) -> set[str]:
    """Return the routes behind which the record stands today; each answer is asked for again by the tag it had."""
    found = set()
    for route, addresses in doors(record, kind).items():
        for address, question in addresses:
            place = f"{address}?{question}"
            told = {"headers": {"if-none-match": tags[place]}} if place in tags else {}
            answer = client.get(address, question, **told)
            typed = record.document_number in [address.rpartition("/")[2], *question.values()]  # a page may repeat it
            shown = body(answer)
            if FACTS in shown or (record.document_number in shown and not typed):
                found.add(route)
                assert answer.status_code == 200, place
                tags[place] = answer.headers.get("ETag", "")
            elif place in tags:
                assert answer.status_code != 304, f"{place}: an old answer is called good"
    return found


@pytest.mark.parametrize("kind", ["penalty", "licence"])
def test_on_the_last_day_it_stands_behind_the_doors_and_the_day_after_behind_none(
    client: Client, kind: str, tmp_path: Path
) -> None:
    if kind == "penalty":
        record = make.published_penalty("scjgj", DAY, facts=FACTS)
    else:
        record = make.published_licence("scjgj", DAY, content=FACTS, valid_to=date(2027, 5, 5))
    last = record.last_public_day
    assert last == date(2027, 5, 5)
    office = signed_in(chain.actor_of("fgw", "office"))
    tags: dict[str, str] = {}
    with playing(tmp_path) as peers:
        with clock.at(last):
            seen = seen_behind(client, record, kind, tags)
            assert seen >= SEEN_ON, SEEN_ON - seen
            assert any(tags.values())
            job = Actor.job("publicity.push", MACHINES)
            found = line(CITY_PORTAL)
            assert found is not None
            enrol(peer_of(found), actor=job)
            running.push_once(actor=job)
            assert FACTS in peers.records()[record.public_id]["document"]
        with clock.at(last + timedelta(days=1)):  # the scheduler never ran
            assert seen_behind(client, record, kind, tags) == set()
            assert not visible(kind).exists()
            told = "".join(str(row.payload) for row in OutboxEvent.objects.all()) + str(outbox.changes(0, 1000))
            assert FACTS not in told
            assert record.document_number not in told
            workbook = office.get("/admin/publicity/qualityboard/excel/", {"first": "2026-05", "last": "2027-05"})
            assert record.document_number.encode() not in workbook.content
            running.reconcile_once(actor=job)  # the one job that runs at last: what the portal holds leaves it as well
            held = peers.records()[record.public_id]
            assert (held["gone"], held["document"]) == (1, None)


def visible(kind: str) -> QuerySet[Any]:
    return publicly_visible(clock.today(), kind)
