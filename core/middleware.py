"""Middleware: every request knows its actor, and every refusal is readable where it arrives."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string

from core.api.actors import lazy_actor
from core.api.responses import JSON_TYPE, PROBLEM_TYPE, busy, problem_of_status, problem_response, with_patience
from core.problems import Problem

GetResponse = Callable[[HttpRequest], HttpResponseBase]
API_PREFIX = "/api/"


def wants_document(request: HttpRequest) -> bool:
    """Return whether this caller reads problem documents rather than pages."""
    if request.path.startswith(API_PREFIX):
        return True
    accept = request.META.get("HTTP_ACCEPT", "")
    return (JSON_TYPE in accept or PROBLEM_TYPE in accept) and "text/html" not in accept


def problem_page(request: HttpRequest, problem: Problem) -> HttpResponse:
    """Return the page that says what is missing and who can mend it, with the problem's status."""
    content = render_to_string("core/problem.html", {"problem": problem}, request=request)
    response = HttpResponse(content, status=problem.status)
    response["Cache-Control"] = "no-store"
    return with_patience(response)


def answer(request: HttpRequest, problem: Problem) -> HttpResponse:
    """Return the problem in the form that this caller reads."""
    return problem_response(problem) if wants_document(request) else problem_page(request, problem)


class ActorMiddleware:
    """Set `request.actor`, found when it is first looked at."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.actor = lazy_actor(request)  # type: ignore[attr-defined]
        return self.get_response(request)


class ProblemMiddleware:
    """Turn a Problem, or a database that is busy, into a page or a document; bare errors under /api/ become documents."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = api_problems(get_response)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        problem = exception if isinstance(exception, Problem) else busy(exception)
        return answer(request, problem) if problem is not None else None


def api_problems(get_response: GetResponse) -> GetResponse:
    """Turn Django's own error pages under /api/ (no such address, CSRF, bad request) into problem documents.

    Fit for the lean chain: it only wraps.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        bare = response.status_code >= 400 and request.path.startswith(API_PREFIX)
        if bare and "json" not in response.headers.get("Content-Type", ""):
            return problem_response(problem_of_status(response.status_code))
        return response

    return middleware
