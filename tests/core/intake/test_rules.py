"""V01–V16, one by one: each bad row is named with row, column and code, and the rows beside it go in."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import xlsxwriter

from core.intake.settings import IntakeSettings
from subjects.profiles import COMMITMENTS, HONOURS, SUBJECTS
from tests.support.tables import (
    COLUMNS,
    TODAY,
    Outcome,
    cells,
    citizen,
    company,
    csv_file,
    json_file,
    outcome,
    penalty,
    person,
    xlsx_file,
)

LONG = "字" * 2001


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """All the rows of BAD in one file, between two sound ones."""
    rows = [penalty(1), *(row for row, _ in BAD), penalty(900), person(901)]
    return outcome(csv_file(tmp_path_factory.mktemp("rules") / "a.csv", rows))


BAD: list[tuple[dict[str, str], str]] = [
    (penalty(2, document_number=""), "V01:CF_WSH"),
    (penalty(3, legal_representative=""), "V01:CF_FRDB"),
    (person(4, party_number=""), "V01:CF_XDR_ZJHM"),
    (person(5, uscc=company(5)), "V01:CF_XDR_SHXYM"),
    (penalty(6, party="法人单位"), "V02:CF_XDR_LB"),
    (penalty(7, uscc="91510899MA000007"), "V03:CF_XDR_SHXYM"),
    (penalty(8, uscc=company(8)[:17] + ("0" if company(8)[17] != "0" else "1")), "V03:CF_XDR_SHXYM"),
    (penalty(9, uscc="00000000000000000X"), "V03:CF_XDR_SHXYM"),
    (penalty(10, uscc="9.15109E+17"), "V03:CF_XDR_SHXYM"),
    (penalty(11, uscc=company(11, "92")), "V04:CF_XDR_SHXYM"),
    (penalty(12, party="个体工商户"), "V04:CF_XDR_SHXYM"),
    (person(13, party_name="广元示例经营部"), "V04:CF_XDR_LB"),
    (person(14, party_number=company(14, "92")), "V04:CF_XDR_ZJHM"),
    (person(15, party="个体工商户", party_name="示例小吃店"), "V04:CF_XDR_LB"),
    (penalty(16, decided_on="0202/11/16"), "V06:CF_JDRQ"),
    (penalty(17, decided_on="2026/11/24"), "V06:CF_JDRQ"),
    (penalty(18, valid_to="不定"), "V06:CF_YXQ"),
    (penalty(19, decided_on="长期"), "V06:CF_JDRQ"),
    (penalty(20, kinds_text="罚金"), "V08:CF_CFLB"),
    (penalty(21, kinds_text="其他"), "V08:CF_CFLB"),
    (penalty(22, fine="五千元"), "V09:CF_NR_FK"),
    (penalty(23, fine=""), "V09:CF_NR_FK"),
    (penalty(24, kinds_text="没收违法所得", fine=""), "V09:CF_NR_WFFF"),
    (penalty(25, kinds_text="吊销许可证件", fine=""), "V09:CF_NR_ZKDX"),
    (penalty(26, fine="-1"), "V09:CF_NR_FK"),
    (penalty(27, party_name="测试"), "V10:CF_XDR_MC"),
    (penalty(28, party_name="null"), "V10:CF_XDR_MC"),
    (penalty(29, party_name="'; DROP TABLE x; --"), "V10:CF_XDR_MC"),
    (penalty(30, party_name="<script>alert(1)</script>"), "V10:CF_XDR_MC"),
    (penalty(1, facts="另一种事实。"), "V11:CF_SY"),
    (penalty(31, authority_code="11510899"), "V12:CF_CFJGDM"),
    (person(32, party_number=citizen()[:17]), "V13:CF_XDR_ZJHM"),
    (person(33, party_number=citizen("20150101")), "V13:CF_XDR_ZJHM"),
    (person(34, party_number="510802198002301234"), "V13:CF_XDR_ZJHM"),
    (penalty(36, facts=LONG), "V16:CF_SY"),
    (penalty(37, remark="=HYPERLINK(\"http://a\",\"b\")"), "IN-27:BZ"),
    (penalty(38, basis="=cmd|' /C calc'!A0"), "IN-27:CF_YJ"),
]  # fmt: skip


@pytest.mark.parametrize("place", range(len(BAD)), ids=[f"{code}-{at}" for at, (_, code) in enumerate(BAD)])
def test_a_bad_row_is_named_by_row_column_and_code(judged: Outcome, place: int) -> None:
    row, code = place + 3, BAD[place][1]
    assert code in judged.codes(row)
    assert row not in judged.accepted


def test_the_sound_rows_beside_bad_ones_go_in(judged: Outcome) -> None:
    assert judged.accepted == [2, len(BAD) + 3, len(BAD) + 4]


def test_every_message_is_chinese_and_shows_no_number_of_a_person(judged: Outcome) -> None:
    for message in judged.errors["message"]:
        assert any("一" <= character <= "龥" for character in message)
        assert citizen()[:14] not in message


def test_v03_the_placeholder_is_for_traders_without_a_code_and_stands_for_nothing(tmp_path: Path) -> None:
    row = penalty(1, party="个体工商户", uscc="00000000000000000X", registration_number="510802600123456")
    found = outcome(csv_file(tmp_path / "a.csv", [row]))
    assert found.accepted == [2]
    assert found.values("uscc") == [None]
    assert found.values("party") == ["G"]


def test_v07_a_late_report_is_counted_and_goes_in(tmp_path: Path) -> None:
    found = outcome(
        csv_file(tmp_path / "a.csv", [penalty(1, decided_on="2026/11/11"), penalty(2, decided_on="2026/11/12")])
    )
    assert found.accepted == [2, 3]
    assert found.codes(2, "warning") == ["V07:CF_JDRQ"]
    assert found.codes(3, "warning") == []


def test_v11_the_same_row_again_is_a_duplicate_wherever_it_stands(tmp_path: Path) -> None:
    found = outcome(
        csv_file(tmp_path / "a.csv", [penalty(1), penalty(2), penalty(1, uscc=company(1).lower()), penalty(1)])
    )
    assert found.duplicates == [4, 5]
    assert found.accepted == [2, 3]
    assert found.codes() == []


def test_v11_a_row_that_differs_in_one_field_names_the_row_and_the_field(tmp_path: Path) -> None:
    found = outcome(csv_file(tmp_path / "a.csv", [penalty(1), penalty(1, fine="0.6")]))
    assert found.accepted == [2]
    assert found.codes(3) == ["V11:CF_NR_FK"]
    assert "第 2 行" in found.says(3)
    assert "罚款金额" in found.says(3)


def test_v11_a_refused_row_does_not_stand_in_the_way_of_its_correction(tmp_path: Path) -> None:
    found = outcome(csv_file(tmp_path / "a.csv", [penalty(1, fine=""), penalty(1)]))
    assert found.accepted == [3]


def test_v13_old_numbers_are_written_in_eighteen_digits_and_kinds_are_named(tmp_path: Path) -> None:
    rows = [person(1, party_number="510802800101123"), person(2, party_id_type="护照", party_number="e12345678")]
    found = outcome(csv_file(tmp_path / "a.csv", rows))
    assert found.accepted == [2, 3]
    assert found.values("party_number_kind") == ["id_card", "passport"]
    assert [len(number) for number in found.values("party_number")] == [18, 9]


def test_v13_a_person_is_of_age_from_the_eighteenth_birthday(tmp_path: Path) -> None:
    rows = [person(1, party_number=citizen("20081116")), person(2, party_number=citizen("20081117"))]
    found = outcome(csv_file(tmp_path / "a.csv", rows))
    assert found.accepted == [2]
    assert "未满 18 周岁" in found.says(3)


def test_v14_simple_procedure_and_secrets_are_refused(tmp_path: Path) -> None:
    base = {column.code: penalty(1).get(column.field) for column in COLUMNS}
    rows = [
        base | {"CF_CFCX": "01"},
        base | {"CF_CFCX": "普通程序"},
        base | {"是否涉密": "是", "CF_WSH": "广示〔2026〕9号"},
    ]
    found = outcome(json_file(tmp_path / "a.json", rows))
    assert found.accepted == [2]
    assert found.codes(1) == ["V14:CF_CFCX"]
    assert found.codes(3) == ["V14:CF_SFSM"]


def test_v15_personal_numbers_in_free_text_are_told_and_hold_publication_only(tmp_path: Path) -> None:
    rows = [
        penalty(1, facts=f"当事人身份证 {citizen()}，电话１３８１２３４５６７８"),
        penalty(2, content="罚款12345678.90元"),
    ]
    found = outcome(csv_file(tmp_path / "a.csv", rows))
    assert found.accepted == [2, 3]
    assert found.codes(2, "warning") == ["V15:CF_SY"]
    assert found.codes(3, "warning") == []


def test_full_width_digits_and_blanks_are_no_reason_to_refuse(tmp_path: Path) -> None:
    wide = str.maketrans("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ./", "".join(chr(ord(c) + 0xFEE0) for c in
                         "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ./"))  # fmt: skip
    row = penalty(
        1,
        uscc=f" {company(1)[:9]} {company(1)[9:]}　".translate(wide),
        fine="０．５",
        decided_on="２０２６／１１／１６",
    )
    found = outcome(csv_file(tmp_path / "a.csv", [row, penalty(1)]))
    assert found.accepted == [2]
    assert found.duplicates == [3]


def test_what_officers_keep_rules_the_reading(tmp_path: Path) -> None:
    """Lengths, needs, words and severities come in from outside, and nothing else has to change."""
    path = csv_file(
        tmp_path / "a.csv", [penalty(1, facts=LONG), penalty(2, kinds_text="训诫", fine=""), penalty(3, remark="")]
    )
    settings = IntakeSettings(
        today=TODAY, lengths={"CF_SY": 5000}, vocabularies={"penalty_kind": ("罚款", "训诫")}, required={"BZ": {"": "R"}},
        severities={"V01:BZ": "warning", "V07": "error"}, on_time_since=date(2026, 11, 1),
    )  # fmt: skip
    found = outcome(path, settings=settings)
    assert found.accepted == [2, 3, 4]
    assert found.codes(4, "warning") == ["V01:BZ"]


def test_formulas_errors_and_merged_cells_are_told(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = xlsxwriter.Workbook(path)
    paper = book.add_worksheet()
    fields = [column.field for column in COLUMNS]
    fine = fields.index("fine")
    for at, row in enumerate([[column.header for column in COLUMNS], *(cells(penalty(n)) for n in (1, 2, 3, 4))]):
        paper.write_row(at, 0, row)
    paper.write_formula(1, fine, "=1/2", None, 0.5)
    paper.write_formula(2, fine, "=1/0", None, "#DIV/0!")
    source = fields.index("source_name")
    paper.merge_range(3, source, 4, source, "广元市示例监管局")
    book.close()
    found = outcome(path)
    assert found.accepted == [2, 4, 5]
    assert found.codes(2, "warning") == ["IN-21:CF_NR_FK"]
    assert "IN-22:CF_NR_FK" in found.codes(3)
    assert found.codes(5, "warning") == ["IN-23:CF_SJLY"]
    assert found.values("source_name")[3] == "广元市示例监管局"


def test_the_profiles_about_subjects_are_read_by_the_same_code(tmp_path: Path) -> None:
    firm = {
        "机构名称": "广元示例有限公司",
        "统一社会信用代码": company(1),
        "成立日期": "2018-05-02",
        "经营状态": "在业",
    }
    found = outcome(json_file(tmp_path / "s.json", [firm, firm | {"统一社会信用代码": ""}]), profile=SUBJECTS)
    assert found.accepted == [1]
    assert found.values("status")[0] == "存续"
    honour = {"机构全称": "广元示例有限公司", "TYSHXYDM": company(1), "荣誉名称": "守信企业", "认定日期": "2026/3/2",
              "认定部门全称": "广元市示例局"}  # fmt: skip
    man = honour | {"TYSHXYDM": "", "SFZH": citizen()}
    found = outcome(json_file(tmp_path / "h.json", [honour, man, honour | {"TYSHXYDM": ""}]), profile=HONOURS)
    assert found.accepted == [1, 2]
    promise = {"主体名称": "广元示例有限公司", "统一社会信用代码": company(1), "承诺类型": "主动公示型", "履行状态": "已履行",
               "承诺编码": "51089920260302000001", "承诺日期": "2026/3/2", "受理单位": "广元市示例局"}  # fmt: skip
    found = outcome(json_file(tmp_path / "c.json", [promise]), profile=COMMITMENTS)
    assert found.accepted == [1]
    assert (found.values("title"), found.values("fulfilment")) == (["主动型"], ["全部履行"])


def test_a_table_of_another_profile_is_refused_and_named(tmp_path: Path) -> None:
    rows = [
        ["机构名称", "统一社会信用代码", "成立日期", "注册地址", "行业", "登记机关"],
        ["广元示例有限公司", company(1)],
    ]
    with pytest.raises(Exception, match="这不是“行政处罚”的表格"):
        outcome(xlsx_file(tmp_path / "a.xlsx", rows))
