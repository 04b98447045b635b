"""What a message and a proof of service must hold: pure functions, no queries.

DEL-01 nothing said, DEL-02 no such way, DEL-03 no number to send to, DEL-04 days of service, DEL-05 proved already,
DEL-06 who received it, DEL-07 nothing to send again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from core.masking import no_personal_numbers
from core.problems import Violation
from subjects.enums import Channel, DeliveryState, ProofMethod

BASIS = "民事诉讼法第八十七条至第九十五条（行政机关参照送达）"


def message(title: str, body: str, channels: Iterable[str], phone: str) -> list[Violation]:
    """DEL-01…DEL-03, CORE-11: a message says something, goes a known way, and holds no personal number."""
    found = []
    if not (title.strip() and body.strip()):
        found.append(Violation("DEL-01", "告知当事人的内容为空", "body", "填写标题和正文"))
    wanted = list(channels)
    for channel in wanted:
        if channel not in Channel.values:
            found.append(Violation("DEL-02", f"没有“{channel}”这种送达渠道", "channels", "使用站内消息、书面或者短信"))
    if Channel.SMS in wanted and not phone.strip():
        found.append(Violation("DEL-03", "短信送达未填写手机号码", "phone", "填写当事人确认的手机号码"))
    return found + no_personal_numbers(title, "title", "标题") + no_personal_numbers(body, "body", "正文")


@dataclass(frozen=True, slots=True)
class ProofRules:
    """Under which codes a kind of document says what is wrong with its service, and on what the first day rests."""

    day: str
    received: str
    since: str


DELIVERY = ProofRules("DEL-04", "DEL-06", "办理日")


def arrival(
    told: ProofRules, *, since: date | None, served_on: date, day: date, method: str, recipient: str
) -> list[Violation]:
    """A document arrives at somebody in a known way, between its making (`since`, where given) and today (CORE-11)."""
    found = []
    if served_on > day or (since is not None and served_on < since):
        span = f"在{told.since} {since} 至今天 {day} 之间" if since is not None else f"不晚于今天 {day}"
        found.append(Violation(told.day, f"送达日 {served_on} 应{span}", "served_on", "按送达回证填写", BASIS))
    if method not in ProofMethod.values:
        found.append(Violation(told.received, "送达方式不在可选范围内", "method", "选择送达方式", BASIS))
    if not recipient.strip():
        found.append(Violation(told.received, "未填写签收人或送达载体", "recipient", "按送达回证填写", BASIS))
    return found + no_personal_numbers(recipient, "recipient", "签收人")


def proof(*, state: str, acted_on: date, served_on: date, day: date, method: str, recipient: str) -> list[Violation]:
    """DEL-04…DEL-06, CORE-11: an arrival is proved once, between the act and today, with method and recipient."""
    found = []
    if state == DeliveryState.DELIVERED:
        found.append(Violation("DEL-05", "已经登记送达，不再更改", remedy="登记有误的，另行制发更正文书"))
    return found + arrival(DELIVERY, since=acted_on, served_on=served_on, day=day, method=method, recipient=recipient)
