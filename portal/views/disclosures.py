"""双公示 pages: what is public today, and one record of it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core import clock
from core.problems import NotFound
from portal.disclosures import KINDS, disclosure_on, disclosure_page
from portal.views.base import PAGE_LENGTH, cursor_of, page, text_of

ITEMS = {
    "penalty": (
        ("violation", "违法行为类型"), ("facts", "违法事实"), ("basis", "处罚依据"), ("kinds", "处罚类别"),
        ("content", "处罚内容"), ("fine", "罚款金额（万元）"), ("confiscated", "没收金额（万元）"),
        ("suspended_permit", "暂扣或者吊销证照"),
    ),
    "licence": (
        ("document_title", "许可文书名称"), ("licence_kind", "许可类别"), ("certificate_name", "许可证书名称"),
        ("certificate_number", "许可编号"), ("content", "许可内容"),
    ),
}  # fmt: skip


def _day(request: HttpRequest, name: str) -> date | None:
    try:
        return date.fromisoformat(text_of(request, name, 10))
    except ValueError:
        return None


@page()
def disclosures(request: HttpRequest) -> HttpResponse:
    """List what is public of one kind, narrowed by name, number, unit and day; never indexed by robots."""
    kind = text_of(request, "kind") or "penalty"
    kind = kind if kind in KINDS else "penalty"
    asked: dict[str, Any] = {name: text_of(request, name, 100) for name in ("name", "number", "authority")}
    asked |= {name: _day(request, name) for name in ("decided_from", "decided_to")}
    today = clock.today()
    found = disclosure_page(today, kind, asked, cursor=cursor_of(request), limit=PAGE_LENGTH)
    context = {
        "kind": kind,
        "kinds": KINDS.items(),
        "asked": asked,
        "narrowed": any(asked.values()),
        "found": found,
        "today": today,
        "first_page": not cursor_of(request),
        "at": "disclosures",
    }
    return render(request, "portal/disclosures.html", context)


@page()
def disclosure(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show one record while it is public; from the day after its last day on it is not found."""
    today = clock.today()
    found = disclosure_on(public_id, today)
    if found is None:
        raise NotFound("该公示信息")
    items = [(label, found[key]) for key, label in ITEMS[found["kind"]] if found[key] not in ("", None)]
    context = {"row": found, "items": items, "kind_label": KINDS[found["kind"]], "today": today, "at": "disclosures"}
    return render(request, "portal/disclosure.html", context)
