"""Bookkeeping of the reference files: what was last loaded into which row."""

from __future__ import annotations

from django.db import models


class ReferenceRow(models.Model):
    """The values last loaded for one entry of the files; tells an officer's edit from an older edition."""

    kind = models.CharField("类别", max_length=30)
    key = models.CharField("键", max_length=200)
    object_pk = models.BigIntegerField("对象")
    values = models.JSONField("上次载入的内容", default=dict)
    digest = models.CharField("摘要", max_length=64)

    class Meta:
        verbose_name = "参考数据载入记录"
        verbose_name_plural = "参考数据载入记录"
        constraints = [models.UniqueConstraint(name="organizations_reference_key", fields=["kind", "key"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
