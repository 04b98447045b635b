"""What may be shown of a person, and finding numbers that stand in free text."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import masking
from core.identifiers import citizen_check_digit, make_uscc

NUMBER = "51080219900101" + "123"
NUMBER += citizen_check_digit(NUMBER)


def test_default_shows_three_and_four() -> None:
    assert masking.mask_id(NUMBER) == "510" + "*" * 11 + NUMBER[-4:]


@given(st.text("0123456789X", max_size=20), st.integers(-3, 30), st.integers(-3, 30))
def test_at_least_half_is_hidden_and_the_birth_date_always(number: str, head: int, tail: int) -> None:
    hidden = masking.mask_id(number, head=head, tail=tail)
    assert len(hidden) == len(number)
    assert hidden.count("*") * 2 >= len(number)
    if len(number) == 18:
        assert hidden[6:14] == "*" * 8


def test_stricter_by_setting(settings: object) -> None:
    settings.MASK_ID_HEAD, settings.MASK_ID_TAIL = 6, 0
    assert masking.mask_id(NUMBER) == "510802" + "*" * 12


@pytest.mark.parametrize(
    ("name", "shown"), [("张三", "张*"), ("张三丰", "张*"), ("欧阳修文", "欧阳*"), ("", ""), ("买买提·艾力", "买*")]
)
def test_names(name: str, shown: str) -> None:
    assert masking.mask_name(name) == shown


@pytest.mark.parametrize(
    ("phone", "shown"), [("13812345678", "138****5678"), ("3261234", "*****34"), ("110", "***"), ("", "")]
)
def test_phones(phone: str, shown: str) -> None:
    assert masking.mask_phone(phone) == shown


@pytest.mark.parametrize(
    "text",
    [
        f"当事人身份证号{NUMBER}，住广元",
        f"证件：{NUMBER[:6]} {NUMBER[6:14]} {NUMBER[14:]}。",
        "号码" + "".join(chr(ord(c) + 0xFEE0) for c in NUMBER) + "号",
        "抄错校验位 " + NUMBER[:-1] + ("0" if NUMBER[-1] != "0" else "1"),
        "旧证 510802900101123 号",
        "护照E12345678",
        "回乡证H12345678",
        "电话13812345678。",
    ],
)
def test_numbers_are_found_and_masked(text: str) -> None:
    found = masking.find_personal_numbers(text)
    assert len(found) == 1
    hidden = masking.mask_text(text)
    assert "*" in hidden
    assert masking.find_personal_numbers(hidden) == []
    assert hidden[: found[0].start] == text[: found[0].start]
    assert hidden.endswith(text[found[0].end :])


@pytest.mark.parametrize(
    "text",
    [
        make_uscc("91", "510899", "MA600001"),
        make_uscc("12", "510899", "45123456"),
        "川市监处罚〔2026〕12号",
        "罚款金额 1000000 元",
        "2026-03-02 2026-09-02",
        "",
    ],
)
def test_what_is_no_personal_number_stays(text: str) -> None:
    assert masking.find_personal_numbers(text) == []
    assert masking.mask_text(text) == text


def test_several_numbers_in_order() -> None:
    text = f"{NUMBER}和13812345678、{NUMBER}"
    found = masking.find_personal_numbers(text)
    assert [n.kind.name for n in found] == ["ID_CARD", "PHONE", "ID_CARD"]
    assert NUMBER not in repr(found)
    assert datetime.date(1990, 1, 1).strftime("%Y%m%d") not in masking.mask_text(text)
