"""What happens to subjects: life events, nominated successors, duplicates merged and parted again."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from core import clock
from core.fields import PublicIdField
from core.history import TriggerHistory
from subjects.enums import LifeEventKind, NominationState
from subjects.models.subject import Subject


class LifeEvent(models.Model):
    """One fact of a subject's life, with the day it took effect and the day we knew."""

    public_id = PublicIdField()
    subject = models.ForeignKey(Subject, models.PROTECT, verbose_name="主体", related_name="life_events")
    kind = models.CharField("事件", max_length=20, choices=LifeEventKind)
    on = models.DateField("发生日期")
    counterpart = models.ForeignKey(
        Subject, models.PROTECT, verbose_name="相对主体", null=True, blank=True, related_name="+"
    )
    detail = models.CharField("内容", max_length=300, blank=True)
    note = models.TextField("说明", blank=True)
    recorded_at = models.DateTimeField("记录时间", default=clock.now, editable=False)
    history = TriggerHistory()

    class Meta:
        verbose_name = "主体变动"
        verbose_name_plural = "主体变动"
        ordering = ["on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["subject"],
                condition=Q(kind__in=[LifeEventKind.DEREGISTRATION, LifeEventKind.DEATH]),
                name="subjects_ends_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.get_kind_display()} {self.on}"


class SuccessorNomination(models.Model):
    """A merger or split names who may carry on; nothing passes to the successor until a person decides it."""

    public_id = PublicIdField()
    event = models.ForeignKey(LifeEvent, models.PROTECT, verbose_name="变动", related_name="nominations")
    predecessor = models.ForeignKey(
        Subject, models.PROTECT, verbose_name="原主体", related_name="successor_nominations"
    )
    successor = models.ForeignKey(
        Subject, models.PROTECT, verbose_name="承继主体", related_name="predecessor_nominations"
    )
    state = models.CharField("状态", max_length=12, choices=NominationState, default=NominationState.NOMINATED)
    decided_on = models.DateField("认定日期", null=True, blank=True)
    reason = models.TextField("理由", blank=True)
    history = TriggerHistory()

    class Meta:
        verbose_name = "承继提名"
        verbose_name_plural = "承继提名"
        constraints = [
            models.UniqueConstraint(fields=["event", "predecessor", "successor"], name="subjects_nominated_once"),
            models.CheckConstraint(condition=~Q(predecessor=F("successor")), name="subjects_successor_is_another"),
            models.CheckConstraint(
                condition=Q(state=NominationState.NOMINATED, decided_on__isnull=True)
                | (~Q(state=NominationState.NOMINATED) & Q(decided_on__isnull=False)),
                name="subjects_nomination_decided",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.predecessor} → {self.successor}（{self.get_state_display()}）"


class SubjectMerge(models.Model):
    """Two rows found to be one subject: the source redirects to the target until the merge is undone."""

    public_id = PublicIdField()
    source = models.ForeignKey(Subject, models.PROTECT, verbose_name="重复档案", related_name="merges_away")
    target = models.ForeignKey(Subject, models.PROTECT, verbose_name="保留档案", related_name="merges_in")
    reason = models.TextField("理由")
    merged_on = models.DateField("合并日期")
    undone_on = models.DateField("撤销合并日期", null=True, blank=True)
    undo_reason = models.TextField("撤销理由", blank=True)
    history = TriggerHistory()

    class Meta:
        verbose_name = "重复档案合并"
        verbose_name_plural = "重复档案合并"
        constraints = [
            models.UniqueConstraint(
                fields=["source"], condition=Q(undone_on__isnull=True), name="subjects_merged_once_at_a_time"
            ),
            models.CheckConstraint(condition=~Q(source=F("target")), name="subjects_merged_into_another"),
            models.CheckConstraint(
                condition=Q(undone_on__isnull=True) | Q(undone_on__gte=F("merged_on")),
                name="subjects_undone_after_merge",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} → {self.target}"
