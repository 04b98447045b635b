"""Check digits by column: which codes of a whole column obey their arithmetic. What fails is explained one by one."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from core.identifiers.arithmetic import ORG_CODE_CHARACTERS, ORG_CODE_WEIGHTS, USCC_CHARACTERS

_USCC_FORM = rf"^[{USCC_CHARACTERS}]{{2}}[0-9]{{6}}[{USCC_CHARACTERS}]{{8}}[0-9X][{USCC_CHARACTERS}]$"
_ID_CARD_FORM = (
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
_CHECK_VALUES = _table("0123456789X")  # X is 10 as the check of an organisation code
_ID_REMAINDERS = pl.Series([_ID_CHECKS.index(character) for character in "0123456789X"], dtype=pl.Int32)


def _places(codes: pl.Series, form: str, length: int) -> pl.DataFrame:
    """The bytes of each code, one column for each place; codes that do not have the form count as zeros."""
    code = pl.col("code")
    frame = pl.DataFrame({"code": codes}, schema={"code": pl.String}).select(
        code.str.contains(form).alias("form"), "code"
    )
    kept = pl.when(pl.col("form")).then(code).otherwise(pl.lit("0" * length))
    frame = frame.select(
        "form", kept.cast(pl.Binary).bin.reinterpret(dtype=pl.Array(pl.UInt8, length), endianness="little")
    )
    return frame.select("form", *(code.arr.get(place).alias(str(place)) for place in range(length)))


def _at(place: int, values: pl.Series) -> pl.Expr:
    return pl.lit(values).gather(pl.col(str(place)))


def _sum(values: pl.Series, weights: tuple[int, ...], first: int = 0) -> pl.Expr:
    return pl.sum_horizontal(_at(first + place, values) * weight for place, weight in enumerate(weights))


def _uscc(codes: pl.Series) -> pl.Series:
    check = (31 - _sum(_USCC_VALUES, _USCC_WEIGHTS) % 31) % 31
    inner = (11 - _sum(_ORG_VALUES, ORG_CODE_WEIGHTS, 8) % 11) % 11
    right = (check == _at(17, _USCC_VALUES)) & (inner == _at(16, _CHECK_VALUES))
    return _places(codes, _USCC_FORM, 18).select(pl.col("form") & right).to_series()


def _id_card(numbers: pl.Series) -> pl.Series:
    right = _sum(_ID_VALUES, _ID_WEIGHTS) % 11 == pl.lit(_ID_REMAINDERS).gather(_at(17, _ID_VALUES))
    return _places(numbers, _ID_CARD_FORM, 18).select(pl.col("form") & right).to_series()


def _distinct(codes: pl.Series, flags: Callable[[pl.Series], pl.Series]) -> pl.Series:
    """Ask about each distinct code once: a file names few authorities, and many parties more than once."""
    if codes.null_count() == len(codes):
        return pl.repeat(None, len(codes), dtype=pl.Boolean, eager=True)
    distinct = codes.unique().drop_nulls()
    answers = pl.DataFrame({"code": distinct, "flag": flags(distinct)})
    return pl.DataFrame({"code": codes}).join(answers, on="code", how="left", maintain_order="left")["flag"]


def uscc_valid(codes: pl.Series) -> pl.Series:
    """Return which codes obey GB 32100 and carry a valid organisation code; null where there is none."""
    return _distinct(codes, _uscc)


def id_card_plausible(numbers: pl.Series) -> pl.Series:
    """Return which numbers have form, province and check digit of GB 11643; the birth date is not looked at."""
    return _distinct(numbers, _id_card)
