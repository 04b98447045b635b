"""Check digits by column: which codes of a whole column obey their arithmetic. What fails is explained one by one."""

from __future__ import annotations

import polars as pl

from core.identifiers.arithmetic import ORG_CODE_CHARACTERS, ORG_CODE_WEIGHTS, USCC_CHARACTERS

_USCC = rf"^[{USCC_CHARACTERS}]{{2}}[0-9]{{6}}[{USCC_CHARACTERS}]{{8}}[0-9X][{USCC_CHARACTERS}]$"
_ID_CARD = (
    r"^(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71)[0-9]{4}"
    r"(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9X]$"
)
_USCC_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"


def _table(characters: str) -> pl.Series:
    """Byte → value of the character; what is in no table counts nothing, the form is checked before."""
    return pl.Series([max(characters.find(chr(code)), 0) for code in range(256)], dtype=pl.Int32)


_USCC_VALUES, _ORG_VALUES = _table(USCC_CHARACTERS), _table(ORG_CODE_CHARACTERS)
_ID_VALUES = _table("0123456789X")


def _sum(places: pl.Series, values: pl.Series, weights: tuple[int, ...], first: int = 0) -> pl.Series:
    total = pl.Series([0] * len(places), dtype=pl.Int32) if not len(places) else None
    for place, weight in enumerate(weights):
        part = values.gather(places.arr.get(first + place)) * weight
        total = part if total is None else total + part
    assert total is not None
    return total


def _bytes(codes: pl.Series, length: int) -> pl.Series:
    return codes.cast(pl.Binary).bin.reinterpret(dtype=pl.Array(pl.UInt8, length), endianness="little")


def _spread(codes: pl.Series, form: pl.Series, valid: pl.Series) -> pl.Series:
    """Return one flag per code: valid where the form matched and the sums agree."""
    places = form.arg_true()
    flags = pl.zeros(len(codes), dtype=pl.UInt8, eager=True)
    return flags.scatter(places, valid.cast(pl.UInt8)).cast(pl.Boolean) if len(places) else flags.cast(pl.Boolean)


def uscc_valid(codes: pl.Series) -> pl.Series:
    """Return which codes obey GB 32100 and carry a valid organisation code; null counts as not."""
    form = codes.str.contains(_USCC).fill_null(value=False)
    places = _bytes(codes.filter(form), 18)
    check = (31 - _sum(places, _USCC_VALUES, _USCC_WEIGHTS) % 31) % 31
    inner = (11 - _sum(places, _ORG_VALUES, ORG_CODE_WEIGHTS, 8) % 11) % 11
    # "X" has the value 10 as a check of the organisation code, and no other letter may stand there.
    written = pl.Series([10 if code == ord("X") else max(code - 48, 0) for code in range(256)], dtype=pl.Int32)
    valid = (check == _USCC_VALUES.gather(places.arr.get(17))) & (inner == written.gather(places.arr.get(16)))
    return _spread(codes, form, valid)


def id_card_plausible(numbers: pl.Series) -> pl.Series:
    """Return which numbers have the form and the check digit of GB 11643; region and birth date are not looked at."""
    form = numbers.str.contains(_ID_CARD).fill_null(value=False)
    places = _bytes(numbers.filter(form), 18)
    checks = pl.Series([_ID_CHECKS.index(character) for character in "0123456789X"], dtype=pl.Int32)
    total = _sum(places, _ID_VALUES, _ID_WEIGHTS) % 11
    valid = total == checks.gather(_ID_VALUES.gather(places.arr.get(17)))
    return _spread(numbers, form, valid)
