"""Notice before the meeting, and the proof that a document reached its subject."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from core import clock
from core.fields import PublicIdField
from core.history import TriggerHistory
from sanctions.enums import DocumentKind
from subjects.enums import ProofMethod


class Notice(models.Model):
    """拟认定告知书: what is proposed, why, and the right to be heard; one per subject of a case."""

    public_id = PublicIdField()
    case_subject = models.OneToOneField(
        "sanctions.CaseSubject", models.PROTECT, related_name="notice", verbose_name="事项主体"
    )
    content = models.TextField("告知内容")
    issued_on = models.DateField("制发日")
    served_on = models.DateField("送达日", null=True, blank=True)
    statement = models.TextField("陈述申辩", blank=True)
    statement_on = models.DateField("陈述申辩日", null=True, blank=True)
    history = TriggerHistory()

    class Meta:
        verbose_name = "拟认定告知书"
        verbose_name_plural = "拟认定告知书"
        constraints = [
            models.CheckConstraint(
                condition=Q(served_on__isnull=True) | Q(served_on__gte=F("issued_on")), name="sanctions_notice_served"
            ),
            models.CheckConstraint(
                condition=Q(statement_on__isnull=True) | Q(served_on__isnull=False), name="sanctions_statement_after"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_subject} 告知书"


class Service(models.Model):
    """送达: how and when a document reached its subject, with the proof. Append-only by having no other act."""

    public_id = PublicIdField()
    case_subject = models.ForeignKey(
        "sanctions.CaseSubject", models.PROTECT, related_name="services", verbose_name="事项主体"
    )
    document = models.CharField("文书", max_length=16, choices=DocumentKind)
    method = models.CharField("送达方式", max_length=16, choices=ProofMethod)
    recipient = models.CharField("签收人或载体", max_length=200)
    served_on = models.DateField("送达日")
    proof = models.ForeignKey("core.Attachment", models.PROTECT, null=True, blank=True, verbose_name="送达回证")
    recorded_at = models.DateTimeField("记录时间", default=clock.now)
    history = TriggerHistory()

    class Meta:
        verbose_name = "送达记录"
        verbose_name_plural = "送达记录"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["case_subject", "document"], name="sanctions_served_once"),
        ]

    def __str__(self) -> str:
        return f"{self.get_document_display()} {self.served_on}"
