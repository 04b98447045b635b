"""The two public lists, and the announcements of repair."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core import clock
from core.api.params import Param
from core.paging import keyset_page
from portal import selectors
from portal.views.base import CURSOR, PAGE_LENGTH, asked, page
from repair.selectors import published_repairs

TITLES = {"incentive": "守信激励名单", "discipline": "失信惩戒名单"}
STATES = (("in_force", "实施中"), ("paused", "暂停"))
PARAMS = (
    Param("name", label="名称或者代码", limit=100),
    Param("entry", label="事项", limit=100),
    Param("unit", label="认定单位", limit=100),
    Param("state", label="状态", choices=tuple(value for value, _ in STATES)),
    CURSOR,
)
# A repair is announced long enough to be noticed and no longer: what was repaired must not follow anybody for years.
ANNOUNCED_DAYS = 30


@page()
def listings(request: HttpRequest, kind: str) -> HttpResponse:
    """Show who is on the list today, newest first, narrowed by name, entry, unit and state.

    A person whom the list may publish is found by the exact full name only, and shown masked.
    """
    today = clock.today()
    query = asked(request, *PARAMS)
    words = {name: query[name] or "" for name in ("name", "entry", "unit", "state")}
    found = selectors.listing_page(today, kind, cursor=query["cursor"], limit=PAGE_LENGTH, **words)
    persons = selectors.person_on_list(today, kind, words["name"]) if words["name"] and not query["cursor"] else []
    context = {
        "kind": kind,
        "title": TITLES[kind],
        "found": found,
        "persons": persons,
        "query": words,
        "states": STATES,
        "narrowed": any(words.values()),
        "today": today,
        "first_page": not query["cursor"],
        "at": kind,
    }
    return render(request, "portal/listings.html", context)


@page()
def repairs(request: HttpRequest) -> HttpResponse:
    """Show the repairs announced in the last days; from then on only the absence of the listing tells of them."""
    today = clock.today()
    query = asked(request, CURSOR)
    rows = published_repairs(today - timedelta(days=ANNOUNCED_DAYS - 1), today)
    order = ("-published_on", "-id")
    found = keyset_page(rows, order=order, cursor=query["cursor"], limit=PAGE_LENGTH).mapped(selectors.shown_repair)
    context = {
        "found": found,
        "days": ANNOUNCED_DAYS,
        "today": today,
        "first_page": not query["cursor"],
        "at": "repairs",
    }
    return render(request, "portal/repairs.html", context)
