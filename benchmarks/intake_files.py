"""Files of penalties about the synthetic city, the same for the same size: mostly known subjects, some new, some persons."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import xlsxwriter

from subjects import city
from subjects.codes import SyntheticCodes
from subjects.rules import DEMO_DIVISION

HEADERS = (
    "CF_XDR_MC", "CF_XDR_LB", "CF_XDR_SHXYM", "CF_FRDB", "CF_XDR_ZJLX", "CF_XDR_ZJHM", "CF_WSH", "CF_WFXW", "CF_SY",
    "CF_YJ", "CF_CFLB", "CF_NR", "CF_NR_FK", "CF_JDRQ", "CF_YXQ", "CF_CFJG", "CF_CFJGDM", "CF_SJLY", "CF_SJLYDM", "BZ",
)  # fmt: skip
AUTHORITY, CODE = "广元市市场监督管理局", "11510899000001038B"
NEW_EVERY, PERSON_EVERY = 100, 50
ACTS = (
    ("销售超过保质期的食品", "《中华人民共和国食品安全法》第一百二十四条第一款第（五）项"),
    ("未按规定公示企业年度报告信息", "《企业信息公示暂行条例》第十七条"),
    ("发布虚假广告", "《中华人民共和国广告法》第五十五条第一款"),
    ("使用未经检定的计量器具", "《中华人民共和国计量法》第二十五条"),
)


def rows(count: int, subjects: int) -> Iterator[tuple[str, ...]]:
    """Yield right rows; every hundredth names a body that nobody knows, every fiftieth a person."""
    chosen = random.Random(f"intake-{count}")
    known = [(row.name, row.code, row.legal_representative) for row in city.entities(subjects - subjects // 50, 1)]
    people = [(row.name, row.number) for row in city.persons(2_000, 7)]
    strange = SyntheticCodes(DEMO_DIVISION, 77)
    for number in range(count):
        violation, basis = ACTS[number % len(ACTS)]
        fine = chosen.randrange(1, 400) * 500
        day = date(2026, 1, 5) + timedelta(days=number % 300)
        if number % PERSON_EVERY == 7:
            name, own = people[number // PERSON_EVERY % len(people)]
            party = (name, "自然人", "", "", "身份证", own)
        elif number % NEW_EVERY == 3:
            party = (
                f"广元示例新设{number}号经营部有限公司",
                "法人及非法人组织",
                strange.code("91", number),
                "示例负责人",
                "",
                "",
            )
        else:
            name, code, chief = known[number * 7919 % len(known)]
            kind = "个体工商户" if code.startswith("92") else "法人及非法人组织"
            party = (name, kind, code, chief, "", "")
        facts = f"经查，当事人于 {day:%Y年%m月%d日} 在经营场所{violation}，货值金额 {fine // 2} 元，有现场检查笔录和询问笔录为证。"
        yield (
            *party, f"广示市监处〔2026〕{number}号", violation, facts, basis, "罚款;没收违法所得" if number % 5 == 0 else "罚款",
            f"一、责令改正违法行为；二、罚款 {fine} 元。", f"{fine / 10_000:.4f}", f"{day:%Y/%m/%d}",
            f"{day + timedelta(days=364):%Y/%m/%d}", AUTHORITY, CODE, AUTHORITY, CODE, "",
        )  # fmt: skip


def headers() -> tuple[str, ...]:
    return (*HEADERS[:13], "CF_NR_WFFF", *HEADERS[13:])


def lines(count: int, subjects: int) -> Iterator[tuple[str, ...]]:
    """Yield the rows with the confiscated amount that those with a confiscation need."""
    for row in rows(count, subjects):
        yield (*row[:13], "0.2" if "没收" in row[10] else "", *row[13:])


def write_csv(path: Path, count: int, subjects: int) -> None:
    with path.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(headers())
        writer.writerows(lines(count, subjects))


def write_xlsx(path: Path, count: int, subjects: int) -> None:
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "strings_to_formulas": False})
    sheet = book.add_worksheet("法人处罚")
    sheet.write_row(0, 0, headers())
    for number, row in enumerate(lines(count, subjects), 1):
        for column, value in enumerate(row):
            if value:
                sheet.write_string(number, column, value)
    book.close()
