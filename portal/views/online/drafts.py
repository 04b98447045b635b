"""A draft's own page: typing, uploading, looking over, filing once, and the receipt."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from core import clock
from core.attachments.sniff import ACCEPTED
from core.attachments.storing import MEBIBYTE, size_limit
from core.problems import Problem, Refused, Violation
from portal.online import drafts, handing_in, matters
from portal.online.forms import ALIASES, FORMS, ServiceForm
from portal.online.models import Draft, Service
from portal.online.uploading import bound_uploads
from portal.views.online.base import seen_other, service_page, typed, wants_part
from portal.views.online.hall import hold_open
from repair.services.filing import COMMITMENT
from subjects.identity.providers import LONGEST_TOKEN, provider

CLOSED = Problem(
    "DRF-01",
    "没有找到这份草稿，或者本浏览器没有打开它的续办码",
    status=404,
    title="没有打开的草稿",
    remedy="用草稿编号和续办码重新打开；过期的草稿已经删除，已经提交的凭回执编号查询",
)


def _opened(request: HttpRequest, number: str) -> tuple[Draft, str]:
    """Return the draft and its key, from the form itself or else from what the browser keeps for this page."""
    kept = request.COOKIES.get(f"draft_{number}", "")
    by_form = request.method == "POST" and typed(request, "do") != "login"  # a login sends back without our form
    key = typed(request, "key") if by_form else kept
    found = drafts.known_by(number, key)
    if found is None:
        raise CLOSED
    return found, key


@service_page(post="follow")
def resume(request: HttpRequest) -> HttpResponse:
    """Open a draft again, anywhere, by its number and key; both are typed, neither stands in an address."""
    context: dict[str, Any] = {"at": "hall", "days": settings.DRAFT_DAYS, "number": typed(request, "number").upper()}
    if request.method != "POST":
        return render(request, "portal/online/resume.html", context)
    try:
        draft = drafts.resumed(context["number"], typed(request, "key"))
    except Problem as problem:
        return render(request, "portal/online/resume.html", context | {"problem": problem}, status=problem.status)
    response = seen_other(reverse("portal:draft", args=[draft.public_id]))
    hold_open(request, response, draft.public_id, typed(request, "key").upper())
    return response


@service_page()
def draft(request: HttpRequest, number: str) -> HttpResponse:
    """Show the draft, or do what one of its buttons says; whatever is typed is kept first, whichever button it was."""
    bound_uploads(request)
    row, key = _opened(request, number)
    if row.filed_at is not None:
        return seen_other(reverse("portal:receipt", args=[number]))
    if request.method != "POST":
        step = "confirm" if request.GET.get("step") == "confirm" else "write"
        return _page(request, row, key, step=step)
    row = drafts.save(row, _typed_in(request, row))
    act = typed(request, "do")
    response = _ACTS.get(act.partition(":")[0], _saved)(request, row, key)
    hold_open(request, response, number, key)  # the browser may have lost it
    return response


def _typed_in(request: HttpRequest, row: Draft) -> dict[str, str]:
    """Return what was typed into the fields that were on the page; a box left empty is typed in as empty."""
    form = FORMS[row.service]
    found = {}
    for name, field in form.base_fields.items():
        if name in request.POST:
            found[name] = (
                request.POST[name].replace("\x00", "").strip()[: (getattr(field, "max_length", None) or 100) + 2000]
            )
        elif f"has_{name}" in request.POST:
            found[name] = ""
    return found


def _saved(request: HttpRequest, row: Draft, key: str) -> HttpResponse:
    if wants_part(request):
        return HttpResponse(f"已保存 {clock.now():%H:%M}", content_type="text/plain; charset=utf-8")
    return _page(request, row, key, said="已保存，可以关闭本页，以后凭草稿编号和续办码继续。")


def _upload(request: HttpRequest, row: Draft, key: str) -> HttpResponse:
    """Take the chosen files in one by one: what is refused is named, what is good stays."""
    kind = typed(request, "file_kind")
    uploads = request.FILES.getlist("file")
    wrong: list[Violation] = []
    if kind not in dict(FORMS[row.service].kinds):
        wrong.append(Violation("DRF-05", "未选择材料类别", "files", "先选择材料类别，再选择文件"))
        uploads = []
    elif not uploads:
        wrong.append(Violation("DRF-05", "没有选择文件", "files", "选择文件后再上传"))
    for upload in uploads:
        try:
            drafts.add_file(row, upload, kind=kind)
        except Problem as problem:
            detail = f"“{upload.name}”没有收下：{problem.detail}"
            wrong.append(Violation(problem.code, detail, "files", problem.remedy))
    if wants_part(request):
        context = _files(row) | {"key": key, "refused": wrong}
        return render(request, "portal/online/parts/files.html", context, status=422 if wrong else 200)
    if wrong:
        return _page(request, row, key, problems=wrong, status=422)
    return seen_other(reverse("portal:draft", args=[row.public_id]) + "#files")


def _drop(request: HttpRequest, row: Draft, key: str) -> HttpResponse:
    which = typed(request, "do").partition(":")[2]
    if which.isdecimal():
        drafts.drop_file(row, int(which[:18]))
    if wants_part(request):
        return render(request, "portal/online/parts/files.html", _files(row) | {"key": key})
    return seen_other(reverse("portal:draft", args=[row.public_id]) + "#files")


def _check(request: HttpRequest, row: Draft, key: str) -> HttpResponse:
    """Look the draft over by the rules that will judge it; without a fault, show it whole for confirmation."""
    found = _faults(row)
    if found:
        return _page(request, row, key, problems=found, status=422)
    return seen_other(reverse("portal:draft", args=[row.public_id]) + "?step=confirm")


def _faults(row: Draft) -> list[Violation]:
    form = _form(row, bound=True)
    empty = [Violation("", str(message), name) for name, messages in form.errors.items() for message in messages]
    named = {one.field for one in empty}
    judged = handing_in.looked_over(row, drafts.content_of(row))
    return empty + [one for one in judged if ALIASES.get(one.field or "", one.field) not in named]


def _file(request: HttpRequest, row: Draft, key: str) -> HttpResponse:
    found = _faults(row)
    if found:
        return _page(request, row, key, problems=found, status=422)
    try:
        handing_in.hand_in(row)
    except Refused as refusal:
        return _page(request, row, key, problems=list(refusal.errors), status=refusal.status)
    except Problem as problem:
        one = Violation(problem.code, problem.detail, problem.field, problem.remedy)
        return _page(request, row, key, problems=[one], status=problem.status)
    return seen_other(reverse("portal:receipt", args=[row.public_id]))


def _discard(request: HttpRequest, row: Draft, key: str) -> HttpResponse:
    drafts.discard(row)
    return render(request, "portal/online/discarded.html", {"at": "hall"})


def _login(request: HttpRequest, row: Draft, key: str) -> HttpResponse:
    """Keep the token of a login with the draft until it is filed; a false or old one is refused at once."""
    token = request.POST.get("token", "")[: LONGEST_TOKEN + 1]
    try:
        found = provider().read(token)
    except Refused as refusal:
        return _page(request, row, key, problems=list(refusal.errors), status=refusal.status)
    drafts.save(row, {"login": token, "login_name": found.name})
    return seen_other(reverse("portal:draft", args=[row.public_id]))


def _logout(request: HttpRequest, row: Draft, key: str) -> HttpResponse:
    drafts.save(row, {"login": "", "login_name": ""})
    return seen_other(reverse("portal:draft", args=[row.public_id]))


def _edit(request: HttpRequest, row: Draft, key: str) -> HttpResponse:
    return seen_other(reverse("portal:draft", args=[row.public_id]))


_ACTS = {
    "save": _saved,
    "upload": _upload,
    "drop": _drop,
    "check": _check,
    "file": _file,
    "discard": _discard,
    "edit": _edit,
    "login": _login,
    "logout": _logout,
}


def _form(row: Draft, *, bound: bool = False) -> ServiceForm:
    content = drafts.content_of(row)
    found = matters.matter(row.service, row.about_kind, row.about_key, clock.today())
    facts: dict[str, Any] = {"person": found.person or not found.code, "code": found.code}
    form = FORMS[row.service]
    return form(content, **facts) if bound else form(initial=content, **facts)


def _files(row: Draft) -> dict[str, Any]:
    """Return the files that are held, with their kinds in words, and what may still be added."""
    kinds = dict(FORMS[row.service].kinds)
    held = [
        {"pk": one.pk, "name": one.name, "kind": kinds.get(one.kind, ""), "label": one.label, "size": one.size}
        for one in row.files.all()
    ]
    limits = {"each": size_limit() // MEBIBYTE, "all": drafts.ALL_BYTES // MEBIBYTE, "most": drafts.MOST_FILES}
    return {"files": held, "limits": limits, "draft": row}


def _page(
    request: HttpRequest,
    row: Draft,
    key: str,
    *,
    step: str = "write",
    problems: list[Violation] | None = None,
    said: str = "",
    status: int = 200,
) -> HttpResponse:
    """Render the draft with everything that was typed, and each fault beside its field."""
    form = _form(row, bound=step == "confirm")
    beside: dict[str, list[Violation]] = defaultdict(list)
    faults = []
    for one in problems or []:
        name = ALIASES.get(one.field or "", one.field or "")
        name = name if name in form.fields or name == "files" else "whole"
        beside[name].append(one)
        faults.append((one, f"f-{name}" if name in form.fields else name))
    left = (row.keep_until - clock.today()).days
    about = matters.matter(row.service, row.about_kind, row.about_key, clock.today())
    context = _files(row) | {
        "at": "hall",
        "matter": about,
        "form": form,
        "kinds": form.kinds,
        "needed": form.needed,
        "accepted": ACCEPTED,
        "beside": dict(beside),
        "faults": faults,
        "key": key,
        "said": said,
        "left": left,
        "days": settings.DRAFT_DAYS,
        "commitment": COMMITMENT if row.service == Service.REPAIR else "",
        "login_name": drafts.content_of(row).get("login_name", ""),
        "login_url": settings.PROVINCIAL_LOGIN_URL if settings.PROVINCIAL_LOGIN_ISSUER else "",
    }
    template = "portal/online/confirm.html" if step == "confirm" else "portal/online/draft.html"
    return render(request, template, context, status=status)


@service_page()
def returned(request: HttpRequest) -> HttpResponse:
    """Where the provincial login sends its token: handed on to the draft that it was asked for, by the draft's own page.

    The browser keeps a draft's key from what comes from another site, so the token goes the last step as a form of ours.
    """
    number, token = typed(request, "state").upper(), request.POST.get("token", "")[: LONGEST_TOKEN + 1]
    if request.method != "POST" or not number or not token:
        raise CLOSED
    return render(request, "portal/online/returned.html", {"at": "hall", "number": number, "token": token})


@service_page()
def receipt(request: HttpRequest, number: str) -> HttpResponse:
    """Show the number, and the secret until its holder has noted it; what was filed twice has one receipt."""
    row, key = _opened(request, number)
    if row.filed_at is None:
        return seen_other(reverse("portal:draft", args=[number]))
    if request.method == "POST" and typed(request, "do") == "noted":
        drafts.noted(row)
        return seen_other(reverse("portal:receipt", args=[number]))
    minutes = int(drafts.SECRET_STAYS.total_seconds() // 60)
    context = {"at": "hall", "draft": row, "key": key, "secret": drafts.secret_of(row), "minutes": minutes}
    return render(request, "portal/online/receipt.html", context)
