"""The front door: one search box, the figures of the day, and what somebody comes to do."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from core import clock
from portal import notices, selectors
from portal.disclosures import latest_licences
from portal.figures import figures
from portal.views.base import drawn, page

LATEST = 5


@page(indexed=True, rate=None)
def home(request: HttpRequest) -> HttpResponse:
    """Show the search box, the figures of today, and the newest licences and rewards.

    Penalties and discipline listings stand here as numbers only: search engines keep this page, and what was repaired
    must not live on in them.
    """
    today = clock.today()
    context = {
        "today": today,
        "figures": figures(today),
        "licences": latest_licences(today, LATEST),
        "rewards": selectors.newest_listings(today, "incentive", LATEST),
        "notices": notices.latest(today, LATEST),
        "at": "home",
    }
    return drawn(request, "portal/home.html", context)
