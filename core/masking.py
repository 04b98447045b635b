"""What of a person may be shown: masked numbers, names and phones, and finding them in free text.

Lengths come from settings `MASK_ID_HEAD` (default 3) and `MASK_ID_TAIL` (default 4) and can only be made stricter
than 6 and 4: the birth date in a citizen number is never shown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from django.conf import settings

from core.identifiers.arithmetic import PERMIT_REGIONS, PROVINCES, date_in, id_card_checks, uscc_valid
from core.problems import Violation

STAR = "*"
MOST_HEAD, MOST_TAIL = 6, 4
COMPOUND_SURNAMES = frozenset(
    {
        *("欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "司徒"),
        *("司空", "夏侯", "长孙", "宇文", "轩辕", "端木", "南宫", "独孤", "西门", "百里"),
    }
)
# Full-width digits and letters, one character for one, so that positions in the text stay true.
_TO_ASCII = str.maketrans({chr(0xFF01 + n): chr(0x21 + n) for n in range(94)} | {"\u3000": " "})


class NumberKind(StrEnum):
    """What a found number is; the value is what a reader is told."""

    ID_CARD = "公民身份号码"
    ID_CARD_15 = "15 位身份证号码"
    PASSPORT = "护照号码"
    PERMIT = "来往通行证号码"
    PHONE = "手机号码"


@dataclass(frozen=True, slots=True)
class FoundNumber:
    """Where a personal number stands in a text; it does not carry the number."""

    kind: NumberKind
    start: int
    end: int


def mask_id(number: str, *, head: int | None = None, tail: int | None = None) -> str:
    """Return the number with its middle replaced: at most 6 leading and 4 trailing characters, never half or more."""
    head = min(MOST_HEAD, getattr(settings, "MASK_ID_HEAD", 3) if head is None else head)
    tail = min(MOST_TAIL, getattr(settings, "MASK_ID_TAIL", 4) if tail is None else tail)
    head, tail = max(0, head), max(0, tail)
    size = len(number)
    while head + tail > size // 2 and head + tail:
        head, tail = (head, tail - 1) if tail > head else (head - 1, tail)
    return number[:head] + STAR * (size - head - tail) + number[size - tail :]


def mask_name(name: str) -> str:
    """Return the surname and one star, whatever the length of the given name."""
    plain = name.strip()
    if not plain:
        return ""
    if len(plain) > 2 and plain[:2] in COMPOUND_SURNAMES:
        return plain[:2] + STAR
    return plain[0] + STAR


def mask_phone(phone: str) -> str:
    """Return the number with only its first three and last two to four digits, as its length allows."""
    plain = phone.translate(_TO_ASCII).strip()
    if len(plain) >= 11:
        return plain[:3] + STAR * (len(plain) - 7) + plain[-4:]
    if len(plain) >= 7:
        return STAR * (len(plain) - 2) + plain[-2:]
    return STAR * len(plain)


# Digits may be set apart by one blank, hyphen or zero-width mark, as people write them.
_GAP = r"[ \-\u00b7\u200b\u2010-\u2015]?"
_BEFORE, _AFTER = r"(?<![0-9A-Za-z])", r"(?![0-9A-Za-z])"
_PATTERNS: tuple[tuple[NumberKind, re.Pattern[str]], ...] = (
    (NumberKind.ID_CARD, re.compile(rf"{_BEFORE}(?:[0-9]{_GAP}){{17}}[0-9Xx]{_AFTER}")),
    (NumberKind.ID_CARD_15, re.compile(rf"{_BEFORE}(?:[0-9]{_GAP}){{14}}[0-9]{_AFTER}")),
    (NumberKind.PHONE, re.compile(rf"(?<![0-9A-Za-z])(?:\+?86{_GAP})?1[3-9](?:{_GAP}[0-9]){{9}}{_AFTER}")),
    (NumberKind.PASSPORT, re.compile(rf"{_BEFORE}(?:[EGDSPeg][0-9]{{8}}|[Ee][A-Ha-hJ-Nj-nP-Zp-z][0-9]{{7}}){_AFTER}")),
    (NumberKind.PERMIT, re.compile(rf"{_BEFORE}[HMhm](?:[0-9]{{10}}|[0-9]{{8}}){_AFTER}")),
)
_NOT_ALNUM = re.compile(r"[^0-9A-Za-z]")


def _is_personal(kind: NumberKind, number: str) -> bool:
    if kind is NumberKind.ID_CARD:
        if number[:2] not in PROVINCES and number[:6] not in PERMIT_REGIONS:
            return False
        if uscc_valid(number):
            return False
        # A mistyped check digit does not make the number less personal: form and birth date are enough.
        return id_card_checks(number) or (date_in(number[6:14]) is not None and number[6:8] in ("19", "20"))
    if kind is NumberKind.ID_CARD_15:
        return number[:2] in PROVINCES and date_in("19" + number[6:12]) is not None
    return True


def find_personal_numbers(text: str) -> list[FoundNumber]:
    """Return where personal numbers stand in the text, in order, without overlaps.

    Recognises citizen numbers (also spaced, full-width, or with a wrong check digit), 15-digit numbers, passports,
    travel permits and mobile phones. A social credit code is not one.
    """
    plain = text.translate(_TO_ASCII)
    found: list[FoundNumber] = []
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(plain):
            start, end = match.span()
            taken = any(start < other.end and other.start < end for other in found)
            if not taken and _is_personal(kind, _NOT_ALNUM.sub("", match.group()).upper()):
                found.append(FoundNumber(kind, start, end))
    return sorted(found, key=lambda number: number.start)


# What an officer might write into a reason: passports and permits look too much like document numbers to refuse.
_NOT_IN_REASONS = frozenset({NumberKind.ID_CARD, NumberKind.ID_CARD_15, NumberKind.PHONE})


def no_personal_numbers(text: str, field: str = "reason", label: str = "理由") -> list[Violation]:
    """CORE-11: texts that go into history and records for good hold no citizen number and no mobile number."""
    kinds = {number.kind for number in find_personal_numbers(text)} & _NOT_IN_REASONS
    if not kinds:
        return []
    named = "、".join(sorted(kinds))
    remedy = "删去号码，写姓名、公开编号或者事项编号；证件号码只填在证件号码栏"
    return [Violation("CORE-11", f"{label}中不要写身份证号、手机号（发现{named}）", field, remedy)]


def mask_text(text: str) -> str:
    """Return the text with every personal number in it masked."""
    parts, at = [], 0
    for number in find_personal_numbers(text):
        written = text[number.start : number.end]
        plain = _NOT_ALNUM.sub("", written.translate(_TO_ASCII))
        parts += [text[at : number.start], mask_phone(plain) if number.kind is NumberKind.PHONE else mask_id(plain)]
        at = number.end
    return "".join([*parts, text[at:]])
