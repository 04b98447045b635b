"""What the site says of itself: how it is used, its rights page, large text, robots and the site map for machines."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_safe

from catalog.selectors import public_catalogue
from core import clock
from core.api.limits import limit_of
from core.api.responses import problem_response
from core.attachments.storing import MEBIBYTE, size_limit
from core.problems import Problem
from portal import large_text as large
from portal.navigation import exists
from portal.views.base import NOT_FOR_ROBOTS, page, problem_page

# What search engines may keep: nothing that names somebody who was punished or listed.
INDEXED = ("portal:home", "portal:catalogue", "portal:rights", "portal:about", "portal:articles", "portal:statistics")
# Doors without a page to read. Subjects, listings and disclosures are not among them: a robot that may not open a page
# never sees that it must forget it (noindex), and keeps the address for good.
SHUT = ("/search", "/large-text", "/api/", "/admin/")


@page(indexed=True)
def rights(request: HttpRequest) -> HttpResponse:
    """Tell who is listed what can be done, where, and in which time."""
    return render(request, "portal/rights.html", {"at": "rights"})


@page(indexed=True)
def about(request: HttpRequest) -> HttpResponse:
    """Show the map of the site, how it is read without hindrance, what it knows of visitors, where to tell mistakes."""
    return render(request, "portal/about.html", {"at": "about", "limit": limit_of("public")})


@require_safe
def large_text(request: HttpRequest) -> HttpResponse:
    """Remember large or normal text and go back to where the visitor was, on this site only."""
    wanted = request.GET.get("on") != "0"
    came_from = request.headers.get("Referer", "")
    here = url_has_allowed_host_and_scheme(came_from, {request.get_host()}, require_https=request.is_secure())
    parts = urlsplit(came_from) if here else None
    back = f"{parts.path}{'?' if parts.query else ''}{parts.query}" if parts and parts.path else ""
    response = HttpResponseRedirect(back if back.startswith("/") else reverse("portal:home"))
    large.remember(response, large=wanted, secure=request.is_secure())
    response["Cache-Control"], response["X-Robots-Tag"] = "no-store", NOT_FOR_ROBOTS
    return response


@require_safe
def too_large(request: HttpRequest, *, document: bool) -> HttpResponse:
    """Say that what was sent is too large: the proxy asks for these words in the name of who sent it."""
    problem = Problem(
        "too_large",
        "一次提交的文件合计太大，没有收到",
        status=413,
        title="提交的内容太大",
        remedy=f"每份文件不超过 {size_limit() // MEBIBYTE} MB，一次少传几份；扫描件可以压缩或者改用手机拍照。已经保存的草稿还在",
    )
    return problem_response(problem) if document else problem_page(request, problem)


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Tell robots what to leave alone, and where the map is."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in SHUT), f"Sitemap: {_full(request, 'portal:sitemap')}"]
    return _plain("\n".join(lines) + "\n", "text/plain; charset=utf-8")


@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """List the pages that search engines may keep: no subject, no listing, no disclosure."""
    addresses = [_full(request, name) for name in INDEXED if exists(name)]
    entries = public_catalogue(clock.today())
    addresses += [_full(request, "portal:entry", str(entry["code"])) for entry in entries]
    return render(
        request, "portal/sitemap.xml", {"addresses": addresses}, content_type="application/xml; charset=utf-8"
    )


def _full(request: HttpRequest, name: str, *args: str) -> str:
    base = str(settings.PUBLIC_URL or "").rstrip("/") or f"{request.scheme}://{request.get_host()}"
    return base + reverse(name, args=args)


def _plain(text: str, kind: str) -> HttpResponse:
    response = HttpResponse(text, content_type=kind)
    response["Cache-Control"] = "public, max-age=3600"
    return response
