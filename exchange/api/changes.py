"""`GET /api/v1/exchange/changes`: the feed, page after page."""

from __future__ import annotations

import hashlib
from types import MappingProxyType
from typing import Any

from django.http import HttpRequest, HttpResponse

from core import clock
from core.api.lean import LeanView
from core.api.params import Param
from core.api.responses import JSON_TYPE, matches, not_modified
from core.api.schema import declare_shapes
from core.api.shapes import Shape, any_object, day, listing, moment, number, text
from exchange.feed import following, pages, waiting
from exchange.permissions import READ
from subjects.selectors import world_of

DOCUMENT = "document"
CHANGE = Shape(
    "Change",
    {
        "position": number("位置；连续编号，按提交先后，不会重复") | {"example": 10482},
        "event_id": text("事件编号"),
        "event_type": text("事件类型，见 docs/events/") | {"example": "disclosure.published"},
        "version": number("该类型的版本；版本不变时只增加属性"),
        "aggregate_type": text("对象类型") | {"example": "publicity.penalty"},
        "aggregate_id": text("对象的公开编号") | {"example": "8K4TQ2M7ZC0XN5RB"},
        "legal_on": day("法定日期"),
        "recorded_at": moment("记录时间"),
        "payload": any_object("内容，按类型和版本"),
    },
    "一项变更；include=document 时另有 document：该对象今天的公开内容，不再公开的为 null",
)
CHANGES = Shape(
    "Changes",
    {
        "items": listing(CHANGE, "按位置先后"),
        "next": number("已读到的位置，作为下一次的 after") | {"example": 10500},
        "mark": text("该位置的标记，随下一次的 after 一并送来，平台据此发现自己曾经从备份恢复"),
        "head": number("最新的位置；next 等于 head 时已经读完") | {"example": 10500},
        "as_of": day("document 所依据的日期"),
        "retry_after": number("等待名额已满时，多少秒后再来；否则为 null", null=True),
    },
    "一页变更",
)
declare_shapes(CHANGE)


class ChangesView(LeanView):
    """What changed in public after a position; removals are events like all others."""

    summary = "变更序列"
    description = (
        "按位置读取公开信息的变更：出现、更正、撤下、移出、屏蔽。位置连续、按提交先后，边写边读也不会漏、不会重。"
        "读完一页以 next 和 mark 继续；next 等于 head 时已经读完，可以带 wait 等待。"
        "自然人的信息、决定之前的程序不在其中。快照加其后的变更等于现状：先取 /exchange/snapshots，再从其 position 和 mark 读起，"
        "以 include=document 按编号替换或者删去，并在最后公示日之后自行移出。"
    )
    tags = ("平台交换",)
    operation = "exchange_changes"
    required_permission = READ
    rate = "systems"
    params = (
        Param("after", "int", "从这个位置之后读", default=0, least=0, most=2**60),
        Param("mark", label="上一页的 mark", limit=36),
        Param("limit", "int", "最多多少项", default=pages.DEFAULT, least=1, most=pages.MOST),
        Param("types", label="只要这些事件类型或者大类，逗号分隔，如 disclosure,listing.revoked", limit=1000),
        Param("include", label="随每一项给出该对象今天的公开内容", choices=(DOCUMENT,)),
        Param("wait", "int", "没有新变更时最多等待多少秒", default=0, least=0, most=waiting.LONGEST),
    )
    response = CHANGES
    statuses = MappingProxyType({"409": "位置不是本平台给出的（EXC-01、EXC-02）：重新下载快照"})

    def get(self, request: HttpRequest, query: dict[str, Any]) -> HttpResponse:
        after, types = query["after"], pages.wanted_types(query["types"])
        newest, again = waiting.head_after(after, query["wait"])
        pages.check(after, query["mark"], newest)
        following.seen(self.actor, after)
        tag = _tag(after, newest, query, types)
        if matches(request, tag):
            return self._cached(not_modified(tag))
        documents = query["include"] == DOCUMENT
        found = pages.page(
            after, limit=query["limit"], types=types, newest=newest, documents=documents, world=world_of(self.actor)
        )
        self.rows = len(found.items)
        response = HttpResponse(found.body(clock.today(), again), content_type=JSON_TYPE)
        response["ETag"] = tag
        if again is not None:
            response["Retry-After"] = str(again)
        return self._cached(response)


def _tag(after: int, newest: int, query: dict[str, Any], types: list[str] | None) -> str:
    """Return a tag that is another one as soon as the answer may be: events never change, and documents with events or days.

    A document may change some seconds before its event has a position; the event then brings it.
    """
    shape = "all" if types is None else ",".join(types)
    words = f"{after}|{newest}|{query['limit']}|{shape}|{query['include']}|{clock.today()}"
    return f'W/"{hashlib.sha256(words.encode()).hexdigest()[:32]}"'
