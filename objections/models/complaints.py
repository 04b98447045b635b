"""The complaint to the 联席会议办公室, and who studied it."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import Q

from core.actors import Actor
from core.history import TriggerHistory
from objections.enums import OPEN_COMPLAINT, ComplaintState
from objections.models.filings import Filing, filing_constraints
from objections.models.objections import Objection
from objections.permissions import SEE_ALL, has_part
from sanctions.models.draws import Draw, Seat


class ComplaintQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """Keep the complaints about objections this actor may know of, and those that its own unit registered."""
        if actor.may(SEE_ALL):
            return self
        if not has_part(actor):
            return self.none()
        known = Q(objection__in=Objection.objects.visible_to(actor).values("pk"))
        return self.filter(known | Q(filed_unit_id__in=actor.unit_ids))


class Complaint(Filing):
    """投诉. Ends the matter on the platform and tells of 复议 and 诉讼."""

    objection = models.ForeignKey(Objection, models.PROTECT, related_name="complaints", verbose_name="异议")
    unit = models.ForeignKey(
        "organizations.Organization", models.PROTECT, related_name="+", verbose_name="办理单位（联席办所在单位）"
    )
    took_over = models.BooleanField("因异议逾期未答复接办", default=False)
    by_office = models.BooleanField("认定由联席办作出", default=False)
    held_on = models.DateField("研究日期", null=True, blank=True)
    convenor = models.ForeignKey(
        "organizations.Officer", models.PROTECT, related_name="+", null=True, blank=True, verbose_name="召集人"
    )
    minutes = models.TextField("研究记录", blank=True)
    remedies = models.TextField("进一步救济途径", blank=True)
    state = models.CharField("状态", max_length=16, choices=ComplaintState, default=ComplaintState.RECEIVED)
    history = TriggerHistory()

    objects = ComplaintQuerySet.as_manager()

    class Meta:
        verbose_name = "投诉"
        verbose_name_plural = "投诉"
        ordering = ["-id"]
        constraints = [
            *filing_constraints("objections_complaint", inherits_check=True),
            models.UniqueConstraint(
                fields=["objection"],
                condition=Q(state__in=OPEN_COMPLAINT),
                name="objections_one_open_complaint",
                violation_error_message="该异议已有在办投诉",
            ),
            models.CheckConstraint(
                condition=Q(accepted_on__isnull=True) | Q(identity_result="passed"),
                name="objections_complaint_checked",
            ),
            models.CheckConstraint(
                condition=Q(answered_on__isnull=True) | ~Q(remedies=""), name="objections_ruling_tells_remedies"
            ),
            models.CheckConstraint(
                condition=Q(answered_on__isnull=True)
                | Q(by_office=False)
                | Q(held_on__isnull=False, convenor__isnull=False),
                name="objections_office_case_convened",
            ),
        ]

    def __str__(self) -> str:
        return f"投诉 {self.public_id}"


class ComplaintParticipant(models.Model):
    """An officer called to study the complaint, or known to stand aside from it, with the reason."""

    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="participants", verbose_name="投诉")
    officer = models.ForeignKey("organizations.Officer", models.PROTECT, related_name="+", verbose_name="人员")
    unit = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+", verbose_name="单位")
    recused_because = models.CharField("回避原因", max_length=300, blank=True)
    opinion = models.TextField("意见", blank=True)
    history = TriggerHistory()

    class Meta:
        verbose_name = "研究人员"
        verbose_name_plural = "研究人员"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["complaint", "officer"], name="objections_participant_once"),
            models.CheckConstraint(
                condition=Q(recused_because="") | Q(opinion=""), name="objections_recused_has_no_opinion"
            ),
        ]

    def __str__(self) -> str:
        return str(self.officer)


class ComplaintDraw(Draw):
    """One round of the lot for a complaint."""

    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="draws", verbose_name="投诉")
    history = TriggerHistory()

    class Meta(Draw.Meta):
        verbose_name = "投诉专家抽取"
        verbose_name_plural = "投诉专家抽取"
        constraints = [models.UniqueConstraint(fields=["complaint", "round"], name="objections_draw_round_once")]


class ComplaintExpert(Seat):
    """An expert drawn for the complaint; advises, does not decide."""

    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="experts", verbose_name="投诉")
    expert = models.ForeignKey("organizations.Expert", models.PROTECT, related_name="+", verbose_name="专家")
    draw = models.ForeignKey(ComplaintDraw, models.PROTECT, related_name="seats", verbose_name="抽取")
    history = TriggerHistory()

    class Meta(Seat.Meta):
        verbose_name = "投诉专家"
        verbose_name_plural = "投诉专家"
        constraints = [models.UniqueConstraint(fields=["complaint", "expert"], name="objections_expert_once")]

    def __str__(self) -> str:
        return str(self.expert)
