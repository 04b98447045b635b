"""The style sheets: nothing foreign, contrast of 4.5 and more, nothing that scrolls sideways."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import portal

STATIC = Path(portal.__file__).parent / "static" / "portal"
TOKENS = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", (STATIC / "tokens.css").read_text()))
SHEET = (STATIC / "portal.css").read_text()


def luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = "".join(digit * 2 for digit in digits) if len(digits) == 3 else digits
    parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(text: str, ground: str) -> float:
    lighter, darker = sorted((luminance(text), luminance(ground)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize(
    ("text", "ground"),
    [
        ("ink", "bg"), ("ink2", "bg"), ("ink2", "card"), ("ink2", "quiet-bg"), ("brand", "bg"), ("brand", "card"),
        ("jade-ink", "jade-bg"), ("jade", "card"), ("amber", "amber-bg"), ("amber", "card"), ("seal", "card"),
        ("#a52d27", "seal-bg"), ("#fff", "jade"), ("#fff", "brand"), ("#d9e6e8", "brand2"), ("#5f6e7c", "card"),
        ("#6d4500", "amber-bg"),
    ],
)  # fmt: skip
def test_text_stands_out_from_its_ground(text: str, ground: str) -> None:
    assert contrast(TOKENS.get(text, text), TOKENS.get(ground, ground)) >= 4.5


def test_the_sheets_load_nothing_foreign_and_never_scroll_sideways() -> None:
    for sheet in STATIC.glob("*.css"):
        for address in re.findall(r"url\(([^)]*)\)", sheet.read_text()):
            assert (STATIC / address).is_file(), address
        assert "@import" not in sheet.read_text()
    assert "overflow-x" not in SHEET
    assert "text-overflow" not in SHEET


def test_focus_is_visible() -> None:
    assert ":focus-visible { outline: 3px solid" in SHEET
    assert "outline: none" not in SHEET
    assert "outline: 0" not in SHEET
