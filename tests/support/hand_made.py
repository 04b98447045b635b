"""A workbook as a department sends it: twenty penalties under a title and a note, written by hand after real exports.

Every row says what is wrong with it, what that must be answered with, and how its author corrects it. `write` makes
the file as it first comes, or corrected.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import xlsxwriter

from core.identifiers.arithmetic import citizen_check_digit, make_uscc

# Headers as people write them: full width, blanks, line breaks, marks, older names, codes of columns.
HEADS: Mapping[str, str] = {
    "number": "序号",
    "party_name": "行政相对人名称（必填）",
    "party": "*行政相对人类别",
    "uscc": "行政相对人代码＿１（统一社会信用代码）",
    "registration_number": "工商登记码",
    "legal_representative": "法定代表人（负责人）",
    "party_id_type": "自然人证件类型",
    "party_number": " 身份证号码 ",
    "document_number": "行政处罚决定书 文号(必填)",
    "violation": "违法行为类型",
    "facts": "主要\n违法事实",
    "basis": "行政处罚依据【必填】",
    "kinds_text": "处罚种类",
    "content": "处罚结果",
    "fine": "罚款金额（万元）",
    "decided_on": "CF_JDRQ",
    "valid_to": "处罚有效期至",
    "procedure": "处罚程序",
    "authority_name": "处罚机关全称",
    "authority_code": "处罚机关统一社会信用代码",
    "source_name": "数据来源单位",
    "source_code": "来源单位统一社会信用代码",
    "remark": "备注",
    "typist": "填报人电话",
}
PLACES = {name: place for place, name in enumerate(HEADS)}
TITLE_ROW, NOTE_ROW, HEAD_ROW, HINT_ROW, FIRST_ROW = range(5)  # of the sheet, counted from 0
WIDE = str.maketrans(
    "0123456789ABCDEFGHJKLMNPQRTUWXY", "０１２３４５６７８９ＡＢＣＤＥＦＧＨＪＫＬＭＮＰＱＲＴＵＷＸＹ"
)
PLACEHOLDER = "00000000000000000X"
ERROR, WARNING = "error", "warning"
Told = tuple[str, str, str]  # column, code, severity


def company(number: int, prefix: str = "91") -> str:
    """Return a valid code in the division that does not exist."""
    return make_uscc(prefix, "510899", f"MA62{number:04d}")


def citizen(birth: str, number: int) -> str:
    first17 = f"510802{birth}{number:03d}"
    return first17 + citizen_check_digit(first17)


def registration(first14: str) -> str:
    """Return a registration number with its check digit (GS15-2006)."""
    part = 10
    for digit in first14:
        part = (part + int(digit)) % 10 or 10
        part = part * 2 % 11
    return first14 + str((11 - part) % 10)


@dataclass(frozen=True)
class Line:
    """One row: what stands in it, what becomes of it, what is told of it, and how it is corrected."""

    about: str
    cells: Mapping[str, Any] = field(default_factory=dict)
    outcome: str = "r"
    told: tuple[Told, ...] = ()
    corrected: Mapping[str, Any] = field(default_factory=dict)


PERSON = {"party": "自然人", "party_name": "李示例", "uscc": "", "legal_representative": "", "party_id_type": "身份证"}
SHOP = {"party": "个体工商户", "party_name": "利州区示例小吃店", "legal_representative": "王示例"}
KNOWN = "known"  # stands for the code of a body on file, given to `write`

LINES: tuple[Line, ...] = (
    Line("full-width digits and blanks", {"uscc": f"{company(1)[:9]}　{company(1)[9:]} ".translate(WIDE)}, "i"),
    Line("a formula", {"fine": ("=0.2+0.3", 0.5)}, "i", (("CF_NR_FK", "IN-21", WARNING),), {"fine": 0.5}),
    Line(
        "an error cell",
        {"fine": ("=1/0", "#DIV/0!")},
        told=(("CF_NR_FK", "IN-22", ERROR), ("CF_NR_FK", "V09", ERROR)),
        corrected={"fine": 0.5},
    ),
    Line("rare characters", {"party_name": "广元示例䶮𬭎商贸有限公司", "legal_representative": "䶮示例"}, "i"),
    Line(
        "the placeholder of a company",
        {"uscc": PLACEHOLDER},
        told=(("CF_XDR_SHXYM", "V03", ERROR),),
        corrected={"uscc": company(5)},
    ),
    Line(
        "the placeholder of a shop without a code",
        SHOP | {"uscc": PLACEHOLDER, "registration_number": registration("51080260000001")},
        "i",
    ),
    Line(
        "a shop in the template of natural persons",
        PERSON | {"party_name": "利州区示例经营部", "party_number": company(7, "92")},
        told=(("CF_XDR_LB", "V04", ERROR), ("CF_XDR_ZJHM", "V13", ERROR), ("CF_XDR_ZJHM", "V04", ERROR)),
        corrected=SHOP
        | {"party_name": "利州区示例经营部", "uscc": company(7, "92"), "party_id_type": "", "party_number": ""},
    ),
    Line(
        "a number of 17 digits",
        PERSON | {"party_number": citizen("19800101", 8)[:17]},
        told=(("CF_XDR_ZJHM", "V13", ERROR),),
        corrected={"party_number": citizen("19800101", 8)},
    ),
    Line(
        "a minor",
        PERSON | {"party_name": "赵示例", "party_number": citizen("20090901", 9)},
        told=(("CF_XDR_ZJHM", "V13", ERROR),),
        corrected={"party_name": "赵示例", "party_number": citizen("19790901", 9)},
    ),
    Line(
        "a penalty by the simple procedure",
        {"procedure": "简易程序"},
        told=(("CF_CFCX", "V14", ERROR),),
        corrected={"procedure": "普通程序"},
    ),
    Line("a fine without its amount", {"fine": ""}, told=(("CF_NR_FK", "V09", ERROR),), corrected={"fine": "５０００元"}),
    Line(
        "the year 0202",
        {"decided_on": "0202/11/16"},
        told=(("CF_JDRQ", "V06", ERROR),),
        corrected={"decided_on": "2026年11月16日"},
    ),
    Line("the first row again", {"uscc": company(1), "like": 0}, "d", corrected={"document_number": "广示市监处〔2026〕113号"}),
    Line(
        "the second row with other facts",
        {"like": 1, "facts": "经查，当事人销售超过保质期的糕点 3 盒。"},
        told=(("CF_SY", "V11", ERROR),),
        corrected={"document_number": "广示市监处〔2026〕114号"},
    ),
    Line(
        "a command in a cell",
        {"remark": "=cmd|' /C calc'!A0"},
        told=(("BZ", "IN-27", ERROR),),
        corrected={"remark": "无"},
    ),
    Line(
        "markup in a name",
        {"party_name": "<script>alert(1)</script>示例公司"},
        told=(("CF_XDR_MC", "V10", ERROR),),
        corrected={"party_name": "广元示例十六号食品有限公司"},
    ),
    Line(
        "a name that contradicts its code",
        {"uscc": KNOWN, "party_name": "广元示例冒名食品有限公司"},
        "q",
        (("CF_XDR_MC", "V05", ERROR),),
        {"party_name": KNOWN},
    ),
    Line("a day as Excel keeps it, without end, in yuan", {"decided_on": 46342, "valid_to": "长期", "fine": "1.2万元"}, "i"),
    Line(
        "a telephone number in the facts",
        {"facts": "经查，当事人（电话13812345678）销售超过保质期的饮料。"},
        "i",
        (("CF_SY", "V15", WARNING),),
    ),
    Line(
        "a person, reported late, under a merged cell",
        PERSON | {"party_name": "孙示例", "party_number": citizen("19750312", 20), "decided_on": "2026.9.1", "merged": True},
        "i",
        (("CF_JDRQ", "V07", WARNING), ("CF_SJLY", "IN-23", WARNING)),
    ),
)  # fmt: skip


def cells(at: int, body: tuple[str, str], known: tuple[str, str], *, corrected: bool) -> dict[str, Any]:
    """Return the cells of one line; `body` and `known` are name and code of the authority and of a body on file."""
    line = LINES[at]
    changes = {**line.cells, **(line.corrected if corrected else {})}
    like = changes.pop("like", None)
    number = at + 1 if like is None else like + 1
    row = {
        "number": str(at + 1),
        "party_name": f"广元示例{number}号食品有限公司",
        "party": "法人及非法人组织",
        "uscc": company(number),
        "legal_representative": "张示例",
        "document_number": f"广示市监处〔2026〕{number}号",
        "violation": "销售超过保质期的食品",
        "facts": "经查，当事人销售超过保质期的饮料 12 瓶。",
        "basis": "《中华人民共和国食品安全法》第一百二十四条第一款",
        "kinds_text": "罚款",
        "content": "罚款人民币 5000 元。",
        "fine": "0.5",
        "decided_on": "2026/11/16",
        "valid_to": "2027/11/15",
        "authority_name": body[0],
        "authority_code": body[1],
        "source_name": body[0],
        "source_code": body[1],
        "typist": "0839-3260000",
    }
    row |= changes
    if row["party_name"] == KNOWN:
        row["party_name"] = known[0]
    if row["uscc"] == KNOWN:
        row["uscc"] = known[1]
    return row


def write(path: Path, *, body: tuple[str, str], known: tuple[str, str], corrected: bool = False) -> Path:
    """Write the file as it first comes, or corrected: a title, a note, the header, a hint, twenty rows and two of none."""
    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False})
    paper = book.add_worksheet("11月处罚")
    paper.merge_range(TITLE_ROW, 0, TITLE_ROW, 7, "广元市行政处罚信息公示表（2026年11月）")
    paper.write_string(NOTE_ROW, 0, "表格说明：带必填字样的必须填写；金额单位为万元。")
    for place, head in enumerate(HEADS.values()):
        paper.write_string(HEAD_ROW, place, head)
    paper.write_string(HINT_ROW, PLACES["party_name"], "填写说明：填全称")
    for at in range(len(LINES)):
        row = row_of(at) - 1
        for name, value in cells(at, body, known, corrected=corrected).items():
            if name in PLACES:
                _cell(paper, row, PLACES[name], value)
        if not corrected and LINES[at].cells.get("merged"):
            paper.merge_range(row - 1, PLACES["source_name"], row, PLACES["source_name"], body[0])
    for place, head in enumerate(HEADS.values()):  # the header once more, as printed pages have it, after a blank row
        paper.write_string(row_of(10) - 2, place, head)
    book.close()
    return path


def row_of(at: int) -> int:
    """Return the row that the sheet shows for a line; a blank one and a repeated header stand after the tenth."""
    return FIRST_ROW + at + 1 + (2 if at >= 10 else 0)


def _cell(paper: Any, row: int, place: int, value: Any) -> None:
    if isinstance(value, tuple):
        paper.write_formula(row, place, value[0], None, value[1])
    elif isinstance(value, str):
        if value:
            paper.write_string(row, place, value)
    elif value is not None:
        paper.write_number(row, place, value)


def expected() -> list[tuple[int, str, str, str]]:
    """Return what is to be told of the file as it first comes: row, column, code, severity, sorted."""
    return sorted((row_of(at), *told) for at, line in enumerate(LINES) for told in line.told)
