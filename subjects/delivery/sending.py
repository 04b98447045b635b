"""Text messages leave the house: found in the database, tried again with growing pauses, given up with an alert."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import timedelta

from django.conf import settings

from core import alerts, clock, outbox, personal
from core.actors import Actor, acting
from core.problems import Problem
from subjects.delivery.gateways import Gateway, Parcel, gateways
from subjects.delivery.services import FAILED
from subjects.enums import DeliveryState
from subjects.models import Delivery

BATCH = 200
PAUSES = (1, 5, 15, 60, 240, 720)  # minutes after each attempt; the last one repeats
TEXT = "【信用广元】您有一份《{title}》（编号{key}），请登录信用广元查看，或者到政务服务大厅窗口查询。"


def pause_after(attempts: int) -> timedelta:
    """Return how long to wait after so many attempts."""
    return timedelta(minutes=PAUSES[min(attempts, len(PAUSES)) - 1])


def send_queued(*, actor: Actor) -> dict[str, int]:
    """Hand over every message whose time has come; returns how many were sent, are to be retried, were given up.

    A row is claimed in one transaction (its next attempt moved on, rows that another worker holds skipped), handed
    over outside, and settled in a second one: a worker killed in between leaves a row that comes round again.
    """
    counts = {"sent": 0, "retry": 0, "given_up": 0}
    for channel, gateway in gateways().items():
        while rows := _claim(actor, channel):
            for name, number in _settle(actor, rows, _hand_over(gateway, rows)).items():
                counts[name] += number
    return counts


def key_of(row: Delivery) -> str:
    """Return what tells a gateway that it has this already: one message to one number; another number is another one."""
    return f"{row.public_id}-{hashlib.sha256(f'{row.public_id}:{row.phone_id}'.encode()).hexdigest()[:8]}"


def _claim(actor: Actor, channel: str) -> list[Delivery]:
    now = clock.now()
    due = Delivery.objects.filter(channel=channel, state=DeliveryState.QUEUED, next_at__lte=now)
    with acting(actor, "delivery.attempt"):
        rows = list(
            due.select_related("message", "phone")
            .select_for_update(of=("self",), skip_locked=True)
            .order_by("next_at", "pk")[:BATCH]
        )
        for row in rows:
            row.attempts += 1
            row.next_at = now + pause_after(row.attempts)
        Delivery.objects.bulk_update(rows, ["attempts", "next_at"])
    return rows


def _hand_over(gateway: Gateway, rows: list[Delivery]) -> Mapping[str, str]:
    """Return what came of each; a number that cannot be opened fails its own message and holds up no other."""
    parcels, failed = [], {}
    for row in rows:
        try:
            phone = personal.phone_to_send_to(row.phone) if row.phone else ""
        except Problem as problem:
            failed[key_of(row)] = f"号码无法读取：{problem.code}"
            continue
        text = TEXT.format(title=row.message.title, key=row.message.public_id)
        parcels.append(Parcel(key_of(row), text, row.attempts > 1 or bool(row.last_error), phone))
    try:
        return {**failed, **gateway.hand_over(parcels)}
    except Exception as error:  # noqa: BLE001 - whatever a gateway raises, the rows come round again
        return failed | dict.fromkeys((parcel.key for parcel in parcels), f"网关异常：{type(error).__name__}")


def _settle(actor: Actor, rows: list[Delivery], outcome: Mapping[str, str]) -> dict[str, int]:
    """Write what came of one batch; rows that were proved or settled meanwhile are left alone."""
    why = {row.pk: outcome.get(key_of(row), "网关没有答复")[:200] for row in rows}
    with acting(actor, "delivery.settle"):
        waiting = Delivery.objects.filter(pk__in=why, state=DeliveryState.QUEUED)
        kept = list(waiting.select_for_update(of=("self",)).select_related("message").order_by("pk"))
        gone = [row for row in kept if not why[row.pk]]
        over = [row for row in kept if why[row.pk] and row.attempts >= settings.SMS_ATTEMPTS]
        for row in kept:
            row.last_error = why[row.pk]
        for row in gone:
            row.state, row.sent_at, row.next_at = DeliveryState.SENT, clock.now(), None
        for row in over:
            row.state, row.next_at = DeliveryState.FAILED, None
        Delivery.objects.bulk_update(kept, ["state", "sent_at", "next_at", "last_error"])
        outbox.emit_many("delivery.failed", over, payload_of=lambda row: {"channel": row.channel})
        for row in over:
            _escalate(row)
    return {"sent": len(gone), "given_up": len(over), "retry": len(kept) - len(gone) - len(over)}


def _escalate(row: Delivery) -> None:
    """Alert the unit that sent it, or the office where a job did, to take another way."""
    unit = row.message.unit_id
    text = f"《{row.message.title}》（{row.message.public_id}）短信发送 {row.attempts} 次未成功，请改用其他方式送达。"
    role = "reviewer" if unit else "office"
    alerts.raise_alert(FAILED, role=role, ref=row.public_id, unit_id=unit, text=text[:500])
