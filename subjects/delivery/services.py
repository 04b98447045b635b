"""Telling a subject, and recording that it arrived: the only writers of messages and deliveries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from core import actors, alerts, clock, outbox, personal
from core.actors import Actor, acting, settled_day
from core.models import Attachment
from core.permissions import require
from core.problems import NotFound, Violation, refuse
from subjects.delivery import rules
from subjects.delivery.kinds import label_of
from subjects.enums import Channel, DeliveryState, ProofMethod
from subjects.models import Delivery, Message, Subject
from subjects.permissions import SERVE

FAILED = "delivery.failed"  # the alert to the unit; settled by proof or a new try


@dataclass(frozen=True, slots=True)
class Letter:
    """One message to one subject; the arguments of `send`."""

    subject: Subject
    kind: str
    title: str
    body: str
    about: Any
    channels: Iterable[str] = (Channel.SITE,)
    number: str = ""
    unit_id: int | None = None
    phone: str = ""

    def ways(self) -> list[str]:
        return list(dict.fromkeys((Channel.SITE.value, *map(str, self.channels))))


def send(
    *,
    subject: Subject,
    kind: str,
    title: str,
    body: str,
    about: Any,
    channels: Iterable[str] = (Channel.SITE,),
    number: str = "",
    unit_id: int | None = None,
    phone: str = "",
) -> Message:
    """Tell a subject of the act under way, inside its transaction; the site message is always among the ways.

    about: the record it is about; unit_id: who sends it, the actor's unit unless given; phone: where a text message
    goes. Raises Refused DEL-01…DEL-03, ID-09; LookupError for a kind that no app declared.
    """
    return send_many([Letter(subject, kind, title, body, about, channels, number, unit_id, phone)])[0]


def send_many(letters: Iterable[Letter]) -> list[Message]:
    """Tell many subjects of the act under way, in as many statements as for one; all are told or none."""
    act, rows = actors.current(), list(letters)
    for letter in rows:
        label_of(letter.kind)
        refuse(rules.message(letter.title, letter.body, letter.ways(), letter.phone))
    messages = Message.objects.bulk_create(
        Message(
            subject=letter.subject,
            unit_id=letter.unit_id if letter.unit_id is not None else act.actor.unit_id,
            about_type=letter.about._meta.label_lower,
            about_id=letter.about.public_id,
            kind=letter.kind,
            number=letter.number.strip(),
            title=letter.title.strip(),
            body=letter.body.strip(),
            acted_on=act.on,
        )
        for letter in rows
    )
    Delivery.objects.bulk_create(
        _way(message, channel, letter.phone)
        for message, letter in zip(messages, rows, strict=True)
        for channel in letter.ways()
    )
    outbox.emit_many("message.sent", messages, on=act.on, payload_of=lambda message: {"kind": message.kind})
    return messages


def _way(message: Message, channel: str, phone: str = "") -> Delivery:
    """Return the unsaved delivery of one channel: the site has it at once, paper and text messages wait."""
    now = clock.now()
    if channel == Channel.SITE:
        return Delivery(message=message, channel=channel, state=DeliveryState.SENT, sent_at=now)
    if channel == Channel.SMS:
        return Delivery(message=message, channel=channel, phone=personal.protect_phone(phone), next_at=now)
    return Delivery(message=message, channel=channel)


def _locked(actor: Actor, delivery: Delivery) -> Delivery:
    """Return the row under lock; NotFound for what another unit sent."""
    row = Delivery.objects.select_for_update(of=("self",)).select_related("message").filter(pk=delivery.pk)
    found = row.filter(message__unit_id__in=actor.unit_ids).first()
    if found is None:
        raise NotFound("该送达记录")
    return found


def record_proof(
    *,
    actor: Actor,
    delivery: Delivery,
    method: str,
    recipient: str,
    served_on: date,
    proof: Attachment | None = None,
    on: date | None = None,
    reason: str = "",
) -> Delivery:
    """Record once how, to whom and when a message arrived; the delivery never changes afterwards.

    Raises NotPermitted, NotFound for another unit's, Refused DEL-04…DEL-06.
    """
    require(actor, SERVE)
    day = settled_day(actor, on, reason)
    with acting(actor, "delivery.prove", reason=reason, on=day):
        kept = _locked(actor, delivery)
        wrong = rules.proof(
            state=kept.state,
            acted_on=kept.message.acted_on,
            served_on=served_on,
            day=day,
            method=method,
            recipient=recipient,
        )
        refuse(wrong)
        return _prove(kept, method=method, recipient=recipient, served_on=served_on, proof=proof)


def _prove(delivery: Delivery, *, method: str, recipient: str, served_on: date, proof: Attachment | None) -> Delivery:
    delivery.state, delivery.method, delivery.recipient = DeliveryState.DELIVERED, method, recipient.strip()
    delivery.served_on, delivery.proof, delivery.next_at = served_on, proof, None
    delivery.save(update_fields=["state", "method", "recipient", "served_on", "proof", "next_at"])
    alerts.settle(FAILED, delivery.public_id)
    payload = {"channel": delivery.channel, "served_on": served_on.isoformat()}
    outbox.emit("delivery.served", delivery, payload=payload)
    return delivery


def mark_opened(*, actor: Actor, message: Message) -> Delivery | None:
    """Record that the subject opened the site message, the first time; the caller has checked that it is the subject.

    Opening is proof of electronic service on that day; None where it was proved before.
    """
    with acting(actor, "delivery.open"):
        waiting = message.deliveries.select_for_update().filter(channel=Channel.SITE, state=DeliveryState.SENT)
        delivery = waiting.first()
        if delivery is None:
            return None
        day = clock.today()
        return _prove(delivery, method=ProofMethod.ELECTRONIC, recipient="当事人登录查看", served_on=day, proof=None)


def resend(*, actor: Actor, delivery: Delivery, channel: str = "", phone: str = "", reason: str = "") -> Delivery:
    """Try a failed way again, or take another way (`channel`) for the same message; returns the way that waits now.

    Raises Refused DEL-07 where nothing failed or the other way is taken already, DEL-02, DEL-03.
    """
    require(actor, SERVE)
    with acting(actor, "delivery.resend", reason=reason):
        kept = _locked(actor, delivery)
        wanted = channel or kept.channel
        if wanted != kept.channel:
            refuse(rules.message("-", "-", [wanted], phone))
            if kept.message.deliveries.filter(channel=wanted).exists():
                refuse([Violation("DEL-07", f"已有{Channel(wanted).label}，不必另建", "channel", "在该记录上办理")])
            way = _way(kept.message, wanted, phone)
            way.save()
            alerts.settle(FAILED, kept.public_id)
            return way
        if kept.state != DeliveryState.FAILED:
            refuse([Violation("DEL-07", "没有发送失败，不需要重发", remedy="刷新页面查看最新状态")])
        # The last error stays: it tells the gateway to look for what it may have taken all the same.
        kept.state, kept.attempts, kept.next_at = DeliveryState.QUEUED, 0, clock.now()
        fields = ["state", "attempts", "next_at"]
        if phone:
            kept.phone = personal.protect_phone(phone)
            fields.append("phone")
        kept.save(update_fields=fields)
        alerts.settle(FAILED, kept.public_id)
        return kept
