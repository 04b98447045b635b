"""What a source is told of its batch: how many of which outcome, and every row that was questioned or rejected."""

from __future__ import annotations

from typing import Any

from core.api.shapes import Shape, any_object, day, flag, listing, moment, number, text
from core.paging import Page, keyset_page
from exchange.models import ListBatch, ListRow
from exchange.models.downflow import COUNTED, COUNTERS, Extent, ListState, RowOutcome

ANSWERED = tuple(outcome.name.lower() for outcome in RowOutcome)
_NAMES = {outcome.value: outcome.name.lower() for outcome in RowOutcome}
BATCH = Shape(
    "ListBatch",
    {
        "batch": text("本平台的批次编号"),
        "source": text("来源代号"),
        "list": text("名单代码"),
        "number": text("来源批次号"),
        "extent": text("full 全量，delta 增量", choices=tuple(Extent.values)),
        "as_of": day("来源截至日"),
        "state": text("状态", choices=tuple(ListState.values)),
        "state_name": text("状态的中文名称"),
        "finished": flag("是否已经办结"),
        "parts": number("已收到的段数"),
        "rows": number("已收到的行数；入库后等于以下六项之和"),
        **{name: number(label) for name, label in COUNTED.items()},
        "absent": number("全量名单不再列有、因此记为来源已退出的记录"),
        "findings": listing(any_object("规则代码和说明"), "隔离的原因"),
        "received_at": moment("开始接收的时间"),
        "finished_at": moment("办结的时间", null=True),
    },
    "一个名单批次的办理情况",
)
ROW = Shape(
    "ListRowAnswer",
    {
        "part": number("段号"),
        "row": number("段内行号，从 1 起"),
        "number": text("来源编号；读不出的为空"),
        "outcome": text("结果", choices=ANSWERED),
        "code": text("规则代码；没有的为空"),
        "message": text("说明"),
    },
    "一行的结果",
)


def answer(batch: ListBatch) -> dict[str, Any]:
    """Return how far the batch is; the counters add up to its rows once it is merged."""
    return {
        "batch": batch.public_id,
        "source": batch.register.code,
        "list": batch.register.list_code,
        "number": batch.number,
        "extent": batch.extent,
        "as_of": batch.as_of,
        "state": batch.state,
        "state_name": batch.get_state_display(),
        "finished": batch.finished_at is not None,
        "parts": batch.parts.count(),
        "rows": batch.rows,
        **{name: getattr(batch, name) for name in COUNTERS},
        "absent": batch.absent,
        "findings": batch.findings,
        "received_at": batch.received_at,
        "finished_at": batch.finished_at,
    }


def row_page(batch: ListBatch, *, outcome: str | None, cursor: str | None, limit: int) -> Page[dict[str, Any]]:
    """Return a page of answered rows in the order in which they came; those of one outcome where it is asked for."""
    rows = ListRow.objects.filter(batch=batch).exclude(outcome="")
    if outcome:
        rows = rows.filter(outcome=RowOutcome[outcome.upper()])
    return keyset_page(rows, order=("id",), cursor=cursor, limit=limit).mapped(row_answer)


def row_answer(row: ListRow) -> dict[str, Any]:
    return {
        "part": row.part,
        "row": row.row,
        "number": row.number,
        "outcome": _NAMES[row.outcome],
        "code": row.code,
        "message": row.message,
    }
