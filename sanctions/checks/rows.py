"""Who is asked about, judged row by row before anything is looked up: pure, with codes and the field at fault.

CHK-01 how many, CHK-02 code or person, not both and not neither, CHK-03 a person without number or name; ID-01 … ID-08 of
the number, SUB-05 a minor, SUB-15 a citizen number in the place of a code. A number stands in no message.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from core.fields import CROCKFORD, PUBLIC_ID_LENGTH
from core.identifiers import IdentifierType, holds_citizen_number, id_card_birth, normalize, uscc_valid, validate
from core.masking import mask_id, mask_text
from core.problems import Problem, Violation
from core.text import normalize_name
from sanctions.enums import MatterKind
from subjects.rules import CITIZEN_FORMS, is_minor, no_citizen_number

MOST, MOST_IN_A_JOB = 1_000, 10_000
ID_TYPES = tuple(kind.value for kind in IdentifierType if kind.is_personal)
USCC = IdentifierType.USCC.value
ID_CARD = IdentifierType.ID_CARD.value
PUBLIC_CODE = re.compile(rf"[{CROCKFORD}]{{{PUBLIC_ID_LENGTH}}}")
DIGITS = re.compile(r"\d.*\d")


@dataclass(frozen=True, slots=True)
class Matter:
    """What is being decided: its kind, its name in the other system, and the number that it has there."""

    kind: str
    name: str
    business_number: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """One row as it was asked: a code, or a person's number with the name. The number is never shown."""

    code: str = ""
    id_type: str = ""
    id_number: str = field(default="", repr=False)
    name: str = ""

    @property
    def is_person(self) -> bool:
        return bool(self.id_type or self.id_number)


@dataclass(slots=True)
class Row:
    """One row on its way: its line, what is looked up, what is said of it, and what is wrong with it."""

    line: int
    shown: dict[str, str]
    code: str = ""
    public_id: str = ""
    number: tuple[str, str] | None = field(default=None, repr=False)
    norm: str = ""
    personal: int | None = None
    wrong: list[Violation] = field(default_factory=list)


def matter_is_told(matter: Matter) -> list[Violation]:
    """CHK-04: a kind of the list, and a name without personal numbers."""
    if matter.kind not in MatterKind.values:
        kinds = "、".join(f"{kind.value}（{kind.label}）" for kind in MatterKind)
        return [Violation("CHK-04", "没有这种事项类别", "matter.kind", f"填写其中之一：{kinds}")]
    if not matter.name.strip():
        return [Violation("CHK-04", "未填写事项名称", "matter.name", "填写正在办理的事项名称")]
    for name, text in (("name", matter.name), ("number", matter.business_number)):
        if mask_text(text) != text:
            said = "事项名称和业务编号中不要写证件号码、手机号"
            return [Violation("CORE-11", said, f"matter.{name}", "删去号码")]
    return []


def judged(asked: Sequence[Asked], day: date, *, most: int = MOST) -> list[Row]:
    """Return the rows in their order, each with what is wrong with it.

    Problem 400 where there are none, too many (CHK-01), or no good one.
    """
    if not 0 < len(asked) <= most:
        more = "" if most > MOST else f"；{MOST} 至 {MOST_IN_A_JOB} 个的加 job=true，按编号取结果"
        detail = f"每次核查 1 至 {most} 个主体，实为 {len(asked)} 个"
        raise Problem("CHK-01", detail, field="subjects", remedy=f"分次提交{more}")
    rows = [_row(number, one, day) for number, one in enumerate(asked)]
    wrong = [violation for row in rows for violation in row.wrong]
    if all(row.wrong for row in rows):
        first = wrong[0]
        raise Problem(
            first.code,
            "；".join(f"{one.field}：{one.detail}" for one in wrong[:5]),
            field=first.field,
            remedy=first.remedy,
            errors=wrong[:50],
            title="没有可以核查的主体",
        )
    return rows


def _row(number: int, asked: Asked, day: date) -> Row:
    place = f"subjects[{number}]"
    if (asked.code and asked.is_person) or (not asked.code and not asked.is_person):
        said = "填写 code，或者 id_number 和 name，二者择一"
        found = Violation("CHK-02", "没有写明核查谁" if not asked.code else "代码和证件号码只填一种", place, said)
        return Row(number + 1, _named({}, asked.name), wrong=[found])
    return _person(number, asked, place, day) if asked.is_person else _entity(number, asked, place, day)


def _named(shown: dict[str, str], name: str) -> dict[str, str]:
    """Return what is shown with the name, where one was given; should a number stand in it, it is masked."""
    if not name:
        return shown
    return {**shown, "name": mask_text(name) if DIGITS.search(name) else name}


def _entity(number: int, asked: Asked, place: str, day: date) -> Row:
    code = normalize(USCC, asked.code)
    if uscc_valid(code):
        known = holds_citizen_number(USCC, code)
        wrong = no_citizen_number(USCC, code, field=f"{place}.code") if known else []
    elif PUBLIC_CODE.fullmatch(code):
        return Row(
            number + 1,
            _named({"code": code}, asked.name),
            public_id=code,
            norm=normalize_name(asked.name) if asked.name else "",
        )
    else:
        where = f"{place}.code"
        wrong = no_citizen_number(USCC, code, field=where) or validate(USCC, code, field=where, on=day)
    shown = _named({"code": mask_text(code) if wrong else code}, asked.name)
    return Row(number + 1, shown, code=code, norm=normalize_name(asked.name) if asked.name else "", wrong=wrong)


def _person(number: int, asked: Asked, place: str, day: date) -> Row:
    kind = asked.id_type or ID_CARD
    where = f"{place}.id_number"
    wrong: list[Violation] = []
    if kind not in ID_TYPES:
        wrong.append(Violation("CHK-03", "没有这种自然人证件类型", f"{place}.id_type", f"可填：{'、'.join(ID_TYPES)}"))
        return Row(number + 1, {}, wrong=wrong)
    if not asked.name.strip():
        wrong.append(Violation("CHK-03", "核查自然人须同时填写姓名", f"{place}.name", "按证件填写姓名"))
    plain = normalize(kind, asked.id_number)
    bad = validate(kind, plain, field=where, on=day)
    if not bad and kind in CITIZEN_FORMS and is_minor(id_card_birth(plain), day):
        said = f"当事人在核查日（{day}）未满十八周岁，不适用联合奖惩，不提供核查"
        bad = [Violation("SUB-05", said, where, "按未成年人保护的规定办理", "《未成年人保护法》")]
    shown = {"id_type": kind, "id_number": "" if bad else mask_id(plain), "name": asked.name.strip()}
    norm = normalize_name(asked.name)
    return Row(number + 1, shown, number=None if bad else (kind, plain), norm=norm, wrong=wrong + bad)


def problem_of(row: Row) -> dict[str, Any]:
    """Return what a refused row is answered with."""
    first = row.wrong[0]
    return {**first.as_dict(), "detail": "；".join(one.detail for one in row.wrong)}
