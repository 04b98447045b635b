"""The law of publicity as dated rows of two officers: how long, how severe, who besides entities, and whom we trust."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from core.fields import PublicIdField
from core.history import TriggerHistory
from core.models.dated import Dated, dated_constraints
from publicity.enums import PenaltyKind, RecordKind, Severity


class Regime(Dated):
    """How long information of one severity is published under one body of rules; months from the document's day.

    The regime of a record is the one in force on the day of its decision, unless an officer switched that record.
    """

    public_id = PublicIdField()
    code = models.SlugField("规则代号", max_length=40)
    name = models.CharField("规则名称", max_length=100)
    severity = models.CharField("失信程度", max_length=10, choices=Severity)
    min_months = models.PositiveSmallIntegerField("最短公示期（月）")
    max_months = models.PositiveSmallIntegerField("最长公示期（月）")
    early_end = models.BooleanField("期满前可申请修复", default=True)
    note = models.TextField("说明", blank=True)
    history = TriggerHistory()

    class Meta:
        verbose_name = "公示期规则"
        verbose_name_plural = "公示期规则"
        ordering = ["valid_from", "severity"]
        constraints = [
            *dated_constraints("publicity_regime", "severity"),
            models.CheckConstraint(
                condition=Q(max_months__gte=F("min_months")) & Q(max_months__gte=1), name="publicity_regime_months"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.get_severity_display()}（{self.min_months}至{self.max_months}个月）"


class SeverityRule(Dated):
    """失信程度对照: how severe a kind of penalty is under one regime, from which amount on; the worst kind decides."""

    public_id = PublicIdField()
    regime_code = models.SlugField("公示期规则", max_length=40)
    kind = models.CharField("处罚种类", max_length=20, choices=PenaltyKind)
    fine_from = models.DecimalField("罚款金额自（万元）", max_digits=18, decimal_places=6, default=0)
    severity = models.CharField("失信程度", max_length=10, choices=Severity)
    published = models.BooleanField("原则上公示", default=True)
    note = models.TextField("说明", blank=True)
    history = TriggerHistory()

    class Meta:
        verbose_name = "失信程度对照"
        verbose_name_plural = "失信程度对照"
        ordering = ["regime_code", "kind", "fine_from", "valid_from"]
        constraints = [
            *dated_constraints("publicity_severity", "regime_code", "kind", "fine_from"),
            models.CheckConstraint(condition=Q(fine_from__gte=0), name="publicity_severity_amount"),
        ]

    def __str__(self) -> str:
        return f"{self.regime_code} {self.get_kind_display()}：{self.get_severity_display()}"


class PersonRule(Dated):
    """自然人公开依据: which list rule lets a decision about a natural person be published, with the name masked or not."""

    public_id = PublicIdField()
    record_kind = models.CharField("决定种类", max_length=8, choices=RecordKind)
    authority_code = models.CharField("决定机关统一社会信用代码", max_length=18, blank=True, db_collation="C")
    name_masked = models.BooleanField("姓名只公开姓氏", default=True)
    note = models.TextField("说明", blank=True)
    history = TriggerHistory()

    class Meta:
        verbose_name = "自然人公开依据"
        verbose_name_plural = "自然人公开依据"
        ordering = ["record_kind", "authority_code", "valid_from"]
        constraints = dated_constraints("publicity_person", "record_kind", "authority_code")

    def __str__(self) -> str:
        return f"{self.get_record_kind_display()} {self.authority_code or '各机关'}"


class LicenceTerm(Dated):
    """许可公示期限: how many months a licence stays public after its last valid day; no end for one without an end."""

    public_id = PublicIdField()
    applies_to = models.CharField("适用范围", max_length=20, default="licence", editable=False)
    months_after = models.PositiveSmallIntegerField("有效期届满后继续公示（月）", default=0)
    note = models.TextField("说明", blank=True)
    history = TriggerHistory()

    class Meta:
        verbose_name = "许可公示期限"
        verbose_name_plural = "许可公示期限"
        ordering = ["valid_from"]
        constraints = dated_constraints("publicity_licence_term", "applies_to")

    def __str__(self) -> str:
        return f"有效期届满后 {self.months_after} 个月"


class TrustedUnit(Dated):
    """免逐条审核: from when to when the office lets a unit's clean records appear without the second look at each."""

    public_id = PublicIdField()
    unit = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+", verbose_name="单位")
    record_kind = models.CharField("决定种类", max_length=8, choices=RecordKind)
    note = models.TextField("说明", blank=True)
    history = TriggerHistory()

    class Meta:
        verbose_name = "免逐条审核单位"
        verbose_name_plural = "免逐条审核单位"
        ordering = ["unit", "record_kind", "valid_from"]
        constraints = dated_constraints("publicity_trusted", "unit", "record_kind")

    def __str__(self) -> str:
        return f"{self.unit} {self.get_record_kind_display()}"
