"""Execution: one task per listing × measure × implementing unit, its feedback and the group's sums."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import F, Q

from core import clock
from core.actors import Actor
from core.fields import PublicIdField
from core.history import TriggerHistory
from sanctions.enums import TaskDuty, TaskState
from sanctions.permissions import units_of_part


class TaskQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """Keep own unit's tasks, those of cases led by the actor's group, those of the district; office all."""
        if actor.may("sanctions.case.see_all"):
            return self
        mine = Q(pk__in=[])
        if units := units_of_part(actor):
            mine |= Q(unit_id__in=units)
        if actor.may("sanctions.case.accept") and actor.group_ids:
            mine |= Q(listing__case_subject__case__group_id__in=actor.group_ids)
        if actor.may("sanctions.case.see_district") and actor.district_code:
            mine |= Q(unit__district__code=actor.district_code)
        return self.filter(mine)


class ExecutionTask(models.Model):
    """实施任务. Class-3 measures are notices without duty."""

    public_id = PublicIdField()
    listing = models.ForeignKey("sanctions.Listing", models.PROTECT, related_name="tasks", verbose_name="列入")
    revision = models.ForeignKey("catalog.EntryRevision", models.PROTECT, related_name="+", verbose_name="目录事项")
    measure = models.ForeignKey("catalog.Measure", models.PROTECT, related_name="tasks", verbose_name="措施")
    named_unit = models.ForeignKey(
        "organizations.Organization", models.PROTECT, related_name="+", verbose_name="目录所列实施单位"
    )
    unit = models.ForeignKey(
        "organizations.Organization", models.PROTECT, related_name="execution_tasks", verbose_name="实施单位"
    )
    content = models.TextField("措施内容")
    duty = models.CharField("性质", max_length=8, choices=TaskDuty, default=TaskDuty.DUTY)
    state = models.CharField("状态", max_length=14, choices=TaskState, default=TaskState.ASSIGNED)
    assigned_on = models.DateField("下达日")
    starts_on = models.DateField("措施自")
    ends_on = models.DateField("措施至（推算）", null=True, blank=True)
    follows_listing = models.BooleanField("随名单期限", default=True)
    history = TriggerHistory()

    objects = TaskQuerySet.as_manager()

    class Meta:
        verbose_name = "实施任务"
        verbose_name_plural = "实施任务"
        ordering = ["-id"]
        indexes = [models.Index(fields=["unit", "state"], name="sanctions_task_of_unit")]
        constraints = [
            models.UniqueConstraint(fields=["listing", "measure", "named_unit"], name="sanctions_task_once"),
        ]

    def __str__(self) -> str:
        return f"{self.measure} · {self.unit}"


class Feedback(models.Model):
    """执行反馈: what the unit did, when, in which matter, with proof; rows are added, never edited."""

    public_id = PublicIdField()
    task = models.ForeignKey(ExecutionTask, models.PROTECT, related_name="feedback", verbose_name="任务")
    done_on = models.DateField("实施日")
    matter = models.CharField("业务事项", max_length=200)
    detail = models.TextField("执行内容")
    amount = models.DecimalField("涉及金额（万元）", max_digits=18, decimal_places=6, null=True, blank=True)
    effect = models.TextField("成效", blank=True)
    evidence = models.ForeignKey("core.Attachment", models.PROTECT, null=True, blank=True, verbose_name="佐证")
    recorded_at = models.DateTimeField("记录时间", default=clock.now)
    history = TriggerHistory()

    class Meta:
        verbose_name = "执行反馈"
        verbose_name_plural = "执行反馈"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__isnull=True) | Q(amount__gte=0), name="sanctions_amount_sign")
        ]

    def __str__(self) -> str:
        return f"{self.task} {self.done_on}"


class GroupSummary(models.Model):
    """The group's sum of execution over one quarter, reported to the office."""

    public_id = PublicIdField()
    group = models.ForeignKey("organizations.WorkingGroup", models.PROTECT, verbose_name="专项小组")
    from_on = models.DateField("自")
    to_on = models.DateField("至")
    made_on = models.DateField("汇总日")
    figures = models.JSONField("数据")
    history = TriggerHistory()

    class Meta:
        verbose_name = "实施情况汇总"
        verbose_name_plural = "实施情况汇总"
        ordering = ["-to_on"]
        constraints = [
            models.UniqueConstraint(fields=["group", "from_on", "to_on"], name="sanctions_summary_once"),
            models.CheckConstraint(condition=Q(from_on__lte=F("to_on")), name="sanctions_summary_span"),
        ]

    def __str__(self) -> str:
        return f"{self.group} {self.from_on}–{self.to_on}"
