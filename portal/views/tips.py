"""举报线索 and comments: hand in without login, follow by number and secret; no secret ever stands in an address."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from core import clock
from core.attachments import store
from core.problems import NotFound, Problem, refuse
from portal.editorial import selectors as articles
from portal.editorial.enums import Kind
from portal.tips import rules, selectors, services
from portal.tips.pages import STALE, CommentForm, Handing, TipForm, form_of, new_form
from portal.views.base import page, posted

UNFILLED = 422


@page(indexed=True)
def tips(request: HttpRequest) -> HttpResponse:
    """Show the form of a tip, and the one to follow it."""
    return _tips(request, TipForm())


def _tips(request: HttpRequest, form: TipForm, status: int = 200, **more: Any) -> HttpResponse:
    context = {"form": form, "token": new_form(), "most_files": rules.MOST_FILES, "at": "tips", **more}
    response = render(request, "portal/tips/tips.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


@posted(rate="filing")
def file_tip(request: HttpRequest) -> HttpResponseBase:
    """Take in a tip with its files; a refusal comes back with everything that was typed."""
    form, token = TipForm(request.POST), form_of(request.POST.get("form", ""))
    uploads = [upload for upload in request.FILES.getlist("files") if upload]
    if form.is_valid() and token is not None:
        try:
            refuse(rules.check_tip(form.tip().stripped(), len(uploads)))  # before any file is kept
            files = [store(upload, actor=services.PUBLIC, name=upload.name or "") for upload in uploads]
            receipt = services.file_tip(actor=services.PUBLIC, tip=form.tip(), form=token, files=files)
        except Problem as problem:
            form.refuse(problem)
            return _tips(request, form, problem.status, again=bool(uploads))
        return render(request, "portal/tips/receipt.html", {"receipt": receipt, "what": "线索", "at": "tips"})
    _stale(form, token)
    return _tips(request, form, UNFILLED, again=bool(uploads))


def _stale(form: Handing, token: str | None) -> None:
    if token is None and not form.errors:
        form.refuse(Problem(STALE.code, STALE.detail, remedy=STALE.remedy))


@posted(rate="follow")
def follow_tip(request: HttpRequest) -> HttpResponseBase:
    """Show a tip's state and answer to who holds number and secret."""
    number, secret = request.POST.get("number", "")[:40], request.POST.get("secret", "")[:40]
    try:
        found = selectors.followed(services.tip_by_secret(number, secret))
    except Problem as problem:
        return _tips(request, TipForm(), problem.status, follow_problem=problem, number=number)
    return render(request, "portal/tips/followed.html", {"tip": found, "at": "tips"})


@posted(rate="filing")
def file_comment(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Take in a comment on a case that is public today."""
    found = articles.find_public(public_id, clock.today())
    if found is None or found.kind != Kind.CASE:
        raise NotFound("该案例")
    form, token = CommentForm(request.POST), form_of(request.POST.get("form", ""))
    if form.is_valid() and token is not None:
        data = form.cleaned_data
        try:
            receipt = services.file_comment(
                actor=services.PUBLIC, article=found, text=data["text"], nickname=data["nickname"], form=token
            )
        except Problem as problem:
            form.refuse(problem)
            return _comment(request, found, form, problem.status)
        context = {"receipt": receipt, "what": "评论", "article": articles.listed(found), "at": "articles"}
        return render(request, "portal/tips/receipt.html", context)
    _stale(form, token)
    return _comment(request, found, form, UNFILLED)


def _comment(request: HttpRequest, article: Any, form: CommentForm, status: int) -> HttpResponse:
    context = {"article": articles.listed(article), "form": form, "token": new_form(), "at": "articles"}
    return render(request, "portal/tips/comment.html", context, status=status)
