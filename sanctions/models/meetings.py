"""The determination meeting: invited units, experts drawn by lot, opinions and votes."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from core.fields import PublicIdField
from core.history import TriggerHistory
from sanctions.enums import CaseLevel, VoteChoice
from sanctions.models.draws import Draw, Seat


class Meeting(models.Model):
    """认定会议 on one case, called by the group's lead unit or by the office."""

    public_id = PublicIdField()
    case = models.ForeignKey("sanctions.Case", models.PROTECT, related_name="meetings", verbose_name="事项")
    level = models.CharField("层级", max_length=8, choices=CaseLevel)
    convenor = models.ForeignKey("organizations.Organization", models.PROTECT, verbose_name="召集单位")
    held_on = models.DateField("会议日期")
    place = models.CharField("地点", max_length=200)
    quorum_percent = models.PositiveSmallIntegerField("到会比例要求（%）")
    minutes = models.TextField("会议纪要", blank=True)
    adjourned_on = models.DateField("未成会日", null=True, blank=True)
    adjourned_reason = models.CharField("未成会原因", max_length=300, blank=True)
    history = TriggerHistory()

    class Meta:
        verbose_name = "认定会议"
        verbose_name_plural = "认定会议"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(adjourned_on__isnull=True), name="sanctions_one_meeting"
            ),
            models.CheckConstraint(
                condition=Q(quorum_percent__gte=50, quorum_percent__lte=100), name="sanctions_quorum_range"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case} {self.held_on}"


class MeetingInvitee(models.Model):
    """A unit called to the meeting, member of the joint conference or not, and whether it came."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="invitees", verbose_name="会议")
    unit = models.ForeignKey("organizations.Organization", models.PROTECT, verbose_name="单位")
    attended = models.BooleanField("到会", default=False)
    history = TriggerHistory()

    class Meta:
        verbose_name = "参会单位"
        verbose_name_plural = "参会单位"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["meeting", "unit"], name="sanctions_invited_once")]

    def __str__(self) -> str:
        return str(self.unit)


class ExpertDraw(Draw):
    """One round of the lot for a meeting."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="draws", verbose_name="会议")
    history = TriggerHistory()

    class Meta(Draw.Meta):
        verbose_name = "专家抽取"
        verbose_name_plural = "专家抽取"
        constraints = [models.UniqueConstraint(fields=["meeting", "round"], name="sanctions_draw_round_once")]


class MeetingExpert(Seat):
    """An expert drawn for the meeting; advises, never votes."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="experts", verbose_name="会议")
    expert = models.ForeignKey("organizations.Expert", models.PROTECT, verbose_name="专家")
    draw = models.ForeignKey(ExpertDraw, models.PROTECT, related_name="seats", verbose_name="抽取")
    history = TriggerHistory()

    class Meta(Seat.Meta):
        verbose_name = "参会专家"
        verbose_name_plural = "参会专家"
        constraints = [models.UniqueConstraint(fields=["meeting", "expert"], name="sanctions_expert_once")]

    def __str__(self) -> str:
        return str(self.expert)


class Vote(models.Model):
    """One attending unit's vote on one subject."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="votes", verbose_name="会议")
    case_subject = models.ForeignKey(
        "sanctions.CaseSubject", models.PROTECT, related_name="votes", verbose_name="事项主体"
    )
    invitee = models.ForeignKey(MeetingInvitee, models.PROTECT, related_name="votes", verbose_name="参会单位")
    choice = models.CharField("表决", max_length=10, choices=VoteChoice)
    remark = models.CharField("说明", max_length=300, blank=True)
    history = TriggerHistory()

    class Meta:
        verbose_name = "表决"
        verbose_name_plural = "表决"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["case_subject", "invitee"], name="sanctions_vote_once")]

    def __str__(self) -> str:
        return f"{self.invitee} {self.get_choice_display()}"
