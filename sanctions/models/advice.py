"""失信行为提示函: what a unit tells somebody who failed for the first time, slightly; no case, no list, not public."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import F, Q

from core import clock
from core.actors import Actor
from core.fields import PublicIdField
from sanctions.permissions import units_of_part


class AdviceQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """Keep what the actor's own unit issued, those of the district; the office sees all."""
        if actor.may("sanctions.case.see_all"):
            return self
        mine = Q(unit_id__in=units_of_part(actor))
        if actor.may("sanctions.case.see_district") and actor.district_code:
            mine |= Q(unit__district__code=actor.district_code)
        return self.filter(mine)


class Advice(models.Model):
    """One 提示函; append-only. The message it went out with says whether it arrived."""

    public_id = PublicIdField()
    revision = models.ForeignKey("catalog.EntryRevision", models.PROTECT, related_name="+", verbose_name="目录事项")
    subject = models.ForeignKey("subjects.Subject", models.PROTECT, related_name="advice", verbose_name="当事人")
    unit = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+", verbose_name="制发单位")
    number = models.CharField("文号", max_length=100)
    act_on = models.DateField("行为发生日")
    recognized_on = models.DateField("单位认定日")
    facts = models.TextField("事由")
    request = models.TextField("整改要求")
    content = models.TextField("全文")
    issued_on = models.DateField("制发日")
    issued_by_key = models.CharField("制发人编号", max_length=100)
    issued_by_label = models.CharField("制发人", max_length=200)
    recorded_at = models.DateTimeField("记录时间", default=clock.now)

    objects = AdviceQuerySet.as_manager()

    class Meta:
        verbose_name = "提示函"
        verbose_name_plural = "提示函"
        ordering = ["-id"]
        indexes = [models.Index(fields=["subject", "revision"], name="sanctions_advice_of")]
        constraints = [
            models.UniqueConstraint(fields=["unit", "number"], name="sanctions_advice_number"),
            models.CheckConstraint(
                condition=Q(act_on__lte=F("recognized_on")) & Q(recognized_on__lte=F("issued_on")),
                name="sanctions_advice_days",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.subject}"
