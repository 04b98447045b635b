"""Acts from report to acceptance: open, prove, revise, submit, withdraw, accept, return, escalate."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import Q
from django.forms import BaseFormSet, formset_factory
from django.urls import reverse

from catalog.models import EntryRevision
from catalog.selectors import revisions_in_force
from core import clock
from core.actors import Actor
from core.identifiers import IdentifierType, validate
from core.problems import NotPermitted, Problem, Violation
from organizations.acts.fields import DateField, Text, UploadField
from organizations.acts.forms import ActForm
from organizations.acts.refusals import error_text
from organizations.models import Organization
from organizations.selectors import predecessors_of
from sanctions.enums import CaseLevel, SubjectRole
from sanctions.leads import lead_of
from sanctions.models import Case
from sanctions.services import cases as services
from sanctions.workflow import CASE
from subjects.models import Subject
from subjects.selectors import lookup, visible_to

EVIDENCE_STATES = frozenset({"draft", "returned", "submitted", "accepted", "noticed"})
CODE_LENGTH = 18


def own(actor: Actor, case: Case) -> bool:
    return case.unit_id in actor.unit_ids


def leads(actor: Actor, case: Case) -> bool:
    """Tell whether the actor's group, or the office, has the case in hand."""
    if case.level == CaseLevel.OFFICE:
        return actor.may("sanctions.case.see_all")
    return case.group_id in actor.group_ids


def leading(actor: Actor) -> Q:
    """Return `leads` as a condition on cases."""
    mine = Q(level=CaseLevel.GROUP, group_id__in=actor.group_ids)
    return mine | Q(level=CaseLevel.OFFICE) if actor.may("sanctions.case.see_all") else mine


def unit_of(actor: Actor) -> Organization | None:
    return None if actor.unit_id is None else Organization.objects.get(pk=actor.unit_id)


def own_entries(actor: Actor) -> list[EntryRevision]:
    """Return the entries in force today that the actor's unit, or one whose duties it carries, may report under."""
    unit = unit_of(actor)
    if unit is None:
        return []
    day = clock.today()
    family = [row.pk for row in predecessors_of(unit, day)]
    return list(revisions_in_force(day).filter(initiators__unit__in=family).distinct())


class SubjectRow(forms.Form):
    """One subject of a report, found by code; the code comes from the suggestions or is typed."""

    subject = forms.CharField(
        label="主体",
        max_length=40,
        help_text="输入名称片段选择，或直接填写统一社会信用代码；自然人从已建档人员中选择",
        widget=forms.TextInput(attrs={"autocomplete": "off", "data-subject": "1", "placeholder": "名称片段或代码"}),
        required=False,
    )
    role = forms.ChoiceField(label="地位", choices=SubjectRole.choices, initial=SubjectRole.ENTITY)
    facts = Text(label="具体情形", required=False, rows=2, help_text="与他人不同的，写明本主体的事实；留空用事由")
    consented_on = DateField(label="同意公开日", required=False, help_text="激励自然人须有本人书面同意")

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        self.actor, self.chosen = actor, ""
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)

    def clean_subject(self) -> Subject | None:
        typed = str(self.cleaned_data["subject"]).strip()
        if not typed:
            if self.data.get(self.add_prefix("facts"), "").strip():
                raise forms.ValidationError("请选择主体")
            return None
        found = lookup(typed)
        if found is not None and visible_to(self.actor).filter(pk=found.subject.pk).exists():
            self.chosen = found.subject.name
            return found.subject
        broken = validate(IdentifierType.USCC, typed, field="subject") if len(typed) >= CODE_LENGTH - 3 else []
        missing = Violation(
            "NOT-FOUND", f"没有找到“{typed}”对应的主体", remedy="从候选中选择；尚未建档的先办理“主体建档”"
        )
        raise forms.ValidationError([error_text(row) for row in broken] or error_text(missing))

    def shown(self) -> str:
        """Return the name behind the code typed, for the page that comes back."""
        return self.chosen

    def named_in(self, violation: Violation) -> bool:
        return bool(self.shown()) and self.shown() in violation.detail


class SubjectRows(BaseFormSet):
    """At least one subject; an empty row is ignored."""

    def filled(self) -> list[dict[str, Any]]:
        return [row for form in self.forms if (row := getattr(form, "cleaned_data", None)) and row.get("subject")]


SubjectFormSet = formset_factory(SubjectRow, formset=SubjectRows, extra=0, min_num=1, validate_min=False, max_num=50)


