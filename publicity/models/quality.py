"""What timeliness and quality are measured against: the units' own ledgers, and records compared with their documents."""

from __future__ import annotations

from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from core import clock
from core.actors import Actor
from core.fields import PublicIdField
from core.history import TriggerHistory
from publicity.enums import RecordKind

SEE_ALL, SEE_DISTRICT = "publicity.record.see_all", "publicity.record.see_district"
SEE = "publicity.quality.see"


def of_units(actor: Actor, path: str = "") -> Q:
    """Return the condition that keeps what concerns the actor's own unit, its district's units, or every unit.

    path: the way to the unit; none where the rows are the units themselves.
    """
    if actor.may(SEE_ALL):
        return Q()
    mine = Q(pk__in=[])
    if actor.may(SEE) and actor.unit_ids:
        mine |= Q(**{f"{path or 'pk'}__in": actor.unit_ids})
    if actor.may(SEE_DISTRICT) and actor.district_code:
        mine |= Q(**{f"{path}__district__code" if path else "district__code": actor.district_code})
    return mine


class LedgerQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(of_units(actor, "unit"))


class LedgerCount(models.Model):
    """How many decisions of one kind a unit took in a month, or on a day, by its own ledger or by the power platform.

    The larger of the two sources counts: a unit cannot look better by counting less.
    """

    class Span(models.TextChoices):
        MONTH = "month", "全月"
        DAY = "day", "当日"

    class Source(models.TextChoices):
        UNIT = "unit", "单位台账"
        PLATFORM = "platform", "行政权力平台"

    public_id = PublicIdField()
    unit = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+", verbose_name="单位")
    kind = models.CharField("决定种类", max_length=8, choices=RecordKind)
    span = models.CharField("口径", max_length=5, choices=Span, default=Span.MONTH)
    on = models.DateField("月份或者日期", help_text="全月的以当月一日表示")
    decisions = models.PositiveIntegerField("决定数")
    source = models.CharField("来源", max_length=8, choices=Source, default=Source.UNIT)
    filled_by_label = models.CharField("填报人", max_length=200)
    recorded_at = models.DateTimeField("登记时间", default=clock.now)
    history = TriggerHistory()

    objects = LedgerQuerySet.as_manager()

    class Meta:
        verbose_name = "决定台账"
        verbose_name_plural = "决定台账"
        ordering = ["-on", "unit", "kind"]
        constraints = [
            models.UniqueConstraint(fields=["unit", "kind", "span", "on", "source"], name="publicity_ledger_once"),
            models.CheckConstraint(
                condition=~Q(span="month") | Q(on__day=1), name="publicity_ledger_month_by_its_first_day"
            ),
        ]
        indexes = [models.Index(fields=["on", "unit"], name="publicity_ledger_on")]

    def __str__(self) -> str:
        return f"{self.unit} {self.get_kind_display()} {self.on} {self.decisions}"


class QualityBoard(LedgerCount):
    """The door of the page of timeliness and quality; holds no rows of its own."""

    class Meta:
        proxy = True
        verbose_name = "时效与质量"
        verbose_name_plural = "时效与质量"


class SampleQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """Keep draws from the actor's units; one from the whole city is the office's alone."""
        return self.filter(of_units(actor, "unit"))


class QualitySample(models.Model):
    """A random draw of one month's public records; anyone can recompute it from the seed (准确率)."""

    public_id = PublicIdField()
    kind = models.CharField("决定种类", max_length=8, choices=RecordKind)
    month = models.DateField("决定月份")
    unit = models.ForeignKey(
        "organizations.Organization", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="单位"
    )
    population = models.PositiveIntegerField("总体")
    size = models.PositiveIntegerField("抽取数")
    seed = models.CharField("种子", max_length=64)
    drawn_on = models.DateField("抽取日")
    drawn_by_label = models.CharField("抽取人", max_length=200)
    recorded_at = models.DateTimeField("登记时间", default=clock.now)
    history = TriggerHistory()

    objects = SampleQuerySet.as_manager()

    class Meta:
        verbose_name = "质量抽查"
        verbose_name_plural = "质量抽查"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(size__lte=F("population")) & Q(size__gte=1), name="publicity_sample_of_its_population"
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="publicity_sample_month_by_its_first_day"),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.get_kind_display()} 抽查"


class SampledRecord(models.Model):
    """One drawn record and, once a person held it beside its document, whether both say the same."""

    class Result(models.TextChoices):
        IDENTICAL = "identical", "与文书一致"
        DIFFERS = "differs", "与文书不一致"

    public_id = PublicIdField()
    sample = models.ForeignKey(QualitySample, models.PROTECT, related_name="records", verbose_name="抽查")
    rank = models.PositiveIntegerField("抽取顺序")
    unit = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+", verbose_name="报送单位")
    licence = models.ForeignKey(
        "publicity.Licence", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="行政许可"
    )
    penalty = models.ForeignKey(
        "publicity.Penalty", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="行政处罚"
    )
    result = models.CharField("比对结果", max_length=10, choices=Result, blank=True)
    columns = ArrayField(models.CharField(max_length=60), verbose_name="不一致的数据项", default=list, blank=True)
    note = models.CharField("说明", max_length=500, blank=True)
    compared_on = models.DateField("比对日", null=True, blank=True)
    compared_by_key = models.CharField("比对人编号", max_length=100, blank=True, editable=False)
    compared_by_label = models.CharField("比对人", max_length=200, blank=True)
    history = TriggerHistory()

    class Meta:
        verbose_name = "抽查记录"
        verbose_name_plural = "抽查记录"
        ordering = ["sample", "rank"]
        constraints = [
            models.UniqueConstraint(fields=["sample", "rank"], name="publicity_sampled_rank_once"),
            models.CheckConstraint(
                condition=Q(licence__isnull=True) ^ Q(penalty__isnull=True), name="publicity_sampled_one_record"
            ),
            models.CheckConstraint(
                condition=Q(result="", compared_on__isnull=True)
                | (~Q(result="") & Q(compared_on__isnull=False) & ~Q(compared_by_key="")),
                name="publicity_sampled_compared_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(result="differs") ^ Q(columns=[]), name="publicity_sampled_says_what_differs"
            ),
        ]

    def __str__(self) -> str:
        return str(self.record)

    @property
    def record(self) -> Any:
        return self.licence or self.penalty
