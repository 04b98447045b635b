"""What follows a repair, or stands in for one: revocation with its bar, shielding by a court, the end of publicity."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import F, Q

from core import clock
from core.actors import Actor
from core.fields import PublicIdField
from core.history import TriggerHistory
from repair.enums import RevocationGround, ShieldKind, ShieldState


class Revocation(models.Model):
    """撤销修复: proposed by one officer, decided by another; the remainder of the listing is restored."""

    public_id = PublicIdField()
    application = models.OneToOneField(
        "repair.Application", models.PROTECT, related_name="revocation", verbose_name="申请"
    )
    ground = models.CharField("事由", max_length=20, choices=RevocationGround)
    findings = models.TextField("查明的事实")
    proof = models.ForeignKey("core.Attachment", models.PROTECT, verbose_name="证据")
    proposed_on = models.DateField("提出日")
    proposed_by_key = models.CharField("提出人编号", max_length=100, editable=False)
    revoked_on = models.DateField("撤销日", null=True, blank=True)
    revoked_by_key = models.CharField("签发人编号", max_length=100, blank=True, editable=False)
    history = TriggerHistory()

    class Meta:
        verbose_name = "撤销修复"
        verbose_name_plural = "撤销修复"
        constraints = [
            models.CheckConstraint(
                condition=Q(revoked_by_key="") | ~Q(revoked_by_key=F("proposed_by_key")),
                name="repair_revocation_two_officers",
                violation_error_message="提出与签发应由两名不同人员办理",
            ),
            models.CheckConstraint(
                condition=Q(revoked_on__isnull=True, revoked_by_key="")
                | Q(revoked_on__gte=F("proposed_on")) & ~Q(revoked_by_key=""),
                name="repair_revocation_dated",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application} 撤销"


class Bar(models.Model):
    """不得再次申请: from the revocation to `until` (last day) the subject's applications are refused; in its record."""

    public_id = PublicIdField()
    subject = models.ForeignKey("subjects.Subject", models.PROTECT, related_name="repair_bars", verbose_name="主体")
    revocation = models.OneToOneField(Revocation, models.PROTECT, related_name="bar", verbose_name="撤销")
    from_on = models.DateField("自")
    until = models.DateField("至")
    rule_code = models.CharField("期限规则", max_length=40)
    history = TriggerHistory()

    class Meta:
        verbose_name = "限制申请"
        verbose_name_plural = "限制申请"
        ordering = ["-from_on"]
        constraints = [models.CheckConstraint(condition=Q(until__gte=F("from_on")), name="repair_bar_span")]

    def __str__(self) -> str:
        return f"{self.subject} {self.from_on}–{self.until}"


class ShieldQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """Keep those of the actor's unit; the office sees all."""
        if actor.may("repair.application.see_all"):
            return self
        if not actor.may("repair.shield.record"):
            return self.none()
        return self.filter(unit_id__in=actor.unit_ids)


class Shield(models.Model):
    """临时屏蔽: by court ruling the subject's listings are not shown and measures that hinder the plan are lifted."""

    public_id = PublicIdField()
    subject = models.ForeignKey("subjects.Subject", models.PROTECT, related_name="repair_shields", verbose_name="主体")
    unit = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+", verbose_name="登记单位")
    kind = models.CharField("程序", max_length=16, choices=ShieldKind)
    court = models.CharField("裁定法院", max_length=200)
    ruling_number = models.CharField("裁定书文号", max_length=128)
    ruled_on = models.DateField("裁定日")
    ruling = models.ForeignKey("core.Attachment", models.PROTECT, related_name="+", verbose_name="裁定书")
    from_on = models.DateField("屏蔽自")
    to_on = models.DateField("恢复日", null=True, blank=True)
    state = models.CharField("状态", max_length=12, choices=ShieldState, default=ShieldState.DRAFTED)
    completion = models.ForeignKey(
        "core.Attachment", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="执行完毕裁定书"
    )
    completed_on = models.DateField("执行完毕裁定日", null=True, blank=True)
    recorded_by_key = models.CharField("登记人编号", max_length=100, editable=False)
    confirmed_by_key = models.CharField("复核人编号", max_length=100, blank=True, editable=False)
    recorded_at = models.DateTimeField("记录时间", default=clock.now)
    history = TriggerHistory()

    objects = ShieldQuerySet.as_manager()

    class Meta:
        verbose_name = "破产程序临时屏蔽"
        verbose_name_plural = "破产程序临时屏蔽"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["subject"], condition=Q(state__in=["drafted", "active"]), name="repair_one_open_shield"
            ),
            models.CheckConstraint(condition=Q(from_on__gte=F("ruled_on")), name="repair_shield_after_ruling"),
            models.CheckConstraint(
                condition=Q(to_on__isnull=True) | Q(to_on__gte=F("from_on")), name="repair_shield_span"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["drafted", "dropped"]) | ~Q(confirmed_by_key=""),
                name="repair_shield_confirmed",
            ),
            models.CheckConstraint(
                condition=~Q(confirmed_by_key=F("recorded_by_key")),
                name="repair_shield_two_officers",
                violation_error_message="登记与复核应由两名不同人员办理",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["completed", "ended"]) | Q(to_on__isnull=False), name="repair_shield_ended"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.get_kind_display()}"


class LiftedMeasure(models.Model):
    """A measure that hinders the plan: lifted for one task while the shield lasts."""

    shield = models.ForeignKey(Shield, models.PROTECT, related_name="lifted", verbose_name="屏蔽")
    task = models.ForeignKey(
        "sanctions.ExecutionTask", models.PROTECT, related_name="repair_liftings", verbose_name="实施任务"
    )
    reason = models.CharField("妨碍重整的情形", max_length=300)
    history = TriggerHistory()

    class Meta:
        verbose_name = "暂时解除的措施"
        verbose_name_plural = "暂时解除的措施"
        constraints = [models.UniqueConstraint(fields=["shield", "task"], name="repair_lifted_once")]

    def __str__(self) -> str:
        return str(self.task)


class PublicityEnd(models.Model):
    """The announcement that a listing's maximum publicity has run out; the dates ended it, this row only says so.

    Withdrawn where another regime turned out to hold: the later end is announced again.
    """

    public_id = PublicIdField()
    listing = models.ForeignKey("sanctions.Listing", models.PROTECT, related_name="publicity_ends", verbose_name="列入")
    last_day = models.DateField("最后公示日")
    announced_on = models.DateField("公告日")
    withdrawn_on = models.DateField("公告撤回日", null=True, blank=True)
    explanation = models.TextField("说明")
    history = TriggerHistory()

    class Meta:
        verbose_name = "公示期满"
        verbose_name_plural = "公示期满"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(announced_on__gt=F("last_day")), name="repair_publicity_after_last_day"),
            models.UniqueConstraint(
                fields=["listing"], condition=Q(withdrawn_on__isnull=True), name="repair_publicity_end_stands_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.listing} {self.last_day}"


class Notified(models.Model):
    """The subject was told that it may apply from this day; once per listing and first day."""

    public_id = PublicIdField()
    listing = models.ForeignKey("sanctions.Listing", models.PROTECT, related_name="repair_notices", verbose_name="列入")
    possible_from = models.DateField("最早申请日")
    told_on = models.DateField("告知日")
    history = TriggerHistory()

    class Meta:
        verbose_name = "可申请修复提示"
        verbose_name_plural = "可申请修复提示"
        constraints = [models.UniqueConstraint(fields=["listing", "possible_from"], name="repair_told_once")]

    def __str__(self) -> str:
        return f"{self.listing} {self.possible_from}"
