"""Printable documents: the notice and the determination, as they are served."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from core.problems import NotFound
from sanctions.forms.notices import notice_of
from sanctions.models import Case, Determination
from sanctions.services.cases import leading_unit


def notice(request: HttpRequest, case: Case, public_id: str) -> HttpResponse:
    """Show one subject's 拟认定告知书."""
    context = {"case": case, "notice": notice_of(case, public_id), "issuer": leading_unit(case)}
    return TemplateResponse(request, "sanctions/print_notice.html", context)


def determination(request: HttpRequest, case: Case) -> HttpResponse:
    """Show the 认定决定书; before issue it says that it is a draft."""
    found = Determination.objects.filter(case=case).select_related("lead_unit", "meeting").first()
    if found is None:
        raise NotFound("认定决定")
    subjects = case.subjects.select_related("subject").order_by("pk")
    context = {"case": case, "determination": found, "subjects": subjects}
    return TemplateResponse(request, "sanctions/print_determination.html", context)
