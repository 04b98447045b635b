"""Stop notices: what each unit was told about its measures, and since when it follows."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import F, Q

from core.actors import Actor
from core.fields import PublicIdField
from core.history import TriggerHistory
from sanctions.enums import StopKind
from sanctions.models.execution import ExecutionTask


class StopQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """Keep the notices about tasks this actor may know of."""
        return self.filter(task__in=ExecutionTask.objects.visible_to(actor))

    def waiting(self) -> Self:
        """Keep those that a unit still has to confirm."""
        return self.filter(must_confirm=True, confirmed_on__isnull=True, superseded_on__isnull=True)


class TaskStop(models.Model):
    """One notice to one unit about one task; a later one of the same matter takes the place of an unconfirmed one.

    must_confirm: the measure is being applied, so the unit says that it has suspended, resumed, stopped or restored;
    where nothing was begun, and for class 3, the notice only tells.
    """

    public_id = PublicIdField()
    task = models.ForeignKey(ExecutionTask, models.PROTECT, related_name="stops", verbose_name="实施任务")
    unit = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+", verbose_name="接收单位")
    kind = models.CharField("事项", max_length=8, choices=StopKind)
    ref = models.CharField("依据记录", max_length=40, blank=True)
    reason = models.TextField("理由", blank=True)
    sent_on = models.DateField("通知日")
    must_confirm = models.BooleanField("须确认", default=True)
    confirmed_on = models.DateField("确认日", null=True, blank=True)
    confirmed_by_key = models.CharField("确认人编号", max_length=100, blank=True, editable=False)
    confirmed_by_label = models.CharField("确认人", max_length=200, blank=True, editable=False)
    done = models.TextField("落实情况", blank=True)
    superseded_on = models.DateField("被后续通知取代日", null=True, blank=True)
    history = TriggerHistory()

    objects = StopQuerySet.as_manager()

    class Meta:
        verbose_name = "停止执行通知"
        verbose_name_plural = "停止执行通知"
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["unit", "sent_on"],
                condition=Q(must_confirm=True, confirmed_on__isnull=True, superseded_on__isnull=True),
                name="sanctions_stop_waiting",
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_on__isnull=True, confirmed_by_key="")
                | Q(confirmed_on__gte=F("sent_on")) & ~Q(confirmed_by_key=""),
                name="sanctions_stop_confirmed",
            ),
            models.CheckConstraint(
                condition=Q(superseded_on__isnull=True) | Q(confirmed_on__isnull=True), name="sanctions_stop_one_end"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.task}"

    @property
    def waits(self) -> bool:
        """Tell whether the unit still has to confirm it: `waiting` for one row."""
        return self.must_confirm and self.confirmed_on is None and self.superseded_on is None
