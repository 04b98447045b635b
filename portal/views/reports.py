"""Credit reports: asked for on a subject's page, verified by number or by the file itself."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt

from core.attachments import serve
from core.problems import NotFound, Problem
from core.signatures.keys import as_document
from core.signatures.signing import known_keys
from portal.reports import selectors
from portal.reports.files import Finding, examine
from portal.reports.personal import is_personal
from portal.reports.services import VISITOR, issue
from portal.views.base import page, posted, text_of
from subjects.selectors import lookup

LARGEST_FILE = 10 * 1024 * 1024  # above what a report of the most records comes to


@csrf_exempt  # nobody is logged in here: the form carries no authority that another site could borrow
@posted(rate="filing")
def ask(request: HttpRequest, code: str) -> HttpResponseBase:
    """Issue the report of a legal entity as of today and lead to its page."""
    found = lookup(code)
    if found is None:
        raise NotFound("该代码对应的主体")
    report = issue(actor=VISITOR, subject=found.subject)
    return HttpResponseRedirect(reverse("portal:report", args=[report.number]))


@page()
def report(request: HttpRequest, number: str) -> HttpResponse:
    """Show what the report of this number was and whether it still stands; never more than its owner shows with it."""
    if selectors.written(number) != number:
        return HttpResponseRedirect(reverse("portal:report", args=[selectors.report_of(number).number]))
    found = selectors.verified(number)
    return render(request, "portal/reports/report.html", {"found": found, "report": found.report, "at": "reports"})


@page(rate="download")
def file(request: HttpRequest, number: str, form: str) -> HttpResponseBase:
    """Give the signed file out, as PDF or JSON, byte for byte as issued, while it says what is public."""
    kept = selectors.to_give_out(number)
    if form == "pdf":
        return serve(kept.pdf)
    response = HttpResponse(kept.document.encode(), content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{kept.number}.json"'
    response["Cache-Control"] = "private, no-store"
    return response


@page()
def keys(request: HttpRequest) -> HttpResponse:
    """Give out the public keys with which every report of this site is verified offline."""
    response = JsonResponse(as_document(known_keys().values()))
    response["Cache-Control"] = "public, max-age=3600"
    return response


@page()
def verification(request: HttpRequest) -> HttpResponse:
    """Take a number, or explain how a file is checked."""
    number = text_of(request, "number", 40)
    problem: Problem | None = None
    if number:
        try:
            found = selectors.report_of(number)
        except Problem as refusal:
            problem = refusal
        else:
            return HttpResponseRedirect(reverse("portal:report", args=[found.number]))
    return _page(request, number=number, problem=problem, status=404 if problem else 200)


@csrf_exempt  # as above
@posted(rate="filing")
def check(request: HttpRequest) -> HttpResponseBase:
    """Tell whether an uploaded file is a report as it was issued, and how the report stands. The file is not kept."""
    upload = request.FILES.get("file")
    if upload is None:
        raised = Problem("RPT-04", "没有选择文件", field="file", remedy="选择收到的 PDF 或 JSON 报告")
        return _page(request, file_problem=raised, status=400)
    if (upload.size or 0) > LARGEST_FILE:
        raised = Problem("RPT-05", "文件超过 10 MB，不是本平台的信用报告", field="file", remedy="选择原始的报告文件")
        return _page(request, file_problem=raised, status=413)
    finding = examine(upload.read(), known_keys())
    return _page(request, finding=finding, personal=is_personal(finding.number), verified=_standing(finding))


def _standing(finding: Finding) -> selectors.Verified | None:
    try:
        return selectors.verified(finding.number) if finding.genuine else None
    except NotFound:
        return None


def _page(request: HttpRequest, *, status: int = 200, **more: Any) -> HttpResponse:
    context = {"at": "reports", "keys": known_keys().values(), **more}
    return render(request, "portal/reports/verification.html", context, status=status)
