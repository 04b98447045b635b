"""Taking in: register an application at a counter, add a file, check identity, withdraw."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms

from core import clock
from core.actors import Actor
from core.deadlines import deadlines_of
from core.identifiers import PERSONAL_TYPES, IdentifierType
from core.problems import Violation
from core.workflow import Workflow
from organizations.acts.fields import DateField, Text, UploadField
from organizations.acts.forms import ActForm, Group
from organizations.acts.refusals import error_text
from organizations.acts.words import zh
from repair import navigator
from repair.enums import ApplicantRole, Kind, MaterialKind, State
from repair.known import Known
from repair.matters import Matter, matter_about
from repair.models import Application, Material
from repair.selectors import listings_of, penalties_of
from repair.services import filing
from repair.services.filing import COMMITMENT, Filed, Piece, Submission
from repair.workflow import APPLICATION
from sanctions.enums import Polarity
from sanctions.models import Listing
from subjects.models import Subject
from subjects.selectors import find_by_identifier, lookup

NO_RECORD = Violation(
    "NOT-FOUND", "没有找到该主体的名单记录或者正在公示的处罚记录", remedy="核对代码；自然人本人申请的填写本人证件号码"
)
FILES = (
    ("performance", MaterialKind.PERFORMANCE),
    ("commitment_file", MaterialKind.COMMITMENT),
    ("identity", MaterialKind.IDENTITY),
    ("mandate", MaterialKind.MANDATE),
)


def matters_of(subject: Subject) -> list[Matter]:
    """Return what a subject may ask to have repaired: its listings, then the penalties that are public.

    A listing that is over is shown only where there is nothing else, so that filing says why there is nothing to repair.
    """
    today = clock.today()
    penalties = penalties_of(subject, today)
    standing = [row for row in listings_of(subject) if not penalties or _is_standing(row)]
    known = Known(subject, standing, penalties, today)
    return [*(matter_about(row, known) for row in standing), *(matter_about(row, known) for row in penalties)]


def _is_standing(listing: Listing) -> bool:
    return listing.polarity == Polarity.DISCIPLINE and listing.delisted_on is None


class FileApplication(ActForm):
    """An application received over the counter; the record is chosen among those of the subject."""

    name, label, permission = "file", "登记修复申请", "repair.application.file"
    lead = "先填主体代码，确认后选择要修复的名单记录或者处罚公示记录。收件后出具回执编号和查询码；不收取任何费用。"
    done, wide = "修复申请已收件", True
    template, result_template = "repair/file.html", "repair/receipt.html"
    layout = (
        Group("要修复的记录", ("code", "listing")),
        Group("申请人", (("applicant_role", "applicant_name"), ("id_type", "id_number"))),
        Group("申请内容", ("statement", "corrected_on", "commitment")),
        Group("材料", (("performance", "commitment_file"), ("identity", "mandate"))),
    )
    aliases = {"evidence": "performance", "materials": "performance", "applicant_number": "id_number", "on": "listing"}

    code = forms.CharField(
        label="统一社会信用代码",
        max_length=40,
        required=False,
        help_text="自然人留空，填写下面的申请人证件号码（本人申请）或者公开编号",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    listing = forms.ChoiceField(label="要修复的记录", required=False, widget=forms.RadioSelect)
    applicant_role = forms.ChoiceField(label="申请人身份", choices=ApplicantRole.choices, initial="representative")
    applicant_name = forms.CharField(
        label="申请人姓名", max_length=100, error_messages={"required": "请填写申请人姓名"}
    )
    id_type = forms.ChoiceField(label="申请人证件", required=False)
    id_number = forms.CharField(
        label="证件号码",
        max_length=50,
        required=False,
        help_text="加密保存，不再显示",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    statement = Text(label="申请理由", rows=3, error_messages={"required": "请写明如何纠正、履行了哪些义务"})
    corrected_on = DateField(label="改正日", required=False, help_text="自改正之日起算最短期限的事项必填")
    performance = UploadField(label=MaterialKind.PERFORMANCE.label, required=False, help_text="必附")
    commitment = forms.BooleanField(label="申请人已阅知并作出信用承诺", required=False, help_text=COMMITMENT)
    commitment_file = UploadField(label="已签署的信用承诺书", required=False, help_text="已在上面作出承诺的可以不附")
    identity = UploadField(
        label=MaterialKind.IDENTITY.label,
        required=False,
        help_text="各类文件均可为 PDF、图片、Word、Excel、OFD 或文本，不超过 20 MiB",
    )
    mandate = UploadField(label="授权委托书（指定管理人决定书）", required=False, help_text="代理人、破产管理人必附")

    def build(self) -> None:
        ids = [(kind.value, IdentifierType(kind).label) for kind in sorted(PERSONAL_TYPES, key=lambda kind: kind.value)]
        self.choose_among("id_type", ids)
        self.prefill(id_type=IdentifierType.ID_CARD.value)
        self.asked = "" if self.is_bound else (self.situation.asked or {}).get("for", "").strip()
        self.prefill(code=self.asked)
        subject = self._subject() if self.is_bound or self.asked else None
        self.rows: dict[str, Matter] = {row.public_id: row for row in matters_of(subject)} if subject else {}
        if len(self.rows) < 2:
            del self.fields["listing"]
        else:
            self.choose_among("listing", [(key, self._words(row)) for key, row in self.rows.items()])

    def _subject(self) -> Subject | None:
        code = self.asked or str(self.data.get("code", "")).strip()
        if code:
            found = lookup(code)
            return found.subject if found else None
        number = str(self.data.get("id_number", "")).strip()
        kind = str(self.data.get("id_type", ""))
        if number and kind in IdentifierType.values and self.data.get("applicant_role") == ApplicantRole.PERSON:
            return find_by_identifier(kind, number)
        return None

    def _words(self, row: Matter) -> str:
        return f"{Kind(row.kind).label}：{row.heading}（{zh(row.starts_on)}起）"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not self.rows:
            self.add_error("code", error_text(NO_RECORD))
        elif len(self.rows) == 1:
            cleaned["listing"] = next(iter(self.rows))
        elif cleaned.get("listing") not in self.rows:
            self.add_error("listing", "该主体有多条记录，选择要修复的一条；每条记录分别申请")
        return cleaned

    def aside(self) -> dict[str, Any]:
        """Return the navigator of each record of the subject, or of the one that was chosen."""
        chosen = self.rows.get(str(self.data.get("listing", ""))) if self.is_bound else None
        shown = [chosen] if chosen is not None else list(self.rows.values())
        return {"guides": [(row, navigator.guide_of(row, clock.today())) for row in shown], "asked": self.asked}

    def field_of(self, violation: Violation) -> str | None:
        if (violation.code, violation.field) == ("REP-42", "materials"):  # the mandate is what is missing
            return "mandate"
        return super().field_of(violation)

    def perform(self) -> Filed:
        data, matter = self.cleaned_data, self.rows[self.cleaned_data["listing"]]
        pieces = [
            Piece(kind, MaterialKind(kind).label, data[name]) for name, kind in FILES if data.get(name) is not None
        ]
        given = Submission(
            applicant_name=data["applicant_name"],
            applicant_role=data["applicant_role"],
            id_type=data["id_type"] if data["id_number"] else "",
            id_number=data["id_number"],
            statement=data["statement"],
            commitment=COMMITMENT if data["commitment"] else "",
            corrected_on=data["corrected_on"],
            materials=pieces,
            kind=matter.kind,
        )
        return filing.apply(actor=self.actor, **matter.columns, submission=given, **self.when())

    def shown(self, result: Filed) -> dict[str, Any]:
        return told_once(result)


def told_once(filed: Filed) -> dict[str, Any]:
    """Return what the page after filing shows: receipt, secret, and the due days that run from now on."""
    return {"filed": filed, "application": filed.application, "due": list(deadlines_of(filed.application))}


def concerns(actor: Actor, record: Application) -> bool:
    """Tell whether the actor's unit received or handles the application."""
    return not actor.unit_ids.isdisjoint({record.unit_id, record.received_by_unit_id})


