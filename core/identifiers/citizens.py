"""Citizen numbers that stand where a number of a body belongs: recognised by shape, in Python and in SQL alike.

Individuals used to be registered for tax under their citizen number, alone or followed by two digits, and older
certificates carry it among other signs. Such a number is personal whatever the field is called.
"""

from __future__ import annotations

import re

from core.identifiers import arithmetic as a
from core.identifiers.types import IdentifierType

_REGION = "(1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3])[0-9]{4}"
_MONTH_DAY = "(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])"
LONG_SHAPE = f"{_REGION}(19|20)[0-9]{{2}}{_MONTH_DAY}[0-9]{{3}}[0-9X]"
SHORT_SHAPE = f"{_REGION}[0-9]{{2}}{_MONTH_DAY}[0-9]{{3}}"
_SHAPES = re.compile(f"{LONG_SHAPE}|{SHORT_SHAPE}")
_SIGNS = re.compile(r"[^0-9A-Z]")


def holds_citizen_number(kind: str, number: str) -> bool:
    """Return whether a number in normal form is, or contains, the shape of a citizen number of 18 or 15 digits.

    A social credit code has check characters of its own: it counts only where it also obeys GB 11643 as a whole.
    """
    if kind == IdentifierType.USCC:
        return bool(re.fullmatch(LONG_SHAPE, number)) and a.citizen_check_digit(number[:17]) == number[17]
    return bool(_SHAPES.search(_SIGNS.sub("", number.upper())))


_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_SUM = " + ".join(f"substr(number, {place}, 1)::int * {weight}" for place, weight in enumerate(_WEIGHTS, 1))
# The twin for CHECK constraints: one expression of built-in functions, which PostgreSQL puts in line.
CITIZEN_SQL = f"""
CREATE OR REPLACE FUNCTION core_holds_citizen_number(kind text, number text) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $body$
SELECT CASE
    WHEN number IS NULL THEN false
    WHEN kind <> 'uscc' THEN regexp_replace(upper(number), '[^0-9A-Z]', '', 'g') ~ '{LONG_SHAPE}|{SHORT_SHAPE}'
    WHEN number !~ '^{LONG_SHAPE}$' THEN false
    ELSE substr(number, 18, 1) = substr('10X98765432', ({_SUM}) % 11 + 1, 1)
END
$body$;
"""
DROP_CITIZEN_SQL = "DROP FUNCTION core_holds_citizen_number(text, text);"
