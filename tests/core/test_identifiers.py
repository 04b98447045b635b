"""Arithmetic of the national identifiers: the standards' own examples, and what their checks promise."""

import datetime

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from core import identifiers as ids
from core.identifiers import IdentifierType
from core.identifiers.arithmetic import ORG_CODE_CHARACTERS, PROVINCES, USCC_CHARACTERS

TODAY = datetime.date(2026, 11, 22)
digits = st.text("0123456789", min_size=6, max_size=6)
usccs = st.builds(
    ids.make_uscc,
    st.sampled_from(sorted(ids.PREFIXES)),
    digits,
    st.text(USCC_CHARACTERS, min_size=8, max_size=8),
)
births = st.dates(datetime.date(1900, 1, 1), TODAY)


def citizen(region: str, birth: datetime.date, sequence: int) -> str:
    first17 = f"{region}{birth:%Y%m%d}{sequence:03}"
    return first17 + ids.citizen_check_digit(first17)


citizens = st.builds(citizen, st.sampled_from([f"{p}0102" for p in sorted(PROVINCES)]), births, st.integers(0, 999))


def codes(kind: str, text: str) -> list[str]:
    return [violation.code for violation in ids.validate(kind, text, on=TODAY)]


def test_examples_of_the_standards() -> None:
    assert ids.uscc_valid("91110000600037341L")
    assert ids.id_card_valid("11010519491231002X")
    assert ids.id_card_valid("440524188001010014")
    assert ids.org_code_valid("600037341")
    assert not ids.uscc_valid("00000000000000000X")


@given(usccs)
def test_made_codes_are_valid_and_keep_their_prefix(code: str) -> None:
    assert ids.uscc_valid(code)
    assert ids.validate("uscc", code) == []
    assert ids.org_code_valid(code[8:17])
    assert ids.kind_of_uscc(code) == ids.PREFIXES[code[:2]]


@given(usccs, st.integers(0, 17), st.sampled_from(USCC_CHARACTERS))
def test_uscc_detects_every_single_error(code: str, place: int, character: str) -> None:
    changed = code[:place] + character + code[place + 1 :]
    assert ids.uscc_valid(changed, inner=False) == (changed == code)


@given(usccs, st.integers(0, 16))
def test_uscc_detects_every_adjacent_swap(code: str, place: int) -> None:
    changed = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert ids.uscc_valid(changed, inner=False) == (changed == code)


@given(citizens, st.integers(0, 17), st.sampled_from("0123456789X"))
def test_citizen_number_detects_every_single_error(number: str, place: int, character: str) -> None:
    changed = number[:place] + character + number[place + 1 :]
    if changed != number:
        assert not ids.id_card_valid(changed)


@given(citizens)
def test_citizen_number_round_trips_through_15_digits(number: str) -> None:
    assert ids.validate("id_card", number, on=TODAY) == []
    assert ids.id_card_birth(number) == datetime.datetime.strptime(number[6:14], "%Y%m%d").date()
    if number[6:8] == "19":
        short = number[:6] + number[8:17]
        assert ids.normalize("id_card", short) == number
        assert ids.id_card_birth(short) == ids.id_card_birth(number)


@given(st.text(ORG_CODE_CHARACTERS, min_size=8, max_size=8))
def test_org_code_round_trip_printed_with_hyphen(body: str) -> None:
    code = body + ids.org_code_check_digit(body)
    assert ids.org_code_valid(code)
    assert ids.normalize("org_code", f"{body}-{code[-1]}".lower()) == code


@given(st.text("0123456789", min_size=14, max_size=14), st.integers(0, 14), st.integers(0, 9))
def test_registration_number_detects_every_single_error(body: str, place: int, digit: int) -> None:
    number = body + ids.registration_check_digit(body)
    changed = number[:place] + str(digit) + number[place + 1 :]
    assert ids.registration_number_valid(number)
    assert ids.registration_number_valid(changed) == (changed == number)


