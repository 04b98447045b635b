"""The determination: one decision per case, with one unified period."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from core.fields import PublicIdField
from core.history import TriggerHistory
from core.periods import Period
from sanctions.enums import PeriodSource


class Determination(models.Model):
    """认定决定: reasons, basis, measures, exit and remedies; issued by the lead unit, filed with the office."""

    public_id = PublicIdField()
    case = models.OneToOneField("sanctions.Case", models.PROTECT, related_name="determination", verbose_name="事项")
    meeting = models.OneToOneField("sanctions.Meeting", models.PROTECT, verbose_name="认定会议")
    lead_unit = models.ForeignKey("organizations.Organization", models.PROTECT, verbose_name="印发单位")
    decided_on = models.DateField("议决日")
    years = models.PositiveSmallIntegerField("年", default=0)
    months = models.PositiveSmallIntegerField("月", default=0)
    days = models.PositiveIntegerField("日", default=0)
    permanent = models.BooleanField("长期", default=False)
    until_performed = models.BooleanField("至履行完毕", default=False)
    period_source = models.CharField("期限来源", max_length=12, choices=PeriodSource)
    period_reason = models.CharField("期限说明", max_length=500)
    measure_months = models.JSONField("法定期限措施（月）", default=dict, blank=True)
    starts_on = models.DateField("拟生效日", null=True, blank=True, help_text="留空为送达之日")
    cause = models.TextField("事由")
    basis = models.TextField("依据")
    measures_hint = models.TextField("措施提示")
    exit_terms = models.TextField("移出条件和程序")
    remedies = models.TextField("救济途径")
    number = models.PositiveIntegerField("序号", null=True, blank=True)
    number_year = models.PositiveSmallIntegerField("年度", null=True, blank=True)
    official_number = models.CharField("文号", max_length=100, blank=True)
    issued_on = models.DateField("印发日", null=True, blank=True)
    filed_on = models.DateField("备案日", null=True, blank=True)
    decided_by_key = models.CharField("议决记录人编号", max_length=100, editable=False)
    issued_by_key = models.CharField("签发人编号", max_length=100, blank=True, editable=False)
    history = TriggerHistory()

    class Meta:
        verbose_name = "认定决定"
        verbose_name_plural = "认定决定"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["lead_unit", "number_year", "number"], name="sanctions_determination_number"
            ),
            models.CheckConstraint(
                condition=Q(issued_on__isnull=True, number__isnull=True)
                | Q(issued_on__gte=F("decided_on"), number__isnull=False, number_year__isnull=False),
                name="sanctions_issued_numbered",
            ),
            models.CheckConstraint(
                condition=~Q(issued_by_key=F("decided_by_key")),
                name="sanctions_determination_two_officers",
                violation_error_message="议决记录与签发应由两名不同人员办理",
            ),
            models.CheckConstraint(
                condition=Q(filed_on__isnull=True) | Q(issued_on__isnull=False), name="sanctions_filed_after_issue"
            ),
            models.CheckConstraint(
                condition=(
                    Q(permanent=True, until_performed=False, years=0, months=0, days=0)
                    | Q(permanent=False, until_performed=True, years=0, months=0, days=0)
                    | Q(permanent=False, until_performed=False) & (Q(years__gt=0) | Q(months__gt=0) | Q(days__gt=0))
                ),
                name="sanctions_one_period",
            ),
        ]

    def __str__(self) -> str:
        return self.numbered() or f"{self.case} 决定（未印发）"

    def numbered(self) -> str:
        """Return the platform's own document number, or nothing before issue."""
        if self.number is None:
            return ""
        return f"广信联认〔{self.number_year}〕{self.number}号（{self.lead_unit.short_name}）"

    @property
    def period(self) -> Period:
        return Period(self.years, self.months, self.days, self.permanent, self.until_performed)
