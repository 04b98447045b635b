"""双公示: `GET /api/v1/public/disclosures?kind=licence|penalty`."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from core import clock
from core.api.lean import LeanView
from core.api.params import Param
from core.api.shapes import Schema, Shape, day, text
from core.paging import Page
from core.problems import NotFound
from portal.disclosures import KINDS, disclosure_of, disclosure_page, record_on

COMMON = {
    "id": text("公开编号"),
    "kind": text("种类：licence 行政许可，penalty 行政处罚", choices=tuple(KINDS)),
    "name": text("行政相对人名称；依规定公示自然人的，通常只有姓氏"),
    "party": text("行政相对人类别"),
    "code": text("统一社会信用代码；自然人为空"),
    "subject": text("主体页的代码；没有主体页的为空"),
    "document_number": text("决定文书号"),
    "decided_on": day("决定日期"),
    "authority_name": text("决定机关"),
    "authority_code": text("决定机关统一社会信用代码"),
    "source_name": text("数据来源单位"),
    "source_code": text("数据来源单位统一社会信用代码"),
    "visible_from": day("公示起始日"),
    "last_public_day": day("最后公示日，次日起不再公示；没有期限的为 null", null=True),
    "mark": text("异议处理期间为“异议中”，否则为空"),
}
_AMOUNT = text("金额（万元）", null=True)
ITEMS = {
    **COMMON,
    "violation": text("违法行为类型（处罚）"),
    "facts": text("违法事实（处罚）"),
    "basis": text("处罚依据（处罚）"),
    "kinds": text("处罚类别（处罚）"),
    "content": text("决定内容"),
    "fine": _AMOUNT,
    "confiscated": _AMOUNT,
    "suspended_permit": text("暂扣或者吊销证照（处罚）"),
    "severity": text("失信程度代码（处罚）"),
    "severity_label": text("失信程度（处罚）"),
    "document_title": text("许可决定文书名称（许可）"),
    "licence_kind": text("许可类别（许可）"),
    "certificate_name": text("许可证书名称（许可）"),
    "certificate_number": text("许可编号（许可）"),
    "valid_from": day("有效期自（许可）"),
    "valid_to": day("有效期至，长期有效为 null（许可）", null=True),
}


class DisclosureShape(Shape):
    """Both kinds under one name: the common items are always there, the rest belong to the kind."""

    def schema(self) -> Schema:
        return super().schema() | {"required": sorted(COMMON)}


DISCLOSURE = DisclosureShape("PublicDisclosure", ITEMS, "一件公示中的行政许可或者行政处罚")
DETAIL = DisclosureShape(
    "PublicDisclosureDetail", {**ITEMS, "explanation": text("公示起止的由来")}, "一件公示中的行政许可或者行政处罚"
)


class DisclosuresView(LeanView):
    """What is public today of one kind, newest decision first; what has ended is nowhere."""

    summary = "查询行政许可和行政处罚公示"
    description = "今日公示中的决定，新的在前；公示期满、终止公示、撤下的当日起不再出现。不能按自然人查询。"
    tags = ("公共查询",)
    operation = "public_disclosures"
    public = True
    paged = True
    params = (
        Param("kind", label="种类", choices=tuple(KINDS), required=True),
        Param("name", label="相对人名称中连续的字；不含自然人", limit=100),
        Param("code", label="统一社会信用代码", limit=18),
        Param("number", label="决定文书号，全文", limit=200),
        Param("authority", label="决定机关名称中的字或者统一社会信用代码", limit=100),
        Param("decided_from", "date", label="决定日期不早于"),
        Param("decided_to", "date", label="决定日期不晚于"),
    )
    response = DISCLOSURE

    def get(self, request: HttpRequest, query: dict[str, Any]) -> Page[dict[str, Any]]:
        cursor, limit = query["cursor"], query["limit"]
        return disclosure_page(clock.today(), query["kind"], query, cursor=cursor, limit=limit)


class DisclosureView(LeanView):
    """One record while it is public."""

    summary = "一件行政许可或者行政处罚公示"
    description = "按公开编号查询；公示期满、终止公示、撤下的当日起答复为没有。"
    tags = ("公共查询",)
    operation = "public_disclosure"
    public = True
    response = DETAIL

    def get(self, request: HttpRequest, query: dict[str, Any], public_id: str) -> dict[str, Any]:
        found = record_on(public_id, clock.today())
        if found is None:
            raise NotFound("该公示信息")
        return disclosure_of(found)