@given(st.sampled_from(IdentifierType.values), st.text(max_size=40))
def test_anything_can_be_normalised_twice_and_validated(kind: str, text: str) -> None:
    once = ids.normalize(kind, text)
    assert ids.normalize(kind, once) == once
    for violation in ids.validate(kind, text, on=TODAY):
        assert violation.field == "identifier"
        assert violation.detail.startswith((IdentifierType(kind).label, "未填写"))


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("uscc", "", ["ID-01"]),
        ("uscc", "9111000060003734", ["ID-02"]),
        ("uscc", "91110000600037341O", ["ID-03"]),
        ("uscc", "9111A000600037341L", ["ID-03"]),
        ("uscc", "91110000600037341M", ["ID-04"]),
        ("uscc", "00000000000000000X", ["ID-08"]),
        ("uscc", "９１１１００００ 6000-37341 l", []),
        ("id_card", "110105194912310021", ["ID-04"]),
        ("id_card", "110105194913310029", ["ID-06"]),
        ("id_card", "11010549123100", ["ID-02"]),
        ("id_card", "110105491331002", ["ID-06"]),
        ("id_card", "110105491231002", []),
        ("id_card", "1101051949123100x2", ["ID-03"]),
        ("passport", "E1234", []),
        ("passport", "E12*4", ["ID-03"]),
        ("taiwan_permit", "1234567", ["ID-02"]),
        ("foreign_permanent_id", "CAN110081070101", []),
        ("foreign_permanent_id", "911124198108030024", []),
        ("foreign_permanent_id", "811124198108030024", ["ID-03"]),
        ("institution_certificate", "事证第1234号", []),
        ("nothing", "1", ["ID-08"]),
    ],
)
def test_rules_of_each_kind(kind: str, text: str, expected: list[str]) -> None:
    assert codes(kind, text) == expected


def test_ID_05_organisation_code_inside() -> None:
    first17 = "91510899" + "MA600001" + "0"
    assert not ids.org_code_valid(first17[8:])
    code = first17 + ids.uscc_check_digit(first17)
    assert ids.uscc_valid(code, inner=False)
    assert codes("uscc", code) == ["ID-05"]


def test_ID_06_birth_to_come() -> None:
    assert codes("id_card", citizen("510802", TODAY, 1)) == []
    assert codes("id_card", citizen("510802", TODAY + datetime.timedelta(1), 1)) == ["ID-06"]


def test_ID_07_regions() -> None:
    permit = citizen("810000", datetime.date(1990, 1, 1), 7)
    assert codes("residence_permit", permit) == []
    assert codes("id_card", permit) == ["ID-07"]
    assert codes("residence_permit", "11010519491231002X") == ["ID-07"]
    assert codes("id_card", citizen("990000", datetime.date(1990, 1, 1), 7)) == ["ID-07"]


def test_messages_never_show_a_personal_number() -> None:
    for text in ("110105194912310021", "110105194913310029", "1101051949123100", "810000199001010072"):
        for violation in ids.validate("id_card", text, on=TODAY):
            assert text not in str(violation)


@pytest.mark.parametrize(
    ("number", "valid"),
    [
        ("510802600037341", True),
        ("510802600037342", False),
        ("91110000600037341L", True),
        ("11010519491231002X", False),
        ("11010519491231002X00", False),
        ("11010549123100201", False),
        ("110105491231002", False),
        ("12", False),
    ],
)
def test_tax_numbers(number: str, valid: bool) -> None:
    assert ids.tax_number_valid(number) is valid


@pytest.mark.parametrize(
    ("kind", "number", "personal"),
    [
        ("tax_number", "110105491231002", True),
        ("tax_number", "11010549123100201", True),
        ("tax_number", "11010519491231002X", True),
        ("tax_number", "11010519491231002X00", True),
        ("tax_number", "110105194912310020", True),  # a mistyped check digit does not make it less personal
        ("registration_number", "110105491231002", True),
        ("social_org_certificate", "川民证11010519491231002X号", True),
        ("social_org_certificate", "110105-19491231-002X", True),
        ("social_org_certificate", "川社证字第0123号", False),
        ("registration_number", "510802600037341", False),
        ("registration_number", "5108022800123", False),
        ("tax_number", "510802600037341", False),
        ("org_code", "600037341", False),
        ("uscc", "91110000600037341L", False),
        ("uscc", "11010519491231002X", True),
        ("uscc", "110105194912310021", False),
    ],
)
def test_citizen_numbers_are_known_by_shape_in_python_and_sql(db: None, kind: str, number: str, personal: bool) -> None:
    assert ids.holds_citizen_number(kind, number) is personal
    with connection.cursor() as cursor:
        cursor.execute("SELECT core_holds_citizen_number(%s, %s)", [kind, number])
        assert cursor.fetchone()[0] is personal


def test_make_uscc_refuses_what_the_standard_does() -> None:
    for parts in (("9I", "510899", "MA600001"), ("91", "51089", "MA600001"), ("91", "51089A", "MA600001")):
        with pytest.raises(ValueError):
            ids.make_uscc(*parts)


def test_prefix_table_marks_what_we_are_sure_of() -> None:
    assert {code for code, prefix in ids.PREFIXES.items() if prefix.sure} == {
        "11",
        "12",
        "51",
        "52",
        "53",
        "91",
        "92",
        "93",
    }
    assert ids.kind_of_uscc("92" + "0" * 16).kind == "individual_business"
    assert ids.kind_of_uscc("ZZ") is None
