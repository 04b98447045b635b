"""查询进度: number and secret are typed and posted, never in an address; then everything its filer may see and do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from core import clock
from core.attachments.sniff import ACCEPTED
from core.attachments.storing import MEBIBYTE, size_limit
from core.problems import Problem, Refused, Violation
from portal.online import drafts, followed, matters, what_if
from portal.online.forms import FORMS
from portal.online.models import Service
from portal.online.uploading import bound_uploads
from portal.views.online.base import AREA, remember, seen_other, service_page, typed
from portal.views.online.hall import opened
from repair.models import Application


@service_page(post="follow")
def follow(request: HttpRequest) -> HttpResponse:
    """Ask for number and secret; a wrong pair is answered alike whether the number exists or not."""
    context: dict[str, Any] = {"at": "hall", "number": typed(request, "number").upper()}
    if request.method != "POST":
        return render(request, "portal/online/follow.html", context)
    try:
        record = followed.opened(context["number"], typed(request, "secret"))
    except Problem as problem:
        return render(request, "portal/online/follow.html", context | {"problem": problem}, status=problem.status)
    where = "#complain" if typed(request, "next") == "complain" else ""
    response = seen_other(reverse("portal:following", args=[record.public_id]) + where)
    _keep_open(request, response, record)
    return response


def _keep_open(request: HttpRequest, response: HttpResponse, record: followed.Record) -> None:
    path = f"{AREA}follow/{record.public_id}"
    remember(request, response, f"follow_{record.public_id}", followed.pass_of(record), followed.OPEN_FOR, path)


@service_page(post="drafts")
def following(request: HttpRequest, number: str) -> HttpResponse:
    """Show one filing to who opened it, or do what one of its buttons says."""
    bound_uploads(request)
    given = request.POST.get("pass", "") if request.method == "POST" else request.COOKIES.get(f"follow_{number}", "")
    try:
        record = followed.by_pass(number, given)
    except Problem as problem:
        context = {"at": "hall", "number": number.upper()[:16], "problem": problem}
        return render(request, "portal/online/follow.html", context, status=problem.status)
    if request.method != "POST":
        return _page(request, record)
    act = _ACTS.get(typed(request, "do"))
    try:
        answer = act(request, record) if act is not None else None
    except Refused as refusal:
        return _page(request, record, problems=list(refusal.errors), status=refusal.status)
    except Problem as problem:
        one = Violation(problem.code, problem.detail, problem.field, problem.remedy)
        return _page(request, record, problems=[one], status=problem.status)
    return answer or seen_other(reverse("portal:following", args=[record.public_id]))


def _withdraw(request: HttpRequest, record: followed.Record) -> HttpResponse | None:
    reason = typed(request, "reason", 300)
    if not reason:
        raise Refused([Violation("CORE-07", "请写明撤回的原因", "reason", "填写后再撤回")])
    followed.withdraw(record, reason)
    return None


def _supply(request: HttpRequest, record: followed.Record) -> HttpResponse | None:
    uploads, kind = request.FILES.getlist("file"), typed(request, "file_kind")
    if not uploads or kind not in dict(_kinds(record)):
        raise Refused([Violation("DRF-05", "请选择材料类别和文件", "files", "选择后再提交")])
    for upload in uploads:
        upload.name = upload.name or "材料"
    followed.supply(record, uploads, kind)
    return None


def _confirm(request: HttpRequest, record: followed.Record) -> HttpResponse | None:
    followed.confirm_letter(record, typed(request, "letter").upper())
    return None


def _complain(request: HttpRequest, record: followed.Record) -> HttpResponse | None:
    return _begin(request, Service.COMPLAINT, "objection", record.public_id)


def _object(request: HttpRequest, record: followed.Record) -> HttpResponse | None:
    """Object to a refused repair: the applicant's own details come along."""
    if not isinstance(record, Application):
        return None
    return _begin(request, Service.OBJECTION, "repair_refusal", record.public_id)


def _begin(request: HttpRequest, service: str, kind: str, key: str) -> HttpResponse:
    found = matters.matter(service, kind, key, clock.today())
    if found.obstacles:
        raise Refused(found.obstacles)
    return opened(request, drafts.start(service=service, kind=kind, key=key))


def _close(request: HttpRequest, record: followed.Record) -> HttpResponse | None:
    response = seen_other(reverse("portal:follow"))
    response.delete_cookie(f"follow_{record.public_id}", path=f"{AREA}follow/{record.public_id}")
    return response


_ACTS: dict[str, Callable[[HttpRequest, followed.Record], HttpResponse | None]] = {
    "withdraw": _withdraw,
    "supply": _supply,
    "confirm": _confirm,
    "complain": _complain,
    "object": _object,
    "close": _close,
}


def _kinds(record: followed.Record) -> list[tuple[str, str]]:
    return list(FORMS[Service.REPAIR if isinstance(record, Application) else Service.OBJECTION].kinds)


def _page(
    request: HttpRequest, record: followed.Record, *, problems: list[Violation] | None = None, status: int = 200
) -> HttpResponse:
    record.refresh_from_db()
    shown, day = followed.shown(record), clock.today()
    context = {
        "at": "hall",
        "shown": shown,
        "today": day,
        "pass": followed.pass_of(record),
        "problems": problems or [],
        "kinds": _kinds(record),
        "readers": followed.readers(record),
        "accepted": ACCEPTED,
        "each": size_limit() // MEBIBYTE,
        "courses": what_if.courses(shown.listing, day) if shown.listing is not None else [],
        "reason": typed(request, "reason", 300) if request.method == "POST" else "",
    }
    response = render(request, "portal/online/following.html", context, status=status)
    _keep_open(request, response, record)
    return response
