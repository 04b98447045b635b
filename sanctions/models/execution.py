"""Execution: one task per listing × measure × implementing unit, its feedback and the group's sums."""

from __future__ import annotations

from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import F, Q

from core import clock
from core.actors import Actor
from core.fields import PublicIdField
from core.history import TriggerHistory
from core.periods import Clock
from sanctions.enums import TaskDuty, TaskState
from sanctions.models.listings import (
    LAPSES_SQL,
    LIVED_PAUSES_SQL,
    LIVED_SQL,
    PAUSES_SQL,
    RECORDED_SQL,
    OfRow,
    known_end,
)
from sanctions.permissions import units_of_part


# A task that follows its listing has the listing's dates; a statutory one has its own, and of the listing's pauses and
# lapses those that its article lets touch it. Aliases: {t} the task, l its listing.
def _own_clock_sql(pauses: str) -> str:
    return (
        "{t}.starts_on, {t}.original_ends_on,"
        f" CASE WHEN {{t}}.stops_on_pause THEN {pauses.format(t='l')} END,"
        f" CASE WHEN {{t}}.ends_on_repair THEN {LAPSES_SQL.format(t='l')} END, {{t}}.over_from, l.revoked_from"
    )


TASK_ENDS_ON_SQL = (
    "(SELECT CASE WHEN {t}.follows_listing"
    f" THEN core_period_ends_on({RECORDED_SQL.format(t='l')})"
    f" ELSE core_period_ends_on({_own_clock_sql(PAUSES_SQL)}) END"
    " FROM sanctions_listing l WHERE l.id = {t}.listing_id)"
)
TASK_STATE_SQL = (
    "(SELECT CASE WHEN {t}.follows_listing"
    f" THEN core_period_state(asked.day, {LIVED_SQL.format(t='l')})"
    f" ELSE core_period_state(asked.day, {_own_clock_sql(LIVED_PAUSES_SQL)}) END"
    " FROM sanctions_listing l, (SELECT %s::date AS day) asked WHERE l.id = {t}.listing_id)"
)


def ended_before(day: date) -> Q:
    """Return the condition that a task's stored end lies before `day` and no pause by silence keeps it open."""
    held = Q(stops_on_pause=True, listing__tacit_from__lte=F("ends_on"))
    return Q(ends_on__lt=day) & ~held


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

    def with_state_on(self, day: date) -> Any:
        """Annotate `state_on`: pending, in_force, paused, ended or revoked on `day`, by the SQL twin."""
        return self.annotate(state_on=OfRow(TASK_STATE_SQL, [day], output_field=models.CharField()))


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
    original_ends_on = models.DateField("法定措施原定截止日", null=True, blank=True)
    over_from = models.DateField("法定措施提前结束首日", null=True, blank=True)
    stops_on_pause = models.BooleanField("异议期间暂停", default=True)
    ends_on_repair = models.BooleanField("信用修复即终止", default=True)
    history = TriggerHistory()

    objects = TaskQuerySet.as_manager()

    class Meta:
        verbose_name = "实施任务"
        verbose_name_plural = "实施任务"
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["unit", "state"], name="sanctions_task_of_unit"),
            models.Index(
                fields=["ends_on", "id"],
                condition=Q(state__in=["assigned", "acknowledged", "applied"]),
                name="sanctions_task_expiring",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["listing", "measure", "named_unit"], name="sanctions_task_once"),
            models.CheckConstraint(
                condition=Q(follows_listing=False)
                | Q(original_ends_on__isnull=True, over_from__isnull=True, stops_on_pause=True, ends_on_repair=True),
                name="sanctions_task_follows",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.measure} · {self.unit}"

    def end_on(self, on: date | None = None) -> date | None:
        """Return the last day as known on `on`, today if none is given: what is shown in the place of `ends_on`."""
        if self.follows_listing:
            cuts = self.listing.over_from, self.listing.revoked_from
        else:
            cuts = self.over_from, self.listing.revoked_from
        tacit_from = self.listing.tacit_from if self.stops_on_pause else None
        return known_end(self.ends_on, tacit_from, on or clock.today(), cuts)

    def clock(self, on: date | None = None) -> Clock:
        """Return the dates that decide this measure's state, as known on `on`, today if none is given."""
        listed: Clock = self.listing.clock(on)
        if self.follows_listing:
            return listed
        return Clock(
            self.starts_on,
            self.original_ends_on,
            listed.pauses if self.stops_on_pause else (),
            listed.lapses if self.ends_on_repair else (),
            self.over_from,
            listed.revoked_from,
        )


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
