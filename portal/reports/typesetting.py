"""The report as a page: typeset by typst from the facts alone, the same bytes for the same report."""

from __future__ import annotations

import importlib.util
import io
import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import segno
import typst

from portal.reports import glyphs

TEMPLATE = Path(__file__).with_name("report.typ")
FONT = "NotoSansSC-Regular.ttf"
LACKING = f"“{glyphs.MISSING}”代表字库中没有的字，准确写法见同一编号的 JSON 报告或者该主体的登记证照。"


@lru_cache(maxsize=1)
def fonts() -> Path:
    """Return the directory of the Chinese font, without importing the package that carries it."""
    found = importlib.util.find_spec("zhplot")
    if found is None or not found.submodule_search_locations:
        raise RuntimeError("the package that carries the Chinese font is not installed")
    return Path(found.submodule_search_locations[0]) / "fonts"


def _code(address: str) -> str:
    picture = io.BytesIO()
    segno.make(address, error="m").save(picture, kind="svg", border=0, dark="#14303a", xmldecl=False)
    return picture.getvalue().decode()


def pdf_of(report: dict[str, Any], address: str = "") -> bytes:
    """Return the report as PDF/A-2b; address: where it is verified, for the code on the page, where it has one."""
    words = glyphs.shown(report, glyphs.known(fonts() / FONT))
    if glyphs.MISSING in json.dumps(words, ensure_ascii=False):
        words["notes"].append(LACKING)
    inputs = {
        "report": json.dumps(words, ensure_ascii=False),
        "address": address,
        "code": _code(address) if address else "",
    }
    return bytes(
        typst.compile(
            str(TEMPLATE),
            font_paths=[str(fonts())],
            ignore_system_fonts=True,
            sys_inputs=inputs,
            pdf_standards=["a-2b"],
        )
    )
