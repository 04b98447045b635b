"""What is asked for in each service: fields with their words; and which papers may come with it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, cast

from django import forms

from core.identifiers import PERSONAL_TYPES, IdentifierType
from objections.enums import PaperKind, Relation
from portal.online.models import Service
from repair.enums import ApplicantRole, MaterialKind

ID_TYPES = [("", "请选择"), *((kind.value, str(kind.label)) for kind in IdentifierType if kind in PERSONAL_TYPES)]
NO_CHOICE = {"invalid_choice": "请从列出的各项中选择", "required": "请选择"}


class DayInput(forms.DateInput):
    """A date picker; a day is written 2026-03-02 where there is none."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


def _text(label: str, limit: int, *, needed: str = "", help_text: str = "", **attrs: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=limit,
        required=bool(needed),
        help_text=help_text,
        error_messages={"required": needed, "max_length": "至多 %(limit_value)d 字，现有 %(show_value)d 字"},
        widget=forms.TextInput(attrs=attrs),
    )


def _long(label: str, limit: int, rows: int, *, needed: str, help_text: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=limit,
        help_text=help_text,
        error_messages={"required": needed, "max_length": "至多 %(limit_value)d 字，现有 %(show_value)d 字"},
        widget=forms.Textarea(attrs={"rows": rows}),
    )


def _choice(label: str, choices: Sequence[tuple[str, str]], **more: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, error_messages=NO_CHOICE, **more)


def _labelled(*kinds: PaperKind | MaterialKind) -> list[tuple[str, str]]:
    """Return kinds of papers with their labels, in the order in which they are mostly needed."""
    return [(str(kind.value), str(kind.label)) for kind in kinds]


