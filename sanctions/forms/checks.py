"""What an officer fills in to check somebody, and to tell what was decided then."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.urls import reverse

from core.identifiers import PERSONAL_TYPES, IdentifierType
from core.problems import Problem, Violation
from organizations.acts.fields import Text
from organizations.acts.forms import ActForm, Group
from organizations.acts.refusals import error_text
from sanctions.checks import rows as asked_rows
from sanctions.checks.services import ask
from sanctions.enums import MatterKind
from sanctions.permissions import CHECK_ASK

PAPERS = [(kind.value, kind.label) for kind in IdentifierType if kind in PERSONAL_TYPES]
PRIVATE = {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}
FILE_BYTES = 256 * 1024  # ten thousand codes are half of that
APART = re.compile(r"[\s,，;；、\"']+")
PLACE = re.compile(r"^subjects\[(\d+)\](?:\.(\w+))?$")


def codes_in(text: str) -> list[str]:
    """Return the codes of a pasted list or a plain file, each once, in their order; words of a head line fall out."""
    parts = (part.strip() for part in APART.split(text))
    return list(dict.fromkeys(part for part in parts if len(part) >= 8 and part.isascii() and part.isalnum()))


def text_of(content: bytes) -> str | None:
    """Return a plain text file in clear, by the encodings that offices write; None for anything else."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if "\x00" in text else text
    return None


class AskCheck(ActForm):
    name, label, permission = "ask", "核查", CHECK_ASK
    lead = (
        "逢报必查：办理许可、资质、荣誉等事项之前，查一查当事主体有没有本单位应当采取的措施。每次核查都有编号和记录。"
    )
    backdatable = False
    wide = True
    layout = (
        Group("办理什么事项", (("matter_kind", "matter_name"), "business_number")),
        Group("核查法人、非法人组织", ("codes", "file")),
        Group("或者核查一个自然人", (("person_name", "id_type"), "id_number")),
    )
    aliases = {
        "matter.kind": "matter_kind",
        "matter.name": "matter_name",
        "matter.number": "business_number",
        "matter.business_number": "business_number",
        "subjects": "codes",
    }

    matter_kind = forms.ChoiceField(label="事项类别", choices=MatterKind.choices)
    matter_name = forms.CharField(label="事项名称", max_length=200, help_text="如“食品经营许可新办”")
    business_number = forms.CharField(
        label="业务编号", max_length=100, required=False, help_text="审批系统中的受理号；填写后决定和核查可以自动对应"
    )
    codes = Text(
        label="统一社会信用代码",
        rows=4,
        required=False,
        max_length=60_000,
        help_text=f"可以粘贴多个，每行一个，一次最多 {asked_rows.MOST} 个；从 Excel 复制代码列粘贴即可",
    )
    file = forms.FileField(label="或者选择代码文件", required=False, help_text="文本或 CSV 文件，不超过 256 KiB")
    person_name = forms.CharField(
        label="姓名", max_length=100, required=False, help_text="按证件填写；号码和姓名都对才有结果"
    )
    id_type = forms.ChoiceField(label="证件类型", choices=PAPERS, required=False)
    id_number = forms.CharField(label="证件号码", max_length=40, required=False, widget=forms.TextInput(attrs=PRIVATE))

    @property
    def confirmation(self) -> str:
        return "开始核查"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        codes = codes_in(cleaned.get("codes") or "")
        if upload := cleaned.get("file"):
            codes = list(dict.fromkeys([*codes, *self._codes_of(upload)]))
        person = bool(cleaned.get("id_number") or cleaned.get("person_name"))
        if not self.errors and not codes and not person:
            given = bool(cleaned.get("codes"))
            why = "没有读到代码，核对后重新填写" if given else "填写代码，或者自然人的姓名和证件号码"
            self.add_error("codes", why)
        if codes and person:
            self.add_error("id_number", "法人和自然人分开核查：清空其中一项")
        if person and not cleaned.get("person_name"):
            self.add_error("person_name", "号码和姓名须同时填写")
        if person and not cleaned.get("id_number"):
            self.add_error("id_number", "号码和姓名须同时填写")
        self.asked = [asked_rows.Asked(code=code) for code in codes] or [
            asked_rows.Asked(
                id_type=cleaned.get("id_type") or IdentifierType.ID_CARD.value,
                id_number=cleaned.get("id_number") or "",
                name=cleaned.get("person_name") or "",
            )
        ]
        return cleaned

    def _codes_of(self, upload: Any) -> list[str]:
        if upload.size > FILE_BYTES:
            self.add_error("file", "文件超过 256 KiB；只保留代码一列后重新选择")
            return []
        text = text_of(upload.read())
        found = codes_in(text) if text is not None else []
        if not found:
            why = (
                "文件里没有读到代码" if text is not None else "不是文本或 CSV 文件；从 Excel 复制代码列粘贴到上面的框里"
            )
            self.add_error("file", why)
        return found

    def field_of(self, violation: Violation) -> str | None:
        """Return the form's field for a violation; one about a row stands at what that row was typed into."""
        if found := PLACE.match(violation.field or ""):
            name = {"name": "person_name", "id_number": "id_number", "id_type": "id_type"}.get(found[2] or "")
            return name or "codes"
        return super().field_of(violation)

    def refuse(self, problem: Problem) -> None:
        """Show a refusal; of many rows the first few, each with the line that it stands in."""
        for violation in problem.errors[:5] or (
            Violation(problem.code, problem.detail, problem.field, problem.remedy),
        ):
            where = PLACE.match(violation.field or "")
            lined = where is not None and len(self.asked) > 1
            detail = f"第 {int(where[1]) + 1} 个：{violation.detail}" if where and lined else violation.detail
            shown = Violation(violation.code, detail, violation.field, violation.remedy, violation.basis)
            self.add_error(self.field_of(violation), error_text(shown))

    def perform(self) -> str:
        data = self.cleaned_data
        matter = asked_rows.Matter(data["matter_kind"], data["matter_name"].strip(), data["business_number"].strip())
        return ask(actor=self.actor, matter=matter, subjects=self.asked).number

    def success(self, result: str) -> str:
        return f"已核查，编号 {result}"

    def destination(self, result: str) -> str:
        return reverse("admin:sanctions_check_change", args=[result])
