"""Events waiting to be followed, and their positions in the feed."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Func

from core import clock


class CurrentTransaction(Func):
    """The transaction that writes the row; the sequencer waits until none older is running."""

    template = "(pg_current_xact_id()::text::bigint)"
    output_field = models.BigIntegerField()


class OutboxEvent(models.Model):
    """One fact that followers should learn; append-only, payload safe to publish and additive within a version."""

    event_id = models.UUIDField("事件编号", default=uuid.uuid4, unique=True, editable=False)
    event_type = models.CharField("类型", max_length=80)
    version = models.PositiveSmallIntegerField("版本", default=1)
    aggregate_type = models.CharField("对象类型", max_length=80)
    aggregate_id = models.CharField("对象编号", max_length=40)
    legal_on = models.DateField("法定日期")
    recorded_at = models.DateTimeField("记录时间", default=clock.now)
    actor_kind = models.CharField("身份", max_length=12)
    payload = models.JSONField("内容", default=dict)
    transaction_id = models.BigIntegerField("事务", db_default=CurrentTransaction(), editable=False)

    class Meta:
        verbose_name = "事件"
        verbose_name_plural = "事件"
        indexes = [
            models.Index(fields=["aggregate_type", "aggregate_id", "id"], name="core_event_of"),
            models.Index(fields=["transaction_id"], name="core_event_transaction"),
        ]

    def __str__(self) -> str:
        return f"{self.event_type} {self.aggregate_id}"


class OutboxPosition(models.Model):
    """The place of an event in the feed; given once by the sequencer, append-only."""

    event = models.OneToOneField(OutboxEvent, models.PROTECT, primary_key=True, related_name="position")
    position = models.BigIntegerField("位置", unique=True)

    class Meta:
        verbose_name = "事件位置"
        verbose_name_plural = "事件位置"

    def __str__(self) -> str:
        return str(self.position)


class OutboxHorizon(models.Model):
    """How far the sequencer has come: every transaction before this one has its events numbered. One row."""

    transaction_id = models.BigIntegerField("事务", default=0)

    class Meta:
        verbose_name = "事件水位"
        verbose_name_plural = "事件水位"

    def __str__(self) -> str:
        return str(self.transaction_id)
