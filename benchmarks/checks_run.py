"""Worker: a client with a token, calls of one subject and of a thousand, the statements that each takes, and their times.

Returns the token, the bodies, the statements of each single call by its number, and the milliseconds of the service
and of its bare SQL, for one and for a thousand.
"""

from __future__ import annotations

import json
import random
import sys
from datetime import timedelta
from functools import partial
from typing import Any

import psycopg2
from django.db import connection
from django.test import Client, RequestFactory
from oauth2_provider.models import AccessToken

from benchmarks.catalogue import SEED
from benchmarks.checks_fill import UNIT
from benchmarks.search_engine import in_turns
from benchmarks.statements import NUMBER, Statement, noted, renumbered, send
from core import clock
from core.actors import Actor
from core.fields import new_public_id
from core.plans import PlanKeepingCursor
from organizations import services
from organizations.clients import resolve_client
from organizations.permissions import PERMISSIONS
from organizations.selectors import unit
from sanctions.checks.rows import Asked, Matter
from sanctions.checks.services import ask
from subjects.codes import SyntheticCodes

MATTER = {"kind": "tender", "name": "基准测试工程招标", "number": "ZB-1"}
SCOPES = ["checks", "feedback"]


def token() -> tuple[str, Actor]:
    """Return a fresh access token and the client behind it as an actor."""
    keeper = Actor.job("bench", PERMISSIONS)
    name = f"基准测试{new_public_id()}"
    issued = services.register_api_client(actor=keeper, organization=unit(UNIT), name=name, scopes=SCOPES)
    made = AccessToken.objects.create(
        application=issued.client,
        token=new_public_id() * 2,
        scope=" ".join(SCOPES),
        expires=clock.now() + timedelta(days=2),
    )
    actor = resolve_client(RequestFactory().get("/", headers={"Authorization": f"Bearer {made.token}"}))
    if actor is None:
        raise RuntimeError("the token names nobody")
    return made.token, actor


def body(codes: list[str]) -> str:
    return json.dumps({"matter": MATTER, "subjects": [{"code": code} for code in codes]}, ensure_ascii=False)


def statements_of(client: Client, sent: str) -> list[Statement]:
    """Return what one call sends to the database, NUMBER standing for the number that it gave."""
    taken: list[Statement] = []
    with noted(taken):
        answer = client.post("/api/v1/checks", sent, content_type="application/json")
    if answer.status_code != 200:
        raise RuntimeError(f"{answer.status_code} {answer.content.decode()[:300]}")
    return renumbered(taken, answer.json()["check"]["number"], NUMBER)


def times_of(bare: Any, actor: Actor, codes: list[str], rounds: int) -> dict[str, list[float]]:
    """Return the milliseconds of asking about these codes, and of the same statements with their COMMIT, in turns."""
    matter, subjects = Matter("tender", "基准测试工程招标", "ZB-1"), [Asked(code=code) for code in codes]
    taken: list[Statement] = []
    with noted(taken):
        number = ask(actor=actor, matter=matter, subjects=subjects).number

    def run_bare() -> None:
        with bare.cursor() as cursor:
            for statement in renumbered(taken, number, new_public_id()):
                send(cursor, statement)
                if cursor.description:
                    cursor.fetchall()
        bare.commit()

    service, sql = in_turns(partial(ask, actor=actor, matter=matter, subjects=subjects), run_bare, rounds)
    return {"service": service, "bare": sql, "statements": [float(len(taken))]}


def main() -> dict[str, Any]:
    size, singles, rounds = (int(argument) for argument in sys.argv[1:4])
    coder, chance = SyntheticCodes("510899", SEED), random.Random(SEED)
    picked = [[coder.code("91", chance.randrange(size))] for _ in range(singles)]
    batches = [[coder.code("91", chance.randrange(size)) for _ in range(1_000)] for _ in range(4)]
    access, actor = token()
    client = Client(headers={"Authorization": f"Bearer {access}"})
    bodies = [body(codes) for codes in picked]
    client.post("/api/v1/checks", bodies[0], content_type="application/json")
    bare = psycopg2.connect(**connection.get_connection_params() | {"cursor_factory": PlanKeepingCursor})
    return {
        "token": access,
        "bodies": bodies,
        "batches": [body(codes) for codes in batches],
        "statements": {str(n): statements_of(client, sent) for n, sent in enumerate(bodies)},
        "one": times_of(bare, actor, picked[0], rounds * 5),
        "thousand": times_of(bare, actor, batches[0], rounds),
    }
