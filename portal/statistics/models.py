"""The figures of a day, as they were published."""

from __future__ import annotations

from django.db import models

from core import clock


class PublishedFigures(models.Model):
    """What the statistics said on a day. Only added: what was published then can be read for ever; the newest counts."""

    on = models.DateField("统计日")
    figures = models.JSONField("数据")
    counted_at = models.DateTimeField("统计时间", default=clock.now)

    class Meta:
        verbose_name = "公开统计"
        verbose_name_plural = "公开统计"
        ordering = ["-id"]
        indexes = [models.Index(fields=["-on", "-id"], name="portal_figures_newest")]

    def __str__(self) -> str:
        return f"{self.on} 公开统计"
