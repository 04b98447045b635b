"""Credit reports: asked for on a subject's page, verified by number or by the file itself."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt

from core.attachments import serve
from core.problems import NotFound, Problem
from portal.reports import selectors
from portal.reports.services import VISITOR, issue
from portal.reports.signing import Finding, examine, signer
from portal.views.base import page, posted, text_of
from subjects.selectors import lookup

LARGEST_FILE = 4 * 1024 * 1024


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
    found = selectors.verified(number)
    return render(request, "portal/reports/report.html", {"found": found, "report": found.report, "at": "reports"})


@page(rate="download")
def file(request: HttpRequest, number: str, form: str) -> HttpResponseBase:
    """Give the signed file out, as PDF or JSON, byte for byte as issued."""
    kept = selectors.report_of(number)
    if form == "pdf":
        return serve(kept.pdf)
    response = HttpResponse(kept.document.encode(), content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{kept.number}.json"'
    response["Cache-Control"] = "private, no-store"
    return response


@page()
def verification(request: HttpRequest) -> HttpResponse:
    """Take a number, or explain how a file is checked."""
    number = text_of(request, "number", 40)
    problem: Problem | None = None
    if number:
        try:
            selectors.report_of(number)
        except Problem as refusal:
            problem = refusal
        else:
            return HttpResponseRedirect(reverse("portal:report", args=[number.upper()]))
    return _page(request, number=number, problem=problem)


@csrf_exempt  # as above
@posted(rate="filing")
def check(request: HttpRequest) -> HttpResponseBase:
    """Tell whether an uploaded file is a report as it was issued, and how the report stands. The file is not kept."""
    upload = request.FILES.get("file")
    if upload is None:
        raised = Problem("RPT-04", "没有选择文件", field="file", remedy="选择收到的 PDF 或 JSON 报告")
        return _page(request, file_problem=raised, status=400)
    if (upload.size or 0) > LARGEST_FILE:
        raised = Problem("RPT-05", "文件超过 4 MB，不是本平台的信用报告", field="file", remedy="选择原始的报告文件")
        return _page(request, file_problem=raised, status=413)
    finding = examine(upload.read(), signer())
    return _page(request, finding=finding, verified=_standing(finding))


def _standing(finding: Finding) -> selectors.Verified | None:
    if not finding.genuine:
        return None
    row = selectors.by_pdf_digest(finding.digest) if not finding.number else finding.number
    return selectors.verified(row) if row else None


def _page(request: HttpRequest, *, status: int = 200, **more: Any) -> HttpResponse:
    return render(request, "portal/reports/verification.html", {"at": "reports", **more}, status=status)
