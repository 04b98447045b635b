"""The two public lists."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core import clock
from portal import selectors
from portal.views.base import PAGE_LENGTH, cursor_of, page

TITLES = {"incentive": "守信激励名单", "discipline": "失信惩戒名单"}


@page()
def listings(request: HttpRequest, kind: str) -> HttpResponse:
    """Show who is on the list today, newest first."""
    today = clock.today()
    found = selectors.listing_page(today, kind, cursor=cursor_of(request), limit=PAGE_LENGTH)
    context = {
        "kind": kind,
        "title": TITLES[kind],
        "found": found,
        "today": today,
        "first_page": not cursor_of(request),
        "at": kind,
    }
    return render(request, "portal/listings.html", context)
