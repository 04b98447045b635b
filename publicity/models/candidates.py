"""What a published penalty suggests to the unit that may start a case; nothing starts by itself."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import Q

from core import clock
from core.actors import Actor
from core.fields import PublicIdField
from core.history import TriggerHistory


class CandidateState(models.TextChoices):
    OPEN = "open", "待研判"
    TAKEN = "taken", "已另行发起"
    DISMISSED = "dismissed", "不予发起"


class CandidateQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """Keep those that the actor's unit may start a case from; the office sees all."""
        if actor.may("publicity.candidate.see_all"):
            return self
        if not actor.may("publicity.candidate.see"):
            return self.none()
        return self.filter(unit_id__in=actor.unit_ids)


class Candidate(models.Model):
    """案件线索: this penalty's act stands in that catalogue entry, and this unit may start a case."""

    public_id = PublicIdField()
    penalty = models.ForeignKey("publicity.Penalty", models.PROTECT, related_name="candidates", verbose_name="行政处罚")
    revision = models.ForeignKey("catalog.EntryRevision", models.PROTECT, related_name="+", verbose_name="目录事项")
    unit = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+", verbose_name="可发起单位")
    reasons = models.TextField("对应的理由")
    found_on = models.DateField("发现日")
    state = models.CharField("状态", max_length=10, choices=CandidateState, default=CandidateState.OPEN)
    settled_on = models.DateField("研判日", null=True, blank=True)
    settled_by_key = models.CharField("研判人编号", max_length=100, blank=True, editable=False)
    settled_note = models.CharField("研判意见", max_length=500, blank=True)
    recorded_at = models.DateTimeField("记录时间", default=clock.now)
    history = TriggerHistory()

    objects = CandidateQuerySet.as_manager()

    class Meta:
        verbose_name = "案件线索"
        verbose_name_plural = "案件线索"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["penalty", "revision", "unit"], name="publicity_candidate_once"),
            models.CheckConstraint(
                condition=Q(state=CandidateState.OPEN) | Q(settled_on__isnull=False) & ~Q(settled_note=""),
                name="publicity_candidate_settled_with_words",
                violation_error_message="研判应写明意见",
            ),
        ]
        indexes = [models.Index(fields=["unit", "state", "-id"], name="publicity_candidate_of_unit")]

    def __str__(self) -> str:
        return f"{self.penalty} → {self.revision}"
