"""Credit records that other lists than 双公示 report: honours, serious dishonesty, commitments."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import Q

from core import clock
from core.actors import Actor
from core.fields import PublicIdField
from core.history import TriggerHistory
from subjects.enums import RecordKind, RecordState
from subjects.models.subject import Subject
from subjects.permissions import SEE_RECORDS

RECORD_KEY = ("kind", "authority_name", "document_number", "title", "decided_on")


class RecordQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """Keep what the actor's unit reported; of legal entities whoever may look them up sees all."""
        if not actor.may(SEE_RECORDS):
            return self.none()
        return self.filter(Q(unit_id__in=actor.unit_ids) | ~Q(subject__kind="natural_person"))

    def current(self) -> Self:
        return self.filter(state=RecordState.CURRENT)


class CreditRecord(models.Model):
    """One version of one reported record; a report with other content makes a new version, nothing is rewritten."""

    public_id = PublicIdField()
    kind = models.CharField("类别", max_length=24, choices=RecordKind)
    version = models.PositiveSmallIntegerField("版本", default=1)
    previous = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="前一版本", db_index=False
    )
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="credit_records", verbose_name="主体")
    party_name = models.CharField("填报的名称", max_length=500)
    document_number = models.CharField("文号", max_length=200, blank=True)
    title = models.CharField("名称或事由", max_length=500, blank=True)
    content = models.TextField("内容", blank=True)
    level = models.CharField("等级", max_length=100, blank=True)
    decided_on = models.DateField("认定日期")
    ends_on = models.DateField("截止日期", null=True, blank=True)
    fulfilment = models.CharField("履行状态", max_length=100, blank=True)
    authority_name = models.CharField("认定单位", max_length=300)
    authority_code = models.CharField("认定单位代码", max_length=18, blank=True)
    remark = models.TextField("备注", blank=True)
    details = models.JSONField("其他栏目", default=dict)
    unit = models.ForeignKey(
        "organizations.Organization",
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name="报送单位",
        db_index=False,
    )
    batch_no = models.CharField("报送批次", max_length=40, db_collation="C")
    batch_row = models.PositiveIntegerField("批次行号")
    reported_on = models.DateField("报送日")
    recorded_at = models.DateTimeField("入库时间", default=clock.now, editable=False)
    content_digest = models.BinaryField("内容摘要", max_length=32, editable=False)
    state = models.CharField("状态", max_length=12, choices=RecordState, default=RecordState.CURRENT)
    history = TriggerHistory(no_db_index=["subject", "unit", "previous"])

    objects = RecordQuerySet.as_manager()

    class Meta:
        verbose_name = "信用记录"
        verbose_name_plural = "信用记录"
        ordering = ["-decided_on", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["subject", *RECORD_KEY, "version"], name="subjects_record_version"),
            models.UniqueConstraint(
                fields=["subject", *RECORD_KEY],
                condition=Q(state=RecordState.CURRENT),
                name="subjects_record_one_current",
            ),
        ]
        indexes = [models.Index(fields=["batch_no", "batch_row"], name="subjects_record_batch")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.title}"
