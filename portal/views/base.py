"""What every page of the portal does: refusals as pages, rate limits, and what robots may keep."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from core.api.limits import Standing, count_request, too_many
from core.problems import Problem

View = Callable[..., HttpResponseBase]
PAGE_LENGTH = 20


def page(*, indexed: bool = False, rate: str | None = "public") -> Callable[[View], View]:
    """Make a view a page of the portal: GET and HEAD only, counted at the door `rate`, a Problem answered as a page."""

    def wrap(view: View) -> View:
        @require_safe
        @wraps(view)
        def call(request: HttpRequest, **path: Any) -> HttpResponseBase:
            response = _answered(view, request, path, rate)
            if not indexed:
                response["X-Robots-Tag"] = "noindex, nofollow"
            return response

        return call

    return wrap


def posted(*, rate: str) -> Callable[[View], View]:
    """Make a view the target of a public form: POST only, counted at the door `rate`, a Problem answered as a page."""

    def wrap(view: View) -> View:
        @require_POST
        @wraps(view)
        def call(request: HttpRequest, **path: Any) -> HttpResponseBase:
            response = _answered(view, request, path, rate)
            response["X-Robots-Tag"] = "noindex, nofollow"
            response["Cache-Control"] = "no-store"
            return response

        return call

    return wrap


def _answered(view: View, request: HttpRequest, path: dict[str, Any], rate: str | None) -> HttpResponseBase:
    standing = count_request(request, rate) if rate else None
    try:
        if standing is not None and standing.exceeded:
            raise too_many(standing)
        response = view(request, **path)
    except Problem as problem:
        response = problem_page(request, problem, standing)
    response.headers.setdefault("Cache-Control", "no-cache")
    return response


def problem_page(request: HttpRequest, problem: Problem, standing: Standing | None = None) -> HttpResponse:
    """Return the page that says what failed and what to do next."""
    response = render(request, "portal/problem.html", {"problem": problem}, status=problem.status)
    response["Cache-Control"] = "no-store"
    if standing is not None and standing.exceeded:
        for name, value in standing.headers().items():
            response[name] = value
    return response


def text_of(request: HttpRequest, name: str, longest: int = 200) -> str:
    """Return a query parameter as clean text; what is over-long or unprintable is cut."""
    given = request.GET.get(name, "")[:longest]
    return "".join(character for character in given if character.isprintable()).strip()


def cursor_of(request: HttpRequest) -> str | None:
    return request.GET.get("cursor") or None
