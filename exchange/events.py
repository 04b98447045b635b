"""What the exchange announces."""

from __future__ import annotations

from core.events import CODE, NUMBER, STEP, EventType

EVENTS = {
    "lists.quarantined": EventType("外部名单批次被隔离，没有记录因此结束", {**STEP, "list": CODE, "rows": NUMBER}),
    "lists.merged": EventType("外部名单批次入库", {**STEP, "list": CODE, "rows": NUMBER, "ended": NUMBER}),
    "lists.refused": EventType("被隔离的外部名单批次退回来源", {**STEP, "list": CODE, "rows": NUMBER}),
}
