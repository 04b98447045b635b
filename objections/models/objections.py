"""The objection: against what, by whom, who answers, and how it went."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import Q

from core.actors import Actor
from core.history import TriggerHistory
from objections.enums import OPEN_OBJECTION, ObjectionState, PaperKind, TargetKind
from objections.models.filings import Filing, filing_constraints
from objections.permissions import SEE_ALL, SEE_DISTRICT, has_part
from subjects.models import Subject


class ObjectionQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """Keep what this actor may know of: answered, started or registered by its unit, of its group or district."""
        if actor.may(SEE_ALL):
            return self
        if not has_part(actor):
            return self.none()
        mine = Q(pk__in=[])
        if units := actor.unit_ids:
            mine |= Q(answering_unit_id__in=units) | Q(filed_unit_id__in=units) | Q(initiating_unit_id__in=units)
        if actor.group_ids:
            mine |= Q(group_id__in=actor.group_ids)
        if actor.may(SEE_DISTRICT) and actor.district_code:
            mine |= Q(answering_unit__district__code=actor.district_code)
        return self.filter(mine)


class Objection(Filing):
    """异议. Whether the listing is paused is the clock's to say; here stand the acts."""

    target_kind = models.CharField("异议对象", max_length=16, choices=TargetKind)
    target_key = models.CharField("对象编号", max_length=40)
    target_label = models.CharField("对象内容", max_length=300)
    subject = models.ForeignKey("subjects.Subject", models.PROTECT, related_name="objections", verbose_name="当事人")
    listing = models.ForeignKey(
        "sanctions.Listing", models.PROTECT, related_name="objections", null=True, blank=True, verbose_name="列入"
    )
    answering_unit = models.ForeignKey(
        "organizations.Organization", models.PROTECT, related_name="answered_objections", verbose_name="答复单位"
    )
    initiating_unit = models.ForeignKey(
        "organizations.Organization", models.PROTECT, related_name="+", null=True, blank=True, verbose_name="发起单位"
    )
    group = models.ForeignKey(
        "organizations.WorkingGroup", models.PROTECT, related_name="+", null=True, blank=True, verbose_name="督办小组"
    )
    route = models.ForeignKey("objections.TargetRoute", models.PROTECT, related_name="+", verbose_name="办理依据")
    by_silence = models.BooleanField("逾期视为受理", default=False)
    extended_on = models.DateField("延长答复日", null=True, blank=True)
    forwarded_to = models.CharField("转送单位", max_length=200, blank=True)
    forwarded_on = models.DateField("转送日", null=True, blank=True)
    source_answer = models.TextField("源单位答复内容", blank=True)
    source_answered_on = models.DateField("源单位答复日", null=True, blank=True)
    state = models.CharField("状态", max_length=16, choices=ObjectionState, default=ObjectionState.RECEIVED)
    history = TriggerHistory()

    objects = ObjectionQuerySet.as_manager()

    class Meta:
        verbose_name = "异议"
        verbose_name_plural = "异议"
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["answering_unit", "state"], name="objections_of_unit"),
            models.Index(fields=["target_kind", "target_key"], name="objections_of_target"),
            models.Index(fields=["listing"], condition=Q(listing__isnull=False), name="objections_of_listing"),
        ]
        constraints = [
            *filing_constraints("objections_objection"),
            models.UniqueConstraint(
                fields=["target_kind", "target_key"],
                condition=Q(state__in=OPEN_OBJECTION),
                name="objections_one_open",
                violation_error_message="同一对象已有在办异议",
            ),
            models.CheckConstraint(
                condition=Q(accepted_on__isnull=True) | Q(by_silence=True) | Q(identity_result="passed"),
                name="objections_checked_before_accepted",
            ),
            models.CheckConstraint(
                condition=Q(accepted_on__isnull=True, by_silence=False)
                | Q(accepted_on__isnull=False, by_silence=True, accepted_by_key="")
                | (Q(accepted_on__isnull=False, by_silence=False) & ~Q(accepted_by_key="")),
                name="objections_accepted_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["accepted", "drafted", "rejected", "upheld", "partly_upheld", "redetermined"])
                | Q(accepted_on__isnull=False),
                name="objections_accepted_dated",
            ),
            models.CheckConstraint(
                condition=Q(forwarded_on__isnull=True) | ~Q(forwarded_to=""), name="objections_forwarded_somewhere"
            ),
        ]

    def __str__(self) -> str:
        return f"异议 {self.public_id} {self.get_target_kind_display()}：{self.target_label}"


class AnsweredObjection(Objection):
    """An objection as what a complaint may follow: the term to complain is the filer's right, not a unit's duty."""

    class Meta:
        proxy = True
        verbose_name = "已答复异议"
        verbose_name_plural = "已答复异议"


class ObjectionEvidence(models.Model):
    """A paper handed in with an objection or a complaint, kept encrypted; rows are added, never changed."""

    objection = models.ForeignKey(Objection, models.PROTECT, related_name="papers", verbose_name="异议")
    complaint = models.ForeignKey(
        "objections.Complaint", models.PROTECT, related_name="papers", null=True, blank=True, verbose_name="投诉"
    )
    kind = models.CharField("材料类别", max_length=16, choices=PaperKind)
    title = models.CharField("材料名称", max_length=200)
    attachment = models.ForeignKey("core.Attachment", models.PROTECT, related_name="+", verbose_name="文件")
    added_on = models.DateField("收到日")
    history = TriggerHistory()

    class Meta:
        verbose_name = "异议材料"
        verbose_name_plural = "异议材料"
        ordering = ["id"]

    def __str__(self) -> str:
        return self.title


class ContestedSubject(Subject):
    """A subject as the officer at the window sees it: with everything about it that can be objected to."""

    class Meta:
        proxy = True
        verbose_name = "当事人可异议事项"
        verbose_name_plural = "当事人可异议事项"
