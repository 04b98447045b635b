"""What was done to a record: one append-only row per transition."""

from __future__ import annotations

from typing import Any

from django.db import models

from core import clock
from core.actors import Actor


class TransitionRecord(models.Model):
    """Who moved which record from where to where, why, on which legal day, and when we knew. Append-only."""

    workflow = models.CharField("业务", max_length=60)
    object_id = models.BigIntegerField("记录")
    public_id = models.CharField("公开编号", max_length=16, blank=True)
    transition = models.CharField("环节", max_length=60)
    from_state = models.CharField("原状态", max_length=40)
    to_state = models.CharField("新状态", max_length=40)
    reason = models.TextField("理由", blank=True)
    legal_on = models.DateField("法定日期")
    recorded_at = models.DateTimeField("记录时间", default=clock.now)
    actor_kind = models.CharField("身份", max_length=12)
    actor_key = models.CharField("经办人编号", max_length=100)
    actor_label = models.CharField("经办人", max_length=200)
    assignment_id = models.BigIntegerField("岗位", null=True)
    unit_id = models.BigIntegerField("单位", null=True)

    class Meta:
        verbose_name = "办理记录"
        verbose_name_plural = "办理记录"
        indexes = [models.Index(fields=["workflow", "object_id", "id"], name="core_transition_of")]

    def __str__(self) -> str:
        return f"{self.workflow} {self.transition} {self.legal_on}"

    @staticmethod
    def who(actor: Actor) -> dict[str, Any]:
        """Return the columns that say who acted."""
        return {
            "actor_kind": actor.kind,
            "actor_key": actor.key,
            "actor_label": actor.label,
            "assignment_id": actor.assignment_id,
            "unit_id": actor.unit_id,
        }
