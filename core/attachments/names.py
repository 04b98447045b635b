"""File names as people give them: kept for display, without anything that could act."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 120
# Control characters, and the marks that reverse the direction of writing (a disguise for "exe.pdf").
_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
_RESERVED = re.compile(r'[<>:"|?*]')


def display_name(given: str, extension: str = "") -> str:
    """Return the name without path parts, control characters and overlong stems; never empty."""
    bare = unicodedata.normalize("NFC", given).replace("\\", "/").rsplit("/", 1)[-1]
    bare = _RESERVED.sub("_", _UNSAFE.sub("", bare)).strip().rstrip(" .")
    stem, dot, ending = bare.rpartition(".")
    if not dot or not stem.strip(" ."):
        stem, ending = ("" if dot else bare), (ending if dot else extension)
    stem = stem[:LONGEST].strip(" .") or "附件"
    return f"{stem}.{ending}" if ending else stem


def extension_of(given: str) -> str:
    """Return the claimed type: what stands after the last dot, in small letters; empty where there is none."""
    _, dot, ending = display_name(given).rpartition(".")
    return ending.lower() if dot else ""
