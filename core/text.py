"""How names are compared: one normal form for storing and for asking, and its two-character grams.

The normal form is *compositional*: the normal form of a piece of a name is a piece of the name's normal form. That is
what makes "a longer correct query never finds nothing" possible, and why traditional characters are folded one by one
(opencc's phrase rules would turn 乾坤 and 乾 into different things).
"""

from __future__ import annotations

import unicodedata
from datetime import date
from functools import lru_cache

from opencc import OpenCC

# The blocks in which opencc's t2s changes anything; the table is built once, lazily.
_HAN_BLOCKS = ((0x3400, 0x4DC0), (0x4E00, 0xA000), (0xF900, 0xFB00), (0x20000, 0x2A6E0))
_SEPARATOR = "\n"


@lru_cache(maxsize=1)
def _simplified() -> dict[int, str]:
    """Character → simplified character, for every character that has one."""
    characters = [chr(code) for start, stop in _HAN_BLOCKS for code in range(start, stop)]
    folded = OpenCC("t2s").convert(_SEPARATOR.join(characters)).split(_SEPARATOR)
    return {ord(old): new for old, new in zip(characters, folded, strict=True) if old != new and len(new) == 1}


def fold(text: str) -> str:
    """Width, case and traditional characters folded; blanks and punctuation kept."""
    return unicodedata.normalize("NFKC", text).casefold().translate(_simplified())


def normalize_name(text: str) -> str:
    """The form in which two spellings of one name are equal: folded, with letters and digits only."""
    return "".join(character for character in fold(text) if character.isalnum())


def words(text: str) -> list[str]:
    """The blank-separated words of a query, each in normal form; words of punctuation only vanish."""
    return [word for word in map(normalize_name, text.split()) if word]


def bigrams(norm: str) -> list[str]:
    """The distinct two-character pieces of a normal form, in order; a single character stands for itself."""
    if len(norm) < 2:
        return [norm] if norm else []
    return list(dict.fromkeys(norm[position : position + 2] for position in range(len(norm) - 1)))


def characters(norm: str) -> list[str]:
    """The distinct characters of a normal form, in order."""
    return list(dict.fromkeys(norm))


def covering_groups(norm: str) -> list[list[str]]:
    """For each character the grams that cover it: a name holding one of each group holds the query in fragments.

    A query glued from pieces of two or more characters of a name always passes, whatever the seams between them are.
    """
    grams = [norm[position : position + 2] for position in range(len(norm) - 1)]
    groups: dict[tuple[str, ...], None] = {}
    for position in range(len(norm)):
        groups[tuple(dict.fromkeys(grams[max(position - 1, 0) : position + 1]))] = None
    kept = [set(group) for group in groups]
    return [list(group) for group in groups if not any(other < set(group) for other in kept)]


def like_escape(text: str) -> str:
    """The text as a literal inside a LIKE pattern."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def zh_day(day: date | None) -> str:
    """Write a day as 2026年3月2日; "" for none."""
    return f"{day.year}年{day.month}月{day.day}日" if day else ""
