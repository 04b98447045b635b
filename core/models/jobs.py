"""What the scheduled jobs did, whom they reminded, and what they alert the administrators to."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import F, Q

from core import clock
from core.actors import Actor
from core.history import TriggerHistory
from core.text import zh_day

SEE_ALL = "core.reminder.see_all"


class JobRun(models.Model):
    """One run of a scheduled job; runs that found nothing to do are counted together, one row per day."""

    name = models.CharField("任务", max_length=80)
    started_at = models.DateTimeField("开始", default=clock.now)
    finished_at = models.DateTimeField("结束", null=True, blank=True)
    runs = models.PositiveIntegerField("次数", default=1)
    counts = models.JSONField("数量", default=dict)
    error = models.CharField("错误", max_length=500, blank=True)

    class Meta:
        verbose_name = "后台任务记录"
        verbose_name_plural = "后台任务记录"
        indexes = [models.Index(fields=["name", "-id"], name="core_jobrun_of")]

    def __str__(self) -> str:
        return f"{self.name} {self.started_at:%Y-%m-%d %H:%M}"


class ReminderRule(models.Model):
    """When each level is told about a due day; an empty rule code is the house's default. Edited as data."""

    rule_code = models.CharField("期限规则编号", max_length=40, blank=True, unique=True)
    near_working_days = models.PositiveSmallIntegerField("到期前工作日（提醒经办）")
    officer_after_days = models.PositiveSmallIntegerField("逾期日数（提醒经办）")
    reviewer_after_days = models.PositiveSmallIntegerField("逾期日数（提醒审核）")
    group_after_days = models.PositiveSmallIntegerField("逾期日数（报专项小组）")
    history = TriggerHistory()

    class Meta:
        verbose_name = "提醒规则"
        verbose_name_plural = "提醒规则"
        ordering = ["rule_code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(officer_after_days__gte=1)
                & Q(reviewer_after_days__gte=F("officer_after_days"))
                & Q(group_after_days__gte=F("reviewer_after_days")),
                name="core_reminder_rule_climbs",
                violation_error_message="提醒应当逐级上报：经办、审核、专项小组，日数依次不减",
            )
        ]

    def __str__(self) -> str:
        return self.rule_code or "默认"


class ReminderQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """Keep those of the actor's unit and those reported to the actor's group; the office sees all."""
        if actor.may(SEE_ALL):
            return self
        return self.filter(Q(unit_id__in=actor.unit_ids) | Q(level=Reminder.Level.GROUP, group_id__in=actor.group_ids))

    def waiting(self) -> Self:
        """Keep those whose due day is still open; one told of before its due day has had its time once that is past."""
        over = Q(level=Reminder.Level.NEAR, due_on__lt=clock.today())
        return self.filter(deadline__closed_on__isnull=True).exclude(over)


class Reminder(models.Model):
    """One level told of one due day, once: before it the officer; past it officer, reviewer, supervising group.

    `on` follows from the due day, not from the hour at which a job happened to run.
    """

    class Level(models.IntegerChoices):
        NEAR = 0, "到期前提醒"
        OFFICER = 1, "提醒经办"
        REVIEWER = 2, "提醒审核"
        GROUP = 3, "报专项小组"

    deadline = models.ForeignKey("core.Deadline", models.PROTECT, related_name="reminders", verbose_name="期限")
    level = models.PositiveSmallIntegerField("层级", choices=Level)
    unit_id = models.BigIntegerField("责任单位", null=True)
    group_id = models.BigIntegerField("专项小组", null=True)
    officer_key = models.CharField("经办人编号", max_length=100, blank=True)
    due_on = models.DateField("到期日")
    on = models.DateField("提醒日")
    recorded_at = models.DateTimeField("记录时间", default=clock.now)

    objects = ReminderQuerySet.as_manager()

    class Meta:
        verbose_name = "期限提醒"
        verbose_name_plural = "期限提醒"
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["deadline", "level"], name="core_reminded_once")]
        indexes = [models.Index(fields=["unit_id", "-id"], name="core_reminder_of_unit")]

    def __str__(self) -> str:
        return self.text()

    def text(self) -> str:
        """Return what the level is told."""
        day = zh_day(self.due_on)
        if self.level == self.Level.NEAR:
            return f"{self.deadline.rule.name}将于{day}到期。"
        late = (self.on - self.due_on).days
        return f"{self.deadline.rule.name}已于{day}到期，逾期{late}日。{self.get_level_display()}。"


class AlertQuerySet(models.QuerySet[Any]):
    def shown_to(self, actor: Actor) -> Self:
        """Keep what still stands and is addressed to a role, and where a unit is named to the unit, of this actor."""
        addressed = self.filter(role__in=actor.roles, settled_on__isnull=True)
        return addressed.filter(Q(unit_id__isnull=True) | Q(unit_id__in=actor.unit_ids))


class Alert(models.Model):
    """Something that a role has to see to, said at most once a day until it is settled."""

    code = models.CharField("类别", max_length=60)
    ref = models.CharField("对象编号", max_length=40, blank=True)
    role = models.CharField("岗位", max_length=30)
    unit_id = models.BigIntegerField("单位", null=True)
    on = models.DateField("日期")
    text = models.CharField("内容", max_length=500)
    settled_on = models.DateField("解除日", null=True, blank=True)
    recorded_at = models.DateTimeField("记录时间", default=clock.now)

    objects = AlertQuerySet.as_manager()

    class Meta:
        verbose_name = "预警"
        verbose_name_plural = "预警"
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["code", "ref", "role", "on"], name="core_alert_once_a_day")]
        indexes = [models.Index(fields=["role"], condition=Q(settled_on__isnull=True), name="core_alert_open")]

    def __str__(self) -> str:
        return self.text
