"""Which characters the font of the reports can show; others are set as 〓, since PDF/A must not hold an empty glyph."""

from __future__ import annotations

import struct
from functools import lru_cache
from pathlib import Path
from typing import Any

MISSING = "〓"
SEGMENTED = 12  # the format of a character map that reaches all of Unicode
INVISIBLE = frozenset("\n\u200b")


@lru_cache(maxsize=1)
def known(font: Path) -> frozenset[int]:
    """Return the code points of a TrueType font, from its segmented character map (OpenType, table `cmap`)."""
    content = font.read_bytes()
    for number in range(struct.unpack_from(">H", content, 4)[0]):
        tag, _, at, _ = struct.unpack_from(">4sIII", content, 12 + 16 * number)
        if tag == b"cmap":
            return _mapped(content, at)
    raise ValueError(f"{font.name} has no character map")


def _mapped(content: bytes, at: int) -> frozenset[int]:
    for number in range(struct.unpack_from(">H", content, at + 2)[0]):
        place = at + struct.unpack_from(">I", content, at + 8 + 8 * number)[0]
        if struct.unpack_from(">H", content, place)[0] == SEGMENTED:
            groups = struct.unpack_from(">I", content, place + 12)[0]
            spans = (struct.unpack_from(">II", content, place + 16 + 12 * group) for group in range(groups))
            return frozenset(point for first, last in spans for point in range(first, last + 1))
    raise ValueError("the font has no map of all Unicode")


def shown(value: Any, points: frozenset[int]) -> Any:
    """Return the document with every character that the font lacks as 〓, control characters left out."""
    if isinstance(value, str):
        return "".join(_glyph(character, points) for character in value)
    if isinstance(value, list):
        return [shown(item, points) for item in value]
    if isinstance(value, dict):
        return {key: shown(item, points) for key, item in value.items()}
    return value


def _glyph(character: str, points: frozenset[int]) -> str:
    if ord(character) in points or character in INVISIBLE:
        return character
    return MISSING if character.isprintable() else ""
