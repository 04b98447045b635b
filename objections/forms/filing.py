"""Acts at the desk: find whose matter it is, register an objection, take papers, check identity, record a withdrawal."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from datetime import timedelta
from typing import Any, ClassVar

from django import forms
from django.urls import reverse

from core import clock, deadlines, personal
from core.actors import Actor
from core.identifiers import PERSONAL_TYPES, IdentifierType
from core.models import Attachment
from core.problems import NotFound, Violation, refuse
from core.text import normalize_name
from core.workflow import Workflow
from objections import permissions
from objections.enums import PaperKind, Relation
from objections.models import ContestedSubject, Objection
from objections.rules import may_complain
from objections.services import answering, complaints, filing
from objections.services.filing import Filer, Paper, Receipt, Request
from objections.standing import dispute_on
from objections.targets import Target, contestable, resolve
from objections.workflow import OBJECTION
from organizations.acts.fields import DateField, Text, UploadField
from organizations.acts.forms import ActForm, Group
from organizations.acts.pages import address
from subjects.models import Identifier, Subject
from subjects.selectors import canonical, lookup

PERSONAL_CHOICES = [(kind.value, kind.label) for kind in IdentifierType if kind in PERSONAL_TYPES]
FILES = {
    "application": "申请书",
    "licence": "营业执照或登记证书",
    "identity": "申请人身份证件",
    "mandate": "授权委托书",
    "evidence": "证据材料",
}


FILES_HELP = {
    "mandate": "委托代理人提出的必附",
    "evidence": "各类文件均可为 PDF、图片、Word、Excel、OFD 或文本，不超过 20 MiB",
}
STATED, STATED_FOR = "objections.stated", timedelta(minutes=30)


class FindSubject(ActForm):
    """Find whose matter it is: an entity by its code, a person by name and number, which stays out of every address."""

    name, label, permission = "find", "查找当事人", permissions.FILE
    button, backdatable = "登记异议", False
    lead = "法人和其他组织填统一社会信用代码；自然人填姓名和证件号码，号码只用于查找，不留在网址和记录中。"
    done = "已找到当事人，请选择异议的事项"
    layout = (
        Group("法人和其他组织", ("code",)),
        Group("自然人", ("person", ("id_type", "id_number"))),
    )
    code = forms.CharField(label="统一社会信用代码", required=False, max_length=40)
    person = forms.CharField(label="自然人姓名", required=False, max_length=100)
    id_type = forms.ChoiceField(label="证件类型", choices=PERSONAL_CHOICES, required=False)
    id_number = forms.CharField(
        label="证件号码", required=False, max_length=64, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )

    def perform(self) -> Subject:
        data = self.cleaned_data
        subject = (
            _entity(data["code"])
            if data["code"]
            else _person(data["person"], data["id_type"] or IdentifierType.ID_CARD, data["id_number"])
        )
        if subject is None:
            remedy = "核对代码、姓名和证件号码；没有信用记录的无需异议"
            refuse([Violation("OBJ-43", "没有找到该当事人", "code", remedy)])
            raise AssertionError("refused above")
        return subject

    def remember(self, session: MutableMapping[str, Any], result: Subject) -> None:
        """Let a person's page open for a while to who has stated his number; only the public id is kept."""
        if result.is_person:
            session[STATED] = {**session.get(STATED, {}), result.public_id: clock.now().timestamp()}

    def destination(self, result: Subject) -> str:
        return address(ContestedSubject(pk=result.pk, public_id=result.public_id))


def has_stated(session: Mapping[str, Any], public_id: str) -> bool:
    """Tell whether this officer has stated this person's number, within the last half hour."""
    at = session.get(STATED, {}).get(public_id)
    return at is not None and 0 <= clock.now().timestamp() - at <= STATED_FOR.total_seconds()


def _entity(code: str) -> Subject | None:
    found = lookup(code)
    return found.subject if found and not found.subject.is_person else None


def _person(name: str, id_type: str, number: str) -> Subject | None:
    held = personal.find(id_type, number) if number.strip() else None
    row = Identifier.objects.select_related("subject__canonical").filter(personal=held).first() if held else None
    subject = canonical(row.subject) if row else None
    return subject if subject and normalize_name(subject.name) == normalize_name(name) else None


