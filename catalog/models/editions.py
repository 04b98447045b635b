"""Editions: the whole catalogue as it was in force on a day, fixed for reference."""

from __future__ import annotations

from django.db import models

from catalog.models.entries import EntryRevision
from core.fields import PublicIdField
from core.history import TriggerHistory


class Edition(models.Model):
    """A numbered edition of the catalogue; its items never change (CR101)."""

    public_id = PublicIdField()
    number = models.CharField("编号", max_length=30, unique=True)
    label = models.CharField("名称", max_length=100)
    effective_on = models.DateField("截至日")
    note = models.CharField("说明", max_length=300, blank=True)
    made_by_label = models.CharField("编制人", max_length=200)
    history = TriggerHistory()

    class Meta:
        verbose_name = "清单版次"
        verbose_name_plural = "清单版次"
        ordering = ["-effective_on", "-number"]

    def __str__(self) -> str:
        return f"{self.label}（{self.number}）"


class EditionItem(models.Model):
    """One revision in an edition."""

    edition = models.ForeignKey(Edition, verbose_name="版次", on_delete=models.PROTECT, related_name="items")
    revision = models.ForeignKey(EntryRevision, verbose_name="版本", on_delete=models.PROTECT, related_name="+")
    history = TriggerHistory()

    class Meta:
        verbose_name = "版次事项"
        verbose_name_plural = "版次事项"
        ordering = ["edition", "revision__entry__code"]
        constraints = [models.UniqueConstraint(name="catalog_edition_item_once", fields=["edition", "revision"])]

    def __str__(self) -> str:
        return f"{self.edition_id} {self.revision_id}"
