"""Systems that follow our public records, how far each is with every record, and how both sides compared."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import Q

from core import clock
from core.actors import Actor
from core.fields import PublicIdField
from publicity.enums import RecordKind
from publicity.models.quality import SEE_DISTRICT

SEE_PEERS, SEE_EVERY_PEER = "publicity.push.see", "publicity.push.see_all"


class Peer(models.Model):
    """A system on the other end: how far its feed is followed, when it last answered, since when it fails.

    Where it is and by which key it is spoken to stands in the settings, never here.
    """

    public_id = PublicIdField()
    code = models.SlugField("代号", max_length=40, unique=True)
    label = models.CharField("名称", max_length=100)
    position = models.BigIntegerField("已跟到的事件位置", default=0)
    taken_to = models.BigIntegerField("已接收到的序号", default=0)
    answered_at = models.DateTimeField("最近应答", null=True, blank=True)
    failing_since = models.DateTimeField("不通自", null=True, blank=True)
    last_fault = models.CharField("最近的故障", max_length=300, blank=True)

    class Meta:
        verbose_name = "对接系统"
        verbose_name_plural = "对接系统"
        ordering = ["code"]

    def __str__(self) -> str:
        return self.label


class Wanted(models.TextChoices):
    """What the other side should hold."""

    SHOWN = "shown", "公示"
    GONE = "gone", "撤下"


class PushState(models.TextChoices):
    QUEUED = "queued", "待送达"
    ACKNOWLEDGED = "acknowledged", "已跟上"
    DEAD = "dead", "对方拒收"


RETURNED = Q(state="dead") & ~Q(code="")  # refused for its content: the reporting unit corrects it


class PushQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """Keep what the actor's unit reported, or its district's units; the office and the keepers see all."""
        if actor.may(SEE_EVERY_PEER):
            return self
        mine = Q(pk__in=[])
        if actor.may(SEE_PEERS) and actor.unit_ids:
            mine |= Q(unit__in=actor.unit_ids)
        if actor.may(SEE_DISTRICT) and actor.district_code:
            mine |= Q(unit__district__code=actor.district_code)
        return self.filter(mine)


class Push(models.Model):
    """How far one system is with one record; each change of what it should hold is a new generation.

    Written by set: enrolled from what the public sees, sent until a receipt for this very generation comes back.
    """

    public_id = PublicIdField()
    peer = models.ForeignKey(Peer, models.PROTECT, related_name="pushes", verbose_name="对接系统", db_index=False)
    kind = models.CharField("种类", max_length=16)  # a name of publicity.push.kinds
    uid = models.CharField("记录公开编号", max_length=64, db_collation="C")
    unit = models.ForeignKey(
        "organizations.Organization", models.PROTECT, null=True, related_name="+", verbose_name="报送单位"
    )
    document_number = models.CharField("文书号或者事项", max_length=200, blank=True)
    decided_on = models.DateField("所属日期", null=True)
    wanted = models.CharField("应为", max_length=5, choices=Wanted, default=Wanted.SHOWN)
    facts = models.CharField("随时间变动的内容", max_length=64, blank=True, editable=False)
    replaces = models.CharField("替换", max_length=40, blank=True, db_collation="C")
    generation = models.PositiveIntegerField("第几次变动", default=1)
    state = models.CharField("状态", max_length=12, choices=PushState, default=PushState.QUEUED)
    attempts = models.PositiveIntegerField("已送次数", default=0)
    next_at = models.DateTimeField("下次送达", null=True, blank=True, default=clock.now)
    last_error = models.CharField("未成的原因", max_length=300, blank=True)
    queued_at = models.DateTimeField("变动时间", default=clock.now)
    acknowledged_at = models.DateTimeField("跟上时间", null=True, blank=True)
    receipt = models.CharField("回执号", max_length=64, blank=True)
    number = models.CharField("对方编号", max_length=64, blank=True, db_collation="C")
    digest = models.CharField("回执的内容摘要", max_length=64, blank=True, editable=False)
    code = models.CharField("拒收代码", max_length=20, blank=True)
    behind_since = models.DateTimeField("未跟上自", null=True, blank=True, default=clock.now)

    objects = PushQuerySet.as_manager()

    class Meta:
        verbose_name = "信息推送"
        verbose_name_plural = "信息推送"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["peer", "uid"], name="publicity_push_once"),
            models.UniqueConstraint(
                fields=["peer", "number"], condition=~Q(number=""), name="publicity_push_number_once"
            ),
            models.CheckConstraint(
                condition=Q(state="queued", next_at__isnull=False) | (~Q(state="queued") & Q(next_at__isnull=True)),
                name="publicity_push_queued_has_its_time",
            ),
            models.CheckConstraint(
                condition=~Q(state="acknowledged") | Q(acknowledged_at__isnull=False),
                name="publicity_push_acknowledged_when",
            ),
        ]
        indexes = [
            models.Index(fields=["peer", "next_at", "id"], condition=Q(state="queued"), name="publicity_push_due"),
            models.Index(fields=["peer", "state", "-id"], name="publicity_push_of"),
            models.Index(fields=["uid"], name="publicity_push_uid"),
            models.Index(
                fields=["peer", "behind_since"],
                condition=Q(behind_since__isnull=False),
                name="publicity_push_behind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.document_number or self.uid} → {self.peer}"


class BatchState(models.TextChoices):
    """How far a parcel is; what each of its records came to stands with the record."""

    PREPARED = "prepared", "待发送"
    SENT = "sent", "已发送"
    RECEIVED = "received", "已接收"
    PROCESSING = "processing", "处理中"
    PARTIAL = "partial", "部分成功"
    DONE = "done", "成功"
    FAILED = "failed", "失败"
    RECONCILED = "reconciled", "已对账"


class PushBatch(models.Model):
    """One parcel of records and its receipt; append-only but for the answer.

    contents: uid, generation and digest of each record in it, by which a receipt that comes later is read.
    """

    number = models.CharField("批次号", max_length=60, unique=True)
    peer = models.ForeignKey(Peer, models.PROTECT, related_name="batches", verbose_name="对接系统")
    kind = models.CharField("种类", max_length=16)
    profile = models.CharField("格式版本", max_length=40, blank=True)
    state = models.CharField("状态", max_length=10, choices=BatchState, default=BatchState.PREPARED)
    digest = models.CharField("摘要", max_length=64, blank=True)
    contents = models.JSONField("所含记录", default=list)
    records = models.PositiveIntegerField("记录数")
    sent_at = models.DateTimeField("发送时间", default=clock.now)
    answered_at = models.DateTimeField("回执时间", null=True, blank=True)
    accepted = models.PositiveIntegerField("已接收", default=0)
    rejected = models.PositiveIntegerField("拒收", default=0)
    fault = models.CharField("故障", max_length=300, blank=True)

    class Meta:
        verbose_name = "推送批次"
        verbose_name_plural = "推送批次"
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.number


class ReceivedDecision(models.Model):
    """One decision that the power platform handed over, as it stood when it came, and the row it became.

    Without a batch it could not be given to any unit; `outcome` is the letter of `IntakeChunk.outcomes`.
    """

    peer = models.ForeignKey(Peer, models.PROTECT, related_name="received", verbose_name="对接系统", db_index=False)
    kind = models.CharField("决定种类", max_length=8, choices=RecordKind)
    uid = models.CharField("对方编号", max_length=64, db_collation="C")
    unit = models.ForeignKey(
        "organizations.Organization", models.PROTECT, null=True, related_name="+", verbose_name="决定单位"
    )
    decided_on = models.DateField("决定日期")
    digest = models.CharField("内容摘要", max_length=64)
    batch = models.ForeignKey("core.IntakeBatch", models.PROTECT, null=True, related_name="+", verbose_name="批次")
    line = models.PositiveIntegerField("批内序号", null=True)
    outcome = models.CharField("入库结果", max_length=1, blank=True)
    note = models.CharField("说明", max_length=300, blank=True)
    received_at = models.DateTimeField("接收时间", default=clock.now)
    told_at = models.DateTimeField("回执时间", null=True)

    class Meta:
        verbose_name = "平台移交的决定"
        verbose_name_plural = "平台移交的决定"
        constraints = [
            models.UniqueConstraint(fields=["peer", "kind", "uid"], name="publicity_received_once"),
        ]
        indexes = [
            models.Index(fields=["peer", "kind", "decided_on"], name="publicity_received_on"),
            models.Index(fields=["peer"], condition=Q(told_at__isnull=True), name="publicity_received_untold"),
        ]

    def __str__(self) -> str:
        return self.uid


class Reconciliation(models.Model):
    """One comparison of both sides by count and digest per table and day of decision."""

    class Direction(models.TextChoices):
        SENT = "sent", "推送"
        RECEIVED = "received", "接收"

    public_id = PublicIdField()
    peer = models.ForeignKey(Peer, models.PROTECT, related_name="reconciliations", verbose_name="对接系统")
    direction = models.CharField("方向", max_length=8, choices=Direction)
    on = models.DateField("对账日")
    first = models.DateField("决定日期自", null=True, blank=True)
    last = models.DateField("决定日期至", null=True, blank=True)
    days = models.PositiveIntegerField("比对日数", default=0)
    differing_days = models.PositiveIntegerField("不一致日数", default=0)
    ours = models.PositiveIntegerField("本方记录数", default=0)
    theirs = models.PositiveIntegerField("对方记录数", default=0)
    acknowledged = models.PositiveIntegerField("对方已回执", null=True)  # null: receipts are no side of this comparison
    differences = models.PositiveIntegerField("差异数", default=0)
    fault = models.CharField("未能完成的原因", max_length=300, blank=True)
    finished_at = models.DateTimeField("完成时间", default=clock.now)

    class Meta:
        verbose_name = "对账"
        verbose_name_plural = "对账"
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.peer} {self.on} {self.get_direction_display()}对账"


class Difference(models.Model):
    """One record on which both sides do not agree, by name."""

    class What(models.TextChoices):
        MISSING = "missing", "对方没有"
        EXTRA = "extra", "对方多出"
        DIFFERS = "differs", "内容不一致"
        NOT_IN = "not_in", "已收到但没有入库"
        RECEIPT = "receipt", "双方一致，缺回执"

    reconciliation = models.ForeignKey(
        Reconciliation, models.PROTECT, related_name="rows", verbose_name="对账", db_index=False
    )
    kind = models.CharField("种类", max_length=16)
    unit = models.ForeignKey(
        "organizations.Organization", models.PROTECT, null=True, related_name="+", verbose_name="报送单位"
    )
    decided_on = models.DateField("所属日期")
    uid = models.CharField("记录编号", max_length=64, db_collation="C")
    document_number = models.CharField("文书号或者事项", max_length=200, blank=True)
    what = models.CharField("差异", max_length=8, choices=What)
    acknowledged = models.BooleanField("对方曾回执", default=False)
    on_its_way = models.BooleanField("已在送达途中", default=False)
    done = models.CharField("处理", max_length=100, blank=True)

    class Meta:
        verbose_name = "对账差异"
        verbose_name_plural = "对账差异"
        ordering = ["kind", "decided_on", "uid"]
        indexes = [models.Index(fields=["reconciliation", "kind", "decided_on", "uid"], name="publicity_difference_of")]

    def __str__(self) -> str:
        return f"{self.document_number or self.uid} {self.get_what_display()}"
