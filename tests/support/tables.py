"""Tables for the tests of intake: sound rows of the penalties profile, and files of every kind made from them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import xlsxwriter

from core.identifiers.arithmetic import citizen_check_digit, make_uscc
from core.intake.frames import About, about_from
from core.intake.profiles import Profile
from core.intake.reading import Chunk, child, read
from core.intake.reading.protocol import Request
from core.intake.settings import IntakeSettings
from publicity.profiles import PENALTIES

TODAY = date(2026, 11, 23)
SETTINGS = IntakeSettings(today=TODAY, on_time_since=date(2026, 11, 12))
BODY = make_uscc("11", "510899", "00839142")
COLUMNS = [column for column in PENALTIES.columns if column.standard]
HEADERS = [column.header for column in COLUMNS]


def company(number: int, prefix: str = "91") -> str:
    return make_uscc(prefix, "510899", f"MA{number:06d}")


def citizen(birth: str = "19800101", number: int = 123) -> str:
    first17 = f"510802{birth}{number:03d}"
    return first17 + citizen_check_digit(first17)


def penalty(number: int = 1, **changes: str) -> dict[str, str]:
    """Return a row that breaks no rule, by field; `changes` replace its cells."""
    row = {
        "party_name": f"广元示例{number}号食品有限公司",
        "party": "法人及非法人组织",
        "uscc": company(number),
        "legal_representative": "张示例",
        "document_number": f"广示市监处〔2026〕{number}号",
        "violation": "销售超过保质期的食品",
        "facts": "经查，当事人销售超过保质期的饮料。",
        "basis": "《中华人民共和国食品安全法》第一百二十四条",
        "kinds_text": "罚款",
        "content": "罚款人民币 5000 元。",
        "fine": "0.5",
        "decided_on": "2026/11/16",
        "valid_to": "2027/11/15",
        "authority_name": "广元市示例监管局",
        "authority_code": BODY,
        "source_name": "广元市示例监管局",
        "source_code": BODY,
    }
    return row | changes


def person(number: int = 1, **changes: str) -> dict[str, str]:
    """Return a sound row about a natural person."""
    blank = {"uscc": "", "legal_representative": "", "party": "自然人", "party_name": "李示例"}
    return penalty(number, **blank) | {"party_id_type": "身份证", "party_number": citizen()} | changes


def cells(row: Mapping[str, str]) -> list[str]:
    return [row.get(column.field, "") for column in COLUMNS]


def csv_file(
    path: Path, rows: Iterable[Mapping[str, str]], *, encoding: str = "utf-8", head: Sequence[str] = HEADERS
) -> Path:
    sink = io.StringIO()
    writer = csv.writer(sink)
    writer.writerow(head)
    writer.writerows(cells(row) for row in rows)
    path.write_bytes(sink.getvalue().encode(encoding))
    return path


def xlsx_file(path: Path, rows: Sequence[Sequence[Any]], *, sheet: str = "行政处罚") -> Path:
    """Write rows of cells as they are; a None is no cell at all."""
    book = xlsxwriter.Workbook(path)
    paper = book.add_worksheet(sheet)
    for at, row in enumerate(rows):
        for place, value in enumerate(row):
            if isinstance(value, str):
                paper.write_string(at, place, value)
            elif value is not None:
                paper.write(at, place, value)
    book.close()
    return path


def json_file(path: Path, rows: Sequence[Mapping[str, Any]], *, lines: bool = False) -> Path:
    text = (
        "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
        if lines
        else json.dumps(rows, ensure_ascii=False)
    )
    path.write_text(text, "utf-8")
    return path


class Outcome:
    """Everything that reading a file gave, put together."""

    def __init__(self, frames: list[pl.DataFrame], errors: list[pl.DataFrame], about: About) -> None:
        self.frame, self.errors, self.about = pl.concat(frames), pl.concat(errors), about

    @property
    def accepted(self) -> list[int]:
        return self.frame.filter("accepted")["row"].to_list()

    @property
    def duplicates(self) -> list[int]:
        return self.frame.filter("duplicate")["row"].to_list()

    def codes(self, row: int | None = None, severity: str = "error") -> list[str]:
        """Return `code:column` of the findings, in order."""
        found = self.errors.filter(pl.col("severity") == severity)
        found = found if row is None else found.filter(pl.col("row") == row)
        return [f"{code}:{column}" for code, column in found.select("code", "column").iter_rows()]

    def says(self, row: int) -> str:
        return "；".join(self.errors.filter(pl.col("row") == row)["message"])

    def values(self, field: str) -> list[Any]:
        return self.frame[field].to_list()


def outcome(
    path: Path, *, profile: Profile = PENALTIES, settings: IntakeSettings = SETTINGS, name: str | None = None
) -> Outcome:
    """Read a file with the very code of the child, but in this process: most tests need no second one."""
    request = Request(str(path), name or path.name, profile, settings, 50_000, 0, 0, 0)
    heads, frames = zip(*child.chunks(request), strict=True)
    return Outcome([frame for frame, _ in frames], [errors for _, errors in frames], about_from(heads[0]["about"]))


def chunks(
    path: Path, *, profile: Profile = PENALTIES, settings: IntakeSettings = SETTINGS, **options: Any
) -> list[Chunk]:
    """Read a file as the house does, in a child with its limits."""
    return list(read(path, profile=profile, settings=settings, **options))
