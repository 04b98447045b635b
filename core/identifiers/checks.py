"""Normal form and validation of an identifier, with messages that name the field and the rule, never the number."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date

from core import clock
from core.identifiers import arithmetic as a
from core.identifiers.types import IdentifierType
from core.problems import Violation

T = IdentifierType
_BLANKS = re.compile(r"[\s\u200b-\u200f\u2060\ufeff]+")
_HYPHENS = re.compile(r"[-\u2010-\u2015\u2212]")
_KEEPS_HYPHENS = {T.SOCIAL_ORG_CERTIFICATE}

REMEDY = "按证照原件核对后重新填报"


def normalize(kind: str, text: str) -> str:
    """Return the one form in which this identifier is stored and compared.

    Full-width characters become ASCII, blanks and separators go, letters become capitals, and a 15-digit citizen
    number becomes its 18-character form. Never raises: an invalid text stays invalid.
    """
    if text.isascii() and text.isalnum():  # what nearly every row of an import holds
        plain = text.upper()
        return a.id_card_to_18(plain) if kind == T.ID_CARD else plain
    plain, before = text, None
    while plain != before:  # removing and capitalising can make new compositions; two or three turns settle it
        before = plain
        plain = _BLANKS.sub("", unicodedata.normalize("NFKC", plain)).upper()
        if kind not in _KEEPS_HYPHENS:
            plain = _HYPHENS.sub("", plain)
    return a.id_card_to_18(plain) if kind == T.ID_CARD else plain


def validate(kind: str, text: str, *, field: str = "identifier", on: date | None = None) -> list[Violation]:
    """Return every rule that the identifier breaks, or an empty list; `on` is the day births are compared with.

    ID-01 missing, ID-02 length, ID-03 characters, ID-04 check digit, ID-05 organisation code inside,
    ID-06 birth date, ID-07 region, ID-08 no such kind or a placeholder.
    """
    if kind not in IdentifierType.values:
        return [Violation("ID-08", "证照类型不在数据标准之内", field, "从证照类型表中选择")]
    label = IdentifierType(kind).label
    number = normalize(kind, text)
    if not number:
        return [Violation("ID-01", f"未填写{label}", field, "填写证照上的号码")]
    if len(number) > 3 and set(number[:-1]) == {"0"}:
        return [Violation("ID-08", f"{label}全部为 0，是占位符，不是号码", field, REMEDY)]
    say = _Sayer(label, field, number, on or clock.today())
    return _CHECKS[IdentifierType(kind)](say)


class _Sayer:
    """Builds the violations of one identifier; holds the number but never shows it."""

    def __init__(self, label: str, field: str, number: str, today: date) -> None:
        self.label, self.field, self.number, self.today = label, field, number, today

    def broken(self, code: str, detail: str, remedy: str = REMEDY, basis: str | None = None) -> list[Violation]:
        return [Violation(code, f"{self.label}{detail}", self.field, remedy, basis)]

    def length(self, *allowed: int) -> list[Violation]:
        if len(self.number) in allowed:
            return []
        return self.broken("ID-02", f"应为 {' 或 '.join(map(str, allowed))} 位，实为 {len(self.number)} 位")

    def characters(self, allowed: str, rule: str) -> list[Violation]:
        wrong = [place for place, character in enumerate(self.number, 1) if character not in allowed]
        if not wrong:
            return []
        return self.broken("ID-03", f"第 {'、'.join(map(str, wrong[:5]))} 位的字符不允许：{rule}")

    def birth(self, digits: str) -> list[Violation]:
        day = a.date_in(digits)
        if day is None:
            return self.broken("ID-06", "中的出生日期不存在")
        return self.broken("ID-06", "中的出生日期晚于今天") if day > self.today else []


DIGITS = "0123456789"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def _uscc(say: _Sayer) -> list[Violation]:
    if a.uscc_valid(say.number):
        return []
    basis = "GB 32100-2015"
    found = say.length(18) or say.characters(a.USCC_CHARACTERS, "由数字和除 I、O、S、V、Z 外的大写字母组成")
    if found:
        return found
    if not say.number[2:8].isdigit():
        return say.broken("ID-03", "第 3 至 8 位应为登记机关行政区划的 6 位数字", basis=basis)
    if not a.uscc_valid(say.number, inner=False):
        return say.broken("ID-04", "第 18 位校验码不符", basis=basis)
    return say.broken("ID-05", "第 9 至 17 位的组织机构代码校验码不符", basis="GB 11714-1997")


def _org_code(say: _Sayer) -> list[Violation]:
    found = say.length(9) or say.characters(DIGITS + LETTERS, "由数字和大写字母组成")
    if found or a.org_code_valid(say.number):
        return found
    return say.broken("ID-04", "第 9 位校验码不符", basis="GB 11714-1997")


def _registration(say: _Sayer) -> list[Violation]:
    found = say.length(13, 15) or say.characters(DIGITS, "只由数字组成")
    if found or a.registration_number_valid(say.number):
        return found
    return say.broken("ID-04", "第 15 位校验码不符")


def _tax(say: _Sayer) -> list[Violation]:
    found = say.length(15, 18) or say.characters(DIGITS + LETTERS, "由数字和大写字母组成")
    if found or a.tax_number_valid(say.number):
        return found
    return say.broken("ID-04", "既不是行政区划加组织机构代码，也不是统一社会信用代码")


def _citizen_form(say: _Sayer) -> list[Violation]:
    found = say.length(18) or say.characters(DIGITS + "X", "由数字组成，末位可为 X")
    if found:
        return found
    if not say.number[:17].isdigit():
        return say.broken("ID-03", "只有第 18 位可为 X")
    found = say.birth(say.number[6:14])
    if not found and a.citizen_check_digit(say.number[:17]) != say.number[17]:
        found = say.broken("ID-04", "第 18 位校验码不符", basis="GB 11643-1999")
    return found


def _id_card(say: _Sayer) -> list[Violation]:
    if len(say.number) == 15 and say.number.isdigit():  # normal form would have converted it
        return say.broken("ID-06", "（15 位）中的出生日期不存在")
    found = [] if len(say.number) == 18 else say.broken("ID-02", f"应为 18 位或 15 位，实为 {len(say.number)} 位")
    found = found or _citizen_form(say)
    if found or say.number[:2] in a.PROVINCES:
        return found
    if say.number[:6] in a.PERMIT_REGIONS:
        return say.broken("ID-07", "属于港澳台居民居住证", "证件类型改选“港澳台居民居住证”")
    return say.broken("ID-07", "前两位不是省级行政区划代码", basis="GB/T 2260")


def _residence_permit(say: _Sayer) -> list[Violation]:
    found = _citizen_form(say)
    if found or say.number[:6] in a.PERMIT_REGIONS:
        return found
    return say.broken("ID-07", "前六位应为 810000、820000 或 830000")


def _foreign_permanent(say: _Sayer) -> list[Violation]:
    found = say.length(15, 18)
    if found:
        return found
    if len(say.number) == 15:
        if re.fullmatch(r"[A-Z]{3}[0-9]{12}", say.number):
            return []
        return say.broken("ID-03", "（2017 版）应为 3 位国籍字母加 12 位数字")
    if not re.fullmatch(r"9[0-9]{16}[0-9X]", say.number):
        return say.broken("ID-03", "（2023 版）应以 9 开头，由 18 位数字组成，末位可为 X")
    return []


def _free(shortest: int, longest: int, allowed: str = DIGITS + LETTERS) -> Callable[[_Sayer], list[Violation]]:
    def check(say: _Sayer) -> list[Violation]:
        if not shortest <= len(say.number) <= longest:
            return say.broken("ID-02", f"应为 {shortest} 至 {longest} 位，实为 {len(say.number)} 位")
        return say.characters(allowed, "由数字和大写字母组成") if allowed else []

    return check


_CHECKS: dict[IdentifierType, Callable[[_Sayer], list[Violation]]] = {
    T.USCC: _uscc,
    T.ORG_CODE: _org_code,
    T.REGISTRATION_NUMBER: _registration,
    T.TAX_NUMBER: _tax,
    T.INSTITUTION_CERTIFICATE: _free(1, 12, ""),
    T.SOCIAL_ORG_CERTIFICATE: _free(1, 50, ""),
    T.ID_CARD: _id_card,
    T.PASSPORT: _free(5, 20),
    T.HK_MACAO_PERMIT: _free(9, 11),
    T.TAIWAN_PERMIT: _free(8, 12),
    T.RESIDENCE_PERMIT: _residence_permit,
    T.FOREIGN_PERMANENT_ID: _foreign_permanent,
}
