"""The act on a stop notice: the unit says that it follows, and after a revocation what it restored."""

from __future__ import annotations

from typing import Any

from core.actors import Actor
from organizations.acts.fields import Text
from organizations.acts.forms import ActForm
from sanctions.enums import StopKind
from sanctions.models import TaskStop
from sanctions.services import stops as services


class ConfirmStop(ActForm):
    name, label, permission = "confirm", "确认落实", "sanctions.task.handle"
    lead = "确认本单位已按通知落实；确认之后不再更改。"
    done = "已确认落实"

    def build(self) -> None:
        owed = self.record.kind == StopKind.RESTORE
        words = "写明恢复了什么、何时恢复" if owed else "可写明怎样落实，不写证件号码和手机号码"
        self.fields["done"] = Text(label="落实情况", rows=3, required=owed, help_text=words)
        self.fields["done"].error_messages["required"] = "请填写恢复原状的情况"

    @classmethod
    def fits(cls, actor: Actor, record: TaskStop, target: Any) -> bool:
        return record.waits and record.unit_id in actor.unit_ids

    def perform(self) -> TaskStop:
        return services.confirm_stop(actor=self.actor, stop=self.record, done=self.cleaned_data["done"], **self.when())
