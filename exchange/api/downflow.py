"""`/api/v1/exchange/lists…`: a source hands a list in by parts and follows what became of every row."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse

from core.api.lean import LeanView, json_of
from core.api.params import Param
from core.api.responses import json_response
from core.paging import Page
from core.problems import Problem
from exchange.downflow.answering import ANSWERED, BATCH, ROW, answer, row_page
from exchange.downflow.receiving import (
    BATCH_ROWS,
    PART_ROWS,
    Manifest,
    begin_batch,
    complete_batch,
    find_batch,
    take_part,
)
from exchange.downflow.rows import PROFILE
from exchange.models import ListBatch
from exchange.models.downflow import Extent
from exchange.permissions import READ

TAGS = ("外部名单",)
ROW_FIELDS = tuple(
    Param(column.code, label=f"{column.header}。{column.note}".strip("。")) for column in PROFILE.columns
)
MANIFEST = (
    Param("source", label="来源代号，由联席办登记", required=True, limit=40),
    Param("list", label="名单代码，由联席办登记", required=True, limit=40),
    Param("number", label="来源批次号；同一批次号再次开始返回原批次", required=True, limit=64),
    Param("extent", label="full 全量：不再列有的视为来源已退出；delta 增量：只动所列的", required=True, choices=tuple(Extent.values)),
    Param("as_of", "date", "来源数据的截至日", required=True),
    Param("count", "int", "行数", required=True, least=0, most=BATCH_ROWS),
    Param("digest", label="全部行的 SM3 摘要，64 位十六进制", required=True, limit=64),
    Param("follows", label="增量：前一批次号", limit=64),
)  # fmt: skip


class ListsView(LeanView):
    """Opening a batch: only the unit that the office has named for the list may."""

    summary = "开始推送一个名单批次"
    description = (
        "先以清单（行数和摘要）开始，再分段推送，最后报告收齐。摘要与分段和次序无关：对每一行取 "
        "SM3(来源编号 + “:” + SM3(该行的规范 JSON))，全部按位异或；规范 JSON 为键按字母序、无空白、UTF-8。"
        "行数、摘要不符，或全量比现有少得多的批次会被隔离，没有记录因此结束。需要接口范围 exchange。"
    )
    tags = TAGS
    operation = "lists_begin"
    required_permission = READ
    rate = "systems"
    body = MANIFEST
    response = BATCH
    success_status = 201

    def post(self, request: HttpRequest, query: dict[str, Any], body: dict[str, Any]) -> HttpResponse:
        manifest = Manifest(
            source=body["source"],
            list_code=body["list"],
            number=body["number"],
            extent=body["extent"],
            as_of=_day(body["as_of"]),
            count=body["count"],
            digest=body["digest"],
            follows=body["follows"] or "",
        )
        return _answered(begin_batch(actor=self.actor, manifest=manifest), status=201)


class ListView(LeanView):
    """Following a batch."""

    summary = "查询名单批次的办理情况"
    description = "各项计数、状态和隔离的原因。只有推送该名单的单位可以查询。"
    tags = TAGS
    operation = "lists_get"
    required_permission = READ
    rate = "systems"
    response = BATCH

    def get(self, request: HttpRequest, query: dict[str, Any], batch: str) -> dict[str, Any]:
        return answer(find_batch(self.actor, batch))


class ListPartView(LeanView):
    """One part of a batch; sent again with the same rows it changes nothing."""

    summary = "推送名单批次的一段"
    description = (
        f"段号从 1 起连续，每段最多 {PART_ROWS} 行，可以乱序、可以重发；同一段内容不同的拒绝。"
        "行内字段不合规则的，只退回该行，其余照常办理。"
    )
    tags = TAGS
    operation = "lists_part"
    required_permission = READ
    rate = "systems"
    body = (Param("rows", "list", f"名单行，最多 {PART_ROWS} 行", required=True, limit=PART_ROWS, fields=ROW_FIELDS),)
    response = BATCH

    def _body(self, request: HttpRequest) -> Any:
        """Return the rows as they were sent: their digest is of what the source wrote, and each is answered by itself."""
        parsed = json_of(request)
        if not isinstance(parsed, dict) or set(parsed) != {"rows"} or not isinstance(parsed["rows"], list):
            raise Problem(
                "bad_json",
                "请求正文应为对象，只有 rows 一个成员，为名单行的列表",
                field="rows",
                remedy="对照接口文档组织请求正文",
            )
        return parsed

    def put(
        self, request: HttpRequest, query: dict[str, Any], body: dict[str, Any], batch: str, part: int
    ) -> HttpResponse:
        held = find_batch(self.actor, batch)
        take_part(actor=self.actor, batch=held, number=part, rows=body["rows"])
        return _answered(find_batch(self.actor, batch), status=200)


class ListCompletionView(LeanView):
    """The end of a batch: from here on it is judged and merged, or held."""

    summary = "报告名单批次收齐"
    description = "缺段的拒绝并指明段号。立即返回，核验和入库在后台进行，用查询接口跟踪。"
    tags = TAGS
    operation = "lists_complete"
    required_permission = READ
    rate = "systems"
    response = BATCH
    success_status = 202

    def post(self, request: HttpRequest, query: dict[str, Any], body: None, batch: str) -> HttpResponse:
        held = find_batch(self.actor, batch)
        complete_batch(actor=self.actor, batch=held)
        return _answered(find_batch(self.actor, batch), status=202)


class ListRowsView(LeanView):
    """What became of the rows, a page at a time."""

    summary = "查询名单批次各行的结果"
    description = "按到达的次序；可以只要一种结果。入库 30 日后只保留未对应主体的和退回的。"
    tags = TAGS
    operation = "lists_rows"
    required_permission = READ
    rate = "systems"
    params = (Param("outcome", label="只要这一种结果", choices=ANSWERED),)
    response = ROW
    paged = True

    def get(self, request: HttpRequest, query: dict[str, Any], batch: str) -> Page[dict[str, Any]]:
        held = find_batch(self.actor, batch)
        return row_page(held, outcome=query["outcome"], cursor=query["cursor"], limit=query["limit"])


def _day(value: Any) -> date:
    assert isinstance(value, date)
    return value


def _answered(batch: ListBatch, *, status: int) -> HttpResponse:
    response = json_response(answer(batch), status=status)
    response["Location"] = f"/api/v1/exchange/lists/{batch.public_id}"
    response["Cache-Control"] = "private, no-store"
    return response
