"""Acts on a subject's record: names, numbers, what happens in its life, duplicates, successors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from django import forms

from core.actors import Actor
from core.identifiers import PERSONAL_TYPES, IdentifierType
from core.problems import Violation
from organizations.acts.fields import DateField, Text
from organizations.acts.forms import ActForm
from organizations.acts.refusals import error_text
from subjects import permissions, selectors, services
from subjects.enums import ENDED, NominationState, SubjectStatus
from subjects.models import LifeEvent, Subject, SubjectMerge, SuccessorNomination

ENTITY_TYPES = [(kind.value, kind.label) for kind in IdentifierType if kind not in PERSONAL_TYPES]


def entity_lives(subject: Subject) -> bool:
    return not subject.is_person and subject.status not in ENDED


class SubjectAct(ActForm):
    """An act on a record that answers for itself: on one that was folded nothing is done."""

    backdatable = False

    @classmethod
    def ripe(cls, subject: Subject) -> bool:
        """Tell whether the subject is in a state for this act."""
        return subject.status not in ENDED

    @classmethod
    def fits(cls, actor: Actor, record: Subject, target: Any) -> bool:
        return record.canonical_id is None and cls.ripe(record)


class LifeAct(SubjectAct):
    """Something that happened on a day, which may lie before the day it is recorded."""

    permission = permissions.RECORD_LIFE
    aliases = {"on": "happened_on"}
    service: ClassVar[Callable[..., LifeEvent]]

    happened_on = DateField(label="发生日期", required=False, help_text="留空为今天")
    note = Text(label="说明", required=False, rows=3, help_text="登记机关文书的名称和文号")

    def perform(self) -> LifeEvent:
        data = self.cleaned_data
        return type(self).service(self.actor, subject=self.record, on=data["happened_on"], note=data["note"])


class Rename(LifeAct):
    name, label = "rename", "登记更名"
    lead = "原名称保留启止日期，仍可检索；代码不变。"
    aliases = {"on": "happened_on", "name": "title"}
    title = forms.CharField(label="变更后的名称", max_length=200, help_text="按登记证照填写全称")
    field_order = ("title", "happened_on", "note")

    def perform(self) -> LifeEvent:
        data = self.cleaned_data
        return services.rename(
            self.actor, subject=self.record, name=data["title"], on=data["happened_on"], note=data["note"]
        )


class AddIdentifier(SubjectAct):
    name, label, permission = "identifier", "补充证照号码", permissions.REGISTER
    minor = True
    aliases = {"identifier": "value", "type": "type_", "code": "value"}
    type_ = forms.ChoiceField(label="证照类型", choices=ENTITY_TYPES)
    value = forms.CharField(label="号码", max_length=50)
    valid_from = DateField(label="启用日期", required=False)

    @classmethod
    def ripe(cls, subject: Subject) -> bool:
        return entity_lives(subject)

    def perform(self) -> Any:
        return services.add_identifier(self.actor, subject=self.record, **self.cleaned_data)


class RevokeLicence(LifeAct):
    name, label, danger = "revoke_licence", "登记吊销执照", True
    lead = "吊销后主体仍然存续，直至注销；已有的措施继续实施。"
    service = staticmethod(services.revoke_licence)

    @classmethod
    def ripe(cls, subject: Subject) -> bool:
        return not subject.is_person and subject.status == SubjectStatus.ACTIVE


class Deregister(LifeAct):
    name, label, danger = "deregister", "登记注销", True
    lead = "注销后该主体自身的措施终止；对责任人员单独认定的措施不受影响。"
    service = staticmethod(services.deregister)

    @classmethod
    def ripe(cls, subject: Subject) -> bool:
        return entity_lives(subject)


class RecordDeath(LifeAct):
    name, label, danger = "death", "登记死亡", True
    lead = "登记后对该自然人的措施终止。"
    service = staticmethod(services.record_death)

    @classmethod
    def ripe(cls, subject: Subject) -> bool:
        return subject.is_person and subject.status not in ENDED


class Merge(SubjectAct):
    """The duplicate is named first; what would be folded is shown, and confirmed as it was shown."""

    name, label, permission = "merge", "并入另一档案", permissions.MERGE
    minor, reason_label, template, wide = True, "认定为同一主体的依据", "subjects/admin/merge.html", True
    lead = "两份档案属于同一主体时合并：本档案的代码、名称和记录都指向保留档案，记录本身不改动，可以撤销。"
    aliases = {"target": "kept_record"}
    kept_record = forms.CharField(
        label="保留的档案",
        max_length=40,
        help_text="统一社会信用代码或公开编号",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    @classmethod
    def ripe(cls, subject: Subject) -> bool:
        return True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.preview = self._previewed()
        if self.preview is not None and not self.preview.violations:
            self.fields["seen"] = forms.MultipleChoiceField(
                label="核对",
                choices=[(self.preview.fingerprint, "已逐项核对，两份档案确为同一主体")],
                required="shown" in self.data,
                widget=forms.CheckboxSelectMultiple,
                error_messages={
                    "required": "核对上列内容后勾选",
                    "invalid_choice": "打开页面之后内容有变化，按上面的最新内容重新核对后勾选",
                },
            )

    def _previewed(self) -> selectors.MergePreview | None:
        kept = self._kept()
        return None if kept is None else selectors.preview_merge(self.record, kept)

    def _kept(self) -> Subject | None:
        """Return the record that is named, where this officer may know of it."""
        found = selectors.lookup(str(self.data.get("kept_record", "")).strip()) if self.is_bound else None
        if found is None or not selectors.visible_to(self.actor).filter(pk=found.subject.pk).exists():
            return None
        return found.subject

    def clean_kept_record(self) -> str:
        typed = str(self.cleaned_data["kept_record"])
        if self.preview is None:
            missing = Violation("SUB-08", "没有找到要保留的档案", remedy="核对代码或公开编号")
            raise forms.ValidationError(error_text(missing))
        if self.preview.violations:
            raise forms.ValidationError([error_text(row) for row in self.preview.violations])
        return typed

    def only_asks(self) -> bool:
        return not self.cleaned_data.get("seen")

    def perform(self) -> SubjectMerge:
        assert self.preview is not None
        return services.merge(
            self.actor, source=self.record, target=self.preview.target, reason=self.cleaned_data["reason"]
        )

    def success(self, result: SubjectMerge) -> str:
        return f"已并入{result.target}"

    def aside(self) -> dict[str, Any]:
        return {"preview": self.preview}


SUBJECT_ACTS: Sequence[type[ActForm]] = (Rename, AddIdentifier, Merge, RevokeLicence, Deregister, RecordDeath)


class Decision(ActForm):
    """The office decides, once and with a reason, whether the nominated successor carries on."""

    permission = permissions.DECIDE_SUCCESSOR
    backdatable, reason_label = False, "理由"
    accepts: ClassVar[bool]

    @classmethod
    def fits(cls, actor: Actor, record: SuccessorNomination, target: Any) -> bool:
        return record.state == NominationState.NOMINATED

    def perform(self) -> SuccessorNomination:
        return services.decide_nomination(
            self.actor, nomination=self.record, accepted=self.accepts, reason=self.cleaned_data["reason"]
        )


class ConfirmSuccessor(Decision):
    name, label, accepts = "confirm", "认定承继", True
    lead = "认定后，原主体未了结的事项由承继主体继续。"


class DeclineSuccessor(Decision):
    name, label, accepts, danger = "decline", "不予承继", False, True
    lead = "承继主体不受原主体未了结事项的影响。"


class UndoMerge(ActForm):
    name, label, permission = "undo", "撤销合并", permissions.MERGE
    backdatable, danger, reason_label = False, True, "认定为不同主体的依据"
    lead = "两份档案重新各自对应自己的代码、名称和记录。"
    source_ended = forms.ChoiceField(
        label="重复档案是否同样终止",
        choices=[("", "合并期间没有注销、吊销或者死亡"), ("yes", "是，一并登记"), ("no", "否，重复档案仍然存续")],
        required=False,
        help_text="保留档案在合并期间终止的，须核实后选择",
    )

    @classmethod
    def fits(cls, actor: Actor, record: SubjectMerge, target: Any) -> bool:
        return record.undone_on is None

    def perform(self) -> SubjectMerge:
        ended = {"yes": True, "no": False}.get(self.cleaned_data["source_ended"])
        return services.undo_merge(
            self.actor, merged=self.record, reason=self.cleaned_data["reason"], source_ended=ended
        )
