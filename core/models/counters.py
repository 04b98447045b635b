"""Counters for gapless document numbers."""

from __future__ import annotations

from django.db import models


class Counter(models.Model):
    """The last number given in one series of one unit in one year; its row lock makes numbers gapless."""

    series = models.CharField("序列", max_length=40)
    unit_key = models.CharField("单位", max_length=60)
    year = models.PositiveSmallIntegerField("年度")
    last = models.PositiveIntegerField("末号", default=0)

    class Meta:
        verbose_name = "文书编号"
        verbose_name_plural = "文书编号"
        constraints = [models.UniqueConstraint(fields=["series", "unit_key", "year"], name="core_counter_once")]

    def __str__(self) -> str:
        return f"{self.series} {self.unit_key} {self.year} {self.last}"
