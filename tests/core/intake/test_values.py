"""Every form of a date, an amount, a choice and a header that people write; checked by example and by property."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.identifiers import IdentifierType, uscc_valid, validate
from core.identifiers.arithmetic import USCC_CHARACTERS, id_card_valid, make_uscc
from core.intake import arithmetic, headers, values
from core.intake.profiles import PROFILES
from publicity.profiles import PENALTIES

DAYS = st.dates(date(1949, 10, 1), date(2199, 12, 31))
WIDE = str.maketrans("0123456789./-", "０１２３４５６７８９．／－")
FORMS = [
    lambda d: f"{d:%Y/%m/%d}", lambda d: f"{d.year}-{d.month}-{d.day}", lambda d: f"{d.year}.{d.month:02}.{d.day}",
    lambda d: f"{d.year}年{d.month}月{d.day}日", lambda d: f"{d:%Y%m%d}", lambda d: f"{d:%Y-%m-%d} 00:00:00",
    lambda d: f"{d:%Y-%m-%dT08:30:00+08:00}", lambda d: f"{d:%Y-%m-%dT00:00:00.000Z}",
    lambda d: f"  {d:%Y/%m/%d}　".translate(WIDE), lambda d: str((d - date(1899, 12, 30)).days),
    lambda d: f"{(d - date(1899, 12, 30)).days}.0", lambda d: f"{d.year}年{d.month}月{d.day}日 9时30分",
]  # fmt: skip


@given(DAYS, st.sampled_from(FORMS))
def test_v06_every_form_of_a_day_is_that_day(day: date, form) -> None:
    assert values.parse_date(form(day)) == (day, "")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("0202/3/1", "年份 0202"), ("2026/2/30", "没有 2 月 30 日"), ("2026/13/1", "没有 13 月"), ("26/3/1", "四位"),
        ("3/1/2026", "四位"), ("长期", "具体日期"), ("2026年3月", "不是日期"), ("昨天", "不是日期"), ("202603", "1949"),
        ("9999/12/31", "9999"), ("2026/3/1 待定", "不是日期"),
    ],
)  # fmt: skip
def test_v06_what_is_no_day_is_told_why(text: str, says: str) -> None:
    day, wrong = values.parse_date(text)
    assert day is None
    assert says in wrong


def test_v06_long_term_is_written_in_words_or_as_the_standard_does() -> None:
    for text in ("长期", "2099/12/31", "永久有效", "2099年12月31日"):
        assert values.parse_date(text, long_term=True) == (date(2099, 12, 31), "")


def test_v06_chinese_numerals_are_days() -> None:
    assert values.parse_date("二〇二六年三月二十一日") == (date(2026, 3, 21), "")
    assert values.parse_date("二○二六年十二月三十日") == (date(2026, 12, 30), "")


@given(st.text(max_size=40))
@example("²/3/1")
@example("2026/３/1")
def test_v06_no_text_breaks_the_reading_of_dates(text: str) -> None:
    day, wrong = values.parse_date(text)
    assert (day is None) == bool(wrong)


@given(st.decimals(0, 10**11, places=6, allow_nan=False, allow_infinity=False))
def test_v09_an_amount_keeps_every_digit(amount: Decimal) -> None:
    text = f"{amount:f}"
    assert values.parse_amount(text) == (amount, "")
    assert values.parse_amount(f"￥{amount:,f}万元".translate(WIDE)) == (amount, "")
    found, wrong = values.amounts(pl.Series([text, None]), values.parse_amount, plain=True)
    assert found.to_list() == [amount, None]
    assert wrong.to_list() == [None, None]


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("0.30000000000000004", "0.3"), ("2000元", "0.2"), ("1,234.5", "1234.5"), ("2E-1", "0.2"), (".5", "0.5"),
        ("0.2万", "0.2"), ("１．５", "1.5"), ("1亿元", "10000"), ("-0", "0"),
    ],
)  # fmt: skip
def test_v09_amounts_as_people_write_them(text: str, amount: str) -> None:
    assert values.parse_amount(text) == (Decimal(amount), "")


@pytest.mark.parametrize(
    ("text", "says"),
    [("-1", "负"), ("贰仟元", "阿拉伯"), ("0.1234567", "精确到分"), ("1e99", "范围"), ("NaN", "不是数字"), ("1,2", "不是数字"),
     ("五百", "不是数字")],
)  # fmt: skip
def test_v09_what_is_no_amount_is_told_why(text: str, says: str) -> None:
    amount, wrong = values.parse_amount(text)
    assert amount is None
    assert says in wrong


@given(st.text(max_size=30))
def test_v09_no_text_breaks_the_reading_of_amounts(text: str) -> None:
    amount, wrong = values.parse_amount(text)
    assert (amount is None) == bool(wrong)


def test_v08_several_choices_other_choices_and_old_words() -> None:
    kinds = PENALTIES.vocabularies["penalty_kind"]
    choices = values.Choices(kinds.values, kinds.synonyms, kinds.open_prefix, several=True)
    assert choices.parse("罚款；没收违法所得、警告") == ("罚款;没收违法所得;警告", "")
    assert choices.parse("其他-责令改正") == ("其他-责令改正", "")
    assert choices.parse("其他（责令改正）") == ("其他-责令改正", "")
    assert choices.parse("吊销营业执照") == ("吊销许可证件", "")
    assert "写明" in choices.parse("其他")[1]
    assert "不在选项" in choices.parse("砍头")[1]


BODIES = st.text("0123456789ABCDEFGH", min_size=8, max_size=8)
USCC_LIKE = st.text(USCC_CHARACTERS, min_size=18, max_size=18)


@given(
    st.lists(
        st.one_of(
            USCC_LIKE,
            st.builds(make_uscc, st.sampled_from(["91", "11", "92"]), st.just("510899"), BODIES),
            st.text(max_size=20),
            st.none(),
        ),
        max_size=20,
    )
)  # fmt: skip
def test_v03_codes_checked_by_column_are_those_checked_one_by_one(codes: list[str | None]) -> None:
    found = arithmetic.uscc_valid(pl.Series(codes, dtype=pl.String)).to_list()
    assert found == [None if code is None else uscc_valid(code) for code in codes]


@given(DAYS.filter(lambda d: d.year < 2100), st.integers(0, 9999))
def test_v13_numbers_checked_by_column_are_those_checked_one_by_one(birth: date, tail: int) -> None:
    number = f"510802{birth:%Y%m%d}{tail:04d}"
    found = arithmetic.id_card_plausible(pl.Series([number])).to_list()
    assert found == [id_card_valid(number)]
    assert found[0] == (not validate(IdentifierType.ID_CARD, number, on=date(2100, 1, 1)))


def test_serial_numbers_span_the_years_that_dates_may_have() -> None:
    first, last = values.FIRST_SERIAL, values.LAST_SERIAL
    assert values.SERIAL_ZERO + timedelta(first) == date(1949, 10, 1)
    assert values.SERIAL_ZERO + timedelta(last) == date(2199, 12, 31)


@pytest.mark.parametrize("code", ["penalties", "licences", "subjects", "honours", "serious-dishonesty", "commitments"])
def test_every_spelling_of_every_column_means_that_column(code: str) -> None:
    profile = PROFILES[code]
    names = headers.names_of(profile)[""]
    for column in profile.columns:
        for text in headers.spellings(column):
            assert names.find(text) == column.field, text


@given(
    st.sampled_from(PENALTIES.columns),
    st.sampled_from(["", "(必填)", "（必填）", "【必填】", "*"]),
    st.sampled_from(["", " ", "　", "\n"]),
    st.booleans(),
)
def test_a_header_is_known_in_every_dress(column, mark: str, blank: str, wide: bool) -> None:
    text = f"{blank}{column.header[:3]}{blank}{column.header[3:]}{mark}"
    if wide:
        text = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)
    assert headers.names_of(PENALTIES)[""].find(text) == column.field