class OpenCase(ActForm):
    """Report an act that the catalogue names."""

    name, label, permission = "open", "起草联合奖惩事项", "sanctions.case.draft"
    button = "起草事项"
    lead = "只能报送目录清单内的行为。起草后上传证据，由本单位另一名审核人员复核报送。"
    template, wide = "sanctions/open_case.html", True
    aliases = {"entry": "entry_code", "unit": "entry_code", "on": "recognized_on"}
    backdatable = False

    entry_code = forms.ChoiceField(label="目录事项", error_messages={"required": "请选择目录事项"})
    act_on = DateField(label="行为发生日")
    recognized_on = DateField(label="单位认定日", help_text="本单位作出处罚、裁决、评定等认定之日；按这一天的目录办理")
    document_number = forms.CharField(
        label="认定依据文书号", max_length=128, error_messages={"required": "请填写认定文书的文号"}
    )
    facts = Text(label="事由", rows=5, help_text="写明违法或守信的具体事实", error_messages={"required": "请填写事由"})

    def build(self) -> None:
        self.entries = own_entries(self.actor)
        shown = [(row.entry.code, f"{row.entry.code}　{row.title}") for row in self.entries]
        self.choose_among("entry_code", [("", "请选择本单位可以发起的事项"), *shown])
        data = self.data if self.is_bound else None
        lead = None if self.is_bound else lead_of(self.actor, self.situation.asked or {})
        if lead is not None:
            known = ("entry_code", "recognized_on", "document_number", "facts")
            self.prefill(**{name: getattr(lead, name) for name in known})
        first = [{"subject": lead.subject_code}] if lead is not None else None
        self.rows: Any = SubjectFormSet(data, prefix="subjects", initial=first, form_kwargs={"actor": self.actor})

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not self.rows.is_valid():
            self.add_error(None, "主体信息需要补充或更正，见各行的说明")
        return cleaned

    def refuse(self, problem: Problem) -> None:
        """Put what is said of a subject at its own row, everything else where it belongs."""
        told = problem.errors or (Violation(problem.code, problem.detail, problem.field, problem.remedy),)
        for violation in told:
            rows = [form for form in self.rows.forms if violation.field == "subjects" and form.named_in(violation)]
            for form in rows:
                form.add_error("subject", error_text(violation))
            if rows:
                self.add_error(None, "主体信息需要补充或更正，见各行的说明")
            else:
                self.add_error(self.field_of(violation), error_text(violation))

    def perform(self) -> Case:
        unit = unit_of(self.actor)
        if unit is None:
            raise NotPermitted(self.permission, "起草联合奖惩事项", who=self.actor.label)
        data = self.cleaned_data
        return services.open_case(
            actor=self.actor,
            entry_code=data["entry_code"],
            unit=unit,
            recognized_on=data["recognized_on"],
            act_on=data["act_on"],
            document_number=data["document_number"],
            facts=data["facts"],
            subjects=[
                services.ReportedSubject(row["subject"], row["facts"], row["role"], row["consented_on"])
                for row in self.rows.filled()
            ],
        )

    def success(self, result: Case) -> str:
        return "已起草。请上传证据材料，再由本单位审核人员复核报送。"

    def destination(self, result: Case) -> str:
        return reverse("admin:sanctions_case_change", args=[result.public_id])

    def aside(self) -> dict[str, Any]:
        return {"entries": self.entries, "rows": self.rows}


class CaseAct(ActForm):
    """An act of the case's own workflow."""

    workflow = CASE


class AttachEvidence(ActForm):
    name, label, permission = "evidence", "上传证据材料", "sanctions.case.draft"
    lead = "按目录所列证据材料逐件上传；会议召集之后不能再补充。"
    done, minor, backdatable = "证据已收存", True, False
    template = "sanctions/evidence.html"
    aliases = {"evidence": "file"}
    title = forms.CharField(label="证据名称", max_length=200, required=False, help_text="留空用文件名")
    file = UploadField(label="文件")

    @classmethod
    def fits(cls, actor: Actor, record: Case, target: Any) -> bool:
        return own(actor, record) and record.state in EVIDENCE_STATES

    def perform(self) -> Any:
        data = self.cleaned_data
        return services.attach_evidence(
            actor=self.actor, case=self.record, title=data["title"], attachment=data["file"]
        )

    def aside(self) -> dict[str, Any]:
        return {"wanted": self.record.revision.evidence, "present": self.record.evidence.select_related("attachment")}


