"""The pages that an approval system shows: begin, answer, and what was decided; framed by its origin alone, no cookie."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from core.api.limits import count_request, too_many
from core.problems import Problem
from sanctions.checks.shown import lines_of
from sanctions.embedding import handing
from sanctions.forms.check_feedback import PageFeedback
from sanctions.models import Check, CheckPage

BEGIN, ANSWER, SHUT = (f"sanctions/embedding/{name}.html" for name in ("begin", "answer", "shut"))
MINUTES = int(handing.GOOD_FOR.total_seconds()) // 60
PREFETCHED = Problem("EMB-07", "预先打开的页面不作核查", status=503, title="请点开再看", remedy="打开页面后再核查")


def framed(response: HttpResponse, page: CheckPage | None) -> HttpResponse:
    """Let the registered origin alone show the answer; where there is none, nobody frames it.

    A window that opened the page may be told the outcome, so it keeps its opener; nothing is kept, no referrer is sent.
    """
    ancestors = [page.origin.origin] if page is not None and page.origin.closed_on is None else ["'none'"]
    response._csp_replace = {"frame-ancestors": ancestors}  # type: ignore[attr-defined]
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"
    response["Cross-Origin-Opener-Policy"] = "unsafe-none"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _shut(request: HttpRequest, problem: Problem, page: CheckPage | None = None) -> HttpResponse:
    context: dict[str, Any] = {"problem": problem, "client": page.client if page else None}
    return framed(render(request, SHUT, context, status=problem.status), page)


def _counted(request: HttpRequest) -> None:
    standing = count_request(request, "public")
    if standing is not None and standing.exceeded:
        raise too_many(standing)


@csrf_exempt  # the address, which nobody else knows, is what lets somebody write; there is no cookie to misuse
@xframe_options_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def check_page(request: HttpRequest, ticket: str) -> HttpResponse:
    """Show what is to be checked; the check itself is made on POST, once, so that no prefetch uses the address up."""
    page: CheckPage | None = None
    try:
        _counted(request)
        page = handing.page_of(ticket)
        if request.method == "POST":
            page, question, check = handing.open_page(ticket)
            return _answered(request, handing.Seen(page, check, question.operator, question.return_to))
        handing.require_open(page)
        if "prefetch" in request.headers.get("Sec-Purpose", ""):
            raise PREFETCHED
        question = handing.question_of(page)
    except Problem as problem:
        return _shut(request, problem, page)
    context = {
        "client": page.client,
        "matter": question.matter.name,
        "business_number": question.matter.business_number,
        "operator": question.operator,
        "minutes": MINUTES,
    }
    return framed(render(request, BEGIN, context), page)


@csrf_exempt  # the signed pass in the form is what lets somebody write
@xframe_options_exempt
@require_http_methods(["POST"])
def check_feedback(request: HttpRequest) -> HttpResponse:
    """Take in what was decided on the measures of the answer, and show the answer again."""
    seen: handing.Seen | None = None
    try:
        _counted(request)
        seen = handing.by_pass(request.POST.get("pass", ""))
        actor = handing.actor_of(seen.page, seen.operator)
        form = PageFeedback(request.POST, check=seen.check)
        told = form.is_valid() and form.perform(actor)
    except Problem as problem:
        return _shut(request, problem, seen.page if seen else None)
    if told:
        return _answered(request, seen, done=form.done())
    return _answered(request, seen, form=form, status=422)


def _answered(
    request: HttpRequest, seen: handing.Seen, *, form: PageFeedback | None = None, done: str = "", status: int = 200
) -> HttpResponse:
    page, check = seen.page, seen.check
    line = next(iter(lines_of(check)))
    may = handing.actor_of(page).may(handing.FEEDBACK)
    context = {
        "client": page.client,
        "check": check,
        "line": line,
        "origin": page.origin.origin,
        "pass": handing.pass_of(page, seen.operator, seen.return_to),
        "form": (form or PageFeedback(check=check)) if may and line.open_measures else None,
        "done": done,
        "back": way_back(seen.return_to, check),
    }
    return framed(render(request, ANSWER, context, status=status), page)


def way_back(address: str, check: Check) -> str:
    """Return the approval system's own address with the number of the check; "" where it gave none."""
    if not address:
        return ""
    parts = urlsplit(address)
    query = urlencode([*parse_qsl(parts.query, keep_blank_values=True), ("check", check.public_id)])
    return urlunsplit(parts._replace(query=query))
