"""信用统计: the figures of the day with their pictures, and all of them as a file."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core import clock
from portal.statistics import selectors
from portal.statistics.pages import charts_of
from portal.views.base import page


@page(indexed=True)
def statistics(request: HttpRequest) -> HttpResponse:
    """Show the newest published figures; where none were counted yet, say when they will be."""
    found = selectors.latest(clock.today())
    context = {
        "published": found,
        "charts": charts_of(found.figures) if found is not None else [],
        "at": "statistics",
    }
    return render(request, "portal/statistics.html", context)
