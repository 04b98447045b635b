"""What the pages of the services have in common: never kept by anybody, and forms that outlive a lost session."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import Error as DatabaseError
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from core.api.limits import count_request, too_many
from core.problems import Problem
from portal.views.base import refusal_page

View = Callable[..., HttpResponse]
AREA = "/services/"


def service_page(*, post: str = "drafts") -> Callable[[View], View]:
    """Make a view a page of the services: GET, HEAD and POST, each counted at its door; a Problem becomes a page.

    The forms carry what opens their record (a draft's key, a signed pass, number and secret), so that a form comes
    through whole after cookies were lost; nobody who does not know that can send it, which is why no token is asked.
    """

    def wrap(view: View) -> View:
        @csrf_exempt
        @require_http_methods(["GET", "HEAD", "POST"])
        @wraps(view)
        def call(request: HttpRequest, **path: Any) -> HttpResponse:
            standing = count_request(request, post if request.method == "POST" else "public")
            try:
                if standing is not None and standing.exceeded:
                    raise too_many(standing)
                response = view(request, **path)
            except (Problem, DatabaseError) as error:
                response = refusal_page(request, error, standing)
            response["Cache-Control"] = "private, no-store"
            response["X-Robots-Tag"] = "noindex, nofollow"
            return response

        return call

    return wrap


def remember(request: HttpRequest, response: HttpResponse, name: str, value: str, seconds: int, path: str) -> None:
    """Keep in the browser what opens a record, for its own pages alone."""
    response.set_cookie(
        name, value, max_age=seconds, path=path, secure=request.is_secure(), httponly=True, samesite="Lax"
    )


def typed(request: HttpRequest, name: str, longest: int = 64) -> str:
    """Return one short posted text without what cannot be printed."""
    given = request.POST.get(name, "")[:longest]
    return "".join(character for character in given if character.isprintable()).strip()


def seen_other(address: str) -> HttpResponse:
    """Lead on after a form was taken in, so that reloading the page sends nothing again."""
    return HttpResponse(status=303, headers={"Location": address})


def wants_part(request: HttpRequest) -> bool:
    """Tell whether the page's own script asks, which needs only the part that changes."""
    return request.headers.get("X-Part") == "1"
