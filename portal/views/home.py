"""The front door: one search box, and what stands on the lists today."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core import clock
from portal import selectors
from portal.views.base import page

LATEST = 6


@page(indexed=True, rate=None)
def home(request: HttpRequest) -> HttpResponse:
    """Show the search box, the figures of today and the newest listings."""
    today = clock.today()
    latest = selectors.shown(list(selectors.listings_on(today).order_by(*selectors.NEWEST_FIRST)[:LATEST]))
    context = {"today": today, "figures": selectors.figures(today), "latest": latest, "at": "home"}
    return render(request, "portal/home.html", context)
