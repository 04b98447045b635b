"""Batches of the lists of others: the manifest, what came of it in parts, and every row with its answer."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from core import clock
from core.fields import PublicIdField
from core.history import TriggerHistory


class Extent(models.TextChoices):
    FULL = "full", "全量"
    DELTA = "delta", "增量"


class Transport(models.TextChoices):
    PUSHED = "pushed", "接口推送"
    FETCHED = "fetched", "向省平台取回"
    FILE = "file", "文件接收"


class ListState(models.TextChoices):
    RECEIVING = "receiving", "接收中"
    RECEIVED = "received", "已收齐，待核验"
    MERGING = "merging", "入库中"
    MERGED = "merged", "已入库"
    QUARANTINED = "quarantined", "已隔离"
    RELEASING = "releasing", "拟放行，待复核"
    REFUSING = "refusing", "拟退回，待复核"
    REFUSED = "refused", "已退回"
    SUPERSEDED = "superseded", "已被后来批次取代"
    ABANDONED = "abandoned", "未收齐，已作废"


WAITING = (ListState.RECEIVED, ListState.MERGING)  # somebody works on these, or will
HELD = (ListState.QUARANTINED, ListState.RELEASING, ListState.REFUSING)


class RowOutcome(models.TextChoices):
    """What became of one row; blank while it waits."""

    ADDED = "a", "新增"
    UPDATED = "u", "更新"
    ENDED = "e", "来源结束"
    UNCHANGED = "=", "未变"
    QUESTIONED = "q", "未对应主体"
    REJECTED = "r", "退回"


COUNTED = {outcome.name.lower(): str(outcome.label) for outcome in RowOutcome}
COUNTERS = tuple(COUNTED)


class ListBatch(models.Model):
    """名单批次: what a source sent of one list. Written by `exchange.downflow` only.

    The six counters add up to `rows` when it is merged; `absent` are entries that a full list no longer had. `findings`
    says why it was held, each with its code.
    """

    public_id = PublicIdField()
    register = models.ForeignKey(
        "sanctions.ExternalSource", models.PROTECT, related_name="batches", verbose_name="来源名单"
    )
    number = models.CharField("来源批次号", max_length=64)
    extent = models.CharField("范围", max_length=6, choices=Extent)
    transport = models.CharField("方式", max_length=8, choices=Transport)
    as_of = models.DateField("来源截至日")
    count = models.PositiveIntegerField("来源所称行数", null=True, blank=True)
    digest = models.CharField("来源所称摘要", max_length=64, blank=True)
    follows = models.CharField("前一批次号", max_length=64, blank=True)
    state = models.CharField("状态", max_length=12, choices=ListState, default=ListState.RECEIVING)
    actor_kind = models.CharField("身份", max_length=12)
    actor_key = models.CharField("经办人编号", max_length=100)
    actor_label = models.CharField("送来的人", max_length=200)
    unit_id = models.BigIntegerField("推送单位", null=True)
    received_on = models.DateField("收到日")
    received_at = models.DateTimeField("收到时间", default=clock.now)
    finished_at = models.DateTimeField("办结时间", null=True, blank=True)
    rows = models.PositiveIntegerField("行数", default=0)
    standing = models.PositiveIntegerField("核验时现有", null=True, blank=True)
    findings = models.JSONField("隔离的原因", default=list, blank=True)
    merged_to = models.BigIntegerField("已入库到", default=0)
    added = models.PositiveIntegerField("新增", default=0)
    updated = models.PositiveIntegerField("更新", default=0)
    ended = models.PositiveIntegerField("来源结束", default=0)
    unchanged = models.PositiveIntegerField("未变", default=0)
    questioned = models.PositiveIntegerField("未对应主体", default=0)
    rejected = models.PositiveIntegerField("退回", default=0)
    absent = models.PositiveIntegerField("不再列有", default=0)
    attachment = models.ForeignKey(
        "core.Attachment", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="文件"
    )
    seq = models.BigIntegerField("省平台序号", null=True, blank=True)
    told_state = models.CharField("已回执的状态", max_length=12, blank=True)
    pruned_on = models.DateField("明细清理日", null=True, blank=True)
    history = TriggerHistory()

    class Meta:
        verbose_name = "名单批次"
        verbose_name_plural = "名单批次"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["register", "number"], name="exchange_list_batch_once"),
            models.CheckConstraint(
                condition=~Q(state="merged")
                | Q(
                    rows=F("added") + F("updated") + F("ended") + F("unchanged") + F("questioned") + F("rejected"),
                ),
                name="exchange_list_rows_answered",
            ),
        ]
        indexes = [
            models.Index(
                fields=["id"],
                condition=Q(state__in=["received", "merging", "receiving"]),
                name="exchange_list_unfinished",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}（{self.get_extent_display()}）"

    @property
    def is_held(self) -> bool:
        return self.state in HELD

    @property
    def is_running(self) -> bool:
        return self.state in WAITING


class ListPart(models.Model):
    """A part of a batch, taken in once: how many rows, and their digest, which does not depend on their order."""

    batch = models.ForeignKey(ListBatch, models.CASCADE, related_name="parts", verbose_name="批次")
    number = models.PositiveIntegerField("段号")
    rows = models.PositiveIntegerField("行数")
    digest = models.CharField("摘要", max_length=64)
    recorded_at = models.DateTimeField("收到时间", default=clock.now)

    class Meta:
        verbose_name = "批次分段"
        verbose_name_plural = "批次分段"
        constraints = [models.UniqueConstraint(fields=["batch", "number"], name="exchange_list_part_once")]

    def __str__(self) -> str:
        return f"{self.batch_id} 第{self.number}段"


class ListRow(models.Model):
    """One row as its source sent it, typed, with what became of it. A person's number is only in `personal`.

    Rows wait here until their batch is merged, and are cleared away some time after; questions and refusals stay.
    """

    batch = models.ForeignKey(ListBatch, models.CASCADE, related_name="lines", verbose_name="批次", db_index=False)
    part = models.PositiveIntegerField("段号")
    row = models.PositiveIntegerField("段内行号")
    fresh_id = models.CharField("新记录编号", max_length=16)
    op = models.CharField("操作", max_length=1, default="U")
    number = models.CharField("来源编号", max_length=128, blank=True)
    name = models.CharField("名称", max_length=200, blank=True)
    norm = models.CharField("比对形式", max_length=200, blank=True, db_collation="C")
    is_person = models.BooleanField("自然人", default=False)
    id_type = models.CharField("证照类型", max_length=32, blank=True)
    id_value = models.CharField("证照号码", max_length=50, null=True, blank=True, db_collation="C")
    personal = models.ForeignKey(
        "core.PersonalIdentifier",
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name="自然人证件",
    )
    authority = models.CharField("列入机关", max_length=200, blank=True)
    document = models.CharField("依据文书", max_length=200, blank=True)
    listed_on = models.DateField("列入日", null=True)
    expected_exit_on = models.DateField("预计退出日", null=True)
    ended_on = models.DateField("退出日", null=True)
    outcome = models.CharField("结果", max_length=1, choices=RowOutcome, blank=True)
    code = models.CharField("规则", max_length=20, blank=True)
    message = models.CharField("说明", max_length=500, blank=True)

    class Meta:
        verbose_name = "批次明细"
        verbose_name_plural = "批次明细"
        constraints = [
            models.UniqueConstraint(fields=["batch", "part", "row"], name="exchange_list_row_once"),
            models.CheckConstraint(
                condition=Q(personal__isnull=True) | Q(id_value__isnull=True), name="exchange_list_numbers_apart"
            ),
        ]
        indexes = [
            models.Index(fields=["batch", "number"], name="exchange_list_row_number"),
            models.Index(fields=["batch", "id"], name="exchange_list_row_order"),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id} {self.part}-{self.row}"


class ListFollow(models.Model):
    """How far the province's batches were taken over: one row."""

    key = models.CharField("来处", max_length=20, unique=True)
    taken_to = models.BigIntegerField("已取到", default=0)
    asked_at = models.DateTimeField("最近询问", null=True, blank=True)
    last_fault = models.CharField("最近的故障", max_length=300, blank=True)

    class Meta:
        verbose_name = "名单取回进度"
        verbose_name_plural = "名单取回进度"

    def __str__(self) -> str:
        return self.key