class ApplicationAct(ActForm):
    """An act on an application that its transition table allows."""

    workflow: ClassVar[Workflow | None] = APPLICATION


class AddMaterial(ActForm):
    name, label, permission = "material", "补充材料", "repair.application.file"
    lead = "答复之前可以补充材料；已提交的材料不能更换。"
    done, minor = "材料已收存", True
    kind = forms.ChoiceField(label="种类", choices=MaterialKind.choices)
    title = forms.CharField(label="材料名称", max_length=200, error_messages={"required": "请填写材料名称"})
    file = UploadField(label="文件")
    aliases = {"materials": "title"}

    @classmethod
    def fits(cls, actor: Actor, record: Application, target: Any) -> bool:
        return record.state in {State.RECEIVED, State.ACCEPTED, State.FORWARDED} and concerns(actor, record)

    def perform(self) -> Material:
        data = self.cleaned_data
        piece = Piece(data["kind"], data["title"], data["file"])
        return filing.add_material(actor=self.actor, application=self.record, piece=piece, **self.when())


class CheckIdentity(ApplicationAct):
    name, label, transition, permission = "check-identity", "核验身份", "check_identity", "repair.application.check"
    lead = "核对主体资格证明、申请人身份证件和授权委托书的原件；核验之前不能受理。"
    done = "身份核验已登记"
    note = Text(label="核验情况", rows=2, help_text="写明核对了哪些证照；不要写证件号码")

    @classmethod
    def fits(cls, actor: Actor, record: Application, target: Any) -> bool:
        return record.identity_checked_on is None and concerns(actor, record)

    def perform(self) -> Application:
        note = self.cleaned_data["note"]
        return filing.check_identity(actor=self.actor, application=self.record, note=note, **self.when())


class RenewSecret(ActForm):
    name, label, permission = "renew-secret", "补发查询码", "repair.application.check"
    lead = "申请人遗失查询码的，核对身份后补发；原查询码随即失效。"
    done, minor, backdatable = "查询码已补发", True, False
    reason_label, result_template = "交给何人、怎样核对", "repair/receipt.html"

    @classmethod
    def fits(cls, actor: Actor, record: Application, target: Any) -> bool:
        return record.identity_checked_on is not None and concerns(actor, record)

    def perform(self) -> Filed:
        return filing.renew_secret(actor=self.actor, application=self.record, **self.when())

    def shown(self, result: Filed) -> dict[str, Any]:
        return told_once(result)


class Withdraw(ApplicationAct):
    name, label, transition, permission = "withdraw", "撤回申请", "withdraw", "repair.application.withdraw"
    lead = "申请人书面要求撤回的，由收件窗口或者办理单位登记；撤回后可以重新申请。"
    done, danger, reason_label = "申请已撤回", True, "申请人撤回的情况"

    @classmethod
    def fits(cls, actor: Actor, record: Application, target: Any) -> bool:
        return concerns(actor, record)

    def perform(self) -> Application:
        return filing.withdraw(actor=self.actor, application=self.record, **self.when())
