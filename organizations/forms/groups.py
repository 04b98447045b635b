"""The act on a 专项小组: who leads it, who takes part, whom it answers for."""

from __future__ import annotations

from typing import Any

from django import forms

from core.actors import Actor
from organizations import services
from organizations.acts.fields import Text
from organizations.acts.forms import ActForm
from organizations.enums import SubjectKind
from organizations.forms.choosing import UnitField, UnitsField, present_units
from organizations.models import WorkingGroup
from organizations.permissions import GROUP_MANAGE


class UpdateGroup(ActForm):
    name, label, permission = "update", "调整专项小组", GROUP_MANAGE
    lead = "调整自今天起生效：新报送的事项按调整后的分工受理，正在办理的不变。"
    done, backdatable, wide, note_label = "已调整", False, True, "调整说明"
    aliases = {"name": "title", "successor": "lead_unit"}
    title = forms.CharField(label="名称", max_length=100)
    lead_unit = UnitField(label="牵头单位")
    co_lead_unit = UnitField(label="共同牵头单位", required=False, empty_label="没有")
    subject_kinds = forms.MultipleChoiceField(
        label="对应主体类型", choices=SubjectKind.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    members = UnitsField(label="成员单位", required=False)
    note = Text(label="备注", rows=2, required=False)

    @classmethod
    def fits(cls, actor: Actor, record: WorkingGroup, target: Any) -> bool:
        return True

    def build(self) -> None:
        present_units(self)
        group = self.record
        self.prefill(
            title=group.name,
            lead_unit=group.lead_unit.public_id,
            co_lead_unit=group.co_lead_unit.public_id if group.co_lead_unit else "",
            subject_kinds=group.subject_kinds,
            members=list(group.members.values_list("public_id", flat=True)),
            note=group.note,
        )

    def perform(self) -> WorkingGroup:
        data = dict(self.cleaned_data)
        return services.update_group(actor=self.actor, group=self.record, name=data.pop("title"), **data)
