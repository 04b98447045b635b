"""One view that runs prepared statements and dumps their rows: what no public search on this server can be below."""

from __future__ import annotations

import json
import os
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path


@lru_cache(maxsize=1)
def statements() -> dict[str, list[tuple[str, dict[str, Any]]]]:
    """Return the statements of each query, as search issued them."""
    found: dict[str, list[tuple[str, dict[str, Any]]]] = json.loads(Path(os.environ["FLOOR_STATEMENTS"]).read_text())
    return found


def floor(request: HttpRequest) -> HttpResponse:
    rows: list[Any] = []
    with connection.cursor() as cursor:
        for sql, params in statements()[request.GET["q"]]:
            cursor.execute(sql, params)
            rows = cursor.fetchall()
    return HttpResponse(json.dumps(rows, ensure_ascii=False), content_type="application/json")


def ready(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


urlpatterns = [path("floor", floor), path("healthz", ready)]
