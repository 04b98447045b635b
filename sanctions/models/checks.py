"""Embedded checks: what was asked for which matter, what was answered, and what was decided then (ADR 0029)."""

from __future__ import annotations

from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from core import clock
from core.actors import Actor
from core.fields import PublicIdField
from core.history import TriggerHistory
from core.models.dated import Dated, dated_constraints
from sanctions.enums import CheckAction, CheckDecision, MatterEffect, MatterKind
from sanctions.permissions import CHECK_SEE, CHECK_SEE_ALL, CHECK_SEE_DISTRICT


class MatterRule(Dated):
    """One dated row: what a measure of the library comes to for a kind of matter; where there is none it is told as remind."""

    public_id = PublicIdField()
    measure = models.ForeignKey("catalog.Measure", models.PROTECT, related_name="matter_rules", verbose_name="措施")
    matter_kind = models.CharField("事项类别", max_length=16, choices=MatterKind)
    effect = models.CharField("对该类事项", max_length=12, choices=MatterEffect)
    history = TriggerHistory()

    class Meta:
        verbose_name = "措施适用事项"
        verbose_name_plural = "措施适用事项"
        ordering = ["measure__sort", "measure__code", "matter_kind", "valid_from"]
        constraints = dated_constraints("sanctions_matter_rule", "measure", "matter_kind")

    def __str__(self) -> str:
        return f"{self.measure.code}·{self.get_matter_kind_display()}：{self.get_effect_display()}"


class CheckQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """Keep what the actor's own unit asked, for a client what it may ask; the office all, a district its units'."""
        if actor.may(CHECK_SEE_ALL):
            return self
        seen = Q(pk__in=[])
        if actor.may(CHECK_SEE) or actor.may("scope.checks") or actor.may("scope.feedback"):
            seen |= Q(unit_id__in=actor.unit_ids)
        if actor.may(CHECK_SEE_DISTRICT) and actor.district_code:
            seen |= Q(unit__district__code=actor.district_code)
        return self.filter(seen, sandbox=actor.sandbox)


class Check(models.Model):
    """核查: one call, numbered by its public id. Written once; a large one is closed once, when its last line is written.

    position: the events of the platform up to this one are in the answer; digest, key and signature prove the document
    that `sanctions.checks.receipts` makes of this row and its lines.
    """

    public_id = PublicIdField()
    unit = models.ForeignKey(
        "organizations.Organization", models.PROTECT, related_name="checks", verbose_name="核查单位"
    )
    asked_by_kind = models.CharField("身份", max_length=12)
    asked_by_key = models.CharField("核查人编号", max_length=100)
    asked_by_label = models.CharField("核查人", max_length=200)
    matter_kind = models.CharField("事项类别", max_length=16, choices=MatterKind)
    matter_name = models.CharField("事项名称", max_length=200)
    business_number = models.CharField("业务编号", max_length=100, blank=True)
    asked_at = models.DateTimeField("核查时间", default=clock.now)
    asked_on = models.DateField("核查日")
    position = models.BigIntegerField("事件位置")
    count = models.PositiveIntegerField("主体数")
    sources = models.JSONField("所查来源", default=list)
    sandbox = models.BooleanField("沙箱", default=False)
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)
    digest = models.CharField("回执摘要", max_length=64, blank=True)
    key_id = models.CharField("签名密钥编号", max_length=40, blank=True)
    signature = models.CharField("签名", max_length=200, blank=True)

    objects = CheckQuerySet.as_manager()

    class Meta:
        verbose_name = "核查"
        verbose_name_plural = "核查"
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["unit", "asked_on", "matter_kind"], name="sanctions_check_of_unit"),
            models.Index(fields=["id"], condition=Q(answered_at__isnull=True), name="sanctions_check_waiting"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, digest="", signature="")
                | (Q(answered_at__isnull=False) & ~Q(digest="") & ~Q(signature="")),
                name="sanctions_check_answered_is_signed",
            )
        ]

    def __str__(self) -> str:
        return f"{self.public_id} {self.matter_name}"


class CheckedSubject(models.Model):
    """One line of a check: who was asked about, and the answer as it was given.

    subject: the record that answered, none where nobody was found; personal: the number that was asked, never in clear;
    action: the strongest answer.
    """

    of_check = models.ForeignKey(Check, models.PROTECT, related_name="lines", verbose_name="核查")
    line = models.PositiveIntegerField("行号")
    subject = models.ForeignKey(
        "subjects.Subject", models.PROTECT, null=True, related_name="+", verbose_name="主体", db_index=False
    )
    personal = models.ForeignKey(
        "core.PersonalIdentifier", models.PROTECT, null=True, related_name="+", verbose_name="证件", db_index=False
    )
    action = models.CharField("结论", max_length=12, choices=CheckAction)
    answer = models.JSONField("答复")

    class Meta:
        verbose_name = "核查答复"
        verbose_name_plural = "核查答复"
        ordering = ["of_check", "line"]
        constraints = [models.UniqueConstraint(fields=["of_check", "line"], name="sanctions_checked_line")]
        indexes = [
            models.Index(
                fields=["subject", "id"], condition=Q(subject__isnull=False), name="sanctions_checked_subject"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.of_check_id}/{self.line} {self.get_action_display()}"


class CheckFeedback(models.Model):
    """What was decided on a line of a check: about one measure (task), or about the line where it held none.

    feedback: the row added to the execution task where the measure was carried out. Rows are added, never edited.
    """

    public_id = PublicIdField()
    checked = models.ForeignKey(CheckedSubject, models.PROTECT, related_name="feedback", verbose_name="核查答复")
    task = models.ForeignKey(
        "sanctions.ExecutionTask", models.PROTECT, null=True, related_name="check_feedback", verbose_name="任务"
    )
    decision = models.CharField("办理结果", max_length=16, choices=CheckDecision)
    decided_on = models.DateField("决定日")
    reason = models.TextField("理由", blank=True)
    feedback = models.OneToOneField(
        "sanctions.Feedback", models.PROTECT, null=True, related_name="check_feedback", verbose_name="执行反馈"
    )
    by_kind = models.CharField("身份", max_length=12)
    by_key = models.CharField("反馈人编号", max_length=100)
    by_label = models.CharField("反馈人", max_length=200)
    recorded_at = models.DateTimeField("记录时间", default=clock.now)

    class Meta:
        verbose_name = "核查反馈"
        verbose_name_plural = "核查反馈"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["checked", "task"], nulls_distinct=False, name="sanctions_check_feedback_once"
            ),
            models.CheckConstraint(
                condition=~Q(decision="granted_despite") | ~Q(reason=""),
                name="sanctions_granted_despite_says_why",
                violation_error_message="仍予办理须写明理由",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_decision_display()} {self.decided_on}"


class CheckJob(models.Model):
    """What is still to be answered of a large check: the lines as they were asked, sealed; gone when it is answered."""

    of_check = models.OneToOneField(Check, models.PROTECT, related_name="job", verbose_name="核查", primary_key=True)
    key_id = models.CharField("密钥编号", max_length=40, editable=False)
    asked = models.BinaryField("待核查内容", editable=False)
    units = ArrayField(models.BigIntegerField(), verbose_name="代表的单位", default=list)
    answered = models.PositiveIntegerField("已答行数", default=0)
    attempts = models.PositiveIntegerField("次数", default=0)

    class Meta:
        verbose_name = "批量核查任务"
        verbose_name_plural = "批量核查任务"

    def __str__(self) -> str:
        return f"{self.of_check_id} {self.answered}"
