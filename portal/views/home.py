"""The front door: one search box, the figures of the day, and what somebody comes to do."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core import clock
from portal import notices, selectors
from portal.disclosures import latest_licences
from portal.figures import figures
from portal.views.base import page

LATEST = 5


@page(indexed=True, rate=None)
def home(request: HttpRequest) -> HttpResponse:
    """Show the search box, the figures of today, and the newest licences and rewards.

    Penalties and discipline listings stand here as numbers only: search engines keep this page, and what was repaired
    must not live on in them.
    """
    today = clock.today()
    rewards = selectors.listings_on(today, "incentive").order_by(*selectors.NEWEST_FIRST)[:LATEST]
    context = {
        "today": today,
        "figures": figures(today),
        "licences": latest_licences(today, LATEST),
        "rewards": selectors.shown(list(rewards)),
        "notices": notices.latest(today, LATEST),
        "at": "home",
    }
    return render(request, "portal/home.html", context)
