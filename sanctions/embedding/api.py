"""`POST /api/v1/checks/pages`: hand one question over and get the address of its page, good once and for minutes."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from core import clock
from core.api.lean import LeanView
from core.api.params import Param
from core.api.shapes import Shape, text
from sanctions.checks import rows
from sanctions.embedding import handing
from sanctions.enums import MatterKind

SUBJECT = (
    Param("code", label="统一社会信用代码，或者主体的公开编号", limit=40),
    Param("id_type", label="自然人证件类型，默认公民身份号码", choices=rows.ID_TYPES, limit=40),
    Param("id_number", label="自然人证件号码；须同时填写姓名", limit=40),
    Param("name", label="自然人姓名；法人可填名称供核对", limit=200),
)
MATTER = (
    Param("kind", label="事项类别", required=True, choices=tuple(MatterKind.values), limit=16),
    Param("name", label="事项名称", required=True, limit=200),
    Param("number", label="业务编号", limit=100),
)
PAGE = Shape(
    "CheckPageAddress",
    {
        "url": text("核查页面的地址，在框架或者窗口中打开；只能打开一次，不含主体的任何标识"),
        "expires_at": text("失效时间"),
        "origin": text("可以显示该页面、收到结果的来源"),
    },
    "核查页面的一次性地址",
    example={
        "url": "https://credit.example.gov.cn/checks/pages/Zk3v0m6mPZ2mC0o2o7y3q6cYv1bq8aR1kq9n5l7wXeE",
        "expires_at": "2026-03-02T10:05:00+08:00",
        "origin": "https://spj.example.gov.cn",
    },
)


class CheckPagesView(LeanView):
    """Hand a check over to its page."""

    summary = "取得核查页面的一次性地址"
    description = (
        "不能自行展示核查结果的审批系统，取得地址后在框架或者窗口中打开。经办人打开页面时才作核查、产生回执；页面用 "
        "postMessage 把核查编号和结果告知登记的来源，不用脚本的，从页面链接带着编号返回。来源由安全管理员登记。"
    )
    tags = ("嵌入核查",)
    operation = "check_page_create"
    required_permission = handing.CHECKS
    rate = "systems"
    success_status = 201
    body = (
        Param("matter", "object", "办理的事项", required=True, fields=MATTER),
        Param("subject", "object", "核查谁：代码，或者证件号码和姓名", required=True, fields=SUBJECT),
        Param("operator", label="经办人，记入核查记录", limit=60),
        Param("origin", label="在哪一个登记的来源显示；只登记了一个的可以不填", limit=200),
        Param("return_to", label="返回审批系统的地址，须在该来源之下", limit=handing.LONGEST_WAY_BACK),
    )
    example_body = {
        "matter": {"kind": "licence", "name": "食品经营许可新办", "number": "SL2026030200017"},
        "subject": {"code": "91510899MA0000000X"},
        "operator": "示例经办人",
        "origin": "https://spj.example.gov.cn",
        "return_to": "https://spj.example.gov.cn/cases/SL2026030200017",
    }
    response = PAGE

    def post(self, request: HttpRequest, query: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
        matter, subject = body["matter"], body["subject"]
        question = handing.Question(
            rows.Matter(matter["kind"], matter["name"], matter.get("number") or ""),
            rows.Asked(**{name: subject.get(name) or "" for name in ("code", "id_type", "id_number", "name")}),
            body.get("operator") or "",
            body.get("return_to") or "",
        )
        handed = handing.hand_over(actor=self.actor, question=question, origin=body.get("origin") or "")
        where = reverse("sanctions:check_page", args=[handed.ticket])
        base = str(settings.PUBLIC_URL or "").rstrip("/")
        return {
            "url": f"{base}{where}" if base else request.build_absolute_uri(where),
            "expires_at": handed.page.expires_at.astimezone(clock.SHANGHAI).isoformat(),
            "origin": handed.page.origin.origin,
        }
