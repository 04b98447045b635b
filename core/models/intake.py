"""Tables handed in: the batch with its counters, what became of every row, its errors, and rows held for a person."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import F, Q

from core import clock
from core.actors import Actor
from core.fields import PublicIdField
from core.history import TriggerHistory

SEE_ALL = "core.intake.see_all"
SUBMIT_SCOPE = "scope.intake"


class Outcome(models.TextChoices):
    """What became of one row; the letters stand in `IntakeChunk.outcomes`, a dot is a line that is no row."""

    INSERTED = "i", "新增"
    UPDATED = "u", "更新"
    UNCHANGED = "=", "未变"
    DUPLICATE = "d", "文件内重复"
    QUESTIONED = "q", "疑问"
    REJECTED = "r", "退回"


COUNTED = {outcome.name.lower(): str(outcome.label) for outcome in Outcome}  # column of the batch → what people call it
COUNTERS = tuple(COUNTED)


class BatchState(models.TextChoices):
    RECEIVED = "received", "已接收"
    READING = "reading", "处理中"
    DONE = "done", "已完成"
    FAILED = "failed", "未入库"
    WITHDRAWING = "withdrawing", "撤回中"
    WITHDRAWN = "withdrawn", "已撤回"


# Somebody works on these, or will: a worker at once, or the sweep.
UNFINISHED = (BatchState.RECEIVED, BatchState.READING, BatchState.WITHDRAWING)
TAKING_BACK = (BatchState.WITHDRAWING, BatchState.WITHDRAWN)


class BatchMode(models.TextChoices):
    """What happens to the right rows of a file that has wrong ones."""

    PARTIAL = "partial", "正确的行先入库"
    ALL_OR_NOTHING = "all_or_nothing", "有一行不对，整批退回"


class Phase(models.TextChoices):
    """A file that goes in whole or not at all is gone through twice; what it wrote is taken back if it fails late."""

    CHECK = "check", "预检"
    MERGE = "merge", "入库"
    UNDO = "undo", "退回"


class QuestionState(models.TextChoices):
    HELD = "held", "待认定"
    ACCEPTED = "accepted", "已入库"
    REFUSED = "refused", "不入库"


class BatchQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """Keep what the actor's own unit handed in; a client only profiles of its scopes; the office sees all."""
        if actor.may(SEE_ALL):
            return self
        own = self.filter(unit_id__in=actor.unit_ids)
        if actor.kind != "client" or actor.may(SUBMIT_SCOPE):
            return own
        scopes = [code.removeprefix(f"{SUBMIT_SCOPE}:") for code in actor.permissions if code.startswith(SUBMIT_SCOPE)]
        return own.filter(profile__in=scopes)


