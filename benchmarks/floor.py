"""Views that run prepared statements and dump their rows: what no door on this server can be below."""

from __future__ import annotations

import json
import os
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.urls import path

from benchmarks.statements import NUMBER, Statement, renumbered, send
from core.fields import new_public_id


@lru_cache(maxsize=1)
def statements() -> dict[str, list[Statement]]:
    """Return the statements of each answer, as it sent them."""
    found: dict[str, list[Statement]] = json.loads(Path(os.environ["FLOOR_STATEMENTS"]).read_text())
    return found


def floor(request: HttpRequest) -> HttpResponse:
    rows: list[Any] = []
    with connection.cursor() as cursor:
        for statement in statements()[request.GET["q"]]:
            send(cursor, statement)
            rows = cursor.fetchall()
    return HttpResponse(json.dumps(rows, ensure_ascii=False, default=str), content_type="application/json")


def check(request: HttpRequest) -> HttpResponse:
    """The statements of one check, token look-up and receipt included, under a number of its own, and COMMIT."""
    asked = str(json.loads(request.body)["n"])
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in renumbered(statements()[asked], NUMBER, new_public_id()):
            send(cursor, statement)
            rows = cursor.fetchall() if cursor.description else []
    return HttpResponse(json.dumps([str(row) for row in rows]), content_type="application/json")


def ready(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


urlpatterns = [path("floor", floor), path("check", check), path("healthz", ready)]