class ServiceForm(forms.Form):
    """The fields of one service. `parts` says under which heading each stands."""

    parts: Sequence[tuple[str, str, tuple[str, ...]]] = ()
    kinds: Sequence[tuple[str, str]] = ()
    needed: Sequence[tuple[str, str]] = ()

    def __init__(self, *args: Any, person: bool = False, code: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        if not person:
            for name in ("id_type", "id_number"):
                self.fields.pop(name, None)
        if code:
            self.fields.pop("subject_code", None)
        if code and "applicant_role" in self.fields:  # a code that everybody may know is no person's
            roles = [(row.value, str(row.label)) for row in ApplicantRole if row != ApplicantRole.PERSON]
            cast("forms.ChoiceField", self.fields["applicant_role"]).choices = roles

    def sections(self) -> list[tuple[str, str, list[forms.BoundField]]]:
        """Return the headings with their fields, those not asked for here left out."""
        found = [
            (title, note, [self[name] for name in names if name in self.fields]) for title, note, names in self.parts
        ]
        return [(title, note, fields) for title, note, fields in found if fields]

    def shown(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """Return what was filled in, in words, for looking it over before it is filed."""
        return [
            (title, [(str(field.label), _words(field)) for field in fields]) for title, _, fields in self.sections()
        ]


def _words(field: forms.BoundField) -> str:
    value = field.value()
    if isinstance(field.field, forms.BooleanField):
        return "已同意" if value else "未同意"
    if isinstance(field.field, forms.ChoiceField):
        labels = {str(key): str(label) for key, label in cast("Iterable[tuple[str, str]]", field.field.choices)}
        return labels.get(str(value), "") or "未选择"
    if field.name in {"id_number", "phone"} and value:
        text = str(value)
        return text[:3] + "*" * max(0, len(text) - 5) + text[-2:]
    return str(value or "") or "未填写"


CODE_HELP = "法人填统一社会信用代码；自然人填决定书上的公开编号"


class ObjectionForm(ServiceForm):
    """An objection: who files it, why, and what for."""

    parts = (
        ("谁来提出", "由当事人自己、它的法定代表人或者持授权委托书的代理人提出。", ("subject_code", "relation", "filer_name", "id_type", "id_number", "phone")),
        ("哪里不对", "写事实，不必引用法条。不要写身份证号和手机号。", ("grounds", "claims")),
    )  # fmt: skip
    kinds = _labelled(
        PaperKind.EVIDENCE, PaperKind.LICENCE, PaperKind.IDENTITY, PaperKind.MANDATE, PaperKind.APPLICATION
    )
    needed = (
        ("营业执照或登记证书", "当事人是法人或者非法人组织的"),
        ("身份证件", "法定代表人、代理人或者自然人本人"),
        ("授权委托书", "代理人提出的，没有就不能提交"),
        ("证据材料", "能说明哪里不对的文书、票据、照片"),
    )
    subject_code = _text(
        "当事人代码", 40, needed="请填写当事人的代码", help_text=CODE_HELP, autocapitalize="characters"
    )
    relation = _choice("你是", [(row.value, str(row.label)) for row in Relation], widget=forms.RadioSelect)
    filer_name = _text(
        "申请人姓名或名称",
        100,
        needed="请填写申请人",
        help_text="当事人自己提出的填单位全称；其他人填本人姓名",
        autocomplete="name",
    )
    id_type = _choice("证件类型", ID_TYPES, required=False)
    id_number = _text("证件号码", 50, help_text="加密保存，只用于核对身份", autocomplete="off", spellcheck="false")
    phone = _text("手机号码", 20, help_text="选填。加密保存，只用于联系", autocomplete="tel", inputmode="tel")
    grounds = _long(
        "事实和理由", 5000, 8, needed="请写明哪一项有误、为什么", help_text="哪一项不对、实际情况是什么、有什么可以证明"
    )
    claims = _long("请求", 2000, 3, needed="请写明要求怎样处理", help_text="例如：撤销列入；更正处罚内容；更正登记地址")


class ComplaintForm(ServiceForm):
    """A complaint about an answer: the filer is the objection's."""

    parts = (("为什么不服", "写明答复哪里不对。不要写身份证号和手机号。", ("grounds", "claims")),)
    kinds = _labelled(PaperKind.EVIDENCE, PaperKind.APPLICATION)
    needed = (("证据材料", "答复没有回应的或者新的证据；没有可以不交"),)
    grounds = _long("事实和理由", 5000, 8, needed="请写明不服答复的理由", help_text="答复哪一点不对、漏了什么")
    claims = _long("请求", 2000, 3, needed="请写明要求怎样处理", help_text="例如：撤销答复，撤销列入")


class RepairForm(ServiceForm):
    """An application for repair: who applies, what was put right, and the commitment."""

    parts = (
        ("谁来申请", "由法定代表人、自然人本人或者持授权委托书的代理人申请。", ("subject_code", "applicant_role", "applicant_name", "id_type", "id_number")),
        ("怎样改正的", "写明做了什么、何时完成。不要写身份证号和手机号。", ("statement", "corrected_on")),
        ("信用承诺", "", ("commitment",)),
    )  # fmt: skip
    kinds = _labelled(*MaterialKind)
    needed = (
        ("纠正失信行为、履行义务的证明", "缴款凭证、整改验收、履行完毕的文书；没有就不能提交"),
        ("主体资格和身份证明", "营业执照，申请人身份证件"),
        ("授权委托书", "代理人、破产管理人申请的，没有就不能提交"),
    )
    subject_code = _text("主体代码", 40, needed="请填写主体的代码", help_text=CODE_HELP, autocapitalize="characters")
    applicant_role = _choice("你是", [(row.value, str(row.label)) for row in ApplicantRole], widget=forms.RadioSelect)
    applicant_name = _text(
        "申请人姓名", 100, needed="请填写申请人姓名", help_text="按身份证件填写", autocomplete="name"
    )
    id_type = _choice("证件类型", ID_TYPES, required=False)
    id_number = _text("证件号码", 50, help_text="加密保存，只用于核对身份", autocomplete="off", spellcheck="false")
    statement = _long(
        "改正情况",
        4000,
        6,
        needed="请写明失信行为如何纠正、义务如何履行",
        help_text="例如：罚款已于某日缴清，隐患已于某日整改并通过验收",
    )
    corrected_on = forms.DateField(
        label="改正日",
        required=False,
        widget=DayInput(),
        help_text="自改正之日起算的事项必填，其他事项选填",
        error_messages={"invalid": "日期应形如 2026-03-02"},
    )
    commitment = forms.BooleanField(
        label="我已阅读并作出上述承诺",
        error_messages={"required": "请阅读信用承诺并勾选；也可以上传签署的承诺书"},
        required=False,
    )


FORMS: dict[str, type[ServiceForm]] = {
    Service.OBJECTION: ObjectionForm,
    Service.COMPLAINT: ComplaintForm,
    Service.REPAIR: RepairForm,
}
# Where a rule names its field otherwise than the page does.
ALIASES = {
    "papers": "files",
    "materials": "files",
    "file": "files",
    "evidence": "files",
    "applicant_number": "id_number",
    "applicant": "applicant_name",
}
