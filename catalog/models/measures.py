"""The measure library, and what a revision prescribes: citations, measures, who carries each out."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from catalog.enums import MeasureClass, MeasureMode, MeasureTarget, Polarity
from catalog.models.entries import EntryRevision
from catalog.models.instruments import Article
from core.fields import PublicIdField
from core.history import TriggerHistory


class Measure(models.Model):
    """One measure of the library (P01…, R01…), with the class that decides which basis it needs."""

    public_id = PublicIdField()
    code = models.CharField("编号", max_length=10, unique=True)
    polarity = models.CharField("奖惩类型", max_length=12, choices=Polarity.choices)
    name = models.CharField("措施", max_length=200)
    measure_class = models.PositiveSmallIntegerField("类别", choices=MeasureClass.choices)
    target = models.CharField("对象", max_length=20, choices=MeasureTarget.choices, default=MeasureTarget.ENTITY)
    sort = models.PositiveIntegerField("排序", default=0)
    history = TriggerHistory()

    class Meta:
        verbose_name = "措施"
        verbose_name_plural = "措施库"
        ordering = ["sort", "code"]
        constraints = [
            models.CheckConstraint(
                name="catalog_measure_class_known", condition=Q(measure_class__in=[item.value for item in MeasureClass])
            ),
            models.CheckConstraint(
                name="catalog_measure_code_polarity",
                condition=(Q(polarity="discipline") & Q(code__startswith="P"))
                | (Q(polarity="incentive") & Q(code__startswith="R")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class RevisionCitation(models.Model):
    """An article that a revision rests on; `needs_check` marks this one citation as unsure."""

    public_id = PublicIdField()
    revision = models.ForeignKey(EntryRevision, verbose_name="版本", on_delete=models.PROTECT, related_name="citations")
    article = models.ForeignKey(Article, verbose_name="条款", on_delete=models.PROTECT, related_name="citations")
    needs_check = models.BooleanField("待核", default=False)
    note = models.CharField("说明", max_length=300, blank=True)
    first_checked_key = models.CharField("核对人一编号", max_length=100, blank=True)
    first_checked_label = models.CharField("核对人一", max_length=200, blank=True)
    second_checked_key = models.CharField("核对人二编号", max_length=100, blank=True)
    second_checked_label = models.CharField("核对人二", max_length=200, blank=True)
    history = TriggerHistory()

    class Meta:
        verbose_name = "法律依据"
        verbose_name_plural = "法律依据"
        ordering = ["revision", "id"]
        constraints = [
            models.UniqueConstraint(name="catalog_citation_once", fields=["revision", "article"]),
            models.CheckConstraint(
                name="catalog_citation_two_checkers",
                condition=Q(second_checked_key="")
                | (~Q(first_checked_key="") & ~Q(second_checked_key=F("first_checked_key"))),
            ),
        ]

    def __str__(self) -> str:
        return str(self.article)


class RevisionMeasure(models.Model):
    """A measure that the revision prescribes, with its own period where an article of its own sets one.

    supported: set at activation; false for a class-1 measure without a sure citation of law, 行政法规, 地方性法规 or
    central document (CR102). Such a row is shown as a warning and never executed.
    """

    revision = models.ForeignKey(EntryRevision, verbose_name="版本", on_delete=models.PROTECT, related_name="measures")
    measure = models.ForeignKey(Measure, verbose_name="措施", on_delete=models.PROTECT, related_name="prescribed")
    content = models.CharField("措施内容", max_length=500)
    mode = models.CharField("期限方式", max_length=20, choices=MeasureMode.choices, default=MeasureMode.FOLLOWS_LISTING)
    statutory_min_months = models.PositiveIntegerField("法定最短（月）", null=True, blank=True)
    statutory_max_months = models.PositiveIntegerField("法定最长（月）", null=True, blank=True)
    statutory_permanent = models.BooleanField("可为终身或无终期", default=False)
    statutory_start = models.CharField("法定起算", max_length=200, blank=True)
    statutory_exit = models.CharField("法定解除", max_length=200, blank=True)
    ends_on_repair = models.BooleanField("信用修复即终止", default=True)
    stops_on_pause = models.BooleanField("异议期间暂停", default=True)
    target = models.CharField("对象", max_length=20, choices=MeasureTarget.choices, default=MeasureTarget.ENTITY)
    needs_check = models.BooleanField("待核", default=False)
    note = models.CharField("说明", max_length=300, blank=True)
    supported = models.BooleanField("依据充分", default=False)
    history = TriggerHistory()

    class Meta:
        verbose_name = "事项措施"
        verbose_name_plural = "事项措施"
        ordering = ["revision", "measure__sort", "measure__code"]
        constraints = [
            models.UniqueConstraint(name="catalog_revision_measure_once", fields=["revision", "measure"]),
            models.CheckConstraint(
                name="catalog_measure_range",
                condition=Q(statutory_min_months__isnull=True)
                | Q(statutory_max_months__isnull=True)
                | Q(statutory_max_months__gte=F("statutory_min_months")),
            ),
            models.CheckConstraint(
                name="catalog_measure_range_is_statutory",
                condition=Q(mode="statutory")
                | Q(
                    statutory_min_months__isnull=True,
                    statutory_max_months__isnull=True,
                    statutory_permanent=False,
                    ends_on_repair=True,
                    stops_on_pause=True,
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.measure.code} {self.content}"


class RevisionMeasureCitation(models.Model):
    """This citation carries this measure."""

    revision_measure = models.ForeignKey(
        RevisionMeasure, verbose_name="事项措施", on_delete=models.PROTECT, related_name="citation_links"
    )
    citation = models.ForeignKey(
        RevisionCitation, verbose_name="法律依据", on_delete=models.PROTECT, related_name="measure_links"
    )
    history = TriggerHistory()

    class Meta:
        verbose_name = "措施依据"
        verbose_name_plural = "措施依据"
        ordering = ["revision_measure", "id"]
        constraints = [
            models.UniqueConstraint(name="catalog_measure_citation_once", fields=["revision_measure", "citation"])
        ]

    def __str__(self) -> str:
        return f"{self.revision_measure_id} {self.citation_id}"


class RevisionMeasureUnit(models.Model):
    """This unit carries out this measure; an execution task refers to this very triple."""

    revision = models.ForeignKey(
        EntryRevision, verbose_name="版本", on_delete=models.PROTECT, related_name="measure_units"
    )
    measure = models.ForeignKey(Measure, verbose_name="措施", on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(
        "organizations.Organization", verbose_name="实施单位", on_delete=models.PROTECT, related_name="+"
    )
    history = TriggerHistory()

    class Meta:
        verbose_name = "实施单位"
        verbose_name_plural = "实施单位"
        ordering = ["revision", "measure", "id"]
        constraints = [
            models.UniqueConstraint(name="catalog_measure_unit_once", fields=["revision", "measure", "unit"])
        ]

    def __str__(self) -> str:
        return f"{self.measure.code} {self.unit}"
