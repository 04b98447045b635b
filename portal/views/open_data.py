"""开放数据: what may be taken as a whole, on which terms, and what may not and why."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core import clock
from core.api.limits import limit_of
from exchange.feed import following
from portal.api.open_data import described
from portal.opendata.datasets import DATASETS
from portal.opendata.writing import LICENCE
from portal.views.base import page


@page(indexed=True)
def open_data(request: HttpRequest) -> HttpResponse:
    """Explain each dataset: fields, terms, the day, the digest of today's version, and where to take it."""
    limit = limit_of("bulk")
    context = {
        "today": clock.today(),
        "datasets": [described(dataset) for dataset in DATASETS.values()],
        "terms": LICENCE,
        "limit": {"requests": limit[0], "minutes": limit[1] // 60} if limit else None,
        "followers": following.shown(),
        "allowed_days": following.allowed_days(),
        "at": "open_data",
    }
    return render(request, "portal/open_data.html", context)
