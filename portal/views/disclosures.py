"""双公示 pages: what is public today, and one record of it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core import clock
from core.api.params import Param
from core.problems import NotFound, Problem
from portal.disclosures import KINDS, disclosure_of, disclosure_page, is_under_repair, persons_on_list, record_on
from portal.views.base import CURSOR, PAGE_LENGTH, asked, page

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


PARAMS = (
    Param("kind", label="种类", choices=tuple(KINDS)),
    Param("name", label="相对人名称", limit=100),
    Param("code", label="统一社会信用代码", limit=18),
    Param("number", label="文书号", limit=200),
    Param("authority", label="决定机关", limit=100),
    Param("decided_from", "date", label="决定日期自"),
    Param("decided_to", "date", label="决定日期至"),
    CURSOR,
)


@page()
def disclosures(request: HttpRequest) -> HttpResponse:
    """List what is public of one kind, narrowed by name, code, number, unit and day; never indexed by robots."""
    query = asked(request, *PARAMS)
    kind = query["kind"] or "penalty"
    words = {name: query[name] for name in query if name not in ("kind", "cursor")}
    today = clock.today()
    first, last = words["decided_from"], words["decided_to"]
    if first and last and first > last:
        raise Problem(
            "bad_parameter", "决定日期的起日晚于止日", field="decided_from", remedy="调换两个日期，或者只填一个"
        )
    found = disclosure_page(today, kind, words, cursor=query["cursor"], limit=PAGE_LENGTH)
    by_name_only = words["name"] and not query["cursor"] and not any(words[key] for key in words if key != "name")
    persons = persons_on_list(today, kind, words["name"]) if by_name_only else []
    context = {
        "rows": [*persons, *found.items],
        "kind": kind,
        "kinds": KINDS.items(),
        "asked": words,
        "narrowed": any(words.values()),
        "found": found,
        "today": today,
        "first_page": not query["cursor"],
        "at": "disclosures",
    }
    return render(request, "portal/disclosures.html", context)


@page()
def disclosure(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show one record while it is public; from the day after its last day on it is not found."""
    today = clock.today()
    record = record_on(public_id, today)
    if record is None:
        raise NotFound("该公示信息")
    found = disclosure_of(record)
    items = [(label, found[key]) for key, label in ITEMS[found["kind"]] if found[key] not in ("", None)]
    context = {
        "row": found | {"repairing": is_under_repair(record)},
        "items": items,
        "kind_label": KINDS[found["kind"]],
        "today": today,
        "at": "disclosures",
    }
    return render(request, "portal/disclosure.html", context)
