"""The lot for experts, whoever they advise: the commitment of one round, and the seats that came of it."""

from __future__ import annotations

from django.db import models

from core import clock
from core.fields import PublicIdField


class Draw(models.Model):
    """One round of the lot: the digest of pool and seed is public before, seed and names after.

    Written by `sanctions.services.draws` only. A subclass says for whom experts are drawn, and keeps the history.
    """

    public_id = PublicIdField()
    round = models.PositiveSmallIntegerField("轮次")
    demand = models.JSONField("专业与人数")
    pool = models.JSONField("候选名单")
    excluded = models.JSONField("回避名单")
    seed = models.CharField("随机种子", max_length=64)
    digest = models.CharField("承诺摘要", max_length=64)
    prepared_at = models.DateTimeField("承诺时间", default=clock.now)
    drawn_on = models.DateField("抽取日", null=True, blank=True)
    selected = models.JSONField("抽中名单", default=list)

    class Meta:
        abstract = True
        ordering = ["round"]

    def __str__(self) -> str:
        return f"第{self.round}轮 {self.digest[:12]}"


class Seat(models.Model):
    """An expert drawn: gives an opinion, or says why he cannot come; never votes or decides."""

    field = models.CharField("专业", max_length=40)
    declined_reason = models.CharField("不能参加的理由", max_length=300, blank=True)
    opinion = models.TextField("意见", blank=True)

    class Meta:
        abstract = True
        ordering = ["id"]
