"""The catalogue: for what, on which law, with which measures and by which units anybody may be listed at all."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from catalog.selectors import public_catalogue, why_not_in_force
from core import clock
from core.api.params import Param
from core.problems import Problem
from core.text import zh_day
from portal import selectors
from portal.api.shapes import POLARITIES
from portal.views.base import asked, page

DATED = {"CAT-23", "CAT-24"}  # reasons that name only days of published revisions


ON = Param("on", "date", label="哪一天有效")
PARAMS = (Param("q", label="事项、领域或者编码", limit=100), Param("kind", label="类别", choices=POLARITIES), ON)


@page(indexed=True)
def catalogue(request: HttpRequest) -> HttpResponse:
    """Show the entries in force on the day, by field."""
    query = asked(request, *PARAMS)
    day, q, kind = query["on"] or clock.today(), query["q"] or "", query["kind"] or ""
    everything = public_catalogue(day, q=q or None)
    entries = [entry for entry in everything if not kind or entry["polarity"] == kind]
    fields: dict[str, list[dict[str, object]]] = {}
    for entry in entries:
        fields.setdefault(str(entry["domain"]), []).append(entry)
    context = {
        "day": day,
        "is_today": day == clock.today(),
        "q": q,
        "kind": kind,
        "fields": list(fields.items()),
        "total": len(entries),
        "counts": {name: sum(entry["polarity"] == name for entry in everything) for name in POLARITIES},
        "all": len(everything),
        "at": "catalogue",
    }
    return render(request, "portal/catalogue.html", context)


@page(indexed=True)
def entry(request: HttpRequest, code: str) -> HttpResponse:
    """Show one entry as it is in force on the day; where it is not, say since or until when it is."""
    day = asked(request, ON)["on"] or clock.today()
    found = selectors.entry_on(code.upper(), day)
    if found is None:
        raise _not_in_force(code.upper(), day)
    context = {"entry": found, "laws": _laws(found["basis"]), "is_today": day == clock.today(), "at": "catalogue"}
    return render(request, "portal/entry.html", context)


def _laws(basis: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return each legal document once, with its articles, and which of them are still to be checked."""
    found: dict[str, dict[str, Any]] = {}
    for row in basis:
        law = found.setdefault(
            row["instrument"],
            {
                "title": row["instrument"],
                "kind": row["kind_label"],
                "number": row["number"],
                "articles": [],
                "unsure": [],
            },
        )
        law["articles"].append(row["article"])
        if row["needs_check"]:
            law["unsure"].append(row["article"])
    return list(found.values())


def _not_in_force(code: str, day: date) -> Problem:
    reason = why_not_in_force(code, day)
    detail = reason.detail if reason and reason.code in DATED else f"{zh_day(day)}的目录清单中没有事项 {code[:20]}"
    return Problem(
        "NOT-FOUND", detail, status=404, title="该日没有这个事项", remedy="回到目录清单，查看当日有效的全部事项"
    )
