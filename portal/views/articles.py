"""通知公告, 政策法规 and 典型案例: what is public today, one article of it, and its files."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from core import clock
from core.attachments import serve
from core.problems import NotFound, Problem
from core.text import zh_day
from portal.editorial import selectors
from portal.editorial.enums import Kind
from portal.tips.pages import CommentForm, new_form
from portal.tips.selectors import comments_on
from portal.views.base import PAGE_LENGTH, cursor_of, page, text_of

LEADS = {
    "": "通知公告、政策法规和典型案例，由联席会议办公室审核发布。",
    Kind.NOTICE: "联席会议办公室和成员单位的通知、公告。",
    Kind.POLICY: "社会信用体系建设的法律、法规、规章和规范性文件，以及本市的实施办法。",
    Kind.CASE: "守信受益、失信受限的真实做法和经验，隐去个人信息后公开。",
}


@page(indexed=True)
def articles(request: HttpRequest) -> HttpResponse:
    """List what is published, of one column or of all, newest first."""
    asked = text_of(request, "kind")
    kind = asked if asked in Kind.values else ""
    today = clock.today()
    cursor = cursor_of(request)
    found = selectors.article_page(today, kind or None, cursor=cursor, limit=PAGE_LENGTH)
    numbers = selectors.counts(today)
    context = {
        "kind": kind,
        "title": Kind(kind).label if kind else "信用动态",
        "lead": LEADS[kind],
        "columns": [(value, label, numbers[value]) for value, label in Kind.choices],
        "all": sum(numbers.values()),
        "found": found,
        "first_page": not cursor,
        "own_path": reverse("portal:articles") + (f"?kind={kind}" if kind else ""),
        "at": "articles",
    }
    return render(request, "portal/articles/list.html", context)


@page(indexed=True)
def article(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show one article while it is public; a replaced one leads to its newer edition, a withdrawn one says since when."""
    today = clock.today()
    found = selectors.find_public(public_id, today)
    if found is None:
        return _elsewhere(public_id)
    context: dict[str, Any] = {
        "article": selectors.shown(found),
        "others": [row for row in selectors.latest_articles(today, limit=4, kind=found.kind) if row["id"] != public_id],
        "at": "articles",
    }
    if found.kind == Kind.CASE:
        context |= {"comments": comments_on(public_id), "form": CommentForm(), "token": new_form()}
    return render(request, "portal/articles/article.html", context)


def _elsewhere(public_id: str) -> HttpResponse:
    today = clock.today()
    newer = selectors.newer_of(public_id, today)
    if newer:
        return HttpResponseRedirect(reverse("portal:article", args=[newer]))
    since = selectors.withdrawn_on(public_id, today)
    if since is None:
        raise NotFound("该文章")
    detail = f"这篇文章已于{zh_day(since)}撤下，不再作为依据。"
    raise Problem("EDT-10", detail, status=410, title="文章已撤下", remedy="回到信用动态查看现行内容")


@page(rate="download")
def article_file(request: HttpRequest, public_id: str, file_id: str) -> Any:
    """Serve a file of an article while the public sees the article."""
    found = selectors.public_file(public_id, file_id, clock.today())
    if found is None:
        raise NotFound("该附件")
    return serve(found.attachment)
