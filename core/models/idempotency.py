"""Calls that carry an `Idempotency-Key`: one door, one caller, one key, one result."""

from __future__ import annotations

from django.db import models

from core import clock


class IdempotentCall(models.Model):
    """What a call under this key made. The digest is keyed, since a body may hold numbers that could be guessed."""

    owner = models.CharField("调用方", max_length=120)
    door = models.CharField("接口", max_length=80)
    key = models.CharField("幂等键", max_length=100)
    key_id = models.CharField("密钥编号", max_length=40)
    digest = models.CharField("正文摘要", max_length=64)
    ref = models.CharField("结果编号", max_length=40)
    recorded_at = models.DateTimeField("记录时间", default=clock.now, db_index=True)

    class Meta:
        verbose_name = "幂等调用"
        verbose_name_plural = "幂等调用"
        constraints = [models.UniqueConstraint(fields=["owner", "door", "key"], name="core_idempotent_once")]

    def __str__(self) -> str:
        return f"{self.door} {self.ref}"