class IntakeBatch(models.Model):
    """One file of one profile and how far it is; counters tell what became of the rows answered so far.

    The file lies encrypted among the attachments; after a crash it is read again and the work goes on behind the last
    committed chunk. Written only by `core.intake`.
    """

    public_id = PublicIdField()
    attachment = models.ForeignKey("core.Attachment", models.PROTECT, related_name="+", verbose_name="文件")
    profile = models.CharField("数据类型", max_length=60)
    version = models.CharField("版本", max_length=20, blank=True)
    mode = models.CharField("入库方式", max_length=16, choices=BatchMode, default=BatchMode.PARTIAL)
    state = models.CharField("状态", max_length=12, choices=BatchState, default=BatchState.RECEIVED)
    phase = models.CharField("步骤", max_length=8, choices=Phase, default=Phase.MERGE)
    unit_id = models.BigIntegerField("报送单位", null=True)
    unit_name = models.CharField("报送单位名称", max_length=200, blank=True)
    actor_kind = models.CharField("身份", max_length=12)
    actor_key = models.CharField("经办人编号", max_length=100)
    actor_label = models.CharField("经办人", max_length=200)
    received_on = models.DateField("收到日")
    received_at = models.DateTimeField("收到时间", default=clock.now)
    started_at = models.DateTimeField("开始时间", null=True, blank=True)
    finished_at = models.DateTimeField("结束时间", null=True, blank=True)
    last_row = models.PositiveIntegerField("已处理到", default=0)
    rows_known = models.PositiveIntegerField("总行数", null=True, blank=True)
    rows = models.PositiveIntegerField("行数", default=0)
    inserted = models.PositiveIntegerField("新增", default=0)
    updated = models.PositiveIntegerField("更新", default=0)
    unchanged = models.PositiveIntegerField("未变", default=0)
    duplicate = models.PositiveIntegerField("文件内重复", default=0)
    questioned = models.PositiveIntegerField("疑问", default=0)
    rejected = models.PositiveIntegerField("退回", default=0)
    errors_total = models.PositiveIntegerField("错误数", default=0)
    warnings_total = models.PositiveIntegerField("提示数", default=0)
    taken_back = models.PositiveIntegerField("已撤回的记录", default=0)
    attempts = models.PositiveSmallIntegerField("未有进展的次数", default=0)
    problem = models.JSONField("整批退回的原因", null=True, blank=True)
    history = TriggerHistory()

    objects = BatchQuerySet.as_manager()

    class Meta:
        verbose_name = "数据报送"
        verbose_name_plural = "数据报送"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    rows=F("inserted")
                    + F("updated")
                    + F("unchanged")
                    + F("duplicate")
                    + F("questioned")
                    + F("rejected")
                ),
                name="core_intake_counters_add_up",
            ),
        ]
        indexes = [
            models.Index(fields=["unit_id", "-id"], name="core_intake_of_unit"),
            models.Index(
                fields=["id"],
                condition=Q(state__in=UNFINISHED),
                name="core_intake_unfinished",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.public_id} {self.profile}"

    @property
    def is_running(self) -> bool:
        return self.state in UNFINISHED


class IntakeChunk(models.Model):
    """What became of a run of rows, committed together with what they wrote; append-only.

    `outcomes` has one letter for each line from `first_row` to `last_row`.
    """

    batch = models.ForeignKey(IntakeBatch, models.PROTECT, related_name="chunks", verbose_name="批次")
    phase = models.CharField("步骤", max_length=8, choices=Phase)
    number = models.PositiveIntegerField("序号")
    first_row = models.PositiveIntegerField("首行")
    last_row = models.PositiveIntegerField("末行")
    rows = models.PositiveIntegerField("行数")
    outcomes = models.TextField("每行结果")
    recorded_at = models.DateTimeField("记录时间", default=clock.now)

    class Meta:
        verbose_name = "报送分段"
        verbose_name_plural = "报送分段"
        constraints = [
            models.UniqueConstraint(fields=["batch", "phase", "number"], name="core_intake_chunk_once"),
            models.UniqueConstraint(fields=["batch", "phase", "first_row"], name="core_intake_rows_once"),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id} {self.first_row}–{self.last_row}"


class IntakeError(models.Model):
    """One thing wrong with one row, in words that hold no personal number; append-only."""

    class Severity(models.TextChoices):
        ERROR = "error", "错误"
        WARNING = "warning", "提示"

    batch = models.ForeignKey(IntakeBatch, models.PROTECT, related_name="errors", verbose_name="批次", db_index=False)
    row = models.PositiveIntegerField("行")
    column = models.CharField("栏目", max_length=60, blank=True)
    code = models.CharField("规则", max_length=20)
    message = models.CharField("说明", max_length=500)
    severity = models.CharField("程度", max_length=8, choices=Severity, default=Severity.ERROR)

    class Meta:
        verbose_name = "行错误"
        verbose_name_plural = "行错误"
        ordering = ["row", "id"]
        indexes = [models.Index(fields=["batch", "row", "id"], name="core_intake_error_of")]

    def __str__(self) -> str:
        return f"{self.row} {self.code}"


class QuestionQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """Keep rows of the batches that the actor sees."""
        return self.filter(batch__in=IntakeBatch.objects.visible_to(actor))


class QuestionedRow(models.Model):
    """A row that is held because it contradicts what is on file; it enters only by a person's decision.

    It keeps no personal number: the row itself stays in the encrypted file, `facts` holds what may be shown.
    """

    public_id = PublicIdField()
    batch = models.ForeignKey(IntakeBatch, models.PROTECT, related_name="questions", verbose_name="批次")
    row = models.PositiveIntegerField("行")
    column = models.CharField("栏目", max_length=60, blank=True)
    code = models.CharField("规则", max_length=20)
    detail = models.CharField("疑问", max_length=500)
    facts = models.JSONField("内容", default=dict)
    decidable = models.BooleanField("可以认定入库", default=True)
    state = models.CharField("状态", max_length=10, choices=QuestionState, default=QuestionState.HELD)
    decided_on = models.DateField("认定日", null=True, blank=True)
    history = TriggerHistory()

    objects = QuestionQuerySet.as_manager()

    class Meta:
        verbose_name = "疑问数据"
        verbose_name_plural = "疑问数据"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "row"], name="core_intake_question_once"),
            models.CheckConstraint(
                condition=Q(state=QuestionState.HELD, decided_on__isnull=True)
                | (~Q(state=QuestionState.HELD) & Q(decided_on__isnull=False)),
                name="core_intake_question_decided",
            ),
        ]
        indexes = [
            models.Index(fields=["batch"], condition=Q(state=QuestionState.HELD), name="core_intake_question_open")
        ]

    def __str__(self) -> str:
        return f"{self.batch.public_id} 第{self.row}行"
