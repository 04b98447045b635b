"""The page that shows what the peers hold."""

from __future__ import annotations

import json
from collections.abc import Sequence
from html import escape
from typing import Any

from tools.peers.holding import Holding
from tools.peers.lists import Lists

STYLE = """body{font:15px/1.7 "Noto Sans CJK SC",system-ui,sans-serif;color:#16263a;background:#f5f7f5;margin:0;padding:24px}
main{max-width:1100px;margin:auto}section{background:#fff;border:1px solid #dfe5e3;border-radius:12px;padding:16px 20px;
margin:0 0 16px;overflow-x:auto}h1{font-size:22px}h2{font-size:17px;margin:0 0 8px}table{border-collapse:collapse;
width:100%;font-size:14px}th,td{text-align:left;padding:6px 12px 6px 0;border-bottom:1px solid #eef2f0;vertical-align:top}
code{font-size:13px}.gone{color:#8f9fa6;text-decoration:line-through}.quiet{color:#4a5b6d}.bad{color:#b3342d}"""
SHOWN = 200


def table(head: Sequence[str], rows: Sequence[Sequence[object]], empty: str) -> str:
    if not rows:
        return f"<p class=quiet>{escape(empty)}</p>"
    cells = "".join(f"<th>{escape(word)}</th>" for word in head)
    lines = "".join("<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{cells}</tr></thead><tbody>{lines}</tbody></table>"


def page(
    holding: Holding, lists: Lists, faults: dict[str, list[dict[str, Any]]], standing: dict[str, dict[str, Any]]
) -> str:
    """Return the whole page; nothing on it is executed, every value is escaped."""
    shown = holding.rows("SELECT count(*) AS n FROM record WHERE NOT gone")[0]["n"]
    gone = holding.rows("SELECT count(*) AS n FROM record WHERE gone")[0]["n"]
    records = holding.rows("SELECT * FROM record ORDER BY since DESC, uid LIMIT ?", SHOWN)
    decisions = holding.rows("SELECT * FROM decision ORDER BY seq DESC LIMIT ?", SHOWN)
    asked = holding.rows("SELECT * FROM asked ORDER BY id DESC LIMIT 30")
    waiting = [(peer, row["fault"], row["times"]) for peer, rows in faults.items() for row in rows]
    waiting += [(peer, row["fault"], f"每 {row['every']} 次") for peer, row in standing.items()]
    parts = [
        f"<h1>对接系统演示</h1><p class=quiet>门户公示 {shown} 条，已撤下 {gone} 条；"
        f"权力平台决定 {len(decisions)} 件。数据均为演示。</p>",
        "<section><h2>等待中的故障</h2>" + table(("系统", "故障", "次数"), waiting, "没有故障") + "</section>",
        *_province(holding, lists),
        "<section><h2>市政府门户网站持有的记录</h2>"
        + table(
            ("编号", "决定日期", "主体", "文书号", "第几次变动", "状态", "接收次数", "送来次数", "自何时"),
            [_line(row) for row in records],
            "还没有收到记录",
        )
        + "</section>",
        "<section><h2>行政权力平台的决定</h2>"
        + table(
            ("序号", "编号", "种类", "决定日期", "单位", "入库结果", "说明"),
            [
                (r["seq"], r["uid"], r["kind"], r["decided_on"], r["unit"], r["outcome"] or "未取走", r["note"])
                for r in decisions
            ],
            "还没有决定",
        )
        + "</section>",
        "<section><h2>最近的请求</h2>"
        + table(
            ("时间", "系统", "请求", "故障", "应答"),
            [(r["at"], r["peer"], r["what"], r["fault"] or "—", r["status"] or "没有应答") for r in asked],
            "还没有请求",
        )
        + "</section>",
    ]
    return (
        "<!doctype html><html lang=zh-Hans><meta charset=utf-8><meta name=viewport "
        f"content='width=device-width,initial-scale=1'><title>对接系统演示</title><style>{STYLE}</style>"
        f"<main>{''.join(parts)}</main></html>"
    )


def _province(holding: Holding, lists: Lists) -> list[str]:
    """Return the sections of the province: records with their numbers, batches, lists for the city."""
    records = holding.rows("SELECT * FROM province_record ORDER BY since DESC, rec_uid LIMIT ?", SHOWN)
    batches = holding.rows("SELECT * FROM province_batch ORDER BY at DESC LIMIT 50")
    numbers = holding.rows("SELECT count(*) AS n, coalesce(sum(asked), 0) AS asked FROM province_number")[0]
    held = [
        (r["number"], r["kind"], r["decided_on"], r["unit"], r["natural_key"], r["generation"],
         "已撤下" if r["gone"] else "持有", r["taken"], r["sent"], r["since"])
        for r in records
    ]  # fmt: skip
    came = [
        (
            r["batch_no"],
            r["kind"],
            r["count"],
            r["came"],
            _outcome(r["receipt"]),
            "已送" if r["told"] else "未送",
            r["at"],
        )
        for r in batches
    ]
    down = [
        (r["seq"], r["number"], r["list"], r["source"], r["extent"], r["count"], r["held"],
         "，".join(receipt.get("state", "") for receipt in r["receipts"]) or "—")
        for r in reversed(lists.state()[-30:])
    ]  # fmt: skip
    return [
        f"<section><h2>省平台持有的记录</h2><p class=quiet>已发放编号 {numbers['n']} 个，取号 {numbers['asked']} 次。</p>"
        + table(
            ("编号", "种类", "所属日期", "单位", "自然键", "第几次变动", "状态", "接收次数", "送来次数", "自何时"),
            held,
            "还没有收到记录",
        )
        + "</section>",
        "<section><h2>省平台收到的批次</h2>"
        + table(("批次号", "种类", "记录", "送来次数", "结果", "回执", "时间"), came, "还没有收到批次")
        + "</section>",
        "<section><h2>省平台下发的名单</h2>"
        + table(("序号", "批次号", "名单", "来源", "方式", "标称条数", "实有条数", "回执"), down, "还没有名单")
        + "</section>",
    ]


def _outcome(receipt: str | None) -> str:
    if receipt is None:
        return "待处理"
    found = json.loads(receipt)
    return f"接收 {found['accepted']}，拒收 {found['rejected']}"


def _line(row: dict[str, Any]) -> tuple[object, ...]:
    document = json.loads(row["document"] or "{}")
    state = "已撤下" if row["gone"] else "公示中"
    return (
        row["uid"], row["decided_on"], document.get("name", "—"), document.get("document_number", "—"),
        row["generation"], state, row["taken"], row["sent"], row["since"],
    )  # fmt: skip