class ReviseCase(CaseAct):
    name, label, permission, transition = "revise", "修改后重新起草", "sanctions.case.draft", "revise"
    lead = "更正事由和文书号后回到起草；目录事项、单位和主体不变，需变更的请撤回另行起草。"
    done = "已修改，等待审核人员复核报送"
    document_number = forms.CharField(label="认定依据文书号", max_length=128)
    facts = Text(label="事由", rows=6)

    def build(self) -> None:
        self.initial = {"document_number": self.record.document_number, "facts": self.record.facts}

    @classmethod
    def fits(cls, actor: Actor, record: Case, target: Any) -> bool:
        return own(actor, record)

    def perform(self) -> Case:
        data = self.cleaned_data
        return services.revise_case(
            actor=self.actor,
            case=self.record,
            facts=data["facts"],
            document_number=data["document_number"],
            **self.when(),
        )


class SubmitCase(CaseAct):
    name, label, permission, transition = "submit", "复核报送", "sanctions.case.submit", "submit"
    lead = "确认事实清楚、证据齐全、适用目录正确。报送后按主体类型转对应的专项小组受理。"
    done = "已复核报送"

    @classmethod
    def fits(cls, actor: Actor, record: Case, target: Any) -> bool:
        return own(actor, record)

    @classmethod
    def blocked(cls, actor: Actor, record: Case, target: Any) -> str:
        if record.drafted_by_key == actor.key:
            return "起草与复核应由两名不同人员办理，请本单位另一名审核人员复核"
        return "" if record.evidence.exists() else "还没有证据材料，请经办人先上传"

    def perform(self) -> Case:
        return services.submit_case(actor=self.actor, case=self.record, **self.when())

    def success(self, result: Case) -> str:
        return f"已报送{result.group}，等待受理"


class WithdrawCase(CaseAct):
    name, label, permission, transition = "withdraw", "撤回事项", "sanctions.case.withdraw", "withdraw"
    lead = "撤回后不再办理；确需联合奖惩的另行起草。"
    done, danger, reason_label = "事项已撤回", True, "撤回理由"

    @classmethod
    def fits(cls, actor: Actor, record: Case, target: Any) -> bool:
        return own(actor, record)

    def perform(self) -> Case:
        return services.withdraw_case(actor=self.actor, case=self.record, **self.when())


class LeadAct(CaseAct):
    """An act of the group or office that has the case in hand."""

    @classmethod
    def fits(cls, actor: Actor, record: Case, target: Any) -> bool:
        return leads(actor, record)


class AcceptCase(LeadAct):
    name, label, permission, transition = "accept", "受理", "sanctions.case.accept", "accept"
    lead = "受理后，惩戒事项制发拟认定告知书，激励事项直接召集会议。涉及几个专项小组的应当上报联席办。"
    done = "已受理"

    def perform(self) -> Case:
        return services.accept_case(actor=self.actor, case=self.record, **self.when())


class ReturnCase(LeadAct):
    name, label, permission, transition = "return", "退回", "sanctions.case.accept", "return"
    lead = "退回发起单位补充或更正，写明缺什么、怎样补。"
    done, danger, reason_label = "已退回发起单位", True, "退回理由"

    def perform(self) -> Case:
        return services.return_case(actor=self.actor, case=self.record, **self.when())


class EscalateCase(LeadAct):
    name, label, permission, transition = "escalate", "上报联席办", "sanctions.case.accept", "escalate"
    lead = "涉及几个专项小组，或者跨小组的重大行为，由联席会议办公室办理（实施方案 二（二）1）。"
    done, minor, reason_label = "已上报联席会议办公室", True, "上报理由"

    @classmethod
    def fits(cls, actor: Actor, record: Case, target: Any) -> bool:
        return record.level == CaseLevel.GROUP and leads(actor, record)

    def perform(self) -> Case:
        return services.escalate_case(actor=self.actor, case=self.record, **self.when())

    def destination(self, result: Case) -> str | None:
        return None if self.actor.may("sanctions.case.see_all") else reverse("admin:sanctions_case_changelist")


CASE_ACTS: Sequence[type[ActForm]] = (
    SubmitCase,
    AcceptCase,
    ReviseCase,
    AttachEvidence,
    EscalateCase,
    ReturnCase,
    WithdrawCase,
)
