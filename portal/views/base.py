"""What every page of the portal does: refusals as pages, rate limits, and what robots may keep."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.db import Error as DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.cache import get_conditional_response, patch_vary_headers, set_response_etag
from django.views.decorators.http import require_POST, require_safe

from core.api.limits import Standing, count_request, too_many
from core.api.params import Param, read_query
from core.api.responses import busy, with_patience
from core.problems import Problem
from portal.large_text import is_large

View = Callable[..., HttpResponseBase]
PAGE_LENGTH = 20
NOT_FOR_ROBOTS = "noindex, nofollow, noarchive"  # a repaired record must not live on in a search engine
NO_DEVICES = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
CURSOR = Param("cursor", label="翻页标记", limit=2000)


def page(*, indexed: bool = False, rate: str | None = "public") -> Callable[[View], View]:
    """Make a view a page of the portal: GET and HEAD only, counted at the door `rate`, a Problem answered as a page."""

    def wrap(view: View) -> View:
        @require_safe
        @wraps(view)
        def call(request: HttpRequest, **path: Any) -> HttpResponseBase:
            response = _answered(view, request, path, rate)
            if not indexed:
                response["X-Robots-Tag"] = NOT_FOR_ROBOTS
            return _if_changed(request, response)

        return call

    return wrap


def posted(*, rate: str) -> Callable[[View], View]:
    """Make a view the target of a public form: POST only, counted at the door `rate`, a Problem answered as a page."""

    def wrap(view: View) -> View:
        @require_POST
        @wraps(view)
        def call(request: HttpRequest, **path: Any) -> HttpResponseBase:
            response = _answered(view, request, path, rate)
            response["X-Robots-Tag"] = NOT_FOR_ROBOTS
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
    except (Problem, DatabaseError) as error:
        response = refusal_page(request, error, standing)
    response.headers.setdefault("Cache-Control", "no-cache")
    response.headers.setdefault("Permissions-Policy", NO_DEVICES)
    patch_vary_headers(response, ["Cookie"])
    return response


def _if_changed(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Tag a page by its content, and answer 304 where the reader has just that; always asked, so nothing ended stays."""
    if response.status_code != 200 or not isinstance(response, HttpResponse) or response.streaming:
        return response
    set_response_etag(response)
    return get_conditional_response(request, etag=response["ETag"], response=response) or response


_drawings: OrderedDict[tuple[Any, ...], str] = OrderedDict()
KEPT_DRAWINGS = 8


def drawn(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """Render a page that says the same to everybody, or give the drawing kept from when it last said exactly this.

    What stands on it is read anew every time; only putting it into HTML is spared.
    """
    site = (settings.DEMO, settings.PUBLIC_URL, tuple(settings.SITE_IMPRINT))
    said = (template, request.scheme, request.get_host(), is_large(request), site, repr(context))
    kept = _drawings.get(said)
    if kept is None:
        kept = _drawings[said] = render_to_string(template, context, request)
        while len(_drawings) > KEPT_DRAWINGS:
            _drawings.popitem(last=False)
    return HttpResponse(kept)


def refusal_page(request: HttpRequest, error: Exception, standing: Standing | None = None) -> HttpResponse:
    """Return the page for a Problem or a database that is busy; any other error is raised on."""
    problem = error if isinstance(error, Problem) else busy(error)
    if problem is None:
        raise error
    return problem_page(request, problem, standing)


def problem_page(request: HttpRequest, problem: Problem, standing: Standing | None = None) -> HttpResponse:
    """Return the page that says what failed and what to do next."""
    seconds = standing.resets_in if standing is not None and standing.exceeded else None
    context = {"problem": problem, "seconds": seconds, "without": _without(request, problem)}
    response = render(request, "portal/problem.html", context, status=problem.status)
    response["Cache-Control"] = "no-store"
    if standing is not None and standing.exceeded:
        for name, value in standing.headers().items():
            response[name] = value
    return with_patience(response)


def _without(request: HttpRequest, problem: Problem) -> str:
    """Return this page's address without what its query has wrong; empty where the query is not at fault."""
    wrong = {name for name in (problem.field, *(error.field for error in problem.errors)) if name}
    if problem.status != 400 or not wrong & set(request.GET):
        return ""
    kept = request.GET.copy()
    for name in wrong:
        kept.pop(name, None)
    kept.pop("cursor", None)
    return f"{request.path}?{kept.urlencode()}" if kept else request.path


def asked(request: HttpRequest, *params: Param) -> dict[str, Any]:
    """Return the declared query parameters, texts stripped; Problem 400 names each that is unknown or wrong."""
    try:
        values = read_query(request.GET, params)
    except Problem as problem:
        raise _in_words(problem, params) from None
    return {name: value.strip() if isinstance(value, str) else value for name, value in values.items()}


def _in_words(problem: Problem, params: tuple[Param, ...]) -> Problem:
    """Return the problem that names a field as the page does: “决定日期自” and not decided_from."""
    label = next((param.label for param in params if param.name == problem.field and param.label), "")
    if label and not problem.errors:
        problem.detail = problem.detail.replace(problem.field or "", f"“{label}”", 1)
    return problem


def text_of(request: HttpRequest, name: str, longest: int = 200) -> str:
    """Return a query parameter as clean text; what is over-long or unprintable is cut."""
    given = request.GET.get(name, "")[:longest]
    return "".join(character for character in given if character.isprintable()).strip()


def cursor_of(request: HttpRequest) -> str | None:
    return request.GET.get("cursor") or None
