"""What was told to a subject, and the proof that it arrived."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import Q

from core import clock
from core.actors import Actor
from core.fields import PublicIdField
from core.history import TriggerHistory
from subjects.enums import Channel, DeliveryState, ProofMethod
from subjects.models.subject import Subject
from subjects.permissions import SEE_DELIVERIES

PROVED = Q(served_on__isnull=False) & ~Q(method="") & ~Q(recipient="")


class Message(models.Model):
    """One act told to its subject, in the words it was told in; append-only. The row itself is the site message."""

    public_id = PublicIdField()
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="messages", verbose_name="当事人")
    unit = models.ForeignKey(
        "organizations.Organization",
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name="制发单位",
    )
    about_type = models.CharField("对象类型", max_length=80)
    about_id = models.CharField("对象编号", max_length=40)
    kind = models.CharField("文书种类", max_length=40)
    number = models.CharField("文号", max_length=100, blank=True)
    title = models.CharField("标题", max_length=200)
    body = models.TextField("正文")
    acted_on = models.DateField("办理日期")
    created_at = models.DateTimeField("记录时间", default=clock.now, editable=False)

    class Meta:
        verbose_name = "告知当事人的消息"
        verbose_name_plural = "告知当事人的消息"
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["subject", "-id"], name="subjects_message_of"),
            models.Index(fields=["about_type", "about_id"], name="subjects_message_about"),
        ]

    def __str__(self) -> str:
        return self.title


class DeliveryQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """Keep what the actor's own unit sent; the office sees all."""
        if actor.may(SEE_DELIVERIES):
            return self
        return self.filter(message__unit_id__in=actor.unit_ids)

    def unserved(self) -> Self:
        """Keep what somebody has to see to: paper still to be served, and what failed, of messages not proved."""
        proved = Delivery.objects.filter(message=models.OuterRef("message"), state=DeliveryState.DELIVERED)
        to_do = Q(channel=Channel.PRINT, state=DeliveryState.QUEUED) | Q(state=DeliveryState.FAILED)
        return self.filter(to_do).exclude(models.Exists(proved))


class Delivery(models.Model):
    """One way that a message takes; proved once, and from then on never changed."""

    public_id = PublicIdField()
    message = models.ForeignKey(Message, models.PROTECT, related_name="deliveries", verbose_name="消息")
    channel = models.CharField("渠道", max_length=12, choices=Channel)
    state = models.CharField("状态", max_length=12, choices=DeliveryState, default=DeliveryState.QUEUED)
    phone = models.ForeignKey(
        "core.PersonalIdentifier", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="手机号码"
    )
    attempts = models.PositiveSmallIntegerField("发送次数", default=0)
    next_at = models.DateTimeField("下次发送", null=True, blank=True)
    last_error = models.CharField("上次错误", max_length=200, blank=True)
    sent_at = models.DateTimeField("发出时间", null=True, blank=True)
    method = models.CharField("送达方式", max_length=16, choices=ProofMethod, blank=True)
    recipient = models.CharField("签收人或载体", max_length=200, blank=True)
    served_on = models.DateField("送达日", null=True, blank=True)
    proof = models.ForeignKey(
        "core.Attachment", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="送达回证"
    )
    history = TriggerHistory()

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = "送达"
        verbose_name_plural = "送达"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["message", "channel"], name="subjects_delivery_once"),
            models.CheckConstraint(
                condition=(Q(state=DeliveryState.DELIVERED) & PROVED)
                | (~Q(state=DeliveryState.DELIVERED) & Q(served_on__isnull=True, method="", recipient="", proof=None)),
                name="subjects_delivered_is_proved",
                violation_error_message="送达须有方式、签收人和日期",
            ),
            models.CheckConstraint(
                condition=Q(channel=Channel.SMS, phone__isnull=False) | (~Q(channel=Channel.SMS) & Q(phone=None)),
                name="subjects_sms_has_phone",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_at"],
                condition=Q(state=DeliveryState.QUEUED, next_at__isnull=False),
                name="subjects_delivery_due",
            )
        ]

    def __str__(self) -> str:
        return f"{self.message} {self.get_channel_display()}"
