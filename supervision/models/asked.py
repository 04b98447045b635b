"""That a subject was told which units had asked about it: to whom at the window, by whom, up to which day."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import Q

from core import clock
from core.actors import Actor
from core.fields import PublicIdField
from core.history import TriggerHistory
from sanctions.models import Check
from supervision.permissions import ASKED


class Presented(models.TextChoices):
    """Who stands at the window."""

    SELF = "self", "本人（自然人）"
    REPRESENTATIVE = "representative", "法定代表人、负责人"
    AGENT = "agent", "受托人"


class AskedQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """Keep what the actor's own window gave out; nobody else learns that anybody wanted to know."""
        return self.filter(unit_id__in=actor.unit_ids) if actor.may(ASKED) else self.none()


class AskedStatement(models.Model):
    """核查情况查询单: who asked about a subject until `until`, given out to whom an officer has checked."""

    public_id = PublicIdField()
    subject = models.ForeignKey("subjects.Subject", models.PROTECT, related_name="+", verbose_name="主体")
    presented = models.CharField("申请人", max_length=16, choices=Presented)
    presenter = models.CharField("来人姓名", max_length=100)
    mandate = models.ForeignKey(
        "core.Attachment", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="授权委托书"
    )
    unit = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+", verbose_name="出具窗口")
    issued_by_label = models.CharField("经办人", max_length=200)
    issued_on = models.DateField("出具日")
    until = models.DateField("核查截止日", help_text="这一日及以前的核查可以告知")
    lines = models.PositiveIntegerField("核查次数")
    recorded_at = models.DateTimeField("登记时间", default=clock.now)
    history = TriggerHistory()

    objects = AskedQuerySet.as_manager()

    class Meta:
        verbose_name = "核查情况查询单"
        verbose_name_plural = "核查情况查询单"
        ordering = ["-id"]
        indexes = [models.Index(fields=["unit", "-id"], name="supervision_asked_of_unit")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(presented=Presented.AGENT) | Q(mandate__isnull=False),
                name="supervision_agent_with_mandate",
            )
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.issued_on}"


class CheckRate(Check):
    """The door of the page of 逢报必查; holds no rows of its own."""

    class Meta:
        proxy = True
        verbose_name = "逢报必查率"
        verbose_name_plural = "逢报必查率"
