"""What a unit gets back: counters that add up, and the first errors by row, column and rule."""

from __future__ import annotations

from typing import Any

import polars as pl

from core.api.schema import declare_shapes
from core.api.shapes import Shape, any_object, flag, listing, moment, number, text
from core.intake.merging import ERROR_SCHEMA
from core.models.intake import COUNTERS, BatchState, IntakeBatch, IntakeError

SHOWN_ERRORS = 1_000
RETURNED_ROWS = 5_000  # wrong rows that one workbook gives back: more of them nobody corrects by hand

ROW_ERROR = Shape(
    "IntakeRowError",
    {
        "row": number("文件中的行号；CSV 的表头为第 1 行"),
        "column": text("栏目代码"),
        "code": text("规则代码"),
        "message": text("说明"),
        "severity": text("error 退回或待认定，warning 提示", choices=tuple(IntakeError.Severity.values)),
    },
    "一行中的一处错误",
)
RECEIPT = Shape(
    "IntakeReceipt",
    {
        "receipt": text("回执编号"),
        "profile": text("数据类型"),
        "rows": number("数据行数，等于以下六项之和"),
        "inserted": number("新增"),
        "updated": number("更新"),
        "unchanged": number("未变"),
        "duplicate": number("文件内重复"),
        "questioned": number("疑问，待认定"),
        "rejected": number("退回"),
        "errors_total": number("错误和提示的总数"),
        "errors": listing(ROW_ERROR, f"前 {SHOWN_ERRORS} 条"),
    },
    "报送回执",
)
STATUS = Shape(
    "IntakeStatus",
    {
        **RECEIPT.fields,
        "state": text("状态", choices=tuple(BatchState.values)),
        "mode": text("入库方式"),
        "received_at": moment("收到时间"),
        "finished_at": moment("结束时间", null=True),
        "finished": flag("是否已经处理完毕"),
        "problem": any_object("整批退回的原因（问题文档）", null=True),
    },
    "一批报送的办理情况",
)
declare_shapes(ROW_ERROR)


def receipt(batch: IntakeBatch, *, errors: int = SHOWN_ERRORS) -> dict[str, Any]:
    """Return the receipt as `intake --json` prints it."""
    shown = batch.errors.order_by("row", "pk")[:errors].values("row", "column", "code", "message", "severity")
    return {
        "receipt": batch.public_id,
        "profile": batch.profile,
        "rows": batch.rows,
        **{name: getattr(batch, name) for name in COUNTERS},
        "errors_total": batch.errors_total,
        "errors": list(shown),
    }


def status(batch: IntakeBatch) -> dict[str, Any]:
    """Return the receipt with how far the batch is."""
    return {
        **receipt(batch),
        "state": batch.state,
        "mode": batch.mode,
        "received_at": batch.received_at,
        "finished_at": batch.finished_at,
        "finished": not batch.is_running,
        "problem": batch.problem,
    }


def errors_of(batch: IntakeBatch) -> tuple[pl.DataFrame, int]:
    """Return what is told of the first wrong rows, in the order of rows, and how many more wrong rows there are."""
    wrong = batch.errors.filter(severity=IntakeError.Severity.ERROR).order_by("row").values_list("row", flat=True)
    shown = list(wrong.distinct()[:RETURNED_ROWS])
    left = wrong.distinct().count() - len(shown)
    rows = batch.errors.filter(row__in=shown).order_by("row", "pk").values_list(*ERROR_SCHEMA)
    return pl.DataFrame(list(rows.iterator(10_000)), schema=ERROR_SCHEMA, orient="row"), left
