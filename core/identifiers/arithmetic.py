"""Check digits of the national identifiers: pure arithmetic, no database, no settings.

python-stdnum supplies the check digits of the social credit code and the citizen number; the organisation code,
the registration number and the tax number are ours, since it has none. Its `validate` functions are not used: they
refuse social credit codes that begin with a letter (N1, A1, Y1) and citizens of divisions it does not list.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from operator import mul

from stdnum.cn import ric, uscc

USCC_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
ORG_CODE_CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ORG_CODE_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
# First two digits of GB/T 2260: the provinces a citizen number can begin with.
_PROVINCE_RANGES = ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65), (71, 71))
PROVINCES = frozenset(str(code) for first, last in _PROVINCE_RANGES for code in range(first, last + 1))
# Regions of the residence permit for Hong Kong, Macao and Taiwan residents.
PERMIT_REGIONS = frozenset({"810000", "820000", "830000"})
OLDEST_BIRTH_YEAR = 1850

_USCC_VALUE = {character: value for value, character in enumerate(USCC_CHARACTERS)}
_USCC_WEIGHTS = [*(pow(3, place, 31) for place in range(17)), 1]
_ORG_VALUE = {character: value for value, character in enumerate(ORG_CODE_CHARACTERS)}
_USCC = re.compile(rf"[{USCC_CHARACTERS}]{{2}}[0-9]{{6}}[{USCC_CHARACTERS}]{{10}}")
_ORG_CODE = re.compile(r"[0-9A-Z]{8}[0-9X]")
_CITIZEN = re.compile(r"[0-9]{17}[0-9X]")
_CITIZEN_15 = re.compile(r"[0-9]{15}")


def uscc_check_digit(first17: str) -> str:
    """Return the 18th character that GB 32100 gives to these 17; ValueError for any other length or character."""
    if len(first17) != 17 or any(character not in USCC_CHARACTERS for character in first17):
        raise ValueError("17 characters of the GB 32100 set are needed")
    return uscc.calc_check_digit(first17)


def org_code_check_digit(first8: str) -> str:
    """Return the check character of GB 11714 for eight characters."""
    if len(first8) != 8 or any(character not in ORG_CODE_CHARACTERS for character in first8):
        raise ValueError("8 characters of 0-9 A-Z are needed")
    total = sum(ORG_CODE_CHARACTERS.index(c) * weight for c, weight in zip(first8, ORG_CODE_WEIGHTS, strict=True))
    return "0123456789X0"[11 - total % 11]


def org_code_valid(code: str) -> bool:
    """Return whether nine characters, without the printed hyphen, are an organisation code."""
    if not _ORG_CODE.fullmatch(code):
        return False
    check = 10 if code[8] == "X" else int(code[8])
    return (_weighed(code, _ORG_VALUE, ORG_CODE_WEIGHTS) + check) % 11 == 0


def uscc_valid(code: str, *, inner: bool = True) -> bool:
    """Return whether the code obeys GB 32100 and, unless `inner` is off, carries a valid organisation code inside."""
    if not _USCC.fullmatch(code) or _weighed(code, _USCC_VALUE, _USCC_WEIGHTS) % 31:
        return False
    return org_code_valid(code[8:17]) if inner else True


def _weighed(code: str, value: Mapping[str, int], weights: Sequence[int]) -> int:
    """Return the sum of the characters' values, as many as there are weights."""
    return sum(map(mul, map(value.__getitem__, code), weights))


def make_uscc(prefix2: str, region6: str, body8: str) -> str:
    """Return a valid social credit code from its free parts; both check characters are computed."""
    first17 = prefix2 + region6 + body8 + org_code_check_digit(body8)
    code = first17 + uscc_check_digit(first17)
    if not uscc_valid(code):
        raise ValueError("prefix of 2, region of 6 digits and body of 8 characters of the GB 32100 set are needed")
    return code


def registration_check_digit(first14: str) -> str:
    """Return the 15th digit of a registration number (ISO 7064 MOD 11,10)."""
    if not re.fullmatch(r"[0-9]{14}", first14):
        raise ValueError("14 digits are needed")
    product = 10
    for digit in first14:
        total = (product + int(digit)) % 10 or 10
        product = 2 * total % 11
    return str((11 - product) % 10)


def registration_number_valid(number: str) -> bool:
    """Return whether this is a registration number: 15 digits with their check, or the older 13 digits."""
    if re.fullmatch(r"[0-9]{13}", number):
        return True
    return bool(re.fullmatch(r"[0-9]{15}", number)) and registration_check_digit(number[:14]) == number[14]


def citizen_check_digit(first17: str) -> str:
    """Return the 18th character of a citizen number (GB 11643)."""
    if not re.fullmatch(r"[0-9]{17}", first17):
        raise ValueError("17 digits are needed")
    return ric.calc_check_digit(first17 + "0")


def date_in(digits: str) -> date | None:
    """Return the day that eight digits name, or None where there is no such day or nobody alive was born on it."""
    try:
        day = date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return None
    return day if day.year >= OLDEST_BIRTH_YEAR else None


def id_card_to_18(number: str) -> str:
    """Return the 18-character form of a 15-digit citizen number; anything else comes back unchanged."""
    if not _CITIZEN_15.fullmatch(number) or date_in("19" + number[6:12]) is None:
        return number
    first17 = number[:6] + "19" + number[6:]
    return first17 + citizen_check_digit(first17)


def id_card_checks(number: str) -> bool:
    """Return whether 18 characters have the form, the birth date and the check of GB 11643, whatever their region."""
    return (
        bool(_CITIZEN.fullmatch(number))
        and date_in(number[6:14]) is not None
        and citizen_check_digit(number[:17]) == number[17]
    )


def id_card_valid(number: str) -> bool:
    """Return whether this is an 18-character citizen number of a province of the mainland."""
    return id_card_checks(number) and number[:2] in PROVINCES


def residence_permit_valid(number: str) -> bool:
    """Return whether this is the number of a residence permit for Hong Kong, Macao or Taiwan residents."""
    return id_card_checks(number) and number[:6] in PERMIT_REGIONS


def id_card_birth(number: str) -> date:
    """Return the birth date in a citizen number of 18 or 15 digits; ValueError where there is none."""
    full = id_card_to_18(number)
    day = date_in(full[6:14]) if len(full) == 18 else None
    if day is None:
        raise ValueError("no birth date in this number")  # the number itself never goes into a message
    return day


def tax_number_valid(number: str) -> bool:
    """Return whether this is a tax number of a body: region and organisation code, or a social credit code.

    Individuals had their citizen number, alone or followed by two digits: that one is personal and not kept as such.
    """
    if len(number) == 15:
        return number[:6].isdigit() and org_code_valid(number[6:])
    return uscc_valid(number)
