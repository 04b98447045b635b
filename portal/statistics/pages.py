"""What the page of statistics shows: for each question a sentence that answers it, a picture, and the figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from portal.statistics import charts
from portal.statistics.charts import Picture
from portal.statistics.selectors import written

MOST_ROWS = 10  # bars; the table and the download hold all


@dataclass(frozen=True, slots=True)
class Chart:
    """One question of the page: its answer in a sentence, the picture with its key, and the table beside it."""

    code: str
    title: str
    answer: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    picture: Picture | None = None
    key: Sequence[str] = ()
    note: str = ""
    empty: str = ""


def charts_of(figures: dict[str, Any]) -> list[Chart]:
    """Return every chart of the page, in its order; one without anything to draw says so in words."""
    return [
        _disclosures(figures),
        _timeliness(figures),
        _units(figures),
        _fields(figures),
        _repairs(figures),
        _objections(figures),
    ]


def _month(value: str) -> str:
    return f"{value[:4]}年{int(value[5:7])}月"


def _disclosures(figures: dict[str, Any]) -> Chart:
    rows, names = figures["disclosures"], charts.month_names(figures["months"])
    licences, penalties = [row["licence"] for row in rows], [row["penalty"] for row in rows]
    nothing = not any(licences) and not any(penalties)
    return Chart(
        "disclosures",
        "每月公示了多少决定",
        f"近十二个月作出并已公示行政许可 {sum(licences):,} 件、行政处罚 {sum(penalties):,} 件。",
        ("决定月份", "行政许可", "行政处罚"),
        [(_month(row["month"]), f"{row['licence']:,}", f"{row['penalty']:,}") for row in rows],
        None if nothing else charts.columns(names, (("行政许可", licences), ("行政处罚", penalties)), "件"),
        ("行政许可", "行政处罚"),
        "按作出决定的月份统计；本月还没有结束。",
        "近十二个月没有已公示的决定。",
    )


def _timeliness(figures: dict[str, Any]) -> Chart:
    rows, names = figures["disclosures"], charts.month_names(figures["months"])
    shares = [row["in_time"] / row["due"] if row["due"] else None for row in rows]
    due, in_time = sum(row["due"] for row in rows), sum(row["in_time"] for row in rows)
    answer = f"应公示的 {due:,} 件中，{in_time:,} 件按时可见，占 {charts.percent(in_time / due)}。" if due else ""
    return Chart(
        "timeliness",
        "公示是否按时",
        answer,
        ("决定月份", "应公示", "按时", "及时率"),
        [
            (
                _month(row["month"]),
                f"{row['due']:,}",
                f"{row['in_time']:,}",
                charts.percent(share) if share is not None else "—",
            )
            for row, share in zip(rows, shares, strict=True)
        ],
        charts.line(names, shares) if due else None,
        (),
        "作出决定之日起 7 个工作日内可见为按时；还没有到期的不计入。",
        "近十二个月没有到期应公示的决定。",
    )


def _units(figures: dict[str, Any]) -> Chart:
    rows = figures["units"]
    drawn = [(row["unit"], (row["licence"], row["penalty"])) for row in rows[:MOST_ROWS]]
    more = f"图中为公示最多的 {MOST_ROWS} 个单位，其余见数据下载。" if len(rows) > MOST_ROWS else ""
    return Chart(
        "units",
        "哪些单位公示了",
        f"近十二个月有 {len(rows):,} 个单位公示了决定。",
        ("单位", "行政许可", "行政处罚"),
        [(row["unit"], f"{row['licence']:,}", f"{row['penalty']:,}") for row in rows[:MOST_ROWS]],
        charts.bars(drawn, ("行政许可", "行政处罚"), "件") if drawn else None,
        ("行政许可", "行政处罚"),
        f"数量取决于职权和业务量，不代表好坏。{more}",
        "近十二个月没有单位公示决定。",
    )


def _fields(figures: dict[str, Any]) -> Chart:
    rows = figures["fields"]
    discipline, incentive = sum(row["discipline"] for row in rows), sum(row["incentive"] for row in rows)
    drawn = [(row["field"], (row["discipline"], row["incentive"])) for row in rows[:MOST_ROWS]]
    return Chart(
        "fields",
        "名单分布在哪些领域",
        f"今天有效的失信惩戒 {discipline:,} 项、守信激励 {incentive:,} 项。",
        ("领域", "失信惩戒", "守信激励"),
        [(row["field"], f"{row['discipline']:,}", f"{row['incentive']:,}") for row in rows],
        charts.bars(drawn, ("失信惩戒", "守信激励"), "项") if drawn else None,
        ("失信惩戒", "守信激励"),
        "只计法人和非法人组织；已移出、已撤销的不计。",
        "今天名单上没有主体。",
    )


def _repairs(figures: dict[str, Any]) -> Chart:
    rows, names = figures["repairs"], charts.month_names(figures["months"])
    received, published = [row["received"] for row in rows], [row["published"] for row in rows]
    total = figures["repairs_total"]
    median = written(total["median_days"])
    answer = (
        f"近十二个月公布修复 {total['published']:,} 件，从收到到公布的中位数为 {median} 天。"
        if median
        else (f"近十二个月收到修复申请 {sum(received):,} 件，还没有公布的。")
    )
    return Chart(
        "repairs",
        "信用修复要多久",
        answer,
        ("月份", "收到", "公布", "天数中位数"),
        [
            (_month(row["month"]), f"{row['received']:,}", f"{row['published']:,}", written(row["median_days"]) or "—")
            for row in rows
        ],
        charts.columns(names, (("收到申请", received), ("公布修复", published)), "件")
        if any(received) or any(published)
        else None,
        ("收到申请", "公布修复"),
        "天数为收到申请到公布结果的自然日；按公布的月份统计。",
        "近十二个月没有收到修复申请。",
    )


def _objections(figures: dict[str, Any]) -> Chart:
    rows, names = figures["objections"], charts.month_names(figures["months"])
    upheld = [row["upheld"] + row["partly_upheld"] for row in rows]
    rejected = [row["rejected"] for row in rows]
    answered, received = sum(upheld) + sum(rejected), sum(row["received"] for row in rows)
    if answered:
        share = charts.percent(sum(upheld) / answered)
        answer = f"近十二个月收到异议 {received:,} 件，已答复 {answered:,} 件，其中成立（含部分成立）占 {share}。"
    else:
        answer = f"近十二个月收到异议 {received:,} 件，还没有答复的。"
    return Chart(
        "objections",
        "异议有多少成立",
        answer,
        ("月份", "收到", "成立", "部分成立", "不成立"),
        [
            (
                _month(row["month"]),
                f"{row['received']:,}",
                f"{row['upheld']:,}",
                f"{row['partly_upheld']:,}",
                f"{row['rejected']:,}",
            )
            for row in rows
        ],
        charts.columns(names, (("成立和部分成立", upheld), ("不成立", rejected)), "件") if answered else None,
        ("成立和部分成立", "不成立"),
        "图按答复的月份统计；正在办理、撤回和转送来源部门的不计入占比。",
        "近十二个月没有已答复的异议。",
    )
