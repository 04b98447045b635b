"""What the portal itself keeps: reports issued, articles and statistics, filings being prepared, and what people hand in."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import Q

from core.actors import Actor
from core.fields import PublicIdField
from core.history import TriggerHistory
from portal.editorial.models import Article, ArticleFile, ArticleInstrument
from portal.online.models import Draft, DraftFile
from portal.permissions import PERSONAL
from portal.statistics.models import PublishedFigures
from portal.tips.models import CaseComment, Tip, TipFile

__all__ = [
    "Article",
    "ArticleFile",
    "ArticleInstrument",
    "CaseComment",
    "Draft",
    "DraftFile",
    "PersonalReport",
    "PublishedFigures",
    "Report",
    "Tip",
    "TipFile",
]


class PersonalReportQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """Keep what the actor's own window issued; nobody else knows that anybody asked."""
        return self.filter(unit_id__in=actor.unit_ids) if actor.may(PERSONAL) else self.none()


class Report(models.Model):
    """One credit report of a legal entity, as it was issued: its words, its digest, and what became of it."""

    public_id = PublicIdField()
    number = models.CharField("报告编号", max_length=22, unique=True)
    subject = models.ForeignKey("subjects.Subject", models.PROTECT, related_name="+", verbose_name="主体")
    subject_name = models.CharField("名称", max_length=200)
    subject_code = models.CharField("代码", max_length=18)
    as_of = models.DateField("信息截止日")
    issued_at = models.DateTimeField("出具时间")
    facts_digest = models.CharField("内容摘要", max_length=64)
    document = models.TextField("签名文件（JSON）")
    pdf = models.ForeignKey("core.Attachment", models.PROTECT, related_name="+", verbose_name="PDF")
    pdf_digest = models.CharField("PDF 摘要", max_length=64)
    key_id = models.CharField("签名密钥", max_length=40)
    superseded_at = models.DateTimeField("被更新时间", null=True, blank=True)
    withdrawn_on = models.DateField("作废日", null=True, blank=True)
    withdrawn_reason = models.CharField("作废理由", max_length=300, blank=True)
    history = TriggerHistory(excluded_fields=["document"])

    class Meta:
        verbose_name = "信用报告"
        verbose_name_plural = "信用报告"
        ordering = ["-id"]
        indexes = [models.Index(fields=["subject", "-id"], name="portal_report_of")]
        constraints = [
            models.UniqueConstraint(
                fields=["subject"],
                condition=Q(superseded_at__isnull=True, withdrawn_on__isnull=True),
                name="portal_one_current_report",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_on__isnull=True, withdrawn_reason="")
                | (Q(withdrawn_on__isnull=False) & ~Q(withdrawn_reason="")),
                name="portal_withdrawn_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Relation(models.TextChoices):
    """Who stands at the window."""

    SELF = "self", "本人"
    AGENT = "agent", "受托人"


class PersonalReport(models.Model):
    """That a person's own report was given out at the window: to whom, for what, by whom; never on the portal."""

    public_id = PublicIdField()
    number = models.CharField("报告编号", max_length=23, unique=True)
    person = models.ForeignKey("core.PersonalIdentifier", models.PROTECT, related_name="+", verbose_name="证件号码")
    subject = models.ForeignKey(
        "subjects.Subject", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="主体"
    )
    name = models.CharField("姓名", max_length=100)
    relation = models.CharField("申请人", max_length=8, choices=Relation)
    agent_name = models.CharField("受托人姓名", max_length=100, blank=True)
    mandate = models.ForeignKey(
        "core.Attachment", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="授权委托书"
    )
    purpose = models.CharField("用途", max_length=200)
    unit = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+", verbose_name="出具窗口")
    issued_by = models.CharField("经办人", max_length=200)
    as_of = models.DateField("信息截止日")
    issued_at = models.DateTimeField("出具时间")
    pdf = models.ForeignKey("core.Attachment", models.PROTECT, related_name="+", verbose_name="PDF")
    pdf_digest = models.CharField("PDF 摘要", max_length=64)
    key_id = models.CharField("签名密钥", max_length=40)
    copies = models.PositiveSmallIntegerField("交付次数", default=0)
    erased_on = models.DateField("文件删除日", null=True, blank=True)
    history = TriggerHistory()

    objects = PersonalReportQuerySet.as_manager()

    class Meta:
        verbose_name = "本人信用报告"
        verbose_name_plural = "本人信用报告"
        ordering = ["-id"]
        indexes = [models.Index(fields=["unit", "-id"], name="portal_personal_of_unit")]
        constraints = [
            models.CheckConstraint(
                condition=Q(relation=Relation.SELF, agent_name="", mandate__isnull=True)
                | (Q(relation=Relation.AGENT, mandate__isnull=False) & ~Q(agent_name="")),
                name="portal_agent_with_mandate",
            ),
        ]

    def __str__(self) -> str:
        return self.number