def target_key(target: Target) -> str:
    return f"{target.kind}-{target.key}"


class FileObjection(ActForm):
    """Register an objection against one of the subject's matters."""

    name, label, permission = "object", "提出异议", permissions.FILE
    targeted, wide, backdatable = True, True, False
    lead = "当事人本人、法定代表人或者持授权委托书的代理人可以提出。登记后打印收件回执交申请人，查询码只显示这一次。"
    result_template = "objections/receipt.html"
    layout = (
        Group("申请人", ("relation", ("filer_name", "phone"), ("id_type", "id_number"))),
        Group("异议内容", ("grounds", "claims", "received_on")),
        Group("材料", (("application", "licence"), ("identity", "mandate"), "evidence")),
    )
    relation = forms.ChoiceField(label="与当事人关系", choices=Relation.choices, widget=forms.RadioSelect)
    filer_name = forms.CharField(label="申请人姓名或名称", max_length=100)
    id_type = forms.ChoiceField(label="申请人证件类型", choices=PERSONAL_CHOICES, required=False)
    id_number = forms.CharField(
        label="申请人证件号码",
        required=False,
        max_length=64,
        help_text="自然人本人提出的必填；加密保存，只显示首尾",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    phone = forms.CharField(
        label="手机号码", required=False, max_length=20, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    grounds = Text(label="事实和理由", rows=5, error_messages={"required": "请填写事实和理由"})
    claims = Text(label="请求", rows=2, error_messages={"required": "请填写请求"})
    received_on = DateField(label="收到日", required=False, help_text="留空为今天；受理和答复期限自收到次日起算")

    def build(self) -> None:
        for name, label in FILES.items():
            self.fields[name] = UploadField(label=label, required=False, help_text=FILES_HELP.get(name, ""))
        self.prefill(filer_name="" if self.record.is_person else self.record.name, relation=Relation.SELF.value)

    @classmethod
    def find_target(cls, record: Any, key: str) -> Target:
        kind, _, public_id = key.rpartition("-")
        found = next((row for row in contestable(record) if (row.kind, row.key) == (kind, public_id)), None)
        if found is None:
            raise NotFound("该异议事项")
        return found

    def perform(self) -> Receipt:
        data = self.cleaned_data
        return filing.file_objection(
            actor=self.actor,
            request=Request(
                target_kind=self.target.kind,
                target_key=self.target.key,
                filer=Filer(
                    data["filer_name"],
                    data["relation"],
                    data["id_type"] or IdentifierType.ID_CARD,
                    data["id_number"],
                    data["phone"],
                ),
                grounds=data["grounds"],
                claims=data["claims"],
                papers=papers_in(data),
                received_on=data["received_on"],
            ),
        )

    def field_of(self, violation: Violation) -> str | None:
        if violation.field == "papers":
            return "mandate"
        return super().field_of(violation)

    def success(self, result: Receipt) -> str:
        return "异议已登记"

    def shown(self, result: Receipt) -> dict[str, Any]:
        return shown_once(result)


def shown_once(receipt: Receipt) -> dict[str, Any]:
    """Return what the page after filing shows: number, secret, due days, and the receipt to print."""
    record = receipt.record
    name = record._meta.model_name
    paper = reverse(f"admin:objections_{name}_letter", args=[record.public_id, f"{name}.receipt"])
    due = list(deadlines.deadlines_of(record))
    return {"receipt": receipt, "onward": address(record), "paper": paper, "due": due}


def papers_in(data: Mapping[str, Any]) -> tuple[Paper, ...]:
    """Return the files of a form as papers."""
    given: list[tuple[str, Attachment | None]] = [(kind, data.get(kind)) for kind in FILES]
    return tuple(Paper(kind, held) for kind, held in given if held is not None)


class DeskAct(ActForm):
    """An act at the desk on an objection."""

    workflow: ClassVar[Workflow | None] = OBJECTION
    states: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def fits(cls, actor: Actor, record: Objection, target: Any) -> bool:
        return not cls.states or record.state in cls.states


class AddPapers(DeskAct):
    name, label, permission, workflow = "papers", "补交材料", permissions.FILE, None
    minor, backdatable = True, False
    states = ("received", "accepted", "drafted", "forwarded")
    done = "材料已收下"
    kind = forms.ChoiceField(label="材料类别", choices=PaperKind.choices)
    file = UploadField(label="文件")

    def perform(self) -> Any:
        paper = Paper(self.cleaned_data["kind"], self.cleaned_data["file"])
        return filing.add_papers(actor=self.actor, objection=self.record, papers=(paper,))


RESULTS = (("passed", "核验通过"), ("failed", "核验不通过"))


class CheckIdentity(DeskAct):
    name, label, permission, workflow = "check", "核验身份和授权", permissions.CHECK, None
    states = ("received", "accepted")
    lead = "核对营业执照、身份证件和授权委托书与申请人、当事人是否一致。受理之前必须核验。"
    done = "核验已登记"
    result = forms.ChoiceField(label="核验结果", choices=RESULTS, widget=forms.RadioSelect)
    note = Text(label="核验说明", rows=3, error_messages={"required": "请填写核验说明"})

    @classmethod
    def fits(cls, actor: Actor, record: Objection, target: Any) -> bool:
        return record.identity_result != "passed" and super().fits(actor, record, target)

    def perform(self) -> Any:
        passed = self.cleaned_data["result"] == "passed"
        note = self.cleaned_data["note"]
        return filing.check_identity(actor=self.actor, objection=self.record, passed=passed, note=note, **self.when())

    def field_of(self, violation: Violation) -> str | None:
        return "result" if violation.field == "papers" else super().field_of(violation)


class RenewSecret(DeskAct):
    name, label, permission, workflow = "secret", "补发查询码", permissions.CHECK, None
    minor, backdatable, reason_label = True, False, "核对身份的情况"
    lead = "申请人遗失查询码的，核对证件后补发；原查询码同时失效。"
    result_template = "objections/receipt.html"

    @classmethod
    def fits(cls, actor: Actor, record: Any, target: Any) -> bool:
        return bool(record.identity_result == "passed")

    def perform(self) -> Receipt:
        return filing.renew_secret(actor=self.actor, record=self.record, reason=self.cleaned_data["reason"])

    def success(self, result: Receipt) -> str:
        return "查询码已补发"

    def shown(self, result: Receipt) -> dict[str, Any]:
        return shown_once(result)


class WithdrawObjection(DeskAct):
    name, label, permission, transition = "withdraw", "登记撤回", permissions.WITHDRAW, "withdraw"
    lead = "按申请人书面意思办理。已暂停的措施自办理日恢复执行。"
    done, danger, reason_label = "撤回已登记", True, "撤回的书面依据"

    def perform(self) -> Any:
        return answering.withdraw_objection(actor=self.actor, objection=self.record, **self.when())


class FileComplaint(DeskAct):
    name, label, permission, workflow = "complain", "登记投诉", permissions.FILE, None
    wide, minor, backdatable = True, True, False
    lead = "对答复不服的，在期限内向联席会议办公室投诉；逾期未答复的随时可以投诉。"
    result_template = "objections/receipt.html"
    grounds = Text(label="事实和理由", rows=5, error_messages={"required": "请填写事实和理由"})
    claims = Text(label="请求", rows=2, error_messages={"required": "请填写请求"})
    received_on = DateField(label="收到日", required=False, help_text="留空为今天")

    def build(self) -> None:
        for name in ("application", "evidence"):
            self.fields[name] = UploadField(label=FILES[name], required=False)

    def perform(self) -> Receipt:
        data = self.cleaned_data
        appeal = complaints.Appeal(
            data["grounds"], data["claims"], papers=papers_in(data), received_on=data["received_on"]
        )
        return complaints.file_complaint(actor=self.actor, objection=self.record, appeal=appeal)

    @classmethod
    def fits(cls, actor: Actor, record: Objection, target: Any) -> bool:
        """Offer it where a complaint may be lodged today; the service says why not where it may not."""
        return not may_complain(dispute_on(resolved(record), clock.today()), clock.today())

    def success(self, result: Receipt) -> str:
        return "投诉已登记"

    def shown(self, result: Receipt) -> dict[str, Any]:
        return shown_once(result)


def resolved(record: Objection) -> Target:
    return resolve(record.target_kind, record.target_key)


DESK_ACTS: tuple[type[ActForm], ...] = (CheckIdentity, AddPapers, FileComplaint, RenewSecret, WithdrawObjection)
