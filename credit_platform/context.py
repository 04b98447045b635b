"""What every template knows about the site."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def site(_request: HttpRequest) -> dict[str, Any]:
    """Return the facts of the site: whether it is a demo city."""
    return {"demo_city": settings.DEMO, "site_title": "信用广元"}
