"""Who answers an objection against what: data, not code."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from core.fields import PublicIdField
from core.history import TriggerHistory
from core.models.dated import Dated, dated_constraints
from objections.enums import Answerer, TargetKind
from subjects.enums import SubjectKind


class TargetRoute(Dated):
    """One dated row: for this kind of target (and of subject, where named) this one answers, by this basis."""

    public_id = PublicIdField()
    target_kind = models.CharField("异议对象", max_length=16, choices=TargetKind)
    subject_kind = models.CharField("主体类型", max_length=24, choices=SubjectKind, blank=True, help_text="留空为各类")
    answerer = models.CharField("答复者", max_length=20, choices=Answerer)
    unit = models.ForeignKey(
        "organizations.Organization", models.PROTECT, related_name="+", null=True, blank=True, verbose_name="指定单位"
    )
    history = TriggerHistory()

    class Meta:
        verbose_name = "异议办理分工"
        verbose_name_plural = "异议办理分工"
        ordering = ["target_kind", "subject_kind", "valid_from"]
        constraints = [
            *dated_constraints("objections_route", "target_kind", "subject_kind"),
            models.CheckConstraint(
                condition=(Q(answerer="named_unit") & Q(unit__isnull=False))
                | (~Q(answerer="named_unit") & Q(unit__isnull=True)),
                name="objections_route_names_a_unit",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_target_kind_display()}：{self.unit or self.get_answerer_display()}"
