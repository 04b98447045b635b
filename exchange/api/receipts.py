"""`POST /api/v1/exchange/receipts`: the province says what became of a batch that it took before."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from core.api.lean import LeanView
from core.api.params import Param
from core.api.shapes import Shape, number, text
from exchange.upward.receiving import take_receipt

SETTLED = Shape(
    "BatchReceipt",
    {
        "batch_no": text("批次号"),
        "state": text("批次状态"),
        "received": number("批次记录数"),
        "accepted": number("已接收"),
        "rejected": number("拒收"),
        "settled": number("本次回执新办结的记录数；重复的回执为 0"),
    },
    "回执办理结果",
)
ROW = (
    Param("rec_uid", label="记录编号，与批次一致", required=True, limit=64),
    Param("generation", "int", "批次中该记录的 generation", required=True, least=1),
    Param("code", label="0000 为接收；V01–V16、E1001 等为拒收", required=True, limit=20),
    Param("message", label="说明", limit=500),
    Param("field", label="字段", limit=100),
    Param("number", label="对方编号", limit=64),
    Param("receipt", label="回执号", limit=64),
)


class ReceiptsView(LeanView):
    summary = "送回批次回执"
    description = (
        "省平台先答“received”“processing”的批次，办理完毕后由此送回逐条结果。同一回执可以重复送，结果不变。"
        "批次不存在 RCP-01，非本平台批次 RCP-02，摘要不符 RCP-03，批次中没有的记录 RCP-04，数量不符 RCP-05：均不写入。"
    )
    tags = ("平台交换",)
    operation = "exchange_receipts_create"
    required_permission = "scope.exchange"
    rate = "systems"
    body = (
        Param("batch_no", label="批次号", required=True, limit=60),
        Param("digest", label="批次的 SM3 摘要", required=True, limit=64),
        Param("received", "int", "收到的记录数", least=0),
        Param("accepted", "int", "接收的记录数", least=0),
        Param("rejected", "int", "拒收的记录数", least=0),
        Param("receipts", "list", "逐条结果", required=True, limit=1000, fields=ROW),
    )
    response = SETTLED

    def post(self, request: HttpRequest, query: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
        return take_receipt(actor=self.actor, document=body)
