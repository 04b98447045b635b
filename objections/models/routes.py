"""Who answers an objection against what: data, not code."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from core.fields import PublicIdField
from core.history import TriggerHistory
from objections.enums import Answerer, TargetKind
from subjects.enums import SubjectKind


class TargetRoute(models.Model):
    """One dated row: for this kind of target (and of subject, where named) this one answers, by this basis.

    Proposed by one officer and confirmed by another; a confirmed row ends or is replaced, it is never rewritten.
    """

    class Confidence(models.TextChoices):
        SURE = "sure", "有据"
        UNSURE = "unsure", "待核实"

    public_id = PublicIdField()
    target_kind = models.CharField("异议对象", max_length=16, choices=TargetKind)
    subject_kind = models.CharField("主体类型", max_length=24, choices=SubjectKind, blank=True, help_text="留空为各类")
    answerer = models.CharField("答复者", max_length=20, choices=Answerer)
    unit = models.ForeignKey(
        "organizations.Organization", models.PROTECT, related_name="+", null=True, blank=True, verbose_name="指定单位"
    )
    basis = models.CharField("依据", max_length=300)
    confidence = models.CharField("把握", max_length=10, choices=Confidence)
    valid_from = models.DateField("施行日期")
    valid_to = models.DateField("最后适用日", null=True, blank=True)
    replaced_on = models.DateField("被更正日", null=True, blank=True, editable=False)
    proposed_by_key = models.CharField("提出人编号", max_length=100, editable=False)
    proposed_by_label = models.CharField("提出人", max_length=200, editable=False)
    confirmed_by_key = models.CharField("复核人编号", max_length=100, blank=True, editable=False)
    confirmed_by_label = models.CharField("复核人", max_length=200, blank=True, editable=False)
    history = TriggerHistory()

    class Meta:
        verbose_name = "异议办理分工"
        verbose_name_plural = "异议办理分工"
        ordering = ["target_kind", "subject_kind", "valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["target_kind", "subject_kind", "valid_from"],
                condition=~Q(confirmed_by_key="") & Q(replaced_on__isnull=True),
                name="objections_route_once_a_day",
            ),
            models.CheckConstraint(
                condition=~Q(confirmed_by_key=F("proposed_by_key")),
                name="objections_route_two_officers",
                violation_error_message="提出与复核应由两名不同人员办理",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="objections_route_span"
            ),
            models.CheckConstraint(
                condition=(Q(answerer="named_unit") & Q(unit__isnull=False))
                | (~Q(answerer="named_unit") & Q(unit__isnull=True)),
                name="objections_route_names_a_unit",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_target_kind_display()}：{self.unit or self.get_answerer_display()}"
