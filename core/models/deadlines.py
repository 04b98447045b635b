"""Time-limit rules as dated rows, the working-day table, and due dates that explain themselves."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from core import clock
from core.fields import PublicIdField
from core.history import TriggerHistory
from core.models.dated import Dated, dated_constraints
from core.text import zh_day


class CalendarDay(models.Model):
    """One day on which the State Council calendar departs from the weekday rule; overrides the library's calendar."""

    day = models.DateField("日期", unique=True)
    is_working = models.BooleanField("工作日")
    note = models.CharField("说明", max_length=100, blank=True)
    source = models.CharField("依据", max_length=200, blank=True)
    history = TriggerHistory()

    class Meta:
        verbose_name = "节假日安排"
        verbose_name_plural = "节假日安排"
        ordering = ["day"]

    def __str__(self) -> str:
        return f"{self.day} {'班' if self.is_working else '休'}"


class CalendarYear(models.Model):
    """A year whose holiday arrangement is confirmed, beyond what the calendar library knows."""

    year = models.PositiveSmallIntegerField("年度", unique=True)
    source = models.CharField("依据", max_length=200)
    history = TriggerHistory()

    class Meta:
        verbose_name = "已发布年历"
        verbose_name_plural = "已发布年历"

    def __str__(self) -> str:
        return f"{self.year}年"


class TimeLimitRule(Dated):
    """How long something may take, from when, by which law, during which dates; an administrator corrects it."""

    class Unit(models.TextChoices):
        WORKING_DAY = "working_day", "个工作日"
        DAY = "day", "日"
        MONTH = "month", "个月"
        PLAIN_MONTH = "plain_month", "个月（不顺延）"  # a bar, not a procedural term: no holiday makes it longer

    public_id = PublicIdField()
    code = models.CharField("规则编号", max_length=40)
    name = models.CharField("事项", max_length=100)
    count = models.PositiveSmallIntegerField("期限")
    unit = models.CharField("单位", max_length=12, choices=Unit)
    note = models.TextField("说明", blank=True)
    history = TriggerHistory()

    class Meta:
        verbose_name = "期限规则"
        verbose_name_plural = "期限规则"
        ordering = ["code", "valid_from"]
        constraints = dated_constraints("core_rule", "code")

    def __str__(self) -> str:
        return f"{self.name}（{self.count}{self.get_unit_display()}）"


class Deadline(models.Model):
    """A due day of one record, with everything that led to it; open until met or cancelled."""

    public_id = PublicIdField()
    rule = models.ForeignKey(TimeLimitRule, models.PROTECT, verbose_name="规则")
    aggregate_type = models.CharField("对象类型", max_length=80)
    object_id = models.BigIntegerField("对象")
    event = models.CharField("起算事件", max_length=60)
    counts_from = models.DateField("起算日")
    count = models.PositiveSmallIntegerField("期限")
    unit = models.CharField("单位", max_length=12, choices=TimeLimitRule.Unit)
    calendar_version = models.CharField("年历版本", max_length=200)
    due_on = models.DateField("到期日")
    provisional = models.BooleanField("暂定", default=False)
    closed_on = models.DateField("办结日", null=True, blank=True)
    closed_by = models.CharField("办结方式", max_length=60, blank=True)
    escalated = models.PositiveSmallIntegerField("已提醒层级", default=0)
    recorded_at = models.DateTimeField("记录时间", default=clock.now)
    history = TriggerHistory()

    class Meta:
        verbose_name = "办理期限"
        verbose_name_plural = "办理期限"
        indexes = [
            models.Index(fields=["aggregate_type", "object_id"], name="core_deadline_of"),
            models.Index(fields=["due_on"], condition=Q(closed_on__isnull=True), name="core_deadline_open"),
            models.Index(fields=["closed_on"], condition=Q(closed_on__isnull=False), name="core_deadline_closed"),
        ]

    def __str__(self) -> str:
        return f"{self.rule.name} {self.due_on}"

    def explanation(self) -> str:
        """Return the sentence that says why the due day is this day."""
        note = "（次年节假日安排尚未发布，暂定）" if self.provisional else ""
        shifted = self.unit in {TimeLimitRule.Unit.DAY, TimeLimitRule.Unit.MONTH}
        shift = "，遇休息日顺延" if shifted else ""
        return (
            f"{self.rule.code} {self.rule.name}：自{self.event}（{zh_day(self.counts_from)}）次日起"
            f"{self.count}{self.get_unit_display()}{shift}，{zh_day(self.due_on)}到期{note}。依据：{self.rule.basis}；"
            f"年历版本 {self.calendar_version}"
        )
