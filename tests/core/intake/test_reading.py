"""What a file is, decides how it is read: encodings, separators, layouts, headers, and the rows that are no data."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from core.intake.profiles import PROFILES
from core.intake.reading import Chunk
from tests.support.tables import (
    BODY,
    COLUMNS,
    HEADERS,
    cells,
    chunks,
    citizen,
    company,
    csv_file,
    json_file,
    outcome,
    penalty,
    person,
    xlsx_file,
)

RARE = "示例䶮𬭎商行有限公司"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_every_encoding_gives_the_same_rows_rare_characters_included(tmp_path: Path, encoding: str) -> None:
    path = csv_file(tmp_path / "a.csv", [penalty(1), penalty(2, party_name=RARE)], encoding=encoding)
    found = outcome(path)
    assert found.values("party_name") == ["广元示例1号食品有限公司", RARE]
    assert found.accepted == [2, 3]
    assert found.about.encoding == {"utf-8-sig": "utf-8", "utf-16": "utf-16-le"}.get(encoding, encoding)


def test_the_encoding_is_told_by_the_first_character_beyond_ascii_however_late(tmp_path: Path) -> None:
    head = ",".join(column.code for column in COLUMNS)
    plain = ",".join(["x"] * len(COLUMNS))
    text = "\n".join([head, *[plain] * 70_000, ",".join(cells(penalty(1)))])
    path = tmp_path / "late.csv"
    path.write_bytes(text.encode("gb18030"))
    found = outcome(path)
    assert found.about.encoding == "gb18030"
    assert found.accepted == [70_002]


def test_old_private_code_points_of_gb18030_become_the_real_characters(tmp_path: Path) -> None:
    path = csv_file(tmp_path / "a.csv", [penalty(1, remark="龴甲")], encoding="utf-8")
    path.write_bytes(path.read_text("utf-8").encode("gb18030").replace("龴".encode("gb18030"), b"\xfe\x59"))
    assert outcome(path).values("remark") == ["龴甲"]


def test_rows_are_numbered_as_the_file_shows_them(tmp_path: Path) -> None:
    """Blank lines and records of several lines count as a spreadsheet counts them."""
    path = csv_file(tmp_path / "a.csv", [penalty(1), penalty(2, facts='第一行\n第二行,带"引号"'), penalty(3)])
    text = path.read_text("utf-8").splitlines(keepends=True)
    path.write_text("".join([*text[:2], "\r\n", ",,,\r\n", *text[2:]]), "utf-8")
    found = outcome(path)
    assert found.values("row") == [2, 5, 6]
    assert found.values("facts")[1] == '第一行\n第二行,带"引号"'


@pytest.mark.parametrize("separator", ["\t", ";", "|"])
def test_other_separators_are_recognised(tmp_path: Path, separator: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text("\n".join(separator.join(line) for line in (HEADERS, cells(penalty(1)))), "utf-8")
    assert outcome(path).accepted == [2]


def test_old_mac_line_ends_are_line_ends(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("\r".join(",".join(line) for line in (HEADERS, cells(penalty(1)), cells(penalty(2)))).encode())
    assert outcome(path).accepted == [2, 3]


def test_a_quote_that_never_closes_costs_one_row_and_no_more(tmp_path: Path) -> None:
    path = csv_file(tmp_path / "a.csv", [penalty(1), penalty(2), penalty(3)])
    lines = path.read_text("utf-8").splitlines()
    lines[2] = '"' + lines[2]
    path.write_text("\n".join(lines), "utf-8")
    found = outcome(path)
    assert found.accepted == [2, 4]
    assert "IN-24:" in found.codes(3)


def test_an_unquoted_separator_shifts_a_row_and_is_told(tmp_path: Path) -> None:
    path = csv_file(tmp_path / "a.csv", [penalty(1), penalty(2)])
    lines = path.read_text("utf-8").splitlines()
    lines[1] = lines[1].replace("经查，", "经查,") + ",多出来的"
    path.write_text("\n".join(lines), "utf-8")
    found = outcome(path)
    assert found.accepted == [3]
    assert "IN-25:" in found.codes(2)


def test_a_quote_inside_an_unquoted_cell_is_only_a_quote(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("\n".join(",".join(line) for line in (HEADERS, cells(penalty(1, facts='宽 5" 的管')))), "utf-8")
    assert outcome(path).values("facts") == ['宽 5" 的管']


def test_a_file_written_wholly_in_quotes_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    lines = (HEADERS, cells(penalty(1)), cells(penalty(2, facts="甲,乙")))
    path.write_text("\n".join(",".join(f'"{cell}"' for cell in line) for line in lines), "utf-8")
    assert outcome(path).values("facts")[1] == "甲,乙"


def test_damaged_characters_are_told_in_their_cell(tmp_path: Path) -> None:
    path = csv_file(tmp_path / "a.csv", [penalty(1), penalty(2)])
    content = path.read_bytes().split(b"\r\n")
    content[1] = content[1].replace("饮料".encode(), b"\xe9\xa5")
    path.write_bytes(b"\r\n".join(content))
    found = outcome(path)
    assert found.accepted == [3]
    assert "IN-26:CF_SY" in found.codes(2)


@pytest.mark.parametrize(
    "dress",
    [
        lambda header: f"{header}（必填）",
        lambda header: f" {header.replace('(', ' (').replace('(', '（').replace(')', '）')} ",
        lambda header: f"*{header}",
        lambda header: f"{header}[选填]",
        lambda header: "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in header),
        lambda header: f"{header[:2]}\n{header[2:]}",
    ],
)
def test_headers_are_recognised_however_they_are_dressed(tmp_path: Path, dress) -> None:
    path = csv_file(tmp_path / "a.csv", [penalty(1)], head=[dress(header) for header in HEADERS])
    found = outcome(path)
    assert found.accepted == [2]
    assert set(found.about.headers) == {column.field for column in COLUMNS}


def test_columns_answer_to_code_and_alias_in_any_order_and_others_are_named(tmp_path: Path) -> None:
    row = penalty(1)
    pairs = [(column.code if at % 2 else (*column.aliases, column.header)[0], row.get(column.field, "")) for at, column
             in enumerate(COLUMNS)][::-1]  # fmt: skip
    head, values = (
        ["序号", *[name for name, _ in pairs], "数据导出时间"],
        ["1", *[text for _, text in pairs], "2026/1/1"],
    )
    path = tmp_path / "a.csv"
    path.write_text("\n".join([",".join(head), ",".join(values)]), "utf-8")
    found = outcome(path)
    assert found.accepted == [2]
    assert found.about.ignored == ("序号", "数据导出时间")


def test_titles_explanations_and_repeated_headers_are_no_rows(tmp_path: Path) -> None:
    rows = [
        ["广元市行政处罚信息表"],
        HEADERS,
        [column.code for column in COLUMNS],
        ["表格说明：请按附件要求填写"],
        cells(penalty(1)),
        [None] * 3,
        HEADERS,
        cells(penalty(2)),
    ]
    found = outcome(xlsx_file(tmp_path / "a.xlsx", rows))
    assert found.values("row") == [5, 8]
    assert found.accepted == [5, 8]
    assert found.about.header_row == 3


def test_a_header_in_two_rows_is_put_together(tmp_path: Path) -> None:
    """Groups above, names below: 处罚机关 → 名称, 统一社会信用代码."""
    upper, lower = [], []
    for column in COLUMNS:
        if column.field == "authority_name":
            upper, lower = [*upper, "处罚机关"], [*lower, "名称"]
        elif column.field == "authority_code":
            upper, lower = [*upper, None], [*lower, "统一社会信用代码"]
        else:
            upper, lower = [*upper, column.header], [*lower, None]
    found = outcome(xlsx_file(tmp_path / "a.xlsx", [upper, lower, cells(penalty(1))]))
    assert found.accepted == [3]
    assert found.values("authority_code") == [BODY]
    assert found.values("uscc") == [company(1)]


def test_the_tables_of_2015_are_recognised_on_sight(tmp_path: Path) -> None:
    head = [
        *("CF_WSH", "CF_CFMC", "CF_CFLB1", "CF_CFLB2", "CF_SY", "CF_YJ", "CF_XDR_MC", "CF_XDR_SHXYM", "CF_XDR_ZDM"),
        *("CF_XDR_GSDJ", "CF_XDR_SWDJ", "CF_XDR_SFZ", "CF_FR", "CF_JG", "CF_JDRQ", "CF_XZJG", "CF_ZT", "DFBM", "SJC"),
        "BZ",
    ]
    firm = {
        "CF_WSH": "广示处〔2026〕1号", "CF_CFMC": "示例案", "CF_CFLB1": "罚款", "CF_SY": "事由", "CF_YJ": "依据",
        "CF_XDR_MC": "广元示例有限公司", "CF_XDR_SHXYM": company(7), "CF_JG": "罚款", "CF_JDRQ": "2026/11/16",
        "CF_XZJG": "示例局",
    }  # fmt: skip
    man = firm | {"CF_WSH": "广示处〔2026〕2号", "CF_XDR_MC": "李示例", "CF_XDR_SHXYM": "", "CF_XDR_SFZ": citizen()}
    path = tmp_path / "a.csv"
    rows = [head, *([row.get(name, "") for name in head] for row in (firm, man))]
    path.write_text("\n".join(",".join(row) for row in rows))
    found = outcome(path)
    assert found.about.layout == "2015"
    assert found.accepted == [2, 3]
    assert found.values("party") == ["F", "Z"]
    assert found.values("violation") == ["示例案", "示例案"]
    assert found.about.ignored == ()


def test_the_template_of_natural_persons_lacks_the_columns_of_bodies(tmp_path: Path) -> None:
    kept = [at for at, column in enumerate(COLUMNS) if not 2 <= at <= 10]
    rows = [[HEADERS[at] for at in kept], [cells(person(1))[at] for at in kept]]
    assert outcome(xlsx_file(tmp_path / "a.xlsx", rows)).accepted == [2]


def test_an_amount_in_yuan_is_never_taken_for_ten_thousands(tmp_path: Path) -> None:
    head = ["罚款金额（元）" if column.field == "fine" else column.header for column in COLUMNS]
    found = outcome(csv_file(tmp_path / "a.csv", [penalty(1, fine="5000"), penalty(2, fine="1.5万元")], head=head))
    assert found.values("fine") == [Decimal("0.5"), Decimal("1.5")]


def test_excel_dates_numbers_and_a_shifted_table_are_read(tmp_path: Path) -> None:
    row: list[object] = [None, *cells(penalty(1))]
    at = {column.field: place + 1 for place, column in enumerate(COLUMNS)}
    row[at["decided_on"]], row[at["fine"]], row[at["valid_to"]] = 46342, 0.1 + 0.2, "长期"
    found = outcome(xlsx_file(tmp_path / "a.xlsx", [[], [None, *HEADERS], row]))
    assert found.accepted == [3]
    assert found.values("decided_on") == [date(2026, 11, 16)]
    assert found.values("fine") == [Decimal("0.3")]
    assert found.values("valid_to") == [date(2099, 12, 31)]


@pytest.mark.parametrize("lines", [False, True])
@pytest.mark.parametrize("names", ["code", "header"])
def test_json_answers_to_codes_headers_and_keeps_the_written_number(tmp_path: Path, lines: bool, names: str) -> None:
    rows = [
        {getattr(column, names): penalty(number).get(column.field) for column in COLUMNS} | {"CF_NR_FK": 0.5}
        for number in (1, 2)
    ]
    for row in rows:
        row.pop("罚款金额(万元)", None)
    found = outcome(json_file(tmp_path / "a.json", rows, lines=lines))
    assert found.values("row") == [1, 2]
    assert found.accepted == [1, 2]
    assert found.values("fine") == [Decimal("0.5")] * 2


def test_a_json_value_that_is_no_cell_is_an_error_of_its_row(tmp_path: Path) -> None:
    good = {column.code: penalty(1).get(column.field) for column in COLUMNS}
    found = outcome(
        json_file(tmp_path / "a.json", [good, "x", good | {"BZ": {"a": 1}}, good | {"CF_WSH": "另〔2026〕1号"}])
    )
    assert found.accepted == [1, 4]
    assert found.codes(2)[0] == "IN-24:"
    assert "IN-24:" in found.codes(3)


def test_chunks_are_the_same_every_time_and_rows_answered_before_are_only_remembered(tmp_path: Path) -> None:
    rows = [penalty(number % 40) for number in range(100)]
    path = csv_file(tmp_path / "a.csv", rows)
    whole = chunks(path, chunk_rows=30)
    assert [(chunk.first_row, chunk.last_row) for chunk in whole] == [(2, 30), (31, 60), (61, 90), (91, 101)]
    rest = chunks(path, chunk_rows=30, skip_to=60)
    assert [(chunk.first_row, chunk.last_row) for chunk in rest] == [(61, 90), (91, 101)]
    assert duplicates(whole) == list(range(42, 102))
    assert duplicates(rest) == list(range(61, 102))


def duplicates(found: list[Chunk]) -> list[int]:
    return [row for chunk in found for row in chunk.frame.filter("duplicate")["row"]]


def test_every_profile_is_declared_without_contradiction() -> None:
    assert set(PROFILES) == {"licences", "penalties", "subjects", "honours", "serious-dishonesty", "commitments"}
    for profile in PROFILES.values():
        assert profile.problems() == []
