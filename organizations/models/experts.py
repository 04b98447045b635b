"""The expert pool: fields, employer and recusals, from which conflicts are known before a draw."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from core.fields import PublicIdField
from core.history import TriggerHistory
from organizations.models.base import Sourced, sane_period
from organizations.models.units import Organization


class ExpertField(models.Model):
    """A field of knowledge by which experts are drawn."""

    code = models.SlugField("代号", max_length=40, unique=True)
    name = models.CharField("名称", max_length=50, unique=True)
    sort = models.PositiveIntegerField("排序", default=0)

    class Meta:
        verbose_name = "专家领域"
        verbose_name_plural = "专家领域"
        ordering = ["sort", "code"]

    def __str__(self) -> str:
        return self.name


class Expert(Sourced):
    """A person who may be drawn to advise a 认定会议; no phone and no personal number is kept."""

    public_id = PublicIdField()
    name = models.CharField("姓名", max_length=50)
    title = models.CharField("职称", max_length=100, blank=True, default="")
    employer = models.CharField("工作单位", max_length=200)
    employer_unit = models.ForeignKey(
        Organization,
        verbose_name="所属成员单位",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="employed_experts",
    )
    fields = models.ManyToManyField(
        ExpertField, verbose_name="领域", through="ExpertSpeciality", related_name="experts"
    )
    is_active = models.BooleanField("在库", default=True)
    history = TriggerHistory()

    class Meta:
        verbose_name = "专家"
        verbose_name_plural = "专家"
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name


class ExpertSpeciality(models.Model):
    """An expert is listed in a field."""

    expert = models.ForeignKey(Expert, verbose_name="专家", on_delete=models.CASCADE, related_name="specialities")
    field = models.ForeignKey(ExpertField, verbose_name="领域", on_delete=models.PROTECT, related_name="specialities")
    history = TriggerHistory()

    class Meta:
        verbose_name = "专家领域归属"
        verbose_name_plural = "专家领域归属"
        constraints = [models.UniqueConstraint(name="organizations_expert_field_once", fields=["expert", "field"])]

    def __str__(self) -> str:
        return f"{self.expert} {self.field}"


class ExpertRecusal(models.Model):
    """An expert stands aside from matters of a unit or of a subject, for a period."""

    expert = models.ForeignKey(Expert, verbose_name="专家", on_delete=models.PROTECT, related_name="recusals")
    organization = models.ForeignKey(
        Organization,
        verbose_name="回避单位",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="expert_recusals",
    )
    subject_code = models.CharField("回避主体代码", max_length=18, blank=True, default="")
    reason = models.CharField("回避理由", max_length=300)
    valid_from = models.DateField("起始日期", null=True, blank=True)
    valid_to = models.DateField("截止日期", null=True, blank=True)
    history = TriggerHistory()

    class Meta:
        verbose_name = "专家回避"
        verbose_name_plural = "专家回避"
        ordering = ["id"]
        constraints = [
            sane_period("organizations_recusal_period"),
            models.CheckConstraint(
                name="organizations_recusal_names_someone",
                condition=Q(organization__isnull=False) | ~Q(subject_code=""),
                violation_error_message="回避须指明单位或主体",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.expert} 回避 {self.organization or self.subject_code}"
