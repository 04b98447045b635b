"""What the public reads of the statistics: the newest figures, and all of them as rows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from portal.statistics.models import PublishedFigures

Row = tuple[str, str, str, str]  # what is counted, of which kind, in which month, unit or field, and the number


def latest(day: date) -> PublishedFigures | None:
    """Return the newest figures published by the day; one query."""
    return PublishedFigures.objects.filter(on__lte=day).order_by("-on", "-id").first()


_KINDS = (("licence", "行政许可"), ("penalty", "行政处罚"))
_LISTS = (("discipline", "失信惩戒"), ("incentive", "守信激励"))
_OUTCOMES = (("upheld", "成立"), ("partly_upheld", "部分成立"), ("rejected", "不成立"))
# The name of the figure, the rows it stands in, what tells them apart, and the columns with their labels.
TABLES: tuple[tuple[str, str, str, tuple[tuple[str, str], ...]], ...] = (
    ("已公示的决定", "disclosures", "month", _KINDS),
    ("公示及时", "disclosures", "month", (("due", "应公示"), ("in_time", "按时公示"))),
    ("已公示的决定（按单位）", "units", "unit", _KINDS),
    ("名单有效项数", "fields", "field", _LISTS),
    ("新列入名单", "begun", "month", _LISTS),
    ("信用修复", "repairs", "month", (("received", "收到"), ("published", "公布"), ("median_days", "办理天数中位数"))),
    ("异议", "objections", "month", (("received", "收到"), *_OUTCOMES)),
)


def rows(figures: dict[str, Any]) -> Iterator[Row]:
    """Give every figure as one row; what was not there to count is empty, never zero."""
    for title, table, key, columns in TABLES:
        for line in figures[table]:
            where = line[key][:7] if key == "month" else line[key]
            for name, label in columns:
                yield title, label, where, written(line[name])


def written(value: float | None) -> str:
    """Return a number without a needless fraction; empty for none."""
    if value is None:
        return ""
    return str(int(value)) if value == int(value) else f"{value:.1f}"
