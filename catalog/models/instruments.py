"""Laws and documents, and the articles that the catalogue cites."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from catalog.enums import InstrumentKind
from core.fields import PublicIdField
from core.history import TriggerHistory


class LegalInstrument(models.Model):
    """A law or document in one edition; its kind decides which measures it can carry."""

    public_id = PublicIdField()
    code = models.SlugField("代号", max_length=60, unique=True)
    title = models.CharField("名称", max_length=200)
    number = models.CharField("文号", max_length=100, blank=True)
    kind = models.CharField("种类", max_length=30, choices=InstrumentKind.choices)
    issuer = models.CharField("制定机关", max_length=200, blank=True)
    promulgated_on = models.DateField("公布日", null=True, blank=True)
    effective_from = models.DateField("施行日", null=True, blank=True)
    effective_to = models.DateField("最后适用日", null=True, blank=True)
    needs_check = models.BooleanField("待核", default=False)
    note = models.CharField("说明", max_length=500, blank=True)
    history = TriggerHistory()

    class Meta:
        verbose_name = "法律文件"
        verbose_name_plural = "法律文件"
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                name="catalog_instrument_span",
                condition=Q(effective_to__isnull=True) | Q(effective_to__gte=F("effective_from")),
                violation_error_message="最后适用日不得早于施行日",
            ),
            models.CheckConstraint(
                name="catalog_instrument_dated_or_doubted",
                condition=Q(effective_from__isnull=False) | Q(needs_check=True),
                violation_error_message="未填施行日的法律文件须标为待核",
            ),
            models.CheckConstraint(
                name="catalog_instrument_kind_known", condition=Q(kind__in=[kind.value for kind in InstrumentKind])
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Article(models.Model):
    """One article of an instrument; repealed by a last day in force, never deleted."""

    public_id = PublicIdField()
    instrument = models.ForeignKey(
        LegalInstrument, verbose_name="法律文件", on_delete=models.PROTECT, related_name="articles"
    )
    label = models.CharField("条款", max_length=60)
    valid_from = models.DateField("施行日（与文件不同时填写）", null=True, blank=True)
    valid_to = models.DateField("最后适用日", null=True, blank=True)
    repeal_note = models.CharField("废止说明", max_length=500, blank=True)
    history = TriggerHistory()

    class Meta:
        verbose_name = "条款"
        verbose_name_plural = "条款"
        ordering = ["instrument", "id"]
        constraints = [
            models.UniqueConstraint(name="catalog_article_once", fields=["instrument", "label"]),
            models.CheckConstraint(
                name="catalog_article_span",
                condition=Q(valid_to__isnull=True) | Q(valid_from__isnull=True) | Q(valid_to__gte=F("valid_from")),
            ),
        ]

    def __str__(self) -> str:
        return f"《{self.instrument.title}》{self.label}"

    @property
    def ref(self) -> str:
        """Return `instrument-code/label`, the key by which fixtures and workbooks cite it."""
        return f"{self.instrument.code}/{self.label}"


class Impact(Article):
    """The door of the impact preview in the workbench; holds no rows of its own."""

    class Meta:
        proxy = True
        verbose_name = "影响预览"
        verbose_name_plural = "影响预览"
