"""Who follows the feed and how far; what was written down of the public state at one position of it."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce

from core import clock
from core.actors import Actor
from core.fields import PublicIdField
from exchange.permissions import SEE_FOLLOWERS


class OutgoingEvent(models.Model):
    """The place of an event that may leave the house; added by `exchange.feed.outgoing`, never changed."""

    position = models.BigIntegerField("位置", primary_key=True)
    event = models.OneToOneField("core.OutboxEvent", models.PROTECT, related_name="+", verbose_name="事件")
    demo = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = "对外事件"
        verbose_name_plural = "对外事件"

    def __str__(self) -> str:
        return str(self.position)


class OutgoingHorizon(models.Model):
    """Up to which position it is settled which events leave. One row."""

    position = models.BigIntegerField("位置", default=0)

    class Meta:
        verbose_name = "对外事件水位"
        verbose_name_plural = "对外事件水位"

    def __str__(self) -> str:
        return str(self.position)


class FollowerQuerySet(models.QuerySet["Follower"]):
    def visible_to(self, actor: Actor) -> Self:
        """Keep all for who keeps the exchange, the systems of the actor's own unit for anybody else."""
        if actor.may(SEE_FOLLOWERS):
            return self
        return self.filter(client__organization_id__in=actor.unit_ids)

    def with_lag(self) -> Self:
        """Add where the feed ends (`newest`) and since when the first event after the follower's position has stood."""
        after = OutgoingEvent.objects.filter(position__gt=OuterRef("position")).order_by("position")
        last = OutgoingHorizon.objects.filter(pk=1).values("position")
        return self.annotate(
            newest=Coalesce(Subquery(last), 0, output_field=models.BigIntegerField()),
            unread_since=Subquery(after.values("event__recorded_at")[:1]),
        )


class Follower(models.Model):
    """One client that reads the feed: the position after which it asked last. Written by its own asking."""

    public_id = PublicIdField()
    client = models.OneToOneField(
        "organizations.ApiClient", models.PROTECT, related_name="+", verbose_name="接口客户端"
    )
    position = models.BigIntegerField("已读到的位置", default=0)
    asked_at = models.DateTimeField("最近读取", default=clock.now)
    since = models.DateTimeField("开始跟进", default=clock.now)
    snapshot_no = models.CharField("最近下载的快照", max_length=16, blank=True)
    snapshot_at = models.DateTimeField("最近下载快照", null=True, blank=True)

    objects = FollowerQuerySet.as_manager()

    class Meta:
        verbose_name = "跟进变更的系统"
        verbose_name_plural = "跟进变更的系统"
        ordering = ["id"]

    def __str__(self) -> str:
        return str(self.client)


class Snapshot(models.Model):
    """All public lists as they were at one position: every event up to it is in, none after it is missed by a reader."""

    public_id = PublicIdField()
    as_of = models.DateField("数据日")
    position = models.BigIntegerField("一致的位置")
    mark = models.CharField("位置标记", max_length=36, blank=True)
    started_at = models.DateTimeField("开始", default=clock.now)
    finished_at = models.DateTimeField("完成", default=clock.now)

    class Meta:
        verbose_name = "全量快照"
        verbose_name_plural = "全量快照"
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.as_of:%Y-%m-%d} 位置 {self.position}"


class SnapshotFile(models.Model):
    """One list of a snapshot: gzip JSON Lines, with its count and digest."""

    snapshot = models.ForeignKey(Snapshot, models.CASCADE, related_name="files", verbose_name="快照")
    code = models.SlugField("清单", max_length=20)
    rows = models.BigIntegerField("行数")
    size = models.BigIntegerField("字节数")
    sm3 = models.CharField("SM3 摘要", max_length=64)

    class Meta:
        verbose_name = "快照文件"
        verbose_name_plural = "快照文件"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["snapshot", "code"], name="exchange_snapshot_list_once")]

    def __str__(self) -> str:
        return f"{self.code}.jsonl.gz"
