"""A credit report by its number: `GET /api/v1/public/reports/{number}`."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from core.api.lean import LeanView
from core.api.shapes import Shape, day, flag, text
from portal.reports.selectors import LABELS, public_view, verified

REPORT = Shape(
    "PublicReport",
    {
        "number": text("报告编号"),
        "name": text("主体名称，出具时"),
        "code": text("主体代码，出具时"),
        "as_of": day("信息截止日"),
        "issued_at": text("出具时间"),
        "state": text("现在的状态", choices=tuple(LABELS)),
        "state_label": text("状态名称"),
        "since": day("该状态自何日起"),
        "changed": flag("该主体的公开信息在出具以后有变化"),
        "newer": text("更新的报告编号", null=True),
        "withdrawn_reason": text("作废理由；未作废的为空"),
        "facts_digest": text("内容摘要，SM3"),
        "pdf_digest": text("PDF 摘要，SM3"),
        "key": text("签名密钥编号"),
    },
    "一份信用报告的核验结果",
)


class ReportView(LeanView):
    """Whether a report that somebody holds still stands."""

    summary = "核验信用报告"
    description = "按报告编号查询出具时的主体、现在的状态和摘要。文件本身是否被改动，按摘要比对或者离线核验签名。"
    tags = ("公共查询",)
    operation = "public_report"
    public = True
    response = REPORT

    def get(self, request: HttpRequest, query: dict[str, Any], number: str) -> dict[str, Any]:
        return public_view(verified(number))
